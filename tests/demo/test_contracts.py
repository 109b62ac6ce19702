"""The demo city's contracts, compiled, find in the exports exactly what was planted."""

import duckdb
import pyarrow as pa
import pytest

from cityloop.contracts import CODES, DATASET, CodesDefinition, DatasetDefinition, compile_contract
from cityloop.definitions.documents import Reader
from cityloop.definitions.folder import read_folder
from cityloop.demo import found_city
from cityloop.foundation.definition import Snapshot
from demo.recount import SPECS

TIME_ZONE = "Asia/Shanghai"
REPAIRS = ("full_width", "date_style", "unit")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Snapshot:
    folder = tmp_path_factory.mktemp("contracts")
    found_city(folder)
    draft = read_folder(folder, Reader({kind.name: kind for kind in (CODES, DATASET)}))
    return Snapshot.of(*[entry.definition for entry in draft.entries])


@pytest.fixture
def engine():
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.mark.parametrize("dataset", sorted(SPECS))
def test_a_contract_finds_exactly_what_was_planted(dataset, tiny_city, snapshot, engine):
    target, planted = tiny_city
    contract = snapshot.one(DatasetDefinition, dataset)
    stage = staged(SPECS[dataset].rows(target / "inbound"))
    compiled = compile_contract(
        contract, snapshot.all(CodesDefinition), stage.column_names[1:], time_zone=TIME_ZONE
    )
    engine.register("stage", stage)
    engine.execute(f"CREATE TABLE judged AS {compiled.judged.sql('duckdb')}")
    expected = planted.counts[dataset]
    assert not compiled.match.extra
    assert broken_rules(engine) == {
        rule: rows for rule, rows in expected.rules.items() if rule not in {"shape", "key_conflict"}
    }
    assert repaired(engine) == {kind: expected.repaired.get(kind, 0) for kind in REPAIRS}
    assert duplicates(engine) == expected.duplicate
    assert conflicts(engine, contract.key) == expected.rules.get("key_conflict", 0)


def staged(rows) -> pa.Table:
    """The rows as text, as every connector gives them; those with a wrong number of fields left out."""
    kept = [row for row in rows if row is not None]
    columns = {name: pa.array([text(row[name]) for row in kept], pa.string()) for name in kept[0]}
    return pa.table({"row_number": pa.array(range(len(kept)), pa.int64()), **columns})


def text(value: object) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def broken_rules(engine) -> dict[str, int]:
    query = "SELECT r.rule, count(*) FROM (SELECT unnest(_reasons) AS r FROM judged) GROUP BY ALL"
    return dict(engine.execute(query).fetchall())


def repaired(engine) -> dict[str, int]:
    sums = ", ".join(f"coalesce(sum(_repairs.{kind}), 0)::BIGINT" for kind in REPAIRS)
    row = engine.execute(f"SELECT {sums} FROM judged WHERE _reasons IS NULL").fetchone()
    return dict(zip(REPAIRS, row, strict=True))


def duplicates(engine) -> int:
    query = "SELECT count(*) - count(DISTINCT _fingerprint) FROM judged"
    return engine.execute(query).fetchone()[0]


def conflicts(engine, key: tuple[str, ...]) -> int:
    names = ", ".join(key)
    known = " AND ".join(f"{name} IS NOT NULL" for name in key)
    distinct = f"SELECT DISTINCT {names}, _fingerprint FROM judged WHERE {known}"
    groups = f"SELECT count(*) AS n FROM ({distinct}) GROUP BY {names} HAVING n > 1"
    return engine.execute(f"SELECT coalesce(sum(n), 0)::BIGINT FROM ({groups})").fetchone()[0]
