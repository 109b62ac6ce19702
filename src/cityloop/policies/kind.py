"""The kind ``policy`` of city-as-code: what it refers to, and what can be wrong with it beyond types."""

from collections.abc import Iterable, Iterator

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Bilingual, Kind, Path, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError, closest
from cityloop.policies.decisions import parse_rows
from cityloop.policies.masking import mask_named
from cityloop.policies.model import (
    REFUSED_LEVEL,
    Allow,
    LevelRefused,
    MaskMismatch,
    PolicyDefinition,
    UnknownMask,
    UnknownPolicyColumn,
)


def _references(policy: PolicyDefinition) -> Iterable[Reference]:
    if policy.dataset is not None:
        yield Reference("dataset", policy.dataset, ("dataset",))
    for number, name in enumerate(policy.datasets):
        yield Reference("dataset", name, ("datasets", number))
    for number, allow in enumerate(policy.allow):
        for place, role in enumerate(allow.roles):
            yield Reference("role", role, ("allow", number, "roles", place))
        for place, department in enumerate(allow.departments):
            yield Reference("department", department, ("allow", number, "departments", place))


def _check(policy: PolicyDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    for name in policy.targets:
        dataset = snapshot.find(DatasetDefinition, name)
        if dataset is None:
            continue  # a dangling reference is reported as such
        for number, allow in enumerate(policy.allow):
            yield from _check_allow(allow, dataset, ("allow", number))


def _check_allow(allow: Allow, dataset: DatasetDefinition, path: Path) -> Iterator[Problem]:
    if allow.rows is not None:
        try:
            parse_rows(allow.rows, dataset)
        except CityError as error:
            yield Problem((*path, "rows"), error)
    names = [each.name for each in dataset.fields]
    for column, treatment in allow.columns.items():
        place = (*path, "columns", column)
        if column not in names:
            close = closest(column, names)
            yield Problem(
                place, UnknownPolicyColumn(column=column, dataset=dataset.name, close=close)
            )
        elif misfit := _misfit(column, treatment, dataset):
            yield Problem(place, misfit)


def _misfit(column: str, treatment: str, dataset: DatasetDefinition) -> CityError | None:
    if treatment == "deny":
        return None
    if dataset.level_of(column) >= REFUSED_LEVEL:
        return LevelRefused(column=column, dataset=dataset.name)
    if treatment == "raw":
        return None
    try:
        mask, _numbers = mask_named(treatment)
    except UnknownMask as error:
        return error
    if (kind := dataset.field(column).type) not in mask.types:
        return MaskMismatch(mask=treatment, column=column, type=kind, fits=sorted(mask.types))
    return None


POLICY = Kind(
    name="policy",
    folder="policies",
    model=PolicyDefinition,
    references=_references,
    check=_check,
    title=Bilingual(zh="策略", en="Policy"),
)
"""Who may read which rows and columns."""
