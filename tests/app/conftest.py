"""Fixtures: the canary city served by a real server, and its persons, signed in."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import yunjiang
from cityloop.accounts import NewKey
from cityloop.foundation.principal import operator
from real_server import Client, Served, serving


@pytest.fixture(scope="session")
def served(canary_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A copy of the canary city, served; tests only look at it or leave it as it was."""
    folder = tmp_path_factory.mktemp("served") / "city"
    with serving(yunjiang.copy_city(canary_city, folder)) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clients(served: Served) -> Iterator[dict[str, Client]]:
    """A signed-in client for everybody who works in the city, and ``key``, which holds an API key."""
    names = ("admin", "steward", "analyst", "leader", "dispatcher", "auditor", "linhu", "transport")
    found = {name: served.client(name) for name in names}
    new = NewKey("screen", department="data_bureau", roles=frozenset({"analyst"}), level=2)
    _key, text = served.city.accounts.keys.issue(operator(), new)
    found["key"] = served.client()
    found["key"].headers["Authorization"] = f"Bearer {text}"
    yield found
    for client in found.values():
        client.close()
