"""What a compiled contract says about whole rows: reasons, flags, repairs, fingerprints, hostile names, composed fields."""

import json
import string
from datetime import UTC, date, datetime

import contract_oracle as oracle
import pytest
from contract_rows import CODES, DISTRICTS, TITLE, Judge, codes, dataset, field
from hypothesis import given, settings
from hypothesis import strategies as st

from cityloop.contracts.compiler import compile_contract, contract_digest
from cityloop.contracts.model import DatasetDefinition


def rule(name: str, expression: str, on_fail: str = "quarantine") -> dict[str, object]:
    return {"name": name, "title": TITLE, "expression": expression, "on_fail": on_fail}


PARKING = dataset(
    field("编号", required=True, **{"from": ["SystemCode"]}),
    field("capacity", "integer", min=1),
    field("occupancy", "integer"),
    field("at", "timestamp"),
    key=["编号"],
    rules=[rule("fits", "occupancy <= capacity"), rule("daytime", "hour(at) >= 6", "flag")],
)


def test_a_row_is_typed_and_judged_as_a_whole(judge: Judge) -> None:
    good, bad, empty = judge(
        PARKING,
        {
            "SystemCode": [" A1 ", "A2", "－"],
            "capacity": ["577", "0", "1,200个"],
            "occupancy": ["61", "many", None],
            "at": ["2026/9/1 8:05", "2026-09-01 05:59:59", "无"],
        },
    )
    assert good.values == {
        "编号": "A1",
        "capacity": 577,
        "occupancy": 61,
        "at": datetime(2026, 9, 1, 0, 5, tzinfo=UTC),
    }
    assert (good.reasons, good.flags, good.repairs) == ([], [], {"date_style": 1})
    assert bad.reasons == [("range", "capacity", "0"), ("type", "occupancy", "many")]
    assert bad.flags == ["daytime"]
    assert empty.reasons == [("required", "编号", "－"), ("unit", "capacity", "1,200个")]


def test_raw_text_is_given_for_bad_rows_only(judge: Judge) -> None:
    compiled = compile_contract(PARKING, {}, ["SystemCode", 'odd "\n name'], time_zone="UTC")
    judge.connection.sql("CREATE OR REPLACE TEMP TABLE given AS SELECT * FROM (VALUES (1, 'A', 'x'), (2, NULL, 'y')) v(row_number, \"SystemCode\", \"odd \"\"\n name\")")  # fmt: skip
    query = f"WITH stage AS (FROM given) {compiled.judged.sql('duckdb')} ORDER BY _row"
    found = [row[-1] for row in judge.connection.sql(query).fetchall()]
    assert found[0] is None
    assert json.loads(found[1]) == {"SystemCode": None, 'odd "\n name': "y"}


@pytest.mark.parametrize(
    ("expression", "values", "holds"),
    [
        ("a <= b", ("1", "2"), True),
        ("a <= b", ("3", "2"), False),
        ("a <= b", ("3", None), True),
        ("a <= b", (None, None), True),
        ("need > 0", ("1", "1"), True),
        ("a / (b - 2) > 1", ("1", "2"), False),
        ("a % (b - 2) = 0", ("1", "2"), False),
        ("a * b > 0", ("5", "9223372036854775807"), False),
        ("a > 5 AND b > 1", ("1", None), False),
        ("b IS NOT NULL OR a = 1", ("2", None), False),
        ("coalesce(b, 0) >= 0", ("2", None), True),
        ("a IN (1, 2) OR b BETWEEN 5 AND 6", ("3", "7"), False),
    ],
)
def test_rule_with_an_unknown_verdict(
    judge: Judge, expression: str, values: tuple[str | None, str | None], holds: bool
) -> None:
    contract = dataset(
        field("a", "integer"),
        field("b", "integer"),
        field("need", "integer", default=1),
        rules=[rule("mine", expression)],
    )
    (row,) = judge(contract, {"a": [values[0]], "b": [values[1]]})
    assert row.reasons == ([] if holds else [("mine", None, None)])


def test_rule_over_a_required_field_that_is_missing_is_broken_too(judge: Judge) -> None:
    contract = dataset(field("a", "integer", required=True), rules=[rule("mine", "a > 0")])
    (row,) = judge(contract, {"a": ["x"]})
    assert row.reasons == [("type", "a", "x"), ("mine", None, None)]


