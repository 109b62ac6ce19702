"""Masks: what remains of a value for somebody who may not see it, as sqlglot trees that run inside the engine.

Every mask keeps the column's type (a year of a date is its first of January, a bucket of a number its lower bound), so
that queries work the same on masked and raw columns. A null stays null. ``hash`` is a keyed pseudonym (HMAC-SHA-256, 128
bits kept) of the reading department and the value, so that two departments cannot join their extracts; the tree names
the key, the engine holds it. Over a raw scan of its column a partial mask costs 3 to 5 times the CPU, ``address`` 14 times,
``hash`` 40 times (bench/policy.py): a dataset that is mostly read as pseudonyms should store them at ingest.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from cityloop.contracts.model import DatasetDefinition, FieldType, FormatName
from cityloop.engine import render
from cityloop.foundation.principal import Principal
from cityloop.policies.model import UnknownMask

HIDDEN = "****"
"""What stands for a hidden value; a mask's stars never tell how much they hide."""
DEFAULT_MASKS: Mapping[FormatName, str] = {
    "gb11643": "id_number",
    "phone": "phone",
    "plate": "plate",
}
"""Mask of a column that is above the reader's level, by its format; a column without one here is denied."""
DEFAULT_MASK_LIMIT = 4
"""Columns above this level are denied, not masked, unless a policy names a mask for them."""
KEY_NAME = "pseudonyms"
"""Name of the key of ``hash`` in the engine."""
PSEUDONYM_LENGTH = 32
"""Hexadecimal digits of a pseudonym: 128 bits, so that no two values of a city share one."""
SHOWN_LEVEL = 1
"""Highest level whose values may stand in logs."""

_SQL_TYPES: Mapping[FieldType, exp.DType] = {
    "text": exp.DType.TEXT, "integer": exp.DType.BIGINT, "number": exp.DType.DOUBLE, "boolean": exp.DType.BOOLEAN,
    "date": exp.DType.DATE, "timestamp": exp.DType.TIMESTAMPTZ,
}  # fmt: skip
_HAN = "[㐀-鿿]"
_DISTRICT = rf"^({_HAN}{{2,7}}(省|自治区))?({_HAN}{{1,6}}?(市|自治州))?{_HAN}{{1,6}}?(区|县|旗)({_HAN}{{1,7}}?(街道|镇|乡))?"
_NOT_A_DISTRICT = r"(小|社|园|校|厂|库|景|院)区"


@dataclass(frozen=True, slots=True)
class Target:
    """What a mask works on: the column's tree, its declared type, the reader's scope and the city's time zone."""

    column: exp.Expr
    type: FieldType
    scope: str = ""
    """Within whom pseudonyms are the same, see :func:`pseudonym_scope`."""
    time_zone: str = "UTC"
    """Zone in which the years of timestamps begin."""


Build = Callable[[Target, tuple[int, ...]], exp.Expr]


@dataclass(frozen=True, slots=True)
class Mask:
    """One kind of mask: types it fits, how many numbers it takes, and how its tree is built."""

    name: str
    types: frozenset[str]
    numbers: int
    build: Build


def mask_named(text: str) -> tuple[Mask, tuple[int, ...]]:
    """Return the mask and the numbers that ``text`` names.

    Args:
        text: ``phone``, ``bucket:10``, ``partial:2,4`` (keep 2 in front, 4 at the end).

    Raises:
        UnknownMask: no such mask, or the wrong count of numbers.

    Example:
        >>> mask, numbers = mask_named("bucket:10")
        >>> mask.name, numbers
        ('bucket', (10,))
    """
    name, _, rest = text.partition(":")
    mask = MASKS.get(name)
    parts = rest.split(",") if rest else []
    fits = mask is not None and len(parts) == mask.numbers
    if mask is None or not fits or not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
        raise UnknownMask(mask=text, known=sorted(MASKS))
    numbers = tuple(int(part) for part in parts)
    if name == "bucket" and numbers[0] == 0:
        raise UnknownMask(mask=text, known=sorted(MASKS))
    return mask, numbers


