"""The rewritten query answers as the asked query would on a copy of the table that was filtered and masked by hand."""

import hmac
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from little_city import (
    ANALYST,
    CALLER,
    DEFINITIONS,
    DOCTOR,
    TABLES,
    TRIPS,
    VISITS,
    City,
    title,
)

from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal
from cityloop.policies import PolicyDefinition, PseudonymKeys
from cityloop.policies.decisions import Rulebook
from cityloop.policies.language import parse_query
from cityloop.policies.model import UnknownColumn
from cityloop.policies.rewriting import ask, rewrite
from cityloop.policies.views import Source

Row = dict[str, object]
NOW = datetime(2026, 9, 30, 12, tzinfo=UTC)


def by_hand_doctor(row: Row) -> Row | None:
    if row["district"] != "临湖区":
        return None
    return {**{k: v for k, v in row.items() if k != "genome"}, "home": "云江市临湖区望江街道****"}


def by_hand_caller(row: Row) -> Row | None:
    near = row["district"] == "临湖区"
    phone, card = str(row["phone"]), str(row["id_card"])
    return {
        "visit": row["visit"],
        "district": row["district"],
        "patient": row["patient"] if near else None,
        "phone": phone if near else f"{phone[:3]}****{phone[-4:]}",
        "id_card": f"{card[:6]}********{card[-4:]}",
        "born_on": row["born_on"] if near else None,
        "seen_at": row["seen_at"],
        "cost": row["cost"] if near else None,
        "home": row["home"] if near else None,
    }


def by_hand_analyst(key: bytes) -> Callable[[Row], Row]:
    def mask(row: Row) -> Row:
        phone, born, cost = str(row["phone"]), row["born_on"], row["cost"]
        assert isinstance(born, date)
        assert isinstance(cost, int)
        return {
            "visit": row["visit"],
            "district": row["district"],
            "patient": f"{str(row['patient'])[0]}**",
            "phone": f"{phone[:3]}****{phone[-4:]}",
            "id_card": hmac.digest(
                key, f"21:department:statistics:{row['id_card']}".encode(), "sha256"
            ).hex()[:32],
            "born_on": born.replace(month=1, day=1),
            "seen_at": row["seen_at"],
            "cost": cost // 100 * 100,
            "home": "云江市临湖区望江街道****",
        }

    return mask


@pytest.fixture(scope="session")
def copies(shared_city: City) -> Mapping[str, duckdb.DuckDBPyConnection]:
    """For each reader a plain database in which visits were filtered and masked row by row in Python."""
    key = PseudonymKeys(shared_city.home / "keys" / "pseudonyms")["pseudonyms"]
    hands = {"doctor": by_hand_doctor, "caller": by_hand_caller, "analyst": by_hand_analyst(key)}
    found = {}
    for name, hand in hands.items():
        rows = [shown for row in TABLES["visits"].to_pylist() if (shown := hand(row)) is not None]
        fields = [field for field in TABLES["visits"].schema if field.name in rows[0]]
        connection = duckdb.connect()
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("arrow_visits", pa.Table.from_pylist(rows, pa.schema(fields)))
        connection.execute("CREATE TABLE visits AS SELECT * FROM arrow_visits")
        connection.register("arrow_trips", TABLES["trips"].select(["trip", "district", "speed"]))
        connection.execute("CREATE TABLE trips AS SELECT * FROM arrow_trips")
        found[name] = connection
    return found


COLUMNS = ("visit", "district", "patient", "phone", "id_card", "born_on", "seen_at", "cost", "home")
TEXTS = ("district", "patient", "phone", "id_card", "home")
VALUES = {
    "visit": st.integers(0, 45).map(str),
    "cost": st.integers(77_777_000, 77_817_000).map(str),
    "born_on": st.integers(1949, 1991).map(lambda year: f"DATE '{year}-07-13'"),
    "seen_at": st.integers(1, 3).map(lambda day: f"TIMESTAMPTZ '2026-09-0{day} 00:00:00+00'"),
}
TEXT_VALUES = st.sampled_from(
    [
        "'临湖区'",
        "'山前区'",
        "'张CANARYNEAR02'",
        "'张CANARYFAR01'",
        "'张**'",
        "'138****0000'",
        "'138CANARYFAR010000'",
        "''",
    ]
)


@st.composite
def conditions(draw: st.DrawFn, prefix: str = "", depth: int = 2) -> str:
    if depth and draw(st.booleans()):
        left = draw(conditions(prefix, depth - 1))
        right = draw(conditions(prefix, depth - 1))
        return f"({left} {draw(st.sampled_from(['AND', 'OR']))} {right})"
    column = draw(st.sampled_from(COLUMNS))
    name = f"{prefix}{column}"
    shape = draw(st.sampled_from(["compare", "null", "in", "like", "not"]))
    value = draw(VALUES.get(column, TEXT_VALUES))
    if shape == "null":
        return f"{name} IS NULL"
    if shape == "like" and column in TEXTS:
        pattern = draw(st.sampled_from(["%CANARY%", "1%", "%区", "张%", "%*%"]))
        return f"{name} LIKE '{pattern}'"
    if shape == "in":
        return f"{name} IN ({value}, {draw(VALUES.get(column, TEXT_VALUES))})"
    if shape == "not":
        return f"NOT {name} = {value}"
    return f"{name} {draw(st.sampled_from(['=', '<>', '<', '>=']))} {value}"


