"""A condition means in a procedure what it means in SQL: DuckDB gives the same answer."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityloop.cases.conditions import evaluate, holds, parse_condition
from cityloop.cases.errors import BadCondition
from cityloop.foundation.expressions import BadExpression, UnknownColumn

NAMES = frozenset({"a", "b", "s"})

numbers = st.sampled_from(
    ["a", "b", "0", "1", "2.5", "NULL", "a + b", "a * 2 - b", "abs(a)", "coalesce(a, 1)", "-b"]
)
texts = st.sampled_from(["s", "'x'", "'xy'", "NULL", "lower(s)", "coalesce(s, 'z')"])
atoms = st.one_of(
    st.builds("({} {} {})".format, numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers),
    st.builds("({} {} {})".format, texts, st.sampled_from(["=", "<>", "<", ">"]), texts),
    st.builds("({} IN ({}, {}))".format, numbers, numbers, numbers),
    st.builds("({} BETWEEN {} AND {})".format, numbers, numbers, numbers),
    st.builds("({} IS NULL)".format, st.one_of(numbers, texts)),
    st.builds("({} IS NOT NULL)".format, numbers),
    st.builds("({} LIKE {})".format, texts, st.sampled_from(["'x%'", "'_y'", "'%'"])),
    st.builds("(CASE WHEN a > {} THEN b ELSE 0 END = b)".format, numbers),
)  # fmt: skip
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("(NOT {})".format, inner),
    ),
    max_leaves=5,
)
CONNECTION = duckdb.connect()


@settings(max_examples=300, deadline=None)
@given(
    text=conditions,
    a=st.none() | st.integers(-3, 3),
    b=st.none() | st.integers(-3, 3),
    s=st.sampled_from([None, "x", "xy", "XY", ""]),
)
def test_value_is_the_same_as_the_engines(
    text: str, a: int | None, b: int | None, s: str | None
) -> None:
    row = "(SELECT CAST(? AS DOUBLE) AS a, CAST(? AS DOUBLE) AS b, CAST(? AS VARCHAR) AS s)"
    expected = CONNECTION.execute(f"SELECT {text} FROM {row}", [a, b, s]).fetchone()[0]
    assert evaluate(parse_condition(text, NAMES), {"a": a, "b": b, "s": s}) == expected


@pytest.mark.parametrize("text", ["s > 3", "a AND TRUE", "a + s = 1", "lower(a) = 'x'", "NOT s"])
def test_values_that_do_not_fit_are_an_error_not_a_no(text: str) -> None:
    with pytest.raises(BadCondition):
        holds(text, NAMES, {"a": 1, "s": "x"})


def test_missing_value_is_null_and_not_true() -> None:
    assert not holds("a > 1", NAMES, {})
    assert holds("a IS NULL", NAMES, {})


@pytest.mark.parametrize("text", ["a / 0 = 1", "a % 0 = 1"])
def test_division_by_zero_is_null(text: str) -> None:
    assert not holds(text, NAMES, {"a": 1})


def test_unknown_names_and_dates_are_refused() -> None:
    with pytest.raises(UnknownColumn):
        holds("c > 1", NAMES, {})
    with pytest.raises(BadExpression):
        holds("month(s) = 1", NAMES, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [("starts_with(s, 'X')", True), ("round(a) = 3", True), ("s ILIKE 'x%'", True), ("length(s) = 2", True),
     ("CASE a WHEN 2.6 THEN TRUE END", True), ("if(a > 9, TRUE, FALSE)", False)],
)  # fmt: skip
def test_functions(text: str, *, expected: bool) -> None:
    assert holds(text, NAMES, {"a": 2.6, "s": "XY"}) is expected
