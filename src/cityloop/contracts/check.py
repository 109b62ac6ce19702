"""What can be wrong with a contract beyond its types; everything is reported at once, each with its place."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyarrow as pa
import pyarrow.compute as pc

from cityloop.contracts.compose import parts_of
from cityloop.contracts.model import (
    BUILT_IN_RULES,
    CodesDefinition,
    DatasetDefinition,
    FieldDefinition,
)
from cityloop.contracts.rules import parse_rule
from cityloop.foundation.definition import Bilingual, Kind, Path, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError, Invalid
from cityloop.foundation.units import language_fault, spellings_of

FOR_TEXT = ("codes", "format", "pattern")
"""Options that only fields of type text may have."""
RANGED = ("integer", "number", "date", "timestamp")
"""Types that may have ``min`` and ``max``."""


class BadField(Invalid):
    """An option of a field does not fit the field."""

    code = "contracts.bad_field"


class BadCodes(Invalid):
    """A code table is ambiguous."""

    code = "contracts.bad_codes"


class BadDataset(Invalid):
    """An option of a dataset does not fit its fields."""

    code = "contracts.bad_dataset"


def references(dataset: DatasetDefinition) -> Iterable[Reference]:
    """Yield the code tables that the fields name."""
    for place, field in enumerate(dataset.fields):
        if field.codes is not None:
            yield Reference("codes", field.codes, ("fields", place, "codes"))


def check_codes(codes: CodesDefinition, _snapshot: Snapshot) -> Iterator[Problem]:
    """Yield each spelling that stands for two codes."""
    seen: set[str] = set()
    for place, each in enumerate(codes.values):
        for spelling in dict.fromkeys((each.value, *each.aliases)):
            if spelling in seen:
                yield Problem(
                    ("values", place, "value"), BadCodes(codes=codes.name, spelling=spelling)
                )
            seen.add(spelling)


def check_dataset(dataset: DatasetDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield everything wrong with a dataset."""
    for place, field in enumerate(dataset.fields):
        for option, reason in _field_faults(field, snapshot):
            error = BadField(field=field.name, option=option, reason=reason)
            yield Problem(("fields", place, option), error)
        if field.unit is not None and (fault := language_fault(field.unit)):
            yield Problem(("fields", place, "unit"), fault)
    yield from _names(dataset)
    yield from _options(dataset)
    yield from _rules(dataset)


