"""A query that cannot be answered safely is refused, and the refusal says what would work."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot
from pydantic import ValidationError
from sqlglot import exp, parse_one
from town import NOW, SNAPSHOT, ZONE

from cityloop.foundation.errors import CityError
from cityloop.metrics import Query, compile_query


def refusal(**query) -> tuple[str, str]:
    with pytest.raises(CityError) as caught:
        compile_query(Query(**query), SNAPSHOT, NOW, ZONE)
    return str(caught.value), caught.value.message("zh")


def only(dimension: str, op: str, *values) -> list[dict]:
    return [{"dimension": dimension, "op": op, "values": values}]


def test_a_dimension_that_would_multiply_rows_is_refused_with_those_that_do_not() -> None:
    assert refusal(metrics=["beds"], by=["triage"]) == snapshot(
        (
            "[metrics.unreachable] The metric 'beds' cannot be split or filtered by 'triage': no many-to-one join leads there from the model 'hospitals', so rows would be counted twice. Dimensions that all metrics of this query can use: district, hospital, side.",
            "指标“beds”不能按“triage”拆分或筛选：从模型“hospitals”到它没有多对一的联接，联接会重复计数。",
        )
    )


def test_all_metrics_of_a_query_must_reach_a_dimension() -> None:
    assert refusal(metrics=["visit_count", "pm25"], by=["hospital"]) == snapshot(
        (
            "[metrics.unreachable] The metric 'pm25' cannot be split or filtered by 'hospital': no many-to-one join leads there from the model 'readings', so rows would be counted twice. Dimensions that all metrics of this query can use: district, side.",
            "指标“pm25”不能按“hospital”拆分或筛选：从模型“readings”到它没有多对一的联接，联接会重复计数。",
        )
    )


def test_a_filter_that_one_metric_cannot_take_is_refused_not_ignored() -> None:
    query = {"metrics": ["visit_count", "spend"], "filters": only("side", "=", "north")}
    assert refusal(**query) == snapshot(
        (
            "[metrics.unreachable] The metric 'spend' cannot be split or filtered by 'side': no many-to-one join leads there from the model 'budgets', so rows would be counted twice. Dimensions that all metrics of this query can use: district.",
            "指标“spend”不能按“side”拆分或筛选：从模型“budgets”到它没有多对一的联接，联接会重复计数。",
        )
    )


def test_unknown_names_come_with_close_ones() -> None:
    assert refusal(metrics=["visits_count"]) == snapshot(
        (
            "[metrics.unknown_metric] There is no metric named 'visits_count'. Close names: visit_count, hospital_count, urgent. GET /api/metrics lists all.",
            "没有名为“visits_count”的指标。",
        )
    )
    assert refusal(metrics=["visit_count"], by=["distrct"]) == snapshot(
        (
            "[metrics.unknown_dimension] There is no dimension named 'distrct'. Close names: district; usable dimensions: arrived, district, hospital, hour_of_day, insured, side, triage, wait_class.",
            "没有名为“distrct”的维度。",
        )
    )


def test_a_metric_without_time_cannot_be_cut_by_time() -> None:
    assert refusal(metrics=["beds"], grain="day") == snapshot(
        (
            "[metrics.no_time] The metric 'beds' stands on the model 'hospitals', which has no time column: it cannot be cut by time. Leave out range and grain, or declare time in the model.",
            "指标“beds”的模型“hospitals”没有时间列，不能按时间拆分或筛选。",
        )
    )
    assert refusal(metrics=["hospital_count"], range={"this": "year"}) == snapshot(
        (
            "[metrics.no_time] The metric 'hospital_count' stands on the model 'hospitals', which has no time column: it cannot be cut by time. Leave out range and grain, or declare time in the model.",
            "指标“hospital_count”的模型“hospitals”没有时间列，不能按时间拆分或筛选。",
        )
    )


def test_a_timeless_part_counts_whole_beside_a_timed_one() -> None:
    query = Query(metrics=["visits_per_bed"], range={"this": "month"})
    assert "hospitals" in compile_query(query, SNAPSHOT, NOW, ZONE).sql()


def test_days_cannot_be_cut_into_hours() -> None:
    assert refusal(metrics=["spend"], grain="hour") == snapshot(
        (
            "[metrics.too_fine] The metric 'spend' is known by day (its column 'day' is a date), not by hour. Use the grain day or coarser, and a range of whole days.",
            "指标“spend”只精确到天（列“day”是日期），不能细到小时。",
        )
    )
    assert refusal(metrics=["spend"], range={"last": "5h"}) == snapshot(
        (
            "[metrics.too_fine] The metric 'spend' is known by day (its column 'day' is a date), not by hour. Use the grain day or coarser, and a range of whole days.",
            "指标“spend”只精确到天（列“day”是日期），不能细到小时。",
        )
    )


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    range_ = {"from": "2026-09-02", "to": "2026-09-02"}
    assert refusal(metrics=["spend"], range=range_) == snapshot(
        (
            "[metrics.empty_range] The range is empty: from 2026-09-02T00:00:00 to 2026-09-02T00:00:00 (not included). 'to' is not included and must be later than 'from'.",
            "时间范围为空：从 2026-09-02T00:00:00 到 2026-09-02T00:00:00（不含）。",
        )
    )


def test_a_range_outside_the_calendar_is_refused() -> None:
    assert refusal(metrics=["spend"], range={"last": "9999y"}) == snapshot(
        (
            "[metrics.bad_moment] '{'last': '9999y'}' lies outside the usable calendar. Use a date between the years 1 and 9999.",
            "“{'last': '9999y'}”超出了可用的日期范围。",
        )
    )


def test_values_are_typed_by_their_dimension() -> None:
    assert refusal(metrics=["visit_count"], filters=only("triage", "=", "1 OR 1=1")) == snapshot(
        (
            "[metrics.wrong_value] The value '1 OR 1=1' for the dimension 'triage' is not of the type integer. For example: 12",
            "维度“triage”的筛选值“1 OR 1=1”不是 integer 类型。",
        )
    )
    assert refusal(metrics=["visit_count"], filters=only("insured", "=", "perhaps")) == snapshot(
        (
            "[metrics.wrong_value] The value 'perhaps' for the dimension 'insured' is not of the type boolean. For example: true",
            "维度“insured”的筛选值“perhaps”不是 boolean 类型。",
        )
    )
    assert refusal(metrics=["visit_count"], filters=only("arrived", ">", "soon")) == snapshot(
        (
            "[metrics.wrong_value] The value 'soon' for the dimension 'arrived' is not of the type timestamp. For example: 2026-09-01T08:00:00",
            "维度“arrived”的筛选值“soon”不是 timestamp 类型。",
        )
    )
    assert refusal(metrics=["visit_count"], filters=only("hospital", "=", 1.5)) == snapshot(
        (
            "[metrics.wrong_value] The value '1.5' for the dimension 'hospital' is not of the type text. For example: '…'",
            "维度“hospital”的筛选值“1.5”不是 text 类型。",
        )
    )


def test_operators_suit_the_type() -> None:
    assert refusal(metrics=["visit_count"], filters=only("district", "<", "临湖区")) == snapshot(
        (
            "[metrics.wrong_operator] The dimension 'district' (type text) cannot be filtered with '<'. Usable operators: =, !=, in, not in, is null, is not null.",
            "维度“district”（类型 text）不能用“<”筛选。",
        )
    )


def test_a_value_outside_the_code_table_is_refused_with_close_ones() -> None:
    assert refusal(metrics=["visit_count"], filters=only("district", "=", "临河区")) == snapshot(
        (
            "[metrics.unknown_value] The code table 'district' of the dimension 'district' has no '临河区'. Close values: 临湖区",
            "维度“district”的代码表“district”中没有“临河区”。",
        )
    )


def test_sorting_by_something_else_is_refused() -> None:
    assert refusal(metrics=["visit_count"], order=[{"by": "beds"}]) == snapshot(
        (
            "[metrics.unknown_order] The answer cannot be sorted by 'beds': it has no such column. Its columns: visit_count.",
            "不能按“beds”排序：结果中没有这一列。",
        )
    )


@pytest.mark.parametrize("spelling", ["临湖区", "990102", "临湖", "Linhu District", "linhu district", "９９０１０２"])  # fmt: skip
def test_code_values_may_be_written_in_every_known_way(spelling: str) -> None:
    query = Query(metrics=["visit_count"], filters=only("district", "=", spelling))
    assert "= '临湖区'" in compile_query(query, SNAPSHOT, NOW, ZONE).sql(dialect="duckdb")


@pytest.mark.parametrize("broken", [
    {"metrics": []}, {"metrics": ["a", "a"]}, {"metrics": ["a"], "by": ["b", "b"]}, {"metrics": ["a"], "limit": 0},
    {"metrics": ["a"], "limit": 5, "totals": True}, {"metrics": ["a"], "range": {}},
    {"metrics": ["a"], "range": {"last": "7d", "this": "day"}}, {"metrics": ["a"], "range": {"last": "0d"}},
    {"metrics": ["a"], "range": {"last": "7 days"}}, {"metrics": ["a"], "grain": "minute"}, {"metrics": ["a; DROP"]},
    {"metrics": ["a"], "filters": [{"dimension": "b", "op": "between", "values": [1]}]},
    {"metrics": ["a"], "filters": [{"dimension": "b", "op": "in", "values": []}]},
    {"metrics": ["a"], "filters": [{"dimension": "b", "op": "like", "values": ["x"]}]}, {"metrics": ["a"], "sql": "x"},
])  # fmt: skip
def test_a_malformed_query_is_no_query(broken: dict) -> None:
    with pytest.raises(ValidationError):
        Query(**broken)


@given(st.text(min_size=1, max_size=40), st.sampled_from(["=", "!=", "in"]))
def test_whatever_text_is_given_it_stays_one_literal(text: str, op: str) -> None:
    query = Query(metrics=["visit_count"], filters=only("hospital", op, text))
    try:
        tree = compile_query(query, SNAPSHOT, NOW, ZONE)
    except CityError as error:
        assert error.code == "metrics.wrong_value"  # noqa: PT017 - only a NUL may be refused
        assert "\0" in text
        return
    again = parse_one(tree.sql(dialect="duckdb"), dialect="duckdb")
    assert {node.this for node in again.find_all(exp.Literal) if node.is_string} == {text}
