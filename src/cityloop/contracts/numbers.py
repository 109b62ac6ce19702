"""How numbers, units and truth values are read from text.

A number is ``[+-]digits[.digits][e[+-]digits]`` or has commas between groups of three digits; it may carry a unit,
which is converted into the field's. A number with a unit that cannot be converted breaks the rule ``unit``.
"""

from cityloop.contracts import sql
from cityloop.contracts.model import FieldDefinition
from cityloop.contracts.parsing import Parser, outcome, value_or
from cityloop.foundation.units import spellings_of

NUMBER = r"^([+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*((?s:[^\d\s.,+\-].*)?)$"
"""A number and what follows it."""
EXACT = 2**53
"""Whole numbers beyond this are not exact as 64-bit floats."""
ROUNDING = "1e-9"
"""Relative error of a converted unit that still counts as a whole number."""
YES = ("是", "Y", "y", "yes", "Yes", "YES", "1", "true", "True", "TRUE", "T", "t")
"""Spellings of true."""
NO = ("否", "N", "n", "no", "No", "NO", "0", "false", "False", "FALSE", "F", "f")
"""Spellings of false."""


def number_parser(field: FieldDefinition) -> Parser:
    """Return how a field of type ``number`` is read."""
    return Parser(
        kind="DOUBLE",
        fast=lambda x: (
            f"CASE WHEN ORD({x}) BETWEEN 45 AND 57 AND NOT CONTAINS({x}, '_') "
            f"THEN TRY_CAST({x} AS DOUBLE) END"
        ),
        fine=lambda f, _x: f"ISFINITE({f})",
        parse=lambda h: _parse(h, field, whole=False),
        restyle_rule="unit",
    )


def integer_parser(field: FieldDefinition) -> Parser:
    """Return how a field of type ``integer`` is read: exact 64-bit; ``5.0`` and ``5e3`` are whole, ``5.5`` is not."""
    return Parser(
        kind="BIGINT",
        fast=lambda x: f"TRY_CAST({x} AS BIGINT)",
        # The cast rounds 1.5 and reads 0x1F: only what reads back the same is taken.
        fine=lambda f, x: f"CAST({f} AS VARCHAR) = {x}",
        parse=lambda h: _parse(h, field, whole=True),
        restyle_rule="unit",
    )


def boolean_parser() -> Parser:
    """Return how a field of type ``boolean`` is read."""
    outcomes = dict.fromkeys(YES, "TRUE") | dict.fromkeys(NO, "FALSE")
    return Parser(
        kind="BOOLEAN",
        fast=lambda x: sql.choice(x, outcomes),
        parse=lambda h: value_or(
            sql.choice(f"LOWER({h})", {key.lower(): then for key, then in outcomes.items()}), "type"
        ),
    )


def _parse(h: str, field: FieldDefinition, *, whole: bool) -> str:
    converted = _converted(field.unit.zh if field.unit else None)
    value = _whole(converted) if whole else f"CASE WHEN ISFINITE({converted}) THEN {converted} END"
    rule = f"CASE WHEN v IS NOT NULL THEN NULL WHEN g.n <> '' AND {converted} IS NULL THEN 'unit' ELSE 'type' END"
    read = sql.with_each(value, "v", outcome("v", rule, "g.u <> ''"))
    # Too large for a float is a wrong number, not a wrong unit.
    number = "REPLACE(g0.n, ',', '')"
    parts = sql.struct({"n": number, "u": "g0.u", "d": f"TRY_CAST({number} AS DOUBLE)"})
    return sql.with_each(
        f"REGEXP_EXTRACT({h}, {sql.text(NUMBER)}, ['n', 'u'])",
        "g0",
        sql.with_each(parts, "g", read),
    )


def _converted(unit: str | None) -> str:
    """Return the number in the field's unit: NULL when its own unit cannot be converted."""
    spellings = spellings_of(unit) if unit else {}
    outcomes = {"": "g.d"} | {
        spelling: "g.d"
        if (factor, offset) == (1.0, 0.0)
        else f"g.d * {factor!r}::DOUBLE + {offset!r}::DOUBLE"
        for spelling, (factor, offset) in spellings.items()
    }
    folded: dict[str, list[str]] = {}
    for spelling in outcomes:
        folded.setdefault(spelling.lower(), []).append(spelling)
    unambiguous = {low: outcomes[many[0]] for low, many in folded.items() if len(many) == 1}
    return f"COALESCE({sql.choice('g.u', outcomes)}, {sql.choice('LOWER(g.u)', unambiguous)})"


def _whole(converted: str) -> str:
    exact = "TRY_CAST(REGEXP_EXTRACT(g.n, '^[+-]?[0-9]+$') AS BIGINT)"
    rounded = (
        f"CASE WHEN ABS(v0) < {EXACT} AND ABS(v0 - ROUND(v0)) <= ABS(v0) * CASE WHEN g.u = '' THEN 0 ELSE {ROUNDING} END"
        " THEN CAST(ROUND(v0) AS BIGINT) END"
    )
    return f"CASE WHEN g.u = '' AND {exact} IS NOT NULL THEN {exact} ELSE {sql.with_each(converted, 'v0', rounded)} END"
