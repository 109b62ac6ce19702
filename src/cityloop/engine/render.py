"""Functions that engines spell differently, as engine-neutral nodes, and how each engine spells them.

In a tree they are ``exp.Anonymous`` calls named ``city_…``, so they survive copying, SQL text and parsing. To add an engine,
add one column to :data:`SPELLINGS`; ``tests/conformance/test_engine.py`` says whether the answers are the same.
Rendering also fixes what engines disagree on: every division is done in DOUBLE and gives null for a zero divisor.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp
from sqlglot.errors import SqlglotError

from cityloop.engine.base import BadQuery, Refused

Grain = Literal["hour", "day", "week", "month", "quarter", "year"]
"""Width of a time bucket; weeks start on Monday (ISO 8601)."""
GRAINS: tuple[Grain, ...] = ("hour", "day", "week", "month", "quarter", "year")
"""All grains, finest first."""

Keys = Mapping[str, bytes]
"""Secret keys of :func:`pseudonym` by name; they are put in at rendering, so no tree and no logged query holds one."""
Spelling = Callable[[list[exp.Expr], Keys], exp.Expr]
"""Turns a neutral call's arguments into an engine's own expression."""


@dataclass(frozen=True, slots=True)
class Function:
    """One neutral function: its name in trees, how many arguments it takes, what it means, whether it joins rows."""

    name: str
    arguments: int
    meaning: str
    aggregate: bool = False


FUNCTIONS: Mapping[str, Function] = {
    function.name: function
    for function in (
        Function("city_percentile", 2, "exact, interpolated percentile of the non-null values; share 0–1", aggregate=True),
        Function("city_median", 1, "exact percentile at 0.5", aggregate=True),
        Function("city_approx_distinct", 1, "number of distinct non-null values, often 5–15 % off, sometimes a quarter", aggregate=True),
        Function("city_bucket", 3, "local start of the time bucket, a timestamp without zone"),
        Function("city_local", 2, "local wall-clock time of a UTC timestamp, without zone"),
        Function("city_position", 2, "1-based place of the first text in the second; 0 when absent"),
        Function("city_pseudonym", 2, "HMAC-SHA-256 of a text under a named secret key, hexadecimal"),
    )
}  # fmt: skip
"""Every neutral function by name."""


def percentile(value: exp.Expr, share: float) -> exp.Expr:
    """Return the exact percentile of ``value`` (linear between neighbours); ``share`` in 0–1."""
    return _call("city_percentile", value, exp.Literal.number(share))


def median(value: exp.Expr) -> exp.Expr:
    """Return the exact median of ``value``."""
    return _call("city_median", value)


def approx_distinct(value: exp.Expr) -> exp.Expr:
    """Return about how many distinct values ``value`` has, in little memory; off by 5–15 %, sometimes by a quarter.

    Measured on DuckDB 1.5: 222 of 200, 1249 of 1000, 8571 of 10 000, 962 761 of a million.
    """
    return _call("city_approx_distinct", value)


def bucket(value: exp.Expr, grain: Grain, zone: str | None) -> exp.Expr:
    """Return the start of the bucket in which ``value`` lies, as local wall-clock timestamp without zone.

    Args:
        value: a UTC timestamp; with ``zone`` None a date or a timestamp without zone.
        grain: width of the bucket.
        zone: IANA name such as ``Asia/Shanghai``; None cuts the value as it is.

    Example:
        >>> bucket(exp.column("at"), "day", "Asia/Shanghai").sql()
        "CITY_BUCKET(at, 'day', 'Asia/Shanghai')"
    """
    return _call("city_bucket", value, exp.Literal.string(grain), exp.Literal.string(zone or ""))


def local(value: exp.Expr, zone: str) -> exp.Expr:
    """Return the local wall-clock time of the UTC timestamp ``value``; cast it to DATE for the local day."""
    return _call("city_local", value, exp.Literal.string(zone))


def position(part: exp.Expr, whole: exp.Expr) -> exp.Expr:
    """Return the 1-based place of text ``part`` in text ``whole``, 0 when it is not there."""
    return _call("city_position", part, whole)


def pseudonym(value: exp.Expr, key: str) -> exp.Expr:
    """Return a text that stands for ``value``: the same for the same value, of no use without the key named ``key``."""
    return _call("city_pseudonym", value, exp.Literal.string(key))


def render(tree: exp.Expr, dialect: str, *, keys: Keys | None = None) -> str:
    """Return ``tree`` in the SQL of ``dialect``; ``tree`` itself is not changed.

    Raises:
        BadQuery: a neutral function has the wrong arguments, or the tree is nested too deeply.
        Refused: a pseudonym names a key that the engine does not have.
    """
    spellings, known = SPELLINGS[dialect], keys or {}

    def spell(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Anonymous) and str(node.this).lower() in FUNCTIONS:
            function = FUNCTIONS[str(node.this).lower()]
            if len(node.expressions) != function.arguments:
                raise BadQuery(reason=f"{function.name} takes {function.arguments} arguments")
            return spellings[function.name](node.expressions, known)
        if type(node) is exp.Div:
            return _divide(node)
        return node

    try:
        # The generator is told to quote every name, so that a name can never be read as anything else.
        return tree.copy().transform(spell, copy=False).sql(dialect=dialect, identify=True, comments=False)  # fmt: skip
    except RecursionError as error:
        raise BadQuery(reason="it is nested too deeply") from error
    except SqlglotError as error:
        raise BadQuery(reason=str(error).splitlines()[0]) from error


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name.upper(), expressions=[argument.copy() for argument in arguments])


def _divide(node: exp.Div) -> exp.Expr:
    upper, lower = (exp.cast(side, "DOUBLE") for side in (node.this, node.expression))
    divisor = exp.func("NULLIF", lower, exp.cast(exp.Literal.number(0), "DOUBLE"))
    return exp.Paren(this=exp.Div(this=upper, expression=divisor, typed=True, safe=False))


def _text(node: exp.Expr) -> str:
    if not (isinstance(node, exp.Literal) and node.is_string):
        raise BadQuery(reason="a grain, zone or key name must be a literal text")
    return str(node.this)


def _duckdb_percentile(arguments: list[exp.Expr], _keys: Keys) -> exp.Expr:
    value, share = arguments
    return _anonymous("quantile_cont", exp.cast(value, "DOUBLE"), share)


def _duckdb_median(arguments: list[exp.Expr], keys: Keys) -> exp.Expr:
    return _duckdb_percentile([*arguments, exp.Literal.number("0.5")], keys)


def _duckdb_approx_distinct(arguments: list[exp.Expr], _keys: Keys) -> exp.Expr:
    return _anonymous("approx_count_distinct", *arguments)


def _duckdb_bucket(arguments: list[exp.Expr], _keys: Keys) -> exp.Expr:
    value, grain, zone = arguments
    if _text(grain) not in GRAINS:
        raise BadQuery(reason=f"'{_text(grain)}' is not a grain ({', '.join(GRAINS)})")
    # The cast makes a value without zone a UTC moment; otherwise timezone() would convert the other way round.
    there = _duckdb_local([value, zone], _keys) if _text(zone) else exp.cast(value, "TIMESTAMP")
    return exp.cast(_anonymous("date_trunc", grain, there), "TIMESTAMP")


def _duckdb_local(arguments: list[exp.Expr], _keys: Keys) -> exp.Expr:
    value, zone = arguments
    return _anonymous("timezone", exp.Literal.string(_text(zone)), exp.cast(value, "TIMESTAMPTZ"))


def _duckdb_position(arguments: list[exp.Expr], _keys: Keys) -> exp.Expr:
    part, whole = arguments
    return _anonymous("strpos", whole, part)


def _duckdb_pseudonym(arguments: list[exp.Expr], keys: Keys) -> exp.Expr:
    value, name = arguments
    if _text(name) not in keys:
        raise Refused(what=f"there is no key named {_text(name)[:60]}")
    # HMAC (RFC 2104) of SHA-256 spelled out: H(outer pad ‖ H(inner pad ‖ value)).
    inner, outer = (_blob(pad) for pad in _pads(keys[_text(name)]))
    data = _anonymous("encode", exp.cast(value, "VARCHAR"))
    digest = _anonymous("sha256", exp.DPipe(this=inner, expression=data, safe=False))
    whole = exp.DPipe(this=outer, expression=_anonymous("unhex", digest), safe=False)
    return _anonymous("sha256", whole)


def _pads(key: bytes) -> tuple[bytes, bytes]:
    block = hashlib.sha256().block_size
    full = (key if len(key) <= block else hashlib.sha256(key).digest()).ljust(block, b"\0")
    return bytes(byte ^ 0x36 for byte in full), bytes(byte ^ 0x5C for byte in full)


def _blob(data: bytes) -> exp.Expr:
    return _anonymous("unhex", exp.Literal.string(data.hex()))


def _anonymous(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


SPELLINGS: Mapping[str, Mapping[str, Spelling]] = {
    "duckdb": {
        "city_percentile": _duckdb_percentile,
        "city_median": _duckdb_median,
        "city_approx_distinct": _duckdb_approx_distinct,
        "city_bucket": _duckdb_bucket,
        "city_local": _duckdb_local,
        "city_position": _duckdb_position,
        "city_pseudonym": _duckdb_pseudonym,
    },
}
"""For each sqlglot dialect how each neutral function is spelled."""
