"""How an order looks to one person: its stage, the steps that wait, and which verbs they may use now.

Pure, and the same rules as the verbs themselves (tests/workorders/test_sight.py holds them together), so that no page
guesses what the server would refuse.
"""

from collections.abc import Callable

from cityloop.cases import DISPATCH, Current, Task
from cityloop.foundation.principal import Principal
from cityloop.workorders.model import ACCEPT_STEP, HANDLE, Order, Shown, Stage, Verb, Waiting


def shown(
    principal: Principal,
    order: Order,
    current: Current,
    is_for: Callable[[Principal, Task], bool],
) -> Shown:
    """Return ``order`` as ``principal`` sees it.

    Args:
        principal: who looks.
        order: one that they may see.
        current: where its case stands.
        is_for: whether a task is somebody's to do.
    """
    mine = [task for task in current.tasks if is_for(principal, task)]
    waiting = tuple(_waiting(task, current, is_mine=task in mine) for task in current.tasks)
    return Shown(order, stage_of(order, current), waiting, _verbs(principal, order, current, mine))


def stage_of(order: Order, current: Current) -> Stage:
    """Return the status of an order, or ``review`` when it only waits for somebody to confirm the result."""
    if order.status == "accepted" and order.result is not None and current.may_end():
        return "review"
    return order.status


def _verbs(
    principal: Principal, order: Order, current: Current, mine: list[Task]
) -> tuple[Verb, ...]:
    found: list[Verb] = []
    if mine and current.case.state == "open":
        task = mine[0]
        if task.state == "ready" or task.step == ACCEPT_STEP:
            found.append("accept")
        found += ["finish", "transfer"]
        if task.after is not None or task.department is not None:
            found.append("return")
    is_over = current.case.state in ("closed", "cancelled")
    if not is_over and (principal.may(DISPATCH) or order.opened_by == principal.id):
        found.append("cancel")
    if principal.may(DISPATCH) or principal.may(HANDLE):
        found.append("comment")
    return tuple(found)


def _waiting(task: Task, current: Current, *, is_mine: bool) -> Waiting:
    step = current.procedure.step(task.step)
    return Waiting(
        step=task.step, title=step.title, description=step.description, department=task.department,
        role=task.role, assignee=task.assignee,
        due_at=task.due_at, light=task.light, outcomes=step.outcomes, is_mine=is_mine,
    )  # fmt: skip
