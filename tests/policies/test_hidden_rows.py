"""A reader's own failing expression must not tell of rows that he does not see, in any shape of query.

Without protection the engine is felt in some shapes (joins with a costly row filter); the last test shows that the search
would find it.
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from little_city import City, build, column, person, title

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.audit import audit_head, audit_log
from cityloop.foundation.db import Database, metadata
from cityloop.policies import PolicyDefinition, rewriting
from cityloop.policies.model import QueryFailed, UnknownColumn

ROWS = 8_000
LEDGER = DatasetDefinition(
    name="ledger", title=title("ledger"), sharing="none", level=1,
    fields=[
        column("id", "integer"), column("grp", "integer"), column("district"), column("v"),
        column("big", "integer"), column("z", "number"),
    ],
)  # fmt: skip
FILTERS = (
    "district = '临湖区'",
    "district LIKE '临_区'",
    "substring(district, 1, 1) = '临'",
    "CASE WHEN district = '临湖区' THEN 1 = 1 ELSE 1 = 0 END",
    "id % 2 = 0",
    "upper(lower(upper(district))) LIKE '%临%'",
    "district IN ('临湖区', 'a', 'b') AND grp < 5",
)
CONDITIONS = (
    "CAST(V.v AS INT) = 1",
    "CAST(V.v AS INT) > V.grp",
    "V.v = 1",
    "V.big * V.big = 1",
    "V.big + V.big < 10",
    "ln(V.z) = 0",
    "V.v",
    "(V.big * 2) % 3 = 2",
    "V.v IN (1, 6)",
    "V.v BETWEEN 0 AND 6",
    "CASE V.v WHEN 1 THEN true END",
    "nullif(V.v, 6) = '1'",
    "CAST(V.big AS SMALLINT) = 1",
)
SHAPES = (
    "SELECT count(*) FROM ledger V WHERE {P}",
    "SELECT count(*) FROM ledger V JOIN (SELECT grp FROM ledger GROUP BY grp) w ON V.grp = w.grp WHERE {P}",
    "SELECT count(*) FROM ledger V JOIN (SELECT grp FROM ledger GROUP BY grp) w ON V.grp = w.grp AND {P}",
    "WITH q AS (SELECT * FROM ledger) SELECT count(*) FROM q V, q r WHERE V.id = r.id AND {P}",
    "SELECT count(*) FROM (SELECT *, {P} AS k FROM ledger V) x WHERE k",
    "SELECT count(*) FROM ledger V SEMI JOIN (SELECT id FROM ledger) w ON V.id = w.id WHERE {P}",
    "SELECT k, count(*) FROM (SELECT {P} AS k FROM ledger V) x GROUP BY k HAVING k",
    "SELECT count(*) FROM ledger V WHERE EXISTS (SELECT 1 FROM ledger U WHERE U.id = V.id AND {P})",
)
READER = person("reader", level=1)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    home: Path = tmp_path_factory.mktemp("ledger")
    database = Database(f"sqlite:///{home / 'state.db'}")
    metadata.create_all(database.engine, tables=[audit_log, audit_head])
    seen = [number % 2 == 0 for number in range(ROWS)]
    table = pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "grp": pa.array([number % 7 for number in range(ROWS)], pa.int64()),
            "district": ["临湖区" if each else "山前区" for each in seen],
            "v": ["1" if each else "CANARY" for each in seen],
            "big": pa.array(
                [1 if each else 9_000_000_000_000_000_000 for each in seen], pa.int64()
            ),
            "z": [1.0 if each else 0.0 for each in seen],
        }
    )
    city = build(home, database, {"ledger": table})
    yield city
    city.reader.engine.close()
    database.close()


def felt(city: City, rows: str) -> list[str]:
    """Return the queries that fail: as all visible rows are harmless, each failure tells of a hidden row."""
    policy = PolicyDefinition(
        name="some", title=title("some"), dataset="ledger", allow=[{"rows": rows}]
    )
    city.apply(LEDGER, policy)
    found = []
    for shape in SHAPES:
        for condition in CONDITIONS:
            sql = shape.format(P=condition)
            try:
                city.reader.read(READER, "analysis", sql)
            except (QueryFailed, UnknownColumn):
                found.append(sql)
    return found


@pytest.fixture(scope="module")
def plain_failures(ledger: City) -> set[str]:
    """The queries that fail whatever the rows: the engine does not plan them."""
    return set(felt(ledger, "id < 0"))


@pytest.mark.parametrize("rows", FILTERS, ids=range(len(FILTERS)))
def test_hidden_rows_are_not_felt(ledger: City, plain_failures: set[str], rows: str) -> None:
    assert set(felt(ledger, rows)) - plain_failures == set()


def test_without_protection_they_would_be(ledger: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewriting, "guard", lambda _tree, _types: False)
    found = felt(ledger, "id % 2 = 0")
    assert any("JOIN" in sql and "CAST" in sql for sql in found)
