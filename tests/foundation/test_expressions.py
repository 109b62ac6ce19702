"""Expressions of definitions: the small language parses, everything else is refused with its name."""

import pytest

from cityloop.foundation.expressions import BadExpression, UnknownColumn, parse_expression

COLUMNS = {"occupancy", "capacity", "district", "closed_at", "opened_at", "区", "hospital.district"}


@pytest.mark.parametrize(
    "text",
    [
        "occupancy <= capacity",
        "occupancy BETWEEN 0 AND capacity * 1.1",
        "district IN ('临湖区', '云山区') AND NOT closed_at IS NULL",
        "CASE WHEN occupancy > 10 THEN 1 ELSE 0 END = 1",
        "closed_at >= opened_at OR closed_at IS NULL",
        "区 LIKE '临%'",
        "coalesce(occupancy, 0) >= 0",
        "hospital.district = '临湖区'",
        "abs(occupancy - capacity) / nullif(capacity, 0) < 0.5",
    ],
)
def test_language_is_accepted(text: str) -> None:
    assert parse_expression(text, COLUMNS).sql()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "occupancy <=",
        "(SELECT 1)",
        "occupancy IN (SELECT 1)",
        "EXISTS (SELECT 1)",
        "read_csv('/etc/passwd')",
        "occupancy; DROP TABLE x",
        "sum(occupancy)",
        "row_number() OVER ()",
        "getenv('HOME')",
        "CAST(occupancy AS BLOB)",
        "a.b.c.d = 1",
        "*",
        "x -> 1",
        "$1 = 2",
        "occupancy = ALL (SELECT 1)",
        "(" * 500 + "1" + ")" * 500,
        "1 = 1 OR " * 400 + "1 = 1",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises((BadExpression, UnknownColumn)):
        parse_expression(text, COLUMNS)


def test_unknown_column_names_close_ones() -> None:
    with pytest.raises(UnknownColumn) as raised:
        parse_expression("ocupancy > 1", COLUMNS)
    assert "occupancy" in raised.value.hint("en")
