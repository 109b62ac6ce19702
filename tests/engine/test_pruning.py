"""Files are left unread only when no row of them can change the answer."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

from cityloop.engine import DuckDbEngine, Lake, Pin
from cityloop.engine.pruning import find_reads, prune, table_name

START = datetime(2026, 9, 1, tzinfo=UTC)
SCHEMA = pa.schema(
    {
        "at": pa.timestamp("us", "UTC"),
        "naive": pa.timestamp("us"),
        "day": pa.date32(),
        "n": pa.int64(),
        "x": pa.float64(),
        "街道": pa.string(),
        "ok": pa.bool_(),
    }
)


def parsed(text: str) -> exp.Query:
    tree = parse_one(text, dialect="duckdb")
    assert isinstance(tree, exp.Query)
    return tree


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def whole(place: Path) -> Iterator[DuckDbEngine]:
    engine = DuckDbEngine(place / "lake", temp=place / "spill", memory="300MB")
    yield engine
    engine.close()


def day_of(number: int) -> pa.Table:
    """One file a day: hours 0–23 of it, UTC."""
    times = [START + timedelta(days=number, hours=hour) for hour in range(24)]
    return pa.table(
        {
            "at": pa.array(times, pa.timestamp("us", "UTC")),
            "naive": pa.array(
                [moment.replace(tzinfo=None) for moment in times], pa.timestamp("us")
            ),
            "day": [moment.date() for moment in times],
            "n": [number * 100 + hour for hour in range(24)],
            "x": [number + hour / 100 for hour in range(24)],
            "街道": [f"{number}街"] * 23 + [None],
            "ok": [number < 2] * 24,
        },
        schema=SCHEMA,
    )


@pytest.fixture(scope="module")
def days(place: Path) -> Pin:
    """Four files of one day each and one of nulls only."""
    table = Lake(place / "lake").table("core", "days")
    for number in range(4):
        table.append(day_of(number), f"b{number}")
    table.append(pa.table([pa.nulls(2, field.type) for field in SCHEMA], schema=SCHEMA), "nulls")
    return table.pin()


def kept(text: str, pin: Pin) -> str:
    """Return which days' files the first mention of ``t`` keeps, ``-`` for the nulls."""
    reads = find_reads(tree := parsed(text))
    assert tree is not None
    node = next(node for node in reads.tables if table_name(node) == "t")
    names = [
        "-" if file.rows == 2 else str(file.lowest["n"] // 100) for file in prune(node, pin, reads)
    ]
    return "".join(sorted(names))


@pytest.mark.parametrize(
    ("condition", "days_kept"),
    [
        ("at >= '2026-09-03'", "23"),
        ("at >= '2026-09-03' AND at < '2026-09-04'", "2"),
        ("t.at >= TIMESTAMPTZ '2026-09-03 00:00:00+08' AND at < TIMESTAMP '2026-09-03 16:00:00'", "12"),
        ("CAST(at AS DATE) = DATE '2026-09-02'", "1"),
        ("naive BETWEEN '2026-09-02 05:00:00' AND '2026-09-02 06:00:00'", "1"),
        ("day IN (DATE '2026-09-01', '2026-09-04')", "03"),
        ("n = 105", "1"),
        ("105 > n", "01"),
        ("n > -1 AND n < 24.5", "0"),
        ("x < 1", "0"),
        ("x < CAST(1.0 AS DOUBLE) AND x >= -CAST('0' AS DOUBLE)", "0"),
        ("at < CAST('2026-09-02 00:00:00+00:00' AS TIMESTAMPTZ)", "0"),
        ("x > 3.5", "0123"),  # other programs may have written NaN, which statistics leave out
        ("\"街道\" = '2街'", "2"),
        ("街道 IS NULL", "-0123"),
        ("n IS NULL", "-"),
        ("n IS NOT NULL", "0123"),
        ("NOT (n < 300)", "3"),
        ("NOT (n >= 100 AND n < 300)", "03"),
        ("n < 100 OR day = DATE '2026-09-04'", "03"),
        ("ok = TRUE", "01"),
        ("ok <> TRUE", "23"),
        ("n <> 5", "0123"),
        ("n NOT IN (1, 2)", "-0123"),
        ("FALSE", ""),
        ("n + 1 = 105", "-0123"),
        ("n = 1e2", "0123"),
        ("lower(街道) = 'a'", "-0123"),
        ("n = m", "0123"),
        ("at >= 'next week'", "0123"),
    ],
)  # fmt: skip
def test_conditions_choose_files(days: Pin, condition: str, days_kept: str) -> None:
    assert kept(f"SELECT * FROM t WHERE {condition}", days) == days_kept


@pytest.mark.parametrize(
    ("query", "days_kept"),
    [
        # as policies wrap tables: the conditions of the outer query reach the files
        ("SELECT count(*) FROM (SELECT n, at, upper(街道) AS 街道 FROM t WHERE n >= 100) AS t WHERE at < '2026-09-03'", "1"),
        ("WITH t AS (SELECT * FROM t) SELECT * FROM t WHERE n < 100", "0"),
        ("WITH w AS (SELECT n AS m FROM t) SELECT * FROM w WHERE m < 100", "0"),
        ("SELECT * FROM (SELECT * FROM (SELECT city_pseudonym(街道, 'k') AS 街道, n FROM t) a) b WHERE b.n < 100", "0"),
        # joins: only where rows may go early
        ("SELECT * FROM t JOIN u ON u.k = t.n WHERE t.n < 100", "0"),
        ("SELECT * FROM u JOIN t ON u.k = t.n WHERE t.n < 100", "0"),
        ("SELECT * FROM t LEFT JOIN u ON u.k = t.n WHERE t.n < 100", "0"),
        ("SELECT * FROM u, t WHERE t.n < 100", "0"),
        ("SELECT * FROM u LEFT JOIN t ON u.k = t.n WHERE t.n IS NULL", "-0123"),
        ("SELECT * FROM t FULL JOIN u ON u.k = t.n WHERE t.n IS NULL", "-0123"),
        ("SELECT * FROM t RIGHT JOIN u ON u.k = t.n WHERE t.n IS NULL", "-0123"),
        ("SELECT * FROM u ASOF JOIN t ON u.k >= t.n WHERE t.n < 100", "-0123"),
        ("SELECT * FROM t JOIN u ON u.k = t.n WHERE n < 100", "-0123"),
        ("SELECT * FROM u WHERE EXISTS (SELECT 1 FROM t WHERE t.n = u.k AND t.n < 100)", "0"),
        ("SELECT * FROM u WHERE k NOT IN (SELECT n FROM t WHERE n > 250)", "3"),
        ("SELECT n FROM t WHERE n < 100 UNION ALL SELECT k FROM u WHERE k > 5", "0"),
        # what must not reach in
        ("SELECT * FROM (SELECT * FROM t LIMIT 3) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT n, row_number() OVER (ORDER BY n) r FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT max(n) AS n FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT city_median(x) AS n FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT n + 1 AS n FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT n, x AS n FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT *, 1 AS n FROM t) a WHERE n < 100", "-0123"),
        ("SELECT * FROM (SELECT * REPLACE (1 AS n) FROM t) a WHERE n < 100", "-0123"),
        ("WITH w AS (SELECT * FROM t) SELECT * FROM w WHERE n < 100 UNION ALL SELECT * FROM w", "-0123"),
        ("WITH RECURSIVE w AS (SELECT n FROM t UNION ALL SELECT n + 1 FROM w WHERE n < 100) SELECT * FROM w", "-0123"),
        ("WITH w(a) AS (SELECT n FROM t) SELECT * FROM w WHERE a < 100", "-0123"),
        ("SELECT * FROM t AS a(b, c, d, n) WHERE n < 100", "-0123"),
        ("SELECT * FROM t GROUP BY ALL HAVING n < 100", "-0123"),
        ("SELECT * FROM u WHERE k IN (SELECT max(n) FROM t) AND u.n < 100", "-0123"),
    ],
)  # fmt: skip
def test_conditions_reach_as_far_as_they_may(days: Pin, query: str, days_kept: str) -> None:
    assert kept(query, days) == days_kept


small = st.integers(-3, 12)
moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 9, 3))  # noqa: DTZ001
texts = st.text(st.sampled_from("az街\U0001f600é"), max_size=90)
ROW = st.fixed_dictionaries(
    {
        "at": st.none() | moments.map(lambda moment: moment.replace(tzinfo=UTC)),
        "naive": st.none() | moments,
        "day": st.none() | st.dates(date(2026, 9, 1), date(2026, 9, 4)),
        "n": st.none() | small,
        "x": st.none() | st.sampled_from([float("nan"), float("inf"), -0.0, 0.1, 0.3, 2.5]),
        "街道": st.none() | texts,
        "ok": st.none() | st.booleans(),
    }
)
FILES = st.lists(st.lists(ROW, min_size=1, max_size=5), min_size=1, max_size=4)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


