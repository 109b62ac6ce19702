"""Compares the columns that a delivery has with the fields that a contract expects.

A column feeds a field because the source says so, or because it has one of the field's names: first as written, then
without regard to case, width and spaces. What remains on both sides and looks alike is suspected to be renamed.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from cityloop.contracts.compose import parts_of
from cityloop.contracts.model import DatasetDefinition, FieldDefinition
from cityloop.foundation.errors import Invalid, closest

SUSPICION = 60
"""Likeness (0–100) from which a missing field and an extra column are suspected to be the same."""


class MissingColumn(Invalid):
    """A delivery lacks the column of a required field."""

    code = "contracts.missing_column"


class ExtraColumns(Invalid):
    """A delivery has columns that its contract refuses."""

    code = "contracts.extra_columns"


class UnknownField(Invalid):
    """A source maps a column to a field that the dataset does not have."""

    code = "contracts.unknown_field"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A field without column and a column without field that look alike; ``likeness`` 0–100."""

    field: str
    column: str
    likeness: float


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """Which column feeds which field: ``columns`` field → column; ``absent`` fields and ``extra`` columns are left.

    ``parts`` gives for each composed field the column of each part that its template names.
    """

    columns: Mapping[str, str]
    parts: Mapping[str, Mapping[str, str]]
    absent: tuple[str, ...]
    extra: tuple[str, ...]
    suspects: tuple[Suspect, ...]


def compare(
    dataset: DatasetDefinition, columns: Sequence[str], mapping: Mapping[str, str]
) -> ColumnMatch:
    """Return how ``columns`` fit the contract, without judging it.

    Args:
        dataset: the contract.
        columns: of the delivery.
        mapping: source column → field, where the source says so.

    Raises:
        UnknownField: ``mapping`` names a field that the dataset does not have.
    """
    names = [each.name for each in dataset.fields]
    found: dict[str, str] = {}
    for column, field in mapping.items():
        if field not in names:
            raise UnknownField(
                dataset=dataset.name, field=field, column=column, close=closest(field, names)
            )
        if column in columns:
            found[field] = column
    parts = _parts(dataset, columns)
    for loosely in (False, True):
        for each in dataset.fields:
            if each.name in found or each.name in mapping.values() or each.compose is not None:
                continue
            match = _find(each, columns, set(found.values()), loosely=loosely)
            if match is not None:
                found[each.name] = match
    used = {*found.values(), *(column for each in parts.values() for column in each.values())}
    absent = tuple(name for name in names if name not in found and name not in parts)
    extra = tuple(column for column in columns if column not in used)
    return ColumnMatch(found, parts, absent, extra, _suspects(dataset, absent, extra))


def match_columns(
    dataset: DatasetDefinition, columns: Sequence[str], mapping: Mapping[str, str]
) -> ColumnMatch:
    """Return how ``columns`` fit the contract.

    Raises:
        MissingColumn: a required field (or one of the key) without default has no column; suspects are named.
        ExtraColumns: the contract refuses columns that it does not know, and there are some.
        UnknownField: as :func:`compare`.
    """
    match = compare(dataset, columns, mapping)
    for name in match.absent:
        field = dataset.field(name)
        if (field.required or name in dataset.key) and field.default is None:
            wanted = [column for column, target in mapping.items() if target == name]
            wanted += parts_of(field.compose) if field.compose else []
            raise MissingColumn(
                dataset=dataset.name,
                field=name,
                names=wanted or field.names(),
                found=_shown(columns),
                close=_shown(closest((wanted or [name])[0], columns))
                or [each.column for each in match.suspects if each.field == name],
            )
    if match.extra and dataset.extra_columns == "refuse":
        raise ExtraColumns(
            dataset=dataset.name,
            columns=_shown(match.extra),
            suspects=[f"{each.column} → {each.field}" for each in match.suspects],
        )
    return match


def _parts(dataset: DatasetDefinition, columns: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Return the columns of composed fields that have all their parts."""
    exact = {column: column for column in columns}
    loose = {_loose(column): column for column in reversed(columns)}
    parts: dict[str, Mapping[str, str]] = {}
    for field in dataset.fields:
        named = parts_of(field.compose) if field.compose else []
        taken = {part: exact.get(part) or loose.get(_loose(part)) for part in named}
        if named and all(taken.values()):
            parts[field.name] = {part: column for part, column in taken.items() if column}
    return parts


def _find(
    field: FieldDefinition, columns: Sequence[str], taken: set[str], *, loosely: bool
) -> str | None:
    form = _loose if loosely else str
    free = {form(column): column for column in reversed(columns) if column not in taken}
    for name in field.names():
        if (column := free.get(form(name))) is not None:
            return column
    return None


def _loose(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())


def _suspects(
    dataset: DatasetDefinition, absent: Sequence[str], extra: Sequence[str]
) -> tuple[Suspect, ...]:
    found = []
    for name in absent:
        names = [_loose(each) for each in dataset.field(name).names()]
        for column in extra:
            likeness = max(fuzz.ratio(_loose(column)[:200], each) for each in names)
            if likeness >= SUSPICION:
                found.append(Suspect(name, column, likeness))
    return tuple(sorted(found, key=lambda each: (-each.likeness, each.field, each.column)))


def _shown(columns: Sequence[str]) -> list[str]:
    """Return names short enough for a message."""
    return [column if len(column) <= 60 else f"{column[:60]}…" for column in columns[:40]]