def mask_column(text: str, target: Target) -> exp.Expr:
    """Return the tree that shows ``target`` through the mask called ``text``; its type is the column's own.

    Raises:
        UnknownMask: no such mask.
    """
    mask, numbers = mask_named(text)
    if target.type not in mask.types:
        return typed_null(target.type)
    return mask.build(target, numbers)


def default_mask(dataset: DatasetDefinition, column: str) -> str | None:
    """Return the mask of a column that is above the reader's level; None denies it."""
    format_name = dataset.field(column).format
    if format_name is None or dataset.level_of(column) > DEFAULT_MASK_LIMIT:
        return None
    return DEFAULT_MASKS.get(format_name)


def width(mask: str) -> int:
    """Return how much a mask shows, 0 the most: of two masks the wider one wins."""
    return list(MASKS).index(mask.partition(":")[0])


def typed_null(field_type: FieldType) -> exp.Expr:
    """Return a null of the column's type."""
    return _cast(exp.null(), field_type)


class PseudonymKeys(Mapping[str, bytes]):
    """The one secret behind the mask ``hash``, for the engine: it holds the key, queries only name it.

    Args:
        file: the secret; made on first use, readable by its owner only. Whoever loses it can no longer compare new
            pseudonyms with old ones.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys: dict[str, bytes] = {}

    def __getitem__(self, name: str) -> bytes:
        """Return the key called ``name``."""
        if not self._keys:
            self._keys[KEY_NAME] = _secret(self._file)
        return self._keys[name]

    def __iter__(self) -> Iterator[str]:
        """Return the names of the keys."""
        return iter((KEY_NAME,))

    def __len__(self) -> int:
        """Return how many keys there are."""
        return 1


def pseudonym_scope(principal: Principal) -> str:
    """Return within whom pseudonyms are the same: the reader's department, or himself when he has none."""
    if principal.department is not None:
        return f"department:{principal.department}"
    return f"{principal.kind}:{principal.id}"


def _secret(file: Path) -> bytes:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(os.urandom(32))
            out.flush()
            os.fsync(out.fileno())
        # A link fails when another process was faster: then its secret counts.
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
    return file.read_bytes()


def redact(
    fields: Mapping[str, object], dataset: DatasetDefinition | None = None
) -> dict[str, object]:
    """Return ``fields`` fit for a log: values of graded columns are replaced by their level.

    Args:
        fields: what is to be logged, by name.
        dataset: whose columns the names are; None treats every text as graded (its length is kept).

    Example:
        >>> redact({"phone": "13812340000", "rows": 7})
        {'phone': '*** (11)', 'rows': 7}
    """
    if dataset is None:
        return {name: _hide_text(value) for name, value in fields.items()}
    levels = {each.name: dataset.level_of(each.name) for each in dataset.fields}
    return {
        name: f"*** (L{levels[name]})"
        if levels.get(name, SHOWN_LEVEL) > SHOWN_LEVEL
        else (value if name in levels else _hide_text(value))
        for name, value in fields.items()
    }


def _hide_text(value: object) -> object:
    return (
        value
        if value is None or isinstance(value, bool | int | float)
        else f"*** ({len(str(value))})"
    )


def _cast(node: exp.Expr, field_type: FieldType) -> exp.Cast:
    return exp.Cast(this=node, to=exp.DataType(this=_SQL_TYPES[field_type]))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _number(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _case(*branches: tuple[exp.Expr, exp.Expr]) -> exp.Case:
    return exp.Case(ifs=[exp.If(this=when, true=then) for when, then in branches])


def _join(*parts: exp.Expr) -> exp.Expr:
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part, safe=True)
    return joined


def _start(column: exp.Expr, count: int) -> exp.Expr:
    return exp.Substring(this=column.copy(), start=_number(1), length=_number(count))


def _end(column: exp.Expr, count: int) -> exp.Expr:
    length = exp.Length(this=column.copy())
    first = exp.Add(this=exp.Sub(this=length, expression=_number(count)), expression=_number(1))
    return exp.Substring(this=column.copy(), start=first, length=_number(count))