LITERALS = {
    "at": moments.map(lambda m: f"TIMESTAMPTZ '{m.isoformat(' ')}+08'")
    | moments.map(lambda m: f"'{m}'"),
    "naive": moments.map(lambda m: f"TIMESTAMP '{m}'") | st.just("DATE '2026-09-02'"),
    "day": st.dates(date(2026, 9, 1), date(2026, 9, 4)).map(lambda d: f"DATE '{d}'")
    | moments.map(lambda m: f"TIMESTAMP '{m}'"),
    "n": small.map(str) | st.sampled_from(["2.5", "-1.5", "1e1", "NULL"]),
    "x": st.sampled_from(["0.1", "CAST(0.3 AS DOUBLE)", "0", "-0.0", "0.30", "2.5", "7"]),
    "街道": texts.map(quoted),
    "ok": st.sampled_from(["TRUE", "FALSE"]),
    "CAST(at AS DATE)": st.dates(date(2026, 9, 1), date(2026, 9, 4)).map(lambda d: f"DATE '{d}'"),
}


@st.composite
def atoms(draw: st.DrawFn) -> str:
    column = draw(st.sampled_from(sorted(LITERALS)))
    literal = LITERALS[column]
    shape = draw(st.sampled_from(["compare", "flip", "in", "between", "null", "column"]))
    if shape == "compare":
        operator = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM"]))
        return f"{column} {operator} {draw(literal)}"
    if shape == "flip":
        return f"{draw(literal)} {draw(st.sampled_from(['=', '<', '>=']))} {column}"
    if shape == "in":
        values = ", ".join(draw(st.lists(literal, min_size=1, max_size=3)))
        return f"{column} {draw(st.sampled_from(['IN', 'NOT IN']))} ({values})"
    if shape == "between":
        return f"{column} BETWEEN {draw(literal)} AND {draw(literal)}"
    if shape == "null":
        return f"{column} IS {draw(st.sampled_from(['', 'NOT ']))}NULL"
    return draw(st.sampled_from(["n = n", "n > x", "coalesce(n, 5) = 5", "ok"]))