def test_times_in_rules_are_local(judge: Judge) -> None:
    contract = dataset(
        field("at", "timestamp", time_zone="Asia/Shanghai"),
        rules=[rule("early", "at < '2026-09-01 08:00:00'"), rule("hour", "hour(at) = 7")],
    )
    rows = judge(contract, {"at": ["2026-09-01 07:59:00", "2026-09-01T00:30:00Z"]})
    assert [[name for name, _, _ in row.reasons] for row in rows] == [[], ["early", "hour"]]


def test_names_that_are_keywords_can_be_fields(judge: Judge) -> None:
    contract = dataset(
        field("order", "integer"),
        field("选择", "integer"),
        rules=[rule("mine", '"order" < 选择'), rule("half", '1 / ("order" - 1) > 0')],
    )
    rows = judge(contract, {"order": ["2", "2", "1"], "选择": ["3", "1", "2"]})
    assert [[name for name, _, _ in row.reasons] for row in rows] == [[], ["mine"], ["half"]]


HOSTILE = [
    'a"b', "a'b", "a.b", "a;DROP TABLE stage;--", "行\n二", "🚦", "x" * 10_000, "a\\b", "a b", "$1", "{a}", "%s", ":p", "?", "/*", "--", "*",
    "select", "_row", "_x0", "_f0", "_reasons", "stage", "s", "c", "h", "g", "v", "p", "\u200b", "ROW_NUMBER_2", "ﬁ", "İ",
]  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("extra", ["ignore", "quarantine"])
def test_hostile_column_names_are_harmless(judge: Judge, name: str, extra: str) -> None:
    contract = dataset(
        field("a", "integer", required=True, **{"from": [name]} if name.strip() else {}),
        extra_columns=extra,
    )
    (row,) = judge(contract, {name: ["7"], f"{name}!": [None]}, mapping={name: "a"})
    assert (row.values, row.reasons) == ({"a": 7}, [])


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20),
        min_size=1,
        max_size=6,
        unique_by=lambda name: name.lower().casefold(),
    )
)  # fmt: skip
def test_any_column_names_are_harmless(judge: Judge, names: list[str]) -> None:
    names = [name for name in names if name.casefold() != "row_number"]
    contract = dataset(field("a", required=True), extra_columns="quarantine")
    columns: dict[str, list[str | None]] = {name: ["值"] for name in names}
    (row,) = judge(contract, {"第一 列": ["1"], **columns}, mapping={"第一 列": "a"})
    assert row.reasons == [("extra_columns", name, "值") for name in names]


def test_extra_columns_count_only_where_they_hold_something(judge: Judge) -> None:
    contract = dataset(field("a"), extra_columns="quarantine")
    rows = judge(contract, {"a": ["1", "2", "3"], "新增": [None, " / ", "x"]})
    assert [row.reasons for row in rows] == [[], [], [("extra_columns", "新增", "x")]]


def test_row_that_was_not_split_breaks_shape_and_nothing_else(judge: Judge) -> None:
    contract = dataset(field("a", "integer", required=True), rules=[rule("mine", "a > 0")])
    rows = judge(contract, {"a": ["1", None], "_broken": [None, "1,2,3"]}, shape_column="_broken")
    assert [row.reasons for row in rows] == [[], [("shape", None, "1,2,3")]]


def test_equal_rows_have_equal_fingerprints_and_others_not(judge: Judge) -> None:
    contract = dataset(field("a"), field("n", "number"), field("d", "date"))
    rows = judge(
        contract,
        {
            "a": [" 甲", "甲", "甲", "乙", "甲", "甲"],
            "n": ["１２", "12.0", "12", "12", "x", "y"],
            "d": ["2026-9-1", "20260901", "2026年9月1日", "2026-09-01", "2026-09-01", "2026-09-01"],
        },
    )
    marks = [row.fingerprint for row in rows]
    assert len(set(marks[:3])) == 1
    assert len(set(marks)) == 4


def test_repairs_are_counted_by_kind(judge: Judge) -> None:
    contract = dataset(
        field("n", "number", unit="km/h"), field("d", "date"), field("k", codes="district")
    )
    (row,) = judge(contract, {"n": ["１０m/s"], "d": ["２０２６年９月１日"], "k": ["临\u200b湖"]})
    assert row.values == {"n": 36.0, "d": date(2026, 9, 1), "k": "临湖区"}
    assert row.repairs == {"full_width": 3, "date_style": 1, "unit": 1}


