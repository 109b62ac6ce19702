"""The kind ``procedure``: what it refers to and what can be wrong with it, found before any case runs."""

from collections.abc import Iterable, Iterator

from cityloop.cases.conditions import parse_condition
from cityloop.cases.errors import (
    DuplicateStep,
    Endless,
    JoinMismatch,
    MissingStep,
    NoOtherwise,
    UnknownData,
    UnreachableStep,
)
from cityloop.cases.model import DEPARTMENT, OUTCOME, ProcedureDefinition, Step
from cityloop.foundation.definition import Bilingual, Kind, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError


def references(procedure: ProcedureDefinition) -> Iterator[Reference]:
    """Yield the departments and roles that steps name."""
    for index, step in enumerate(procedure.steps):
        if step.department is not None and not step.department.startswith("$"):
            yield Reference("department", step.department, ("steps", index, "department"))
        if step.role is not None:
            yield Reference("role", step.role, ("steps", index, "role"))


def check(procedure: ProcedureDefinition, _snapshot: Snapshot) -> Iterator[Problem]:
    """Yield everything that would make a case stop, wait for ever or go round for ever."""
    yield from _check_names(procedure)
    for index, step in enumerate(procedure.steps):
        yield from _check_ways(procedure, index, step)
        yield from _check_department(procedure, index, step)
    if _dangling(procedure):
        return
    yield from _check_blocks(procedure)
    able = _able_to_end(procedure)
    for index, step in enumerate(procedure.steps):
        if step.name not in able:
            yield Problem(("steps", index, "next"), Endless(step=step.name))


PROCEDURE = Kind(
    name="procedure",
    folder="procedures",
    model=ProcedureDefinition,
    references=references,
    check=check,
    title=Bilingual(zh="流程", en="Procedure"),
)
"""The kind, ready to be registered."""


def _check_names(procedure: ProcedureDefinition) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, step in enumerate(procedure.steps):
        if step.name in seen:
            yield Problem(("steps", index, "name"), DuplicateStep(step=step.name))
        seen.add(step.name)
    if procedure.start is not None and procedure.start not in seen:
        yield Problem(("start",), MissingStep(step=procedure.start, known=seen))
    for index, name in enumerate(procedure.data):
        if name in (OUTCOME, DEPARTMENT):
            error = UnknownData(name=name, procedure=procedure.name, known=())
            yield Problem(("data", index), error)


def _check_ways(procedure: ProcedureDefinition, index: int, step: Step) -> Iterator[Problem]:
    known = {each.name for each in procedure.steps}
    for place, name in enumerate(step.parallel):
        if name not in known:
            error: CityError = MissingStep(step=name, known=known)
            yield Problem(("steps", index, "parallel", place), error)
    last = len(step.branches) - 1
    for place, branch in enumerate(step.branches):
        path = ("steps", index, "next", *((place,) if isinstance(step.next, tuple) else ()))
        if branch.to is not None and branch.to not in known:
            yield Problem(path, MissingStep(step=branch.to, known=known))
        if (branch.when is None) != (place == last):
            yield Problem(path, NoOtherwise(step=step.name))
        if branch.when is not None and (found := _fault(procedure, branch.when)):
            yield Problem((*path, "when"), found)


def _fault(procedure: ProcedureDefinition, condition: str) -> CityError | None:
    try:
        parse_condition(condition, procedure.values)
    except CityError as error:
        return error
    return None


def _check_department(procedure: ProcedureDefinition, index: int, step: Step) -> Iterator[Problem]:
    if step.department is None or not step.department.startswith("$"):
        return
    name = step.department.removeprefix("$")
    known = {*procedure.data, DEPARTMENT}
    if name not in known:
        error = UnknownData(name=name, procedure=procedure.name, known=known)
        yield Problem(("steps", index, "department"), error)


def _dangling(procedure: ProcedureDefinition) -> bool:
    known = {step.name for step in procedure.steps}
    named = {name for step in procedure.steps for name in _targets(step)} | {procedure.first}
    return not named <= known or len(known) != len(procedure.steps)


def _targets(step: Step) -> Iterable[str]:
    return (*step.parallel, *(branch.to for branch in step.branches if branch.to is not None))


def _check_blocks(procedure: ProcedureDefinition) -> Iterator[Problem]:
    index = {step.name: place for place, step in enumerate(procedure.steps)}
    block_of: dict[str, str] = {procedure.first: ""}
    waiting, wrong = [procedure.first], set[str]()
    while waiting:
        step = procedure.step(waiting.pop())
        block = block_of[step.name]
        inside = f"{block}/{step.name}" if block else step.name
        ways = [(name, inside) for name in step.parallel]
        ways += [(branch.to, block) for branch in step.branches if branch.to is not None]
        for name, path in ways:
            if name not in block_of:
                block_of[name] = path
                waiting.append(name)
            elif block_of[name] != path and name not in wrong:
                wrong.add(name)
                error = JoinMismatch(step=name, one=block_of[name] or "–", other=path or "–")
                yield Problem(("steps", index[name]), error)
    for name in index.keys() - block_of.keys():
        yield Problem(("steps", index[name], "name"), UnreachableStep(step=name))


def _able_to_end(procedure: ProcedureDefinition) -> set[str]:
    able: set[str] = set()
    while True:
        more = {step.name for step in procedure.steps if _ends(step, able)}
        if more == able:
            return able
        able = more


def _ends(step: Step, able: set[str]) -> bool:
    way_out = any(branch.to is None or branch.to in able for branch in step.branches)
    return way_out and all(name in able for name in step.parallel)
