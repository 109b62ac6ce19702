"""The identity ``read = good + quarantined + duplicate`` and every single fate, against a plain-Python oracle."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_oracle import Oracle
from shelf import cars, make_town

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.principal import operator

NUMBERS = st.sampled_from(["1", "2", "3", "4", " 2", "3 ", "无", "", "x", "1x", "05"])
PLATES = st.sampled_from(
    ["浙A1", "浙A2", " 浙A1", "-", "", "a\tb", "it's", "1;DROP TABLE judged", "𠮷"]
)
SPEEDS = st.sampled_from(
    ["50", "50.0", " 50", "7e1", "0", "150", "150.1", "-1", "999", "快", "N/A", "", "/"]
)
ROWS = st.tuples(NUMBERS, PLATES, SPEEDS).map(",".join)
BROKEN = st.sampled_from(["1,浙A1", "1,浙A1,50,", "1", "2,浙A2,50,x,y", "3,浙A1"])
QUOTED = st.sampled_from(
    ['1,"浙A1",50', '2,"a,b","50"', '3,"say ""hi""",1', '4,"two\nlines",2', '"1",浙A1,"50"']
)
DELIVERIES = st.lists(
    st.lists(st.one_of(ROWS, ROWS, ROWS, BROKEN, QUOTED), max_size=12), min_size=1, max_size=4
)
HEADER = "编号,车牌,车速\n"


@pytest.fixture(scope="module")
def state(migrated_sqlite: Path) -> Iterator[Path]:
    return migrated_sqlite


@pytest.mark.parametrize(("keyed", "last"), [(True, False), (True, True), (False, False)])
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(deliveries=DELIVERIES)
def test_every_row_has_the_fate_that_the_oracle_says(
    migrated_sqlite: Path, keyed: bool, last: bool, deliveries: list[list[str]]
) -> None:
    texts = [HEADER + "".join(f"{row}\n" for row in rows) for rows in deliveries]
    check(migrated_sqlite, Oracle(keyed=keyed, last=last), list(dict.fromkeys(texts)))


def test_a_thousand_planted_defects_are_each_found(migrated_sqlite: Path) -> None:
    random = Random(7)
    kinds = (
        "{n},浙A{n},{s}", "{n},浙A{n},{s}", "{n},浙A{n},{s}", "{n},浙A{n},快", "{n},浙A{n},151", "{n},浙A{n},-1",
        ",浙A{n},{s}", "x{n},浙A{n},{s}", "{n},浙A{n}", "{n},浙A{n},{s},", " {n} , 浙A{n} ,{s}.0", "{n},,",
        "{n},浙B{n},{s}",
    )  # fmt: skip
    texts = []
    for _ in range(3):
        rows = []
        for _row in range(1000):
            number = random.randrange(700)
            rows.append(random.choice(kinds).format(n=number, s=number % 150))
        texts.append(HEADER + "\n".join(rows) + "\n")
    check(migrated_sqlite, Oracle(), texts)


def check(template: Path, oracle: Oracle, texts: list[str]) -> None:
    """Load ``texts`` one after the other and compare everything with the oracle."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "state.db"
        file.write_bytes(template.read_bytes())
        database = Database(f"sqlite:///{file}")
        clock = FakeClock(datetime(2026, 9, 30, tzinfo=UTC))
        definition = cars(
            key=["id"] if oracle.keyed else [],
            load="merge" if oracle.keyed else "append",
            key_conflict="last" if oracle.last else "quarantine",
        )
        town = make_town(database, clock, Path(folder) / ".cityloop", definition)
        for text in texts:
            town.shelf.put(text)
            report = town.datasets.ingest(operator(), "s")[-1]
            found = {
                "read": report.read, "good": report.good, "inserted": report.inserted,
                "duplicate": report.duplicate, "quarantined": report.quarantined, "rules": dict(report.rules),
            }  # fmt: skip
            assert found == oracle.load(text)
        assert town.rows() == sorted(oracle.stored.values(), key=repr)
        assert len(town.aside()) == oracle.aside
        database.close()
