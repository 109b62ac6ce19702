"""The layers of a compiled contract, each a SELECT over the one before; see ``compiler.py`` for what they are for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cityloop.contracts import sql
from cityloop.contracts.compose import composed
from cityloop.contracts.model import DatasetDefinition, FieldDefinition
from cityloop.contracts.moments import moment_bound
from cityloop.contracts.numbers import NO, YES
from cityloop.contracts.parsing import Parser
from cityloop.contracts.rules import rule_condition
from cityloop.contracts.words import join_of

Layer = Callable[[str], str]
"""Takes the FROM item of the layer below, gives a SELECT."""
REPAIRS = ("full_width", "date_style", "unit")
"""Repairs that are counted: characters folded, dates in an unusual style, numbers with a unit."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One field with its place: ``x`` names its text, ``f`` the candidate, ``j`` the struct of the thorough way.

    ``parts`` are the columns of a composed field (empty: it is none), ``spellings`` those of its code table (empty: none); ``nulls`` are the null tokens that it cannot take as value.
    """

    field: FieldDefinition
    column: str | None
    parts: Mapping[str, str]
    parser: Parser
    required: bool
    place: int
    spellings: Mapping[str, str]
    nulls: tuple[str, ...]
    zone: str

    @property
    def x(self) -> str:
        """Name of the text column."""
        return f"_x{self.place}"

    @property
    def f(self) -> str:
        """Name of the candidate column."""
        return f"_f{self.place}"

    @property
    def j(self) -> str:
        """Name of the column of the thorough way: NULL where the candidate is taken."""
        return f"_j{self.place}"


def taken(slots: Sequence[Slot], columns: Mapping[str, str], shape_column: str | None) -> Layer:
    """Give every column a safe short name; the only layer that names columns of the source.

    ``columns`` gives the short name of each source column as it came.
    """
    items = ["s.row_number AS _row"]
    joins = []
    for slot in slots:
        text = _text_of(slot)
        items.append(f"{text} AS {slot.x}")
        if join := join_of(slot.spellings, text, f"_k{slot.place}"):
            joins.append(join)
            items.append(f"_k{slot.place}.v AS {slot.x}_code")
    items += [f"s.{sql.name(column)} AS {cell}" for column, cell in columns.items()]
    items.append(
        f"s.{sql.name(shape_column)} AS _shape" if shape_column else "NULL::VARCHAR AS _shape"
    )
    return _select(items, f" AS s {' '.join(joins)}")


def _text_of(slot: Slot) -> str:
    if slot.parts and slot.field.compose:
        cells = {part: f"s.{sql.name(column)}" for part, column in slot.parts.items()}
        return composed(slot.field.compose, cells)
    return f"s.{sql.name(slot.column)}" if slot.column is not None else "NULL::VARCHAR"


def helped(slots: Sequence[Slot]) -> list[Layer]:
    """Add the helper columns of the parsers, one layer for each step."""
    depth = max((len(slot.parser.helpers) for slot in slots), default=0)
    layers: list[Layer] = []
    for step in range(depth):
        items = [
            f"{slot.parser.helpers[step][1](slot.x)} AS {slot.x}{slot.parser.helpers[step][0]}"
            for slot in slots
            if step < len(slot.parser.helpers)
        ]
        layers.append(_adding(items))
    return layers


def quick(slots: Sequence[Slot]) -> Layer:
    """Add the candidates of the fast way."""
    return _adding([f"{slot.parser.fast(slot.x)} AS {slot.f}" for slot in slots])


def read(slots: Sequence[Slot]) -> Layer:
    """Add the struct of the thorough way where no candidate can be taken and the text is not plainly empty."""
    items = []
    for slot in slots:
        branches = f"WHEN {fine(slot)} THEN NULL"
        if not slot.required and slot.field.default is None:
            branches += f" WHEN {slot.x} IS NULL OR {slot.x} = '' THEN NULL"
        items.append(f"CASE {branches} ELSE {_thorough(slot)} END AS {slot.j}")
    return _adding(items)


def valued(slots: Sequence[Slot], columns: Mapping[str, str]) -> Layer:
    """Give the typed values the names of their fields."""
    items = ["_row", "_shape", *columns.values()]
    for slot in slots:
        value = (
            f"CASE WHEN {slot.j} IS NULL THEN {slot.parser.take(slot.f)} ELSE {slot.j}.value END"
        )
        items += [f"{value} AS {sql.name(slot.field.name)}", slot.x, slot.j]
    return _select(items)


def judged(dataset: DatasetDefinition, slots: Sequence[Slot], extras: Mapping[str, str]) -> Layer:
    """Add reasons (rules that keep the row out), flags (rules that only count) and repairs.

    ``extras`` are the short names of source columns that no field takes and that must be empty.
    """
    zones = {slot.field.name: slot.zone for slot in slots if slot.field.type == "timestamp"}
    conditions = {rule: rule_condition(rule, dataset, zones) for rule in dataset.rules}
    kept = {rule.name: text for rule, text in conditions.items() if rule.on_fail == "quarantine"}
    flags = {rule.name: text for rule, text in conditions.items() if rule.on_fail == "flag"}
    quiet = [f"{slot.j} IS NULL" for slot in slots]
    return _adding(
        [
            f"{_reasons(dataset, slots, extras, kept)} AS _reasons",
            f"{_list_of([*flags.values()], _broken(flags))} AS _flags",
            f"CASE WHEN {sql.all_of(quiet)} THEN NULL ELSE {_repairs(slots)} END AS _repairs",
        ]
    )


def finished(slots: Sequence[Slot], columns: Mapping[str, str]) -> Layer:
    """Add the fingerprint and a broken row's raw text; leave out everything that only served to find them.

    The fingerprint is a hash over the values, and over the reasons of a broken row: equal for equal rows.
    """
    names = ", ".join(sql.name(slot.field.name) for slot in slots)
    mark = f"CASE WHEN _reasons IS NULL THEN HASH({names}) ELSE HASH({names}, _reasons) END"
    # A MAP takes any name as key; a struct would not.
    text = f"MAP([{', '.join(map(sql.text, columns))}], [{', '.join(columns.values())}])"
    raw = f"CASE WHEN _reasons IS NOT NULL THEN CAST(TO_JSON({text}) AS VARCHAR) END"
    made = [f"{mark} AS _fingerprint", f"{raw} AS _raw"]
    return _select(["_row", names, "_reasons", "_flags", "_repairs", *made])


def _adding(items: Sequence[str]) -> Layer:
    return _select(["*", *items])


def _select(items: Sequence[str], suffix: str = "") -> Layer:
    # Names and literals inside ``items`` went through sql.name and sql.text.
    return lambda source: f"SELECT {', '.join(items)} FROM {source}{suffix}"  # noqa: S608


def fine(slot: Slot) -> str:
    """Return the condition whether the candidate can be taken: a value of the type that keeps every rule of its field."""
    x, value = slot.x, slot.parser.take(slot.f)
    tests = [f"{slot.f} IS NOT NULL", slot.parser.fine(slot.f, x)]
    risky = [each for each in slot.nulls if _looks_like_value(each)]
    if slot.parser.plain:
        tests.append(_surely_not_null(x, slot.nulls))
    elif risky:
        tests.append(f"NOT ({sql.one_of(sql.trimmed(x), risky)})")
    if slot.field.pattern is not None:
        tests.append(f"REGEXP_FULL_MATCH({value}, {sql.text(slot.field.pattern)})")
    tests += _within(slot, value)
    return sql.all_of(tests)


def _looks_like_value(token: str) -> bool:
    return any(character.isdigit() for character in token) or token in (*YES, *NO)


def _surely_not_null(x: str, nulls: Sequence[str]) -> str:
    # Few values begin like a null token, and only those are compared with all of them.
    initials = ", ".join(sorted({str(ord(each[0])) for each in nulls if each}))
    return f"CASE WHEN ORD({x}) IN ({initials or '0'}) THEN NOT ({sql.one_of(x, nulls)}) ELSE {x} <> '' END"


def _within(slot: Slot, value: str) -> list[str]:
    field = slot.field
    tests = []
    for limit, upper in ((field.min, False), (field.max, True)):
        if limit is None:
            continue
        literal, included = _limit(slot, limit, upper=upper)
        tests.append(f"{value} {'<' if upper else '>'}{'=' if included else ''} {literal}")
    return tests


def _limit(slot: Slot, limit: float | date, *, upper: bool) -> tuple[str, bool]:
    if slot.field.type == "timestamp" and isinstance(limit, date):
        bound = moment_bound(limit, slot.zone, upper=upper)
        return bound.literal, bound.included
    if isinstance(limit, date):
        day = limit.date() if isinstance(limit, datetime) else limit
        return f"DATE '{day}'", True
    return (f"{limit!r}::DOUBLE" if isinstance(limit, float) else str(limit)), True


def _thorough(slot: Slot) -> str:
    """Return the struct of the thorough way: trim, fold, recognise empty, parse, judge."""
    parsed = sql.with_each(
        slot.parser.parse("h" if slot.parser.folds else "c"), "p", _verdict(slot)
    )
    empty = sql.struct(
        {
            "value": _default(slot),
            "rule": "'required'"
            if slot.required and slot.field.default is None
            else "NULL::VARCHAR",
            "full_width": "FALSE",
            "restyled": "FALSE",
        }
    )
    nothing = f"c IS NULL OR c = '' OR {sql.one_of('h' if slot.parser.folds else 'c', slot.nulls)}"
    body = f"CASE WHEN {nothing} THEN {empty} ELSE {parsed} END"
    return sql.with_each(
        sql.trimmed(slot.x), "c", sql.with_each(sql.trimmed(sql.half_width("c")), "h", body)
    )


def _verdict(slot: Slot) -> str:
    tests = []
    if slot.field.pattern is not None:
        tests.append(
            f"WHEN NOT REGEXP_FULL_MATCH(p.value, {sql.text(slot.field.pattern)}) THEN 'pattern'"
        )
    if within := _within(slot, "p.value"):
        tests.append(f"WHEN NOT ({sql.all_of(within)}) THEN 'range'")
    broken = f"CASE WHEN p.rule IS NOT NULL THEN p.rule {' '.join(tests)} END"
    verdict = {
        "value": "p.value",
        "rule": "b",
        "full_width": "h <> c AND b IS NULL" if slot.parser.folds else "FALSE",
        "restyled": "p.restyled AND b IS NULL",
    }
    return sql.with_each(broken, "b", sql.struct(verdict))


def _default(slot: Slot) -> str:
    value = slot.field.default
    if value is None:
        return f"NULL::{slot.parser.kind}"
    if slot.field.type == "timestamp" and isinstance(value, date):
        return moment_bound(value, slot.zone, upper=False).literal
    words = str(value).lower() if isinstance(value, bool) else str(value)
    return f"CAST({sql.text(words)} AS {slot.parser.kind})"


def _reasons(
    dataset: DatasetDefinition,
    slots: Sequence[Slot],
    extras: Mapping[str, str],
    rules: Mapping[str, str],
) -> str:
    names = [
        _reason(f"{slot.j}.rule", slot.field.name, slot.x, f"{slot.j}.rule IS NOT NULL")
        for slot in slots
    ]
    tokens = sorted({"", *map(sql.plain_trimmed, dataset.nulls)})
    names += [
        _reason("'extra_columns'", column, cell, f"NOT ({sql.one_of(sql.trimmed(cell), tokens)})")
        for column, cell in extras.items()
    ]
    quiet = ["_shape IS NULL", *(f"{slot.j} IS NULL" for slot in slots)]
    quiet += [f"{cell} IS NULL" for cell in extras.values()]
    shape = f"[{_reason_struct(sql.text('shape'), 'NULL::VARCHAR', '_shape')}]"
    listed = _list_of([*quiet, *rules.values()], [*names, *_broken(rules)])
    return f"CASE WHEN _shape IS NOT NULL THEN {shape} ELSE {listed} END"


def _list_of(quiet: Sequence[str], items: Sequence[str]) -> str:
    if not items:
        return f"NULL::{REASON}[]"
    found = f"LIST_FILTER([{', '.join(items)}], LAMBDA r : r IS NOT NULL)"
    some = sql.with_each(found, "l", "CASE WHEN LEN(l) > 0 THEN l END")
    return f"CASE WHEN {sql.all_of(quiet)} THEN NULL ELSE {some} END"


REASON = "STRUCT(rule VARCHAR, field VARCHAR, value VARCHAR)"
"""One broken rule: ``field`` is NULL when it concerns the row, ``value`` is the offending text as it came."""


def _reason_struct(rule: str, field: str, value: str) -> str:
    return sql.struct({"rule": rule, "field": field, "value": value})


def _reason(rule: str, field: str, value: str, when: str) -> str:
    return f"CASE WHEN {when} THEN {_reason_struct(rule, sql.text(field), value)} END"


def _broken(rules: Mapping[str, str]) -> list[str]:
    return [
        f"CASE WHEN NOT {condition} THEN {_reason_struct(sql.text(name), 'NULL::VARCHAR', 'NULL::VARCHAR')} END"
        for name, condition in rules.items()
    ]


def _repairs(slots: Sequence[Slot]) -> str:
    counts = {}
    for repair in REPAIRS:
        column = "full_width" if repair == "full_width" else "restyled"
        terms = [
            f"CASE WHEN {slot.j}.{column} THEN 1 ELSE 0 END"
            for slot in slots
            if repair in ("full_width", slot.parser.restyle_rule)
        ]
        counts[repair] = f"CAST({' + '.join(terms) or '0'} AS INTEGER)"
    total = " + ".join(f"r.{repair}" for repair in REPAIRS)
    return sql.with_each(sql.struct(counts), "r", f"CASE WHEN {total} > 0 THEN r END")