def _field_faults(field: FieldDefinition, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield (option, reason) of each fault of one field."""
    for option in FOR_TEXT:
        if getattr(field, option) is not None and field.type != "text":
            yield option, f"only for text, and this is {field.type}"
    if field.codes is not None and field.format is not None:
        yield "format", "a field has a code table or a format, not both"
    if field.unit is not None:
        yield from _unit_faults(field, field.unit)
    if field.pattern is not None and (reason := _pattern_fault(field.pattern)):
        yield "pattern", reason
    if field.time_zone is not None:
        yield from _zone_faults(field)
    if field.date_order != "ymd" and field.type not in ("date", "timestamp"):
        yield "date_order", f"only for dates and timestamps, and this is {field.type}"
    yield from _range_faults(field)
    if field.default is not None and (reason := _default_fault(field, snapshot)):
        yield "default", reason
    if field.compose is not None and not parts_of(field.compose):
        yield "compose", "it names no source column in {braces}"


def _unit_faults(field: FieldDefinition, unit: Bilingual) -> Iterator[tuple[str, str]]:
    if field.type not in ("integer", "number"):
        yield "unit", f"only for numbers, and this is {field.type}"
    try:
        spellings_of(unit.zh)
    except CityError as error:
        yield "unit", f"{error.message()} {error.hint()}"


def _zone_faults(field: FieldDefinition) -> Iterator[tuple[str, str]]:
    if field.type != "timestamp":
        yield "time_zone", f"only for timestamps, and this is {field.type}"
    try:
        ZoneInfo(field.time_zone or "")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield "time_zone", f"there is no time zone {field.time_zone!r}; write e.g. Asia/Shanghai"


def _pattern_fault(pattern: str) -> str | None:
    """Return why ``pattern`` is no RE2 expression, None when it is one."""
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        return str(error).removeprefix("Invalid regular expression: ")
    return None


def _range_faults(field: FieldDefinition) -> Iterator[tuple[str, str]]:
    limits = {"min": field.min, "max": field.max}
    for option, limit in limits.items():
        if limit is None:
            continue
        if field.type not in RANGED:
            yield option, f"only for numbers, dates and timestamps, and this is {field.type}"
        elif isinstance(limit, date) != (field.type in ("date", "timestamp")):
            yield option, f"{limit} is no {field.type}"
        elif field.type == "integer" and isinstance(limit, float):
            yield option, f"{limit} is no integer"
    lowest, highest = field.min, field.max
    if type(lowest) is type(highest) and lowest is not None and lowest > highest:  # type: ignore[operator]  # both of one type
        yield "min", f"{lowest} is more than the max {highest}"


def _default_fault(field: FieldDefinition, snapshot: Snapshot) -> str | None:
    fits = {
        "text": isinstance(field.default, str),
        "integer": isinstance(field.default, int) and not isinstance(field.default, bool),
        "number": isinstance(field.default, int | float) and not isinstance(field.default, bool),
        "boolean": isinstance(field.default, bool),
        "date": isinstance(field.default, date),
        "timestamp": isinstance(field.default, date),
    }
    if not fits[field.type]:
        return f"{field.default!r} is no {field.type}"
    codes = snapshot.find(CodesDefinition, field.codes) if field.codes else None
    if codes is not None and field.default not in {each.value for each in codes.values}:
        return f"{field.default!r} is no value of the code table {codes.name}"
    return None


def _names(dataset: DatasetDefinition) -> Iterator[Problem]:
    fields = Counter(field.name.casefold() for field in dataset.fields)
    for place, field in enumerate(dataset.fields):
        if fields[field.name.casefold()] > 1:
            reason = "two fields have this name (case does not count)"
            error = BadField(field=field.name, option="name", reason=reason)
            yield Problem(("fields", place, "name"), error)
    sources = Counter(name for field in dataset.fields for name in field.sources)
    for place, field in enumerate(dataset.fields):
        for name in field.sources:
            if sources[name] > 1:
                reason = f"two fields take the source column {name!r}"
                yield Problem(
                    ("fields", place, "from"),
                    BadField(field=field.name, option="from", reason=reason),
                )


def _options(dataset: DatasetDefinition) -> Iterator[Problem]:
    names = {field.name: field for field in dataset.fields}

    def fault(path: Path, reason: str) -> Problem:
        option = str(path[0])
        return Problem(
            path, BadDataset(dataset=dataset.name, option=option, reason=reason, fields=list(names))
        )

    for place, name in enumerate(dataset.key):
        if name not in names:
            yield fault(("key", place), f"there is no field {name!r}")
        if dataset.key.count(name) > 1:
            yield fault(("key", place), f"{name!r} stands in the key twice")
    if dataset.load == "merge" and not dataset.key:
        yield fault(("load",), "merge needs a key")
    if dataset.time is not None:
        if dataset.time not in names:
            yield fault(("time",), f"there is no field {dataset.time!r}")
        elif names[dataset.time].type not in ("date", "timestamp"):
            yield fault(("time",), f"{dataset.time!r} is {names[dataset.time].type}, not a time")


def _rules(dataset: DatasetDefinition) -> Iterator[Problem]:
    counts = Counter(rule.name for rule in dataset.rules)
    for place, rule in enumerate(dataset.rules):
        if rule.name in BUILT_IN_RULES or counts[rule.name] > 1:
            reason = f"the name {rule.name!r} is taken"
            error = BadDataset(
                dataset=dataset.name,
                option="rules",
                reason=reason,
                fields=[field.name for field in dataset.fields],
            )
            yield Problem(("rules", place, "name"), error)
        try:
            parse_rule(rule, dataset)
        except CityError as error:
            yield Problem(("rules", place, "expression"), error)


CODES = Kind(
    name="codes",
    folder="codes",
    model=CodesDefinition,
    check=check_codes,
    title=Bilingual(zh="码表", en="Code table"),
)
"""The kind of definition for code tables."""
DATASET = Kind(
    name="dataset",
    folder="datasets",
    model=DatasetDefinition,
    references=references,
    check=check_dataset,
    title=Bilingual(zh="数据集", en="Dataset"),
)
"""The kind of definition for datasets."""
