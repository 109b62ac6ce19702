"""Plant counted defects in a clean sheet, so that what a contract must find is known exactly.

Every planted row carries one defect only: rows are drawn once, without repetition, and copies of
rows (duplicates, conflicting keys) are taken from rows that are otherwise clean.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from cityloop.demo.noise import BoolArray, IntArray
from cityloop.demo.text import Text, full_width, joined, numbers, plain, stacked, taken, words

Rewrite = Callable[[Text, IntArray], Text]
"""Gets the old cells and their row numbers, returns the new cells."""

MISSING = ("", "无", "/", "N/A")
"""How departments write that a value is missing."""
FEWEST_ROWS = 50
"""A sheet shorter than this stays clean: it has no room for one row of each defect."""
COPY_WITHIN_ROWS = 40
"""A copy of a row follows its original within this many rows of the same file."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing to do to some cells of a share of the rows."""

    name: str
    """The rule that the row breaks, or the kind of repair it needs."""
    columns: tuple[str, ...]
    per_mille: float
    """Share of the sheet's rows, in thousandths; at least one row."""
    write: Rewrite
    is_repair: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What to plant in one dataset."""

    edits: tuple[Edit, ...] = ()
    duplicate_per_mille: float = 0.0
    conflict_per_mille: float = 0.0
    """Rows that get a second row with the same key and another content; both are to be refused."""
    conflict: tuple[str, Rewrite] | None = None
    """The column in which the second row differs, and how."""
    shape_per_mille: float = 0.0
    """Rows written with one field too many or too few."""
    eligible: BoolArray | None = None
    """Rows that may be touched; None: all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a contract has to report for one dataset."""

    read: int
    good: int
    quarantined: int
    duplicate: int
    rules: Mapping[str, int]
    """Rows by broken rule."""
    repaired: Mapping[str, int]
    """Values by kind of repair, all of them in good rows."""
    repaired_rows: Mapping[str, int]
    """Rows by kind of repair."""


@dataclass(frozen=True, slots=True)
class Messy:
    """A sheet as a department sends it."""

    columns: Mapping[str, Text]
    part: IntArray
    """Number of the file each row goes into, ascending."""
    field_surplus: IntArray
    """+1: the row has a field too many, -1: one too few, 0: right."""
    counts: Counts


def plant(
    dataset: str,
    columns: Mapping[str, Text],
    plan: Plan,
    *,
    seed: int,
    part: IntArray | None = None,
    step: int | None = None,
) -> Messy:
    """Return the sheet with the planned defects and what they add up to.

    Args:
        dataset: name of the dataset; with the seed it decides which rows are touched.
        columns: the clean sheet, all columns of the same length.
        plan: what to plant.
        seed: the city's seed.
        part: number of the file of each row, ascending; None: one file.
        step: names one of many small sheets: a share of a row is then drawn as a chance, so that they have as many
            defects in all as one large sheet; None: at least one row of each defect.
    """
    size = len(next(iter(columns.values())))
    part = np.zeros(size, dtype=np.int64) if part is None else part
    draw = _Draw(dataset, plan, (seed, step), size)
    sheet = _Sheet.of(columns, size)
    for edit in plan.edits:
        sheet.edit(edit, draw.rows())
    misshapen = draw.rows()
    duplicated = draw.rows()
    conflicting = draw.rows()
    surplus = np.zeros(size, dtype=np.int64)
    surplus[misshapen] = np.where(np.arange(misshapen.size) % 2 == 0, 1, -1)
    copies = np.concatenate([duplicated, conflicting])
    order = _order(part, copies)
    sheet.copy(duplicated, None)
    sheet.copy(conflicting, plan.conflict)
    rows = np.concatenate([np.arange(size), copies])[order]
    return Messy(
        {name: sheet.column(name, order) for name in columns},
        part[rows],
        np.concatenate([surplus, np.zeros_like(copies)])[order],
        _counts(sheet, size, misshapen.size, duplicated.size, conflicting.size),
    )


class _Draw:
    """Draws rows, each at most once."""

    def __init__(self, dataset: str, plan: Plan, seeds: tuple[int, int | None], size: int) -> None:
        shares = [e.per_mille for e in plan.edits]
        shares += [plan.shape_per_mille, plan.duplicate_per_mille, plan.conflict_per_mille]
        seed, step = seeds
        keys = [seed % 2**64, *dataset.encode(), *([] if step is None else [step])]
        generator = np.random.default_rng(keys)
        allowed = np.arange(size) if plan.eligible is None else np.flatnonzero(plan.eligible)
        self._size, self._is_small = size, step is not None
        chances = generator.random(len(shares)) if self._is_small else np.zeros(len(shares))
        self._counts = [self._count(*each) for each in zip(shares, chances, strict=True)]
        self._rows = generator.choice(allowed, min(sum(self._counts), allowed.size), replace=False)
        self._used = 0

    def _count(self, per_mille: float, chance: float) -> int:
        if self._is_small:
            return int(self._size * per_mille / 1000.0 + chance)
        if self._size < FEWEST_ROWS or per_mille <= 0.0:
            return 0
        return max(1, round(self._size * per_mille / 1000.0))

    def rows(self) -> IntArray:
        """Return the rows of the next share, ascending."""
        start, self._used = self._used, self._used + self._counts.pop(0)
        return np.sort(self._rows[start : self._used]).astype(np.int64)


@dataclass(slots=True)
class _Sheet:
    """Columns as stacks of pieces, and for each row the place of its cell in the stack."""

    pieces: dict[str, list[Text]]
    place: dict[str, IntArray]
    rules: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    repaired_rows: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[str, Text], size: int) -> "_Sheet":
        return cls({n: [c] for n, c in columns.items()}, {n: np.arange(size) for n in columns})

    def edit(self, edit: Edit, rows: IntArray) -> None:
        if not rows.size:
            return
        for name in edit.columns:
            self.place[name][rows] = self._add(
                name, edit.write(taken(self.pieces[name][0], rows), rows)
            )
        if edit.is_repair:
            _raise(self.repaired, edit.name, rows.size * len(edit.columns))
            _raise(self.repaired_rows, edit.name, rows.size)
        else:
            _raise(self.rules, edit.name, rows.size)

    def copy(self, rows: IntArray, change: tuple[str, Rewrite] | None) -> None:
        for name, pieces in self.pieces.items():
            place = rows
            if change is not None and change[0] == name and rows.size:
                place = self._add(name, change[1](taken(pieces[0], rows), rows))
            self.place[name] = np.concatenate([self.place[name], place])

    def column(self, name: str, order: IntArray) -> Text:
        return taken(stacked(self.pieces[name]), self.place[name][order])

    def _add(self, name: str, cells: Text) -> IntArray:
        start = sum(len(p) for p in self.pieces[name])
        self.pieces[name].append(cells)
        return np.arange(start, start + len(cells))


def _order(part: IntArray, copies: IntArray) -> IntArray:
    """Return the order of rows and copies: each copy soon after its original, in the same file."""
    size = part.size
    last_of_part = np.searchsorted(part, part[copies], side="right") - 1 if copies.size else copies
    after = np.minimum(copies + copies % COPY_WITHIN_ROWS, last_of_part)
    return np.insert(np.arange(size), after + 1, size + np.arange(copies.size))


def _counts(sheet: _Sheet, size: int, misshapen: int, duplicated: int, conflicting: int) -> Counts:
    for rule, rows in (("shape", misshapen), ("key_conflict", 2 * conflicting)):
        if rows:
            _raise(sheet.rules, rule, rows)
    read = size + duplicated + conflicting
    quarantined = sum(sheet.rules.values())
    return Counts(
        read=read,
        good=read - quarantined - duplicated,
        quarantined=quarantined,
        duplicate=duplicated,
        rules=sheet.rules,
        repaired=sheet.repaired,
        repaired_rows=sheet.repaired_rows,
    )


def _raise(tally: dict[str, int], name: str, by: int) -> None:
    tally[name] = tally.get(name, 0) + by


def by_turns(*values: str) -> Rewrite:
    """Write the given values by turns."""
    return lambda _old, rows: words(values, np.arange(rows.size) % len(values))


def around(before: str, after: str) -> Rewrite:
    """Write something before and after the old value, such as spaces or a unit."""
    return lambda old, _rows: joined(before, old, after)


def plus(step: int) -> Rewrite:
    """Write the old whole number plus `step`."""
    return lambda old, _rows: plain(numbers(old).astype(np.int64) + step)


def wide(old: Text, _rows: IntArray) -> Text:
    """Write the old digits as full-width digits."""
    return full_width(old)


def breaks(rule: str, column: str, per_mille: float, write: Rewrite) -> Edit:
    """Return an edit after which the row breaks a rule."""
    return Edit(rule, (column,), per_mille, write)


def lacks(column: str, per_mille: float, values: tuple[str, ...] = MISSING) -> Edit:
    """Return an edit after which a required value is missing."""
    return Edit("required", (column,), per_mille, by_turns(*values))


def mends(kind: str, columns: str | tuple[str, ...], per_mille: float, write: Rewrite) -> Edit:
    """Return an edit that a contract repairs."""
    names = (columns,) if isinstance(columns, str) else columns
    return Edit(kind, names, per_mille, write, is_repair=True)
