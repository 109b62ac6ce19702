"""Fixtures: the command line, and a city made by ``init``, applied and loaded."""

from pathlib import Path

import pytest

import yunjiang
from command_line import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """The command line on a folder that is no city yet."""
    return Shell(tmp_path / "city")


@pytest.fixture(scope="session")
def first_city(shared_folder: Path) -> Path:
    """The city of ``init``, applied and loaded; take a copy."""

    def build(place: Path) -> None:
        for command in (["init"], ["apply", "--yes"], ["load"]):
            Shell(place)(*command)

    return yunjiang.shared(shared_folder, "lamps", build)


@pytest.fixture
def lamps(first_city: Path, shell: Shell) -> Shell:
    """A copy of the city of ``init``, applied and loaded."""
    yunjiang.copy_city(first_city, shell.city)
    return shell