def test_composed_field_is_read_like_any_other(judge: Judge) -> None:
    contract = dataset(
        field("at", "timestamp", compose="{year}-{month}-{day} {hour}:00", time_zone="UTC"),
        field("pm25", "number"),
        extra_columns="refuse",
    )
    columns = {"year": ["2013", "2013"], "month": ["3", None], "day": ["1", "1"], "hour": ["23", "1"], "PM25": ["9", "8"]}  # fmt: skip
    rows = judge(contract, columns)
    assert [row.values["at"] for row in rows] == [datetime(2013, 3, 1, 23, tzinfo=UTC), None]


def test_default_stands_in_for_a_missing_value_and_a_missing_column(judge: Judge) -> None:
    contract = dataset(
        field("n", "integer", default=3, required=True),
        field("b", "boolean", default=False),
        field("t", default="不详"),
        field("d", "date", default=date(2026, 9, 1)),
        field("s", "timestamp", default=date(2026, 9, 1)),
        field("x", "number", default=0.5),
    )
    (row,) = judge(contract, {"n": ["/"], "t": [""]})
    assert (row.reasons, row.values) == (
        [],
        {
            "n": 3,
            "b": False,
            "t": "不详",
            "d": date(2026, 9, 1),
            "s": datetime(2026, 8, 31, 16, tzinfo=UTC),
            "x": 0.5,
        },
    )


def test_old_local_times_follow_the_rules_of_their_day(judge: Judge) -> None:
    """Shanghai kept summer time from 1986 to 1991."""
    contract = dataset(field("at", "timestamp"))
    rows = judge(contract, {"at": ["1990-07-01 08:00:00", "1991-12-01 08:00:00", "2026-07-01 08:00:00"]})  # fmt: skip
    assert [row.values["at"].hour for row in rows] == [23, 0, 0]


def test_zone_with_summer_time_is_followed(judge: Judge) -> None:
    contract = dataset(field("at", "timestamp", time_zone="Europe/London"))
    rows = judge(contract, {"at": ["2026-07-01 08:00:00", "2026-12-01 08:00:00"]})
    assert [row.values["at"].hour for row in rows] == [7, 8]


def test_values_of_every_type_reach_arrow_with_the_promised_schema(judge: Judge) -> None:
    kinds = ("text", "integer", "number", "boolean", "date", "timestamp")
    contract = dataset(*(field(kind, kind) for kind in kinds))
    compiled = compile_contract(contract, CODES, kinds, time_zone="UTC")
    stage = "SELECT 1 row_number, 'a' AS text, '1' AS integer, '1' AS number, '1' AS boolean, '2026-09-01' AS date, '2026-09-01' AS timestamp"
    query = f"WITH stage AS ({stage}) {compiled.judged.sql('duckdb')}"
    found = judge.connection.sql(query).to_arrow_table()
    assert found.select(list(kinds)).schema.equals(compiled.schema)


def test_digest_changes_with_the_contract_and_its_codes_only() -> None:
    contract = dataset(field("k", codes="district"))
    other = codes(("临湖区", []))
    first = contract_digest(contract, CODES)
    assert first == contract_digest(contract, {"district": DISTRICTS})
    assert first != contract_digest(contract, {"district": other})
    assert first != contract_digest(dataset(field("k", codes="district", required=True)), CODES)


def test_query_reads_the_stage_only() -> None:
    compiled = compile_contract(PARKING, {}, ["SystemCode"], time_zone="UTC")
    from sqlglot import exp

    assert {table.name for table in compiled.judged.find_all(exp.Table)} == {"stage"}


def test_dataset_can_be_found_by_field() -> None:
    contract: DatasetDefinition = PARKING
    assert (contract.level_of("编号"), contract.field("at").type) == (2, "timestamp")
    with pytest.raises(KeyError):
        contract.field("nope")


def test_date_with_one_wrong_character_is_never_read_as_another(judge: Judge) -> None:
    """The engine's own cast reads ``2026-09-1!`` as the first of September."""
    sample, pool = "2026-09-11", string.printable + "：Ｚ年０"
    wrong = [sample[:at] + other + sample[at + 1 :] for at in range(10) for other in pool]
    contract = dataset(field("d", "date"), field("t", "timestamp"))
    rows = judge(contract, {"d": wrong, "t": [f"{each} 08:15:35" for each in wrong]})
    for text, row in zip(wrong, rows, strict=True):
        for name, value in (("d", text), ("t", f"{text} 08:15:35")):
            expected = oracle.judge(value, contract.field(name), contract, CODES)
            assert row.values[name] == expected.value, value
