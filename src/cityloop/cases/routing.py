"""Where a case goes next: pure, so that a procedure can be walked in a test, in a picture or in a preview."""

from collections.abc import Mapping
from dataclasses import dataclass

from cityloop.cases.conditions import holds
from cityloop.cases.model import Json, ProcedureDefinition, Step

TOP = ""
"""Path of what stands in no block."""


@dataclass(frozen=True, slots=True)
class Place:
    """A step to open, with the path of the blocks around it."""

    step: str
    block: str


@dataclass(frozen=True, slots=True)
class Route:
    """What follows: tasks to open, branches still open per block, whether the case has come to its end."""

    opens: tuple[Place, ...]
    blocks: Mapping[str, int]
    ended: bool = False


def begin(procedure: ProcedureDefinition) -> Route:
    """Return what a fresh case opens."""
    return _enter(procedure, Place(procedure.first, TOP), {})


def leave(
    procedure: ProcedureDefinition,
    place: Place,
    blocks: Mapping[str, int],
    values: Mapping[str, Json],
) -> Route:
    """Return what follows when the step at ``place`` is done.

    Args:
        procedure: a checked definition.
        place: the finished step.
        blocks: open branches per block before.
        values: what conditions see.

    Raises:
        BadCondition: the values do not fit a condition.
    """
    target = _choose(procedure, procedure.step(place.step), values)
    if target is not None:
        return _enter(procedure, Place(target, place.block), blocks)
    if place.block == TOP:
        return Route((), blocks, ended=True)
    left = blocks[place.block] - 1
    if left:
        return Route((), {**blocks, place.block: left})
    around, _, block_step = place.block.rpartition("/")
    rest = {path: count for path, count in blocks.items() if path != place.block}
    return leave(procedure, Place(block_step, around), rest, values)


@dataclass(frozen=True, slots=True)
class Return:
    """A way back: the block whose open tasks end without result (None: none do), and what opens again.

    ``same`` says that the earlier task itself is repeated, with the department that had it.
    """

    cancels: str | None
    route: Route
    same: bool


def go_back(
    procedure: ProcedureDefinition, place: Place, before: Place, blocks: Mapping[str, int]
) -> Return:
    """Return what happens when the task at ``place`` is sent back to the one that led to it.

    From inside a block to before it, the other branches end as well; from behind a block, the whole block is repeated.

    Args:
        procedure: a checked definition.
        place: the step sent back.
        before: the step whose completion opened it.
        blocks: open branches per block.
    """
    base = _shared(place.block, before.block)
    cancels = _within(place.block, base)
    if cancels is not None:
        blocks = {
            path: n
            for path, n in blocks.items()
            if path != cancels and not path.startswith(f"{cancels}/")
        }
    repeated = _within(before.block, base)
    if repeated is None:
        return Return(cancels, Route((before,), blocks), same=True)
    again = Place(repeated.rpartition("/")[2], base)
    return Return(cancels, _enter(procedure, again, blocks), same=False)


def _shared(one: str, other: str) -> str:
    shared = []
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            break
        shared.append(left)
    return "/".join(shared)


def _within(path: str, base: str) -> str | None:
    """Return the block directly below ``base`` on the way to ``path``; None when ``path`` is ``base``."""
    if path == base:
        return None
    rest = path.removeprefix(f"{base}/") if base else path
    first = rest.split("/")[0]
    return f"{base}/{first}" if base else first


def _choose(procedure: ProcedureDefinition, step: Step, values: Mapping[str, Json]) -> str | None:
    for branch in step.branches:
        if branch.when is None or holds(branch.when, procedure.values, values):
            return branch.to
    message = f"{procedure.name}.{step.name} has no way without a condition"
    raise AssertionError(message)


def _enter(procedure: ProcedureDefinition, place: Place, blocks: Mapping[str, int]) -> Route:
    step = procedure.step(place.step)
    if not step.parallel:
        return Route((place,), blocks)
    path = f"{place.block}/{step.name}" if place.block else step.name
    opens: tuple[Place, ...] = ()
    blocks = {**blocks, path: len(step.parallel)}
    for name in step.parallel:
        route = _enter(procedure, Place(name, path), blocks)
        opens, blocks = (*opens, *route.opens), route.blocks
    return Route(opens, blocks)
