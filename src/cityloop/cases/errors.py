"""What can go wrong with procedures and cases; texts in ``texts.toml``."""

from collections.abc import Collection

from cityloop.foundation.errors import Conflict, Forbidden, Invalid, NotFound, closest


class MissingStep(Invalid):
    """A procedure goes to a step that it does not have."""

    code = "cases.missing_step"

    def __init__(self, *, step: str, known: Collection[str]) -> None:
        super().__init__(step=step, close=closest(step, known))


class DuplicateStep(Invalid):
    """Two steps of a procedure have one name."""

    code = "cases.duplicate_step"


class UnreachableStep(Invalid):
    """No way leads to this step."""

    code = "cases.unreachable_step"


class JoinMismatch(Invalid):
    """A step stands in two different blocks, so that a join would wait for ever or not at all."""

    code = "cases.join_mismatch"


class Endless(Invalid):
    """From this step the end cannot be reached."""

    code = "cases.endless"


class NoOtherwise(Invalid):
    """A list of conditional ways does not end with exactly one that needs no condition."""

    code = "cases.no_otherwise"


class UnknownData(Invalid):
    """A value that the procedure does not name."""

    code = "cases.unknown_data"

    def __init__(self, *, name: str, procedure: str, known: Collection[str]) -> None:
        super().__init__(
            name=name, procedure=procedure, known=sorted(known), close=closest(name, known)
        )


class BadCondition(Invalid):
    """A condition cannot be worked out with these values."""

    code = "cases.bad_condition"


class NoDepartment(Invalid):
    """The step's department comes from a value that the case does not have."""

    code = "cases.no_department"


class UnknownOutcome(Invalid):
    """The step does not end with this outcome."""

    code = "cases.unknown_outcome"


class NoCase(NotFound):
    """No such case."""

    code = "cases.no_case"


class NoTask(NotFound):
    """No such task."""

    code = "cases.no_task"


class NotYours(Forbidden):
    """The task belongs to another department, role or person."""

    code = "cases.not_yours"


class WrongState(Conflict):
    """The present state does not allow this transition; the text names what it allows."""

    code = "cases.wrong_state"

    def __init__(self, *, verb: str, thing: str, state: str, allowed: Collection[str]) -> None:
        super().__init__(verb=verb, thing=thing, state=state, allowed=list(allowed))


class SomebodyFaster(Conflict):
    """Another transition of the same case or task came first."""

    code = "cases.somebody_faster"


class NothingBefore(Conflict):
    """The first step of a case cannot be sent back."""

    code = "cases.nothing_before"
