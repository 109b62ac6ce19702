"""What the compiler needs to know to read one field from text: a fast way for clean values, a thorough one for the rest.

Nearly all values of a delivery are clean. ``fast`` and ``fine`` cost tens of nanoseconds a value; ``parse`` costs
about a microsecond and runs only where they find nothing, because CASE branches are lazy.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cityloop.contracts import sql


def _always_fine(_candidate: str, _value: str) -> str:
    return "TRUE"


def _as_it_is(candidate: str) -> str:
    return candidate


@dataclass(frozen=True, slots=True)
class Parser:
    """How one field is read; every callable takes and returns SQL text.

    ``kind`` is the DuckDB type. ``fast(x)`` gives a candidate or NULL, ``fine(f, x)`` says whether the candidate may be
    taken. ``parse(h)`` gives a struct ``{value, rule, restyled}``: NULL ``value`` with the broken ``rule``, or a value
    and whether it was written in an unusual style. ``folds`` makes text half-width before ``parse``. ``helpers`` are
    columns computed layer by layer beside ``x``, named ``x + suffix``. ``take(f)`` is the value of a candidate. ``plain``:
    any text is a value, so that null tokens must be looked for in the fast way too.
    """

    kind: str
    fast: Callable[[str], str]
    parse: Callable[[str], str]
    fine: Callable[[str, str], str] = _always_fine
    folds: bool = True
    helpers: tuple[tuple[str, Callable[[str], str]], ...] = ()
    take: Callable[[str], str] = _as_it_is
    plain: bool = False
    restyle_rule: str | None = None
    """Which repair ``restyled`` counts as: ``date_style`` or ``unit``; None when there is no other style."""


def outcome(value: str, rule: str, restyled: str = "FALSE") -> str:
    """Return the struct that ``Parser.parse`` gives."""
    return sql.struct({"value": value, "rule": rule, "restyled": restyled})


def value_or(value: str, rule: str) -> str:
    """Return the struct for ``value``, which breaks ``rule`` when it is NULL."""
    return sql.with_each(value, "v", outcome("v", f"CASE WHEN v IS NULL THEN {sql.text(rule)} END"))
