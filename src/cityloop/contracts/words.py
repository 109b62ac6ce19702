"""How text is read: trimmed and otherwise as it came, or looked up in a code table by value or alias."""

from collections.abc import Mapping

from cityloop.contracts import sql
from cityloop.contracts.parsing import Parser, outcome, value_or

FEW = 40
"""Up to this many spellings a CASE is fastest; a longer table is joined."""


def text_parser() -> Parser:
    """Return how plain text is read: every value is good."""
    return Parser(
        kind="VARCHAR",
        helpers=(("_last", lambda x: f"ORD({x}[-1])"),),
        fast=lambda x: (
            f"CASE WHEN ({sql.is_no_blank(f'ORD({x})')}) AND ({sql.is_no_blank(f'{x}_last')}) THEN {x} END"
        ),
        parse=lambda c: outcome(c, "NULL::VARCHAR"),
        folds=False,
        plain=True,
    )


def codes_parser(spellings: Mapping[str, str]) -> Parser:
    """Return how a code is read: ``spellings`` gives the stored value of each accepted value and alias.

    A long table is joined beside the values (:func:`join_of`); its column is the helper ``_code``.
    """
    outcomes = {spelling: sql.text(value) for spelling, value in spellings.items()}
    folded = {sql.plain_folded(spelling): then for spelling, then in outcomes.items()}
    joined = len(spellings) > FEW
    return Parser(
        kind="VARCHAR",
        fast=lambda x: f"{x}_code" if joined else sql.choice(x, outcomes),
        parse=lambda h: value_or(_looked_up(h, folded, joined=joined), "codes"),
    )


def join_of(spellings: Mapping[str, str], column: str, alias: str) -> str | None:
    """Return the join that looks ``column`` up in a long code table as ``alias.v``; None for a short one."""
    if len(spellings) <= FEW:
        return None
    rows = ", ".join(f"({sql.text(key)}, {sql.text(value)})" for key, value in spellings.items())
    return f"LEFT JOIN (VALUES {rows}) AS {alias}(s, v) ON {alias}.s = {column}"


def _looked_up(h: str, outcomes: Mapping[str, str], *, joined: bool) -> str:
    if not joined:
        return sql.choice(h, outcomes)
    pairs = ", ".join(f"{sql.text(key)}: {value}" for key, value in outcomes.items())
    return f"MAP {{{pairs}}}[{h}]"
