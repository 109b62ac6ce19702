"""The embedded engine: limits, threads, pins that change shape, files that vanish."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from lake_rows import numbers
from sqlglot import exp, parse_one

from cityloop.engine import (
    BadQuery,
    DuckDbEngine,
    Lake,
    LakeBroken,
    OutOfMemory,
    Pin,
    ResultTooLarge,
    TooSlow,
    UnknownTable,
)
from cityloop.engine import duckdb as duckdb_module
from cityloop.foundation.errors import Permanent, Transient


def parsed(text: str) -> exp.Query:
    tree = parse_one(text, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


@pytest.fixture
def pin(lake: Lake) -> Pin:
    table = lake.table("core", "t")
    for number in range(3):
        table.append(numbers(number * 100, number * 100 + 100), f"b{number}")
    return table.pin()


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("SELECT n FROM t", False),
        ("SELECT n FROM t LIMIT 50", True),
        ("SELECT n FROM t LIMIT 51", False),
        ("SELECT n FROM t ORDER BY n DESC LIMIT 50 OFFSET 10", True),
        ("SELECT n FROM t WHERE n < 50", True),
        ("SELECT n FROM t UNION ALL SELECT n FROM t", False),
        ("(SELECT n FROM t)", False),
        ("SELECT count(*) FROM t", True),
    ],
)
def test_more_rows_than_accepted_is_an_error_never_a_cut(
    engine: DuckDbEngine, pin: Pin, text: str, *, fits: bool
) -> None:
    if fits:
        assert engine.query(parsed(text), {"t": pin}, most=50).num_rows <= 50
        return
    with pytest.raises(ResultTooLarge) as caught:
        engine.query(parsed(text), {"t": pin}, most=50)
    assert isinstance(caught.value, Permanent)


def test_a_slow_query_is_stopped_and_the_next_one_runs(
    lake: Lake, tmp_path: Path, pin: Pin
) -> None:
    engine = DuckDbEngine(lake.root, temp=tmp_path / "s", timeout_s=0.3)
    slow = "SELECT count(*) FROM t a, t b, t c, t d WHERE a.n + b.n + c.n + d.n = 7"
    started = time.monotonic()
    with pytest.raises(TooSlow) as caught:
        engine.query(parsed(slow), {"t": pin})
    assert time.monotonic() - started < 5
    assert isinstance(caught.value, Transient)
    assert engine.query(parsed("SELECT count(*) AS n FROM t"), {"t": pin}).to_pylist() == [
        {"n": 300}
    ]
    engine.close()


def test_stopping_one_query_leaves_the_others_alone(lake: Lake, tmp_path: Path, pin: Pin) -> None:
    engine = DuckDbEngine(lake.root, temp=tmp_path / "s", timeout_s=0.5)
    stopped = threading.Event()

    def slow() -> None:
        with pytest.raises(TooSlow):
            engine.query(parsed("SELECT count(*) FROM t a, t b, t c, t d WHERE a.n + b.n + c.n + d.n = 7"), {"t": pin})  # fmt: skip
        stopped.set()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(slow)
        while not stopped.is_set():
            assert engine.query(parsed("SELECT count(*) FROM t"), {"t": pin}).num_rows == 1
        running.result()
    engine.close()


def test_a_query_larger_than_its_memory_spills_or_says_so(lake: Lake, tmp_path: Path) -> None:
    table = lake.table("core", "wide")
    table.append(
        pa.table({"n": range(1_000_000), "s": [f"text number {n}" for n in range(1_000_000)]}), "b1"
    )
    sorting = parsed(
        "SELECT max(r) AS r FROM (SELECT row_number() OVER (ORDER BY s) AS r FROM wide) a"
    )
    roomy = DuckDbEngine(lake.root, temp=tmp_path / "s", memory="80MB", timeout_s=60)
    assert roomy.query(sorting, {"wide": table.pin()}).to_pylist() == [{"r": 1_000_000}]
    roomy.close()
    tight = DuckDbEngine(lake.root, temp=tmp_path / "s2", memory="5MB")
    with pytest.raises(OutOfMemory) as caught:
        tight.query(sorting, {"wide": table.pin()})
    assert isinstance(caught.value, Transient)
    tight.close()


def test_many_threads_get_their_own_answers(engine: DuckDbEngine, pin: Pin) -> None:
    def ask(number: int) -> tuple[int, int]:
        tree = parsed(f"SELECT count(*) AS n FROM t WHERE n < {number}")
        return number, engine.query(tree, {"t": pin}).to_pylist()[0]["n"]

    with ThreadPoolExecutor(8) as pool:
        assert all(number == found for number, found in pool.map(ask, range(1, 200)))


def test_the_same_pin_gives_the_same_rows_whatever_is_written(
    lake: Lake, engine: DuckDbEngine, pin: Pin
) -> None:
    table = lake.table("core", "t")
    table.replace(numbers(0, 1), "r1")
    table.compact()
    assert engine.query(parsed("SELECT count(*) AS n FROM t"), {"t": pin}).to_pylist() == [
        {"n": 300}
    ]
    now = engine.query(parsed("SELECT count(*) AS n FROM t"), {"t": table.pin()})
    assert now.to_pylist() == [{"n": 1}]


def test_two_versions_of_one_table_in_one_query(lake: Lake, engine: DuckDbEngine, pin: Pin) -> None:
    table = lake.table("core", "t")
    table.append(numbers(1000, 1005), "more")
    tree = parsed("SELECT (SELECT count(*) FROM t) - (SELECT count(*) FROM core.t) AS grown")
    assert engine.query(tree, {"t": table.pin(), "core.t": pin}).to_pylist() == [{"grown": 5}]


def test_files_from_before_a_column_was_added_read_as_null(
    lake: Lake, engine: DuckDbEngine
) -> None:
    table = lake.table("core", "grown")
    table.append(numbers(0, 2), "b1")
    table.add_columns(pa.schema({"费用": pa.decimal128(10, 2)}))
    old = table.pin()
    table.append(pa.table({"n": [2], "费用": [Decimal("1.50")]}), "b2")
    tree = parsed("SELECT n, 费用 FROM grown ORDER BY n")
    expected = [{"n": 0, "费用": None}, {"n": 1, "费用": None}, {"n": 2, "费用": Decimal("1.50")}]
    assert engine.query(tree, {"grown": table.pin()}).to_pylist() == expected
    assert engine.query(tree, {"grown": old}).to_pylist() == expected[:2]


def test_tables_are_named_with_or_without_their_schema(engine: DuckDbEngine, pin: Pin) -> None:
    tree = parsed("SELECT max(core.t.n) AS n FROM core.t WHERE core.t.n < 10")
    assert engine.query(tree, {"core.t": pin}).to_pylist() == [{"n": 9}]
    with pytest.raises(UnknownTable) as caught:
        engine.query(parsed("SELECT * FROM tt"), {"t": pin})
    assert list(caught.value.fields["close"]) == ["t"]


def test_the_callers_tree_is_not_changed(engine: DuckDbEngine, pin: Pin) -> None:
    tree = parsed("WITH w AS (SELECT n / 2 AS h FROM core.t) SELECT median(h) FROM w")
    before = tree.sql("duckdb")
    engine.query(tree, {"core.t": pin}, most=10)
    assert tree.sql("duckdb") == before


def test_a_file_that_vanished_is_told_as_such(engine: DuckDbEngine, pin: Pin) -> None:
    Path(pin.files[1].path).unlink()
    with pytest.raises(LakeBroken):
        engine.query(parsed("SELECT sum(n) FROM t"), {"t": pin})
    assert (
        engine.query(parsed("SELECT count(*) AS n FROM t WHERE n >= 200"), {"t": pin}).num_rows == 1
    )


def test_an_unknown_column_is_named_in_the_error(engine: DuckDbEngine, pin: Pin) -> None:
    with pytest.raises(BadQuery) as caught:
        engine.query(parsed("SELECT speed FROM t"), {"t": pin})
    assert "speed" in str(caught.value.fields["reason"])


def test_results_have_plain_types(engine: DuckDbEngine, pin: Pin) -> None:
    tree = parsed(
        "SELECT sum(n) AS a, count(*) AS b, CAST(1 AS TINYINT) AS c, CAST(1 AS FLOAT) AS d, n / 2 AS e, "
        "CAST(sum(n) AS DECIMAL(12, 2)) AS f, TIMESTAMPTZ '2026-01-01 00:00:00+00' AS g, "
        "TIMESTAMP '2026-01-01' AS h, DATE '2026-01-01' AS i, 'x' AS j, TRUE AS k FROM t GROUP BY n"
    )
    found = engine.query(tree, {"t": pin}).schema.types
    assert found == [
        pa.int64(), pa.int64(), pa.int64(), pa.float64(), pa.float64(), pa.decimal128(12, 2),
        pa.timestamp("us", "UTC"), pa.timestamp("us"), pa.date32(), pa.string(), pa.bool_(),
    ]  # fmt: skip


def remembered(engine: DuckDbEngine) -> int:
    """Return the memory, bytes, of the footers that the engine remembers."""
    sizes = "SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'OBJECT_CACHE'"
    row = engine._database.execute(sizes).fetchone()
    return int(row[0]) if row and row[0] else 0


def test_an_answer_of_a_few_rows_holds_no_room_for_a_million(
    engine: DuckDbEngine, pin: Pin
) -> None:
    def reserved_kb() -> int:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmData"))

    tree = parsed("SELECT count(*) AS n, 1.5 AS x FROM t")
    kept = [engine.query(tree, {"t": pin})]
    before = reserved_kb()
    kept += [engine.query(tree, {"t": pin}) for _ in range(50)]
    assert reserved_kb() - before < 100_000


def test_files_that_came_and_went_are_not_remembered_for_good(
    engine: DuckDbEngine, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = lake.table("core", "t")

    def after(first: int, last: int) -> int:
        """Return the most that was remembered while the table was replaced and read again and again."""
        most = 0
        for number in range(first, last):
            table.replace(numbers(0, number), f"b{number}")
            found = engine.query(parsed("SELECT sum(n) AS n FROM t"), {"t": table.pin()})
            assert found.to_pylist() == [{"n": number * (number - 1) // 2}]
            most = max(most, remembered(engine))
        return most

    few = after(2, 12)
    assert few > 0
    monkeypatch.setattr(duckdb_module, "LOOK_EVERY", 10)
    monkeypatch.setattr(duckdb_module, "MOST_REMEMBERED", few)
    assert after(12, 72) < few * 3


def test_queries_go_on_while_the_database_begins_anew(
    engine: DuckDbEngine, pin: Pin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb_module, "LOOK_EVERY", 3)
    monkeypatch.setattr(duckdb_module, "MOST_REMEMBERED", 0)
    first = engine._database

    def ask(_number: int) -> int:
        found = engine.query(parsed("SELECT count(*) AS n FROM t WHERE n >= 100"), {"t": pin})
        return int(found.column(0)[0].as_py())

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(200))) == {200}
    assert {ask(number) for number in range(3)} == {200}
    assert engine._database is not first