@st.composite
def queries(draw: st.DrawFn) -> str:
    where = f" WHERE {draw(conditions())}" if draw(st.booleans()) else ""
    column, other = draw(st.sampled_from(COLUMNS)), draw(st.sampled_from(COLUMNS))
    shape = draw(st.integers(0, 11))
    joined = draw(conditions("v."))
    return [
        f"SELECT * FROM visits{where}",
        f"SELECT {column}, {other} AS o FROM visits{where}",
        f"SELECT {column}, count(*) AS n, max({other}) AS m FROM visits{where} GROUP BY 1",
        f"SELECT count(DISTINCT {column}) AS n, min({other}) AS m FROM visits{where}",
        f"WITH visits AS (SELECT {column} AS c, visit FROM visits{where}) SELECT c, count(*) AS n FROM visits GROUP BY c",
        f"WITH a AS (SELECT * FROM visits{where}), b AS (SELECT {column} AS c FROM a) SELECT c FROM b WHERE c IS NOT NULL",
        f"SELECT v.{column}, t.speed FROM visits v JOIN trips t ON v.visit = t.trip AND {joined}",
        f"SELECT v.{column} FROM visits AS v LEFT JOIN visits w ON v.{other} = w.{other} WHERE {joined}",
        f"SELECT {column} FROM visits v WHERE EXISTS (SELECT 1 FROM visits w WHERE w.{other} = v.{other} AND w.visit > v.visit)",
        f"SELECT DISTINCT {column} FROM visits{where} UNION SELECT {column} FROM visits WHERE visit < 9",
        f"SELECT visit, row_number() OVER (PARTITION BY {column} ORDER BY visit) AS n FROM visits{where}",
        f"SELECT district, (SELECT max(w.{column}) FROM visits w WHERE w.district = t.district) AS m FROM trips t",
    ][shape]


def rows_of(table: pa.Table) -> list[str]:
    return sorted(
        repr(tuple(row.values()))
        .replace("zoneinfo.ZoneInfo(key='UTC')", "UTC")
        .replace("<UTC>", "UTC")
        for row in table.to_pylist()
    )


@pytest.mark.parametrize("who", [DOCTOR, ANALYST, CALLER], ids=lambda who: who.id)
@given(sql=queries())
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_queries_answer_as_on_a_copy_masked_by_hand(
    shared_city: City, copies: Mapping[str, duckdb.DuckDBPyConnection], who: Principal, sql: str
) -> None:
    try:
        found = shared_city.reader.read(who, "analysis", sql).table
    except UnknownColumn:
        columns = {row[0] for row in copies[who.id].execute("DESCRIBE visits").fetchall()}
        assert any(name in sql and name not in columns for name in COLUMNS)
        return
    expected = copies[who.id].execute(sql).to_arrow_table()
    assert found.column_names == expected.column_names
    assert rows_of(found) == rows_of(expected)


def plan(
    who: Principal, sql: str, *extra: PolicyDefinition, present: frozenset[str] | None = None
) -> str:
    book = Rulebook(Snapshot.of(*DEFINITIONS, *extra))

    def source(name: str) -> Source:
        here = present or frozenset(each.name for each in book.datasets[name].fields)
        return Source(
            book.datasets[name], book.decide(who, "analysis", name), here, "k", "Asia/Shanghai"
        )

    asked = ask(parse_query(sql), lambda name: book.find(who, name))
    return rewrite(asked, source, NOW).tree.sql(dialect="duckdb")


def test_only_columns_that_are_used_stand_in_the_view() -> None:
    assert plan(DOCTOR, "SELECT count(*) FROM visits WHERE cost = 3") == (
        'SELECT COUNT(*) FROM (SELECT "cl__rows"."cost" AS "cost" FROM "cl__visits" AS "cl__rows" '
        'WHERE "cl__rows"."district" = \'临湖区\') AS visits WHERE cost = 3'
    )


def test_ctes_and_tables_get_names_that_nobody_can_spell() -> None:
    assert plan(
        DOCTOR, "WITH visits AS (SELECT visit FROM visits) SELECT visits.visit FROM visits"
    ) == (
        'WITH "cl__cte2_visits" AS (SELECT visit FROM (SELECT "cl__rows"."visit" AS "visit" FROM "cl__visits" AS "cl__rows" '
        'WHERE "cl__rows"."district" = \'临湖区\') AS visits) SELECT visits.visit FROM "cl__cte2_visits" AS visits'
    )