conditions = st.recursive(
    atoms(),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        )
        | inner.map(lambda part: f"NOT ({part})")
    ),
    max_leaves=4,
)
WRAPPERS = [
    "SELECT * FROM t WHERE {0}",
    "SELECT * FROM (SELECT * FROM t WHERE {1}) AS t WHERE {0}",
    "WITH t AS (SELECT * FROM t) SELECT t.* FROM t WHERE {0}",
    "SELECT t.* FROM t LEFT JOIN (SELECT n AS k FROM t WHERE {1}) u ON u.k = t.n WHERE {0}",
    "SELECT u.* FROM (SELECT 1 AS k) o LEFT JOIN t AS u ON o.k = u.n WHERE {0}",
]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(FILES, conditions, conditions, st.sampled_from(WRAPPERS))
def test_an_answer_is_the_same_with_and_without_pruning(
    place: Path, whole: DuckDbEngine, files: list[list[dict[str, object]]], first: str, second: str, wrapper: str,
) -> None:  # fmt: skip
    table = Lake(place / "lake").table("core", f"t{abs(hash(str(files)))}")
    if not table.exists:
        for number, rows in enumerate(files):
            table.append(pa.Table.from_pylist(rows, schema=SCHEMA), f"b{number}")
    pin = table.pin()
    blind = Pin(pin.table, pin.version, pin.schema, tuple(_unknown(file) for file in pin.files))
    tree = parsed(wrapper.format(first, second))
    pruned, full = whole.query(tree, {"t": pin}), whole.query(tree, {"t": blind})
    assert sorted(map(repr, pruned.to_pylist())) == sorted(map(repr, full.to_pylist()))


def _unknown(file: object) -> object:
    return type(file)(file.path, file.rows, file.size_bytes)  # type: ignore[attr-defined,call-arg]