@dataclass(frozen=True, slots=True)
class _Keep:
    """Keep some characters at both ends of long enough values, with ``stars`` between; hide shorter ones altogether."""

    first: int
    last: int
    at_least: int
    stars: str = HIDDEN

    def __call__(self, target: Target, _numbers: tuple[int, ...]) -> exp.Expr:
        """Return the tree."""
        return _keep(target.column, self)


def _keep(column: exp.Expr, rule: _Keep) -> exp.Expr:
    parts = [_start(column, rule.first)] if rule.first else []
    parts.append(_text(rule.stars))
    parts += [_end(column, rule.last)] if rule.last else []
    long_enough = exp.GTE(this=exp.Length(this=column.copy()), expression=_number(rule.at_least))
    short = exp.Not(this=exp.Is(this=column.copy(), expression=exp.null()))
    return _case((long_enough, _join(*parts)), (short, _text(HIDDEN)))


def _build_partial(target: Target, numbers: tuple[int, ...]) -> exp.Expr:
    first, last = numbers
    return _keep(target.column, _Keep(first, last, 2 * (first + last) + 2))


def _build_address(target: Target, _numbers: tuple[int, ...]) -> exp.Expr:
    found = exp.RegexpExtract(
        this=target.column.copy(), expression=_text(_DISTRICT), group=_number(0)
    )
    is_place = exp.and_(
        exp.NEQ(this=found, expression=_text("")),
        exp.Not(this=exp.RegexpLike(this=found.copy(), expression=_text(_NOT_A_DISTRICT))),
    )
    some = exp.Not(this=exp.Is(this=target.column.copy(), expression=exp.null()))
    return _case((is_place, _join(found.copy(), _text(HIDDEN))), (some, _text(HIDDEN)))


def _build_hash(target: Target, _numbers: tuple[int, ...]) -> exp.Expr:
    # The length keeps a scope and a value from being read as another scope and another value.
    scoped = _join(_text(f"{len(target.scope)}:{target.scope}:"), target.column.copy())
    whole = render.pseudonym(scoped, KEY_NAME)
    return exp.Substring(this=whole, start=_number(1), length=_number(PSEUDONYM_LENGTH))


def _build_year(target: Target, _numbers: tuple[int, ...]) -> exp.Expr:
    if target.type == "date":
        start = render.bucket(target.column, "year", None)
        return _cast(start, "date")
    start = render.bucket(target.column, "year", target.time_zone)
    return exp.AtTimeZone(this=start, zone=_text(target.time_zone))


def _build_bucket(target: Target, numbers: tuple[int, ...]) -> exp.Expr:
    share = exp.Div(
        this=_cast(target.column.copy(), "number"),
        expression=_number(numbers[0]),
        typed=False,
        safe=True,
    )
    bound = exp.Mul(this=exp.Floor(this=share), expression=_number(numbers[0]))
    return _cast(bound, target.type)


def _build_null(target: Target, _numbers: tuple[int, ...]) -> exp.Expr:
    return typed_null(target.type)


_TEXT = frozenset({"text"})
MASKS: Mapping[str, Mask] = {
    mask.name: mask
    for mask in (
        Mask("bucket", frozenset({"integer", "number"}), 1, _build_bucket),
        Mask("year", frozenset({"date", "timestamp"}), 0, _build_year),
        Mask("address", _TEXT, 0, _build_address),
        Mask("partial", _TEXT, 2, _build_partial),
        Mask("id_number", _TEXT, 0, _Keep(6, 4, 15, "********")),
        Mask("phone", _TEXT, 0, _Keep(3, 4, 11)),
        Mask("plate", _TEXT, 0, _Keep(2, 2, 7, "***")),
        Mask("name", _TEXT, 0, _Keep(1, 0, 2, "**")),
        Mask("hash", _TEXT, 0, _build_hash),
        Mask("null", frozenset(_SQL_TYPES), 0, _build_null),
    )
}
"""Every mask by name, the one that shows most first."""