def test_the_present_moment_is_a_literal_of_the_citys_day() -> None:
    assert "CAST('2026-09-30' AS DATE)" in plan(DOCTOR, "SELECT current_date FROM trips")
    assert "2026-09-30T12:00:00+00:00" in plan(DOCTOR, "SELECT now() FROM trips")


def test_a_column_that_the_files_lack_is_null_and_a_filter_on_it_lets_nothing_through() -> None:
    policy = PolicyDefinition(
        name="z", title=title("z"), dataset="staff", allow=[{"rows": "legend = 'x'"}]
    )
    text = plan(DOCTOR, "SELECT * FROM staff", policy, present=frozenset({"badge"}))
    assert text == (
        'SELECT * FROM (SELECT "cl__rows"."badge" AS "badge", CAST(NULL AS TEXT) AS "legend" FROM "cl__staff" AS "cl__rows" '
        "WHERE CAST(NULL AS TEXT) = 'x') AS staff"
    )


def test_conditions_that_can_fail_are_fenced_off_only_where_rows_are_hidden() -> None:
    fence = "LIMIT 1000000000000000"
    risky = "SELECT count(*) FROM visits WHERE cost * cost > 1"
    assert fence in plan(DOCTOR, risky)
    assert fence not in plan(ANALYST, risky)
    for safe in (
        "SELECT cost * 2 FROM visits WHERE cost > 1 AND district = 'x' AND seen_at >= '2026-01-01'",
        "SELECT sum(cost * 2) FROM visits",
        "SELECT v.visit FROM visits v JOIN trips t ON v.visit = t.trip AND v.cost > 3",
        "SELECT district AS district, count(*) FROM visits WHERE district = 'x' GROUP BY 1",
    ):
        assert fence not in plan(DOCTOR, safe), safe
    renamed = "SELECT cost FROM (SELECT district AS cost FROM visits) WHERE cost > 1"
    assert fence in plan(DOCTOR, renamed)


def test_casts_are_safe_only_where_rows_are_hidden() -> None:
    sql = "SELECT CAST(patient AS INT) FROM visits WHERE phone"
    assert plan(DOCTOR, sql).count("TRY_CAST") == 2
    assert plan(ANALYST, sql).count("TRY_CAST") == 0


def test_files_are_still_pruned_by_the_askers_condition(shared_city: City) -> None:
    pin = shared_city.shelf.lake.table("data", "visits").pin()
    texts = []
    for number in (9, 900):
        asked = f"SELECT count(*) FROM visits WHERE visit > {number}"
        tree = shared_city.reader.rewritten(DOCTOR, "analysis", asked).tree
        texts.append(shared_city.reader.engine.sql(tree, {"cl__visits": pin}))
    assert [".parquet" in text for text in texts] == [True, False]


def test_the_audit_shape_holds_no_values() -> None:
    book = Rulebook(Snapshot.of(VISITS, TRIPS, *DEFINITIONS))
    asked = ask(
        parse_query("SELECT count(*) FROM trips WHERE plate = '浙A12345' LIMIT 3"),
        lambda name: book.find(DOCTOR, name),
    )
    assert asked.shape == "SELECT COUNT(*) FROM trips WHERE plate = ? LIMIT ?"


@given(st.text(max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_answered_or_refused_cleanly(text: str) -> None:
    book = Rulebook(Snapshot.of(*DEFINITIONS))
    codes = ["policies."]
    try:
        ask(parse_query(text), lambda name: book.find(DOCTOR, name))
    except CityError as error:
        codes.append(error.code)
    assert all(code.startswith("policies.") for code in codes)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 5_000 + "1" + ")" * 5_000,
        "SELECT " + "NOT " * 4_000 + "true",
        "SELECT " + "- " * 4_000 + "1",
        "SELECT * FROM " + "(SELECT * FROM " * 900 + "trips" + ")" * 900,
        "SELECT " + "abs(" * 3_000 + "1" + ")" * 3_000,
        "SELECT " + "CASE WHEN true THEN " * 900 + "1" + " END" * 900,
        "SELECT 1" + "::int" * 3_000,
        "SELECT a" + ".b" * 3_000 + " FROM trips",
        "SELECT '" + "x" * 30_000 + "'",
        "SELECT " + ",".join(["1"] * 9_000),
        "SELECT " + "x" * 300 + " FROM trips",
        "SELECT trip FROM trips" + " UNION SELECT trip FROM trips" * 60,
        "WITH a AS (" * 300 + "SELECT 1" + ") SELECT * FROM a" * 300,
        "SELECT 1" + " + 1" * 4_500,
    ],
    ids=range(14),
)
def test_monstrous_queries_are_refused(sql: str) -> None:
    with pytest.raises(CityError):
        plan(DOCTOR, sql)


def test_long_lists_and_long_conditions_are_fine() -> None:
    numbers = ", ".join(str(number) for number in range(2_000))
    assert plan(DOCTOR, f"SELECT count(*) FROM trips WHERE trip IN ({numbers})")
    assert plan(DOCTOR, "SELECT count(*) FROM trips WHERE " + " OR ".join(["trip = 1"] * 400))
