"""Asking on the real lake, engine and policies: each asker learns and counts only what he may see."""

from collections.abc import Iterator

import pytest
from real_path import ANALYST, CLERK, POLICIES, real_reader
from spoken_town import TOWN
from town import NOW, ZONE

from cityloop.ask import Ask
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Snapshot
from cityloop.metrics import Metrics


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    snapshot = Snapshot.of(*(each for kind in TOWN.kinds.values() for each in kind.values()), *POLICIES)  # fmt: skip
    reader = real_reader(tmp_path_factory.mktemp("city"), snapshot)
    clock = FakeClock(NOW)
    metrics = Metrics(lambda: snapshot, reader, clock, time_zone=ZONE)
    yield Ask(lambda: snapshot, metrics, clock, lambda names: {name: each.version for name, each in reader.datasets.published(names).items()})  # fmt: skip
    reader.engine.close()


def outcome(ask: Ask, principal, text: str) -> tuple:
    found = ask.answer(principal, text)
    rows = None if found.answer is None else [tuple(row.values()) for row in found.answer.rows.to_pylist()]  # fmt: skip
    return found.status, found.reason, rows


@pytest.mark.parametrize(("text", "analyst", "clerk"), [
    ("就诊人次", ("answered", None, [(7,)]), ("answered", None, [(1,)])),
    ("第二医院的就诊人次", ("answered", None, [(1,)]), ("answered", None, [(1,)])),
    ("第一医院的就诊人次", ("answered", None, [(3,)]), ("refused", "unread", None)),
    ("临湖区的就诊人次", ("answered", None, [(3,)]), ("answered", None, [(0,)])),
    ("就诊人次最多的2家医院", ("answered", None, [("第一医院", 3), (None, 2)]), ("answered", None, [("第二医院", 1)])),
    ("各区细颗粒物", ("answered", None, [("临湖区", 40.0), ("古城区", 20.0), (None, 70.0)]), ("refused", "forbidden", None)),
])  # fmt: skip
def test_each_asker_gets_what_he_may_see(ask, text: str, analyst: tuple, clerk: tuple) -> None:
    assert (outcome(ask, ANALYST, text), outcome(ask, CLERK, text)) == (analyst, clerk)
