"""HTTP face of work orders: the board, one order, and its verbs."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Header, Response
from fastapi import Query as Parameter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from cityloop.cases import Task
from cityloop.foundation.definition import Bilingual, Name
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller, new_request_id
from cityloop.workorders.model import (
    DEFAULT_PROCEDURE,
    Detail,
    Location,
    NewOrder,
    Order,
    Priority,
    Shown,
    Source,
    Stage,
    Status,
    Verb,
    Waiting,
    Wanted,
)
from cityloop.workorders.service import WorkOrders

_TITLE: JsonDict = {"zh": "S1 站 PM2.5 超标", "en": "PM2.5 too high at S1"}
_ORDER: JsonDict = {
    "id": "5e0c7f0f4f1d4b5c8a9b0c1d2e3f4a5b", "number": "WO-20260930-0001", "case_id": "0199990000ab12cd34ef56789abc0def",
    "source": "alert", "alert": "pm25_high", "place": {"station": "S1"}, "title": _TITLE, "description": "",
    "department": "ecology", "priority": "high", "location": {"text": None, "longitude": None, "latitude": None},
    "status": "open", "repeats": 0, "opened_by": "service:workorders", "opened_at": "2026-09-30T04:00:00Z",
    "accepted_at": None, "finished_at": None, "due_at": "2026-09-30T08:00:00Z", "result": None,
    "updated_at": "2026-09-30T04:00:00Z", "episode": "0f8c0d5b8f0e4c5e9d0a1b2c3d4e5f60", "is_overdue": False,
    "stage": "open", "can": ["accept", "finish", "transfer", "return", "comment"],
    "waiting": [{
        "step": "accept", "title": {"zh": "受理", "en": "Accept"}, "description": None, "department": "ecology",
        "role": "case_worker", "assignee": None, "assignee_name": None, "due_at": "2026-09-30T06:00:00Z",
        "light": "green", "outcomes": ["accepted", "not_ours"], "is_mine": True,
    }],
}  # fmt: skip
_NEW: JsonDict = {
    "title": {"zh": "路面坑洞", "en": "Pothole"}, "department": "transport", "description": "Bus lane, by the school",
    "priority": "high", "location": {"text": "湖滨路 12 号", "longitude": 120.1, "latitude": 30.2},
    "due_at": "2026-09-30T12:00:00Z",
}  # fmt: skip


TOTAL = "X-Total-Count"
"""Header of a list that says how many there are on all pages."""


class LocationBody(BaseModel):
    """Where: words, and degrees (WGS 84); null where not known."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=500)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)


class WaitingBody(BaseModel):
    """An open step: who may do it, who holds it (null: nobody), what it may end with."""

    step: str
    title: Bilingual
    description: Bilingual | None
    department: str | None
    role: str | None
    assignee: str | None
    assignee_name: str | None
    due_at: datetime | None
    light: str
    outcomes: list[str]
    is_mine: bool


class OrderBody(BaseModel):
    """One work order as the caller sees it; ``due_at`` is null without deadline, ``result`` until finished.

    ``description`` is what a person wrote, or the platform's own words in both languages. ``episode`` is the alert event
    that opened it, ``can`` what the caller may do now.
    """

    model_config = ConfigDict(json_schema_extra={"example": _ORDER})
    id: str
    number: str
    case_id: str
    source: Source
    alert: str | None
    place: dict[str, object]
    title: Bilingual
    description: str | Bilingual
    department: str
    priority: Priority
    location: LocationBody
    status: Status
    repeats: int
    opened_by: str
    opened_at: datetime
    accepted_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    result: str | None
    updated_at: datetime
    episode: str | None
    is_overdue: bool
    stage: Stage
    waiting: list[WaitingBody]
    can: list[Verb]


class TaskBody(BaseModel):
    """One step: who has it and how its clock stands."""

    id: str
    step: str
    title: Bilingual
    state: str
    department: str | None
    role: str | None
    assignee: str | None
    outcome: str | None
    opened_at: datetime
    finished_at: datetime | None
    finished_by: str | None
    due_at: datetime | None
    light: str


class EntryBody(BaseModel):
    """One line of the timeline."""

    id: int
    at: datetime
    actor: str
    verb: str
    step: str | None
    details: dict[str, object]


class AheadBody(BaseModel):
    """A step of the procedure that no task has reached yet."""

    step: str
    title: Bilingual
    department: str | None


class DetailBody(BaseModel):
    """An order with its tasks, the steps that may still come, and everything that happened; ``people`` names who acted."""

    order: OrderBody
    procedure: str
    procedure_title: Bilingual
    tasks: list[TaskBody]
    ahead: list[AheadBody]
    timeline: list[EntryBody]
    people: dict[str, str]


class CountBody(BaseModel):
    """How many orders of one department have one status."""

    department: str
    status: Status
    orders: int


class NewOrderRequest(BaseModel):
    """An order by hand."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _NEW})
    title: Bilingual
    department: Name
    description: str = Field(default="", max_length=10_000)
    priority: Priority = "normal"
    location: LocationBody = LocationBody()
    procedure: Name = DEFAULT_PROCEDURE
    due_at: AwareDatetime | None = None


class AcceptRequest(BaseModel):
    """How accepting ends, where the procedure knows several ways; null takes the first."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"outcome": None}})
    outcome: str | None = None


class FinishRequest(BaseModel):
    """What was done, and the outcome where the step has outcomes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"result": "Sprinkled the road, PM2.5 back to 48", "outcome": None}
        },
    )
    result: str = Field(min_length=1, max_length=10_000)
    outcome: str | None = None


class TransferRequest(BaseModel):
    """To which department or person, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"department": "transport", "person": None, "reason": "Their road"}
        },
    )
    department: Name | None = None
    person: str | None = None
    reason: str = Field(min_length=1, max_length=1_000)


class ReasonRequest(BaseModel):
    """Why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"reason": "Not our road"}}
    )
    reason: str = Field(min_length=1, max_length=1_000)


class CommentRequest(BaseModel):
    """A remark."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"text": "On the way"}})
    text: str = Field(min_length=1, max_length=10_000)


Names = Callable[[Collection[str]], Mapping[str, str]]
"""Ids of persons → their names, as far as they are known."""


def router(orders: WorkOrders, names: Names = lambda _ids: {}) -> APIRouter:
    """Return the routes of work orders; ``names`` says who somebody is."""
    routes = APIRouter(prefix="/api/workorders", tags=["workorders"])

    _reading(routes, orders, names)

    def body(caller: Principal, order: Order) -> OrderBody:
        found = orders.shown(caller, order)
        held = {step.assignee for step in found.waiting if step.assignee}
        return _order(found, orders.now(), names(held))

    _moving(routes, orders, body)
    _minding(routes, orders, body)
    return routes


def _reading(routes: APIRouter, orders: WorkOrders, names: Names) -> None:
    @routes.get(
        "",
        operation_id="list_orders",
        summary="Orders: open ones first, by deadline",
        responses={200: {"headers": {TOTAL: {"description": "orders on all pages", "schema": {"type": "integer"}}}}},
    )  # fmt: skip
    def list_orders(
        caller: Caller, wanted: Annotated[WantedQuery, Parameter()], response: Response
    ) -> list[OrderBody]:
        page = orders.page(caller, wanted.wanted(caller))
        response.headers[TOTAL] = str(page.total)
        people = names(
            {step.assignee for each in page.orders for step in each.waiting if step.assignee}
        )
        return [_order(each, orders.now(), people) for each in page.orders]

    @routes.get("/board", operation_id="get_order_board", summary="Orders by department and status")
    def get_board(caller: Caller) -> list[CountBody]:
        return [
            CountBody.model_validate({"department": department, "status": status, "orders": count})
            for department, status, count in orders.board(caller)
        ]

    @routes.get("/{order}", operation_id="get_order", summary="One order with tasks and timeline")
    def get_order(order: str, caller: Caller) -> DetailBody:
        return _detail(orders.one(caller, order), orders.now(), names)


def _moving(
    routes: APIRouter, orders: WorkOrders, body: Callable[[Principal, Order], OrderBody]
) -> None:
    @routes.post("", operation_id="open_order", summary="Open an order by hand", status_code=201)
    def open_order(
        caller: Caller,
        new: Annotated[NewOrderRequest, Body()],
        idempotency_key: Annotated[
            str | None, Header(description="the same key opens one order")
        ] = None,
    ) -> OrderBody:
        given = new.model_dump(exclude={"title", "location"})
        location = Location(**new.location.model_dump())
        key = f"{caller.id}:{idempotency_key or new_request_id()}"
        return body(
            caller,
            orders.open(caller, NewOrder(key=key, title=new.title, location=location, **given)),
        )

    @routes.post("/{order}/accept", operation_id="accept_order", summary="Take an order on")
    def accept_order(
        order: str, caller: Caller, given: Annotated[AcceptRequest, Body()]
    ) -> OrderBody:
        return body(caller, orders.accept(caller, order, outcome=given.outcome))

    @routes.post(
        "/{order}/finish", operation_id="finish_order", summary="Say that the work is done"
    )
    def finish_order(
        order: str, caller: Caller, given: Annotated[FinishRequest, Body()]
    ) -> OrderBody:
        return body(
            caller, orders.finish(caller, order, result=given.result, outcome=given.outcome)
        )

    @routes.post(
        "/{order}/transfer", operation_id="transfer_order", summary="Give an order to others"
    )
    def transfer_order(
        order: str, caller: Caller, given: Annotated[TransferRequest, Body()]
    ) -> OrderBody:
        moved = orders.transfer(
            caller, order, department=given.department, person=given.person, reason=given.reason
        )
        return body(caller, moved)


def _minding(
    routes: APIRouter, orders: WorkOrders, body: Callable[[Principal, Order], OrderBody]
) -> None:
    @routes.post("/{order}/return", operation_id="return_order", summary="Send an order back")
    def return_order(
        order: str, caller: Caller, given: Annotated[ReasonRequest, Body()]
    ) -> OrderBody:
        return body(caller, orders.give_back(caller, order, reason=given.reason))

    @routes.post(
        "/{order}/cancel", operation_id="cancel_order", summary="End an order without result"
    )
    def cancel_order(
        order: str, caller: Caller, given: Annotated[ReasonRequest, Body()]
    ) -> OrderBody:
        return body(caller, orders.cancel(caller, order, reason=given.reason))

    @routes.post("/{order}/comment", operation_id="comment_order", summary="Add a remark")
    def comment_order(
        order: str, caller: Caller, given: Annotated[CommentRequest, Body()]
    ) -> OrderBody:
        return body(caller, orders.comment(caller, order, given.text))


class WantedQuery(BaseModel):
    """Which orders; what is left out does not restrict. ``mine``: those of which a task is or was the caller's."""

    model_config = ConfigDict(extra="ignore")
    department: str | None = None
    status: list[Status] = []
    alert: str | None = None
    priority: Priority | None = None
    is_overdue: bool | None = None
    text: str | None = Field(
        default=None, max_length=200, description="in number, title, description or location"
    )
    mine: bool = False
    updated_since: AwareDatetime | None = None
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=200, ge=1, le=1_000)

    def wanted(self, caller: Principal) -> Wanted:
        """Return it as the service takes it."""
        return Wanted(
            department=self.department,
            statuses=tuple(self.status) or None,
            alert=self.alert,
            priority=self.priority,
            is_overdue=self.is_overdue,
            text=self.text,
            touched_by=caller.id if self.mine else None,
            updated_since=self.updated_since,
            skip=self.offset,
            most=self.limit,
        )


def _order(found: Shown, now: datetime, people: Mapping[str, str]) -> OrderBody:
    order = found.order
    own = {name: getattr(order, name) for name in Order.__dataclass_fields__}
    location = LocationBody.model_validate(order.location, from_attributes=True)
    waiting = [_waiting(each, people) for each in found.waiting]
    return OrderBody.model_validate(
        {**own, "location": location, "is_overdue": order.is_overdue(now), "stage": found.stage,
         "waiting": waiting, "can": found.can}
    )  # fmt: skip


def _waiting(step: Waiting, people: Mapping[str, str]) -> WaitingBody:
    own = {name: getattr(step, name) for name in Waiting.__dataclass_fields__}
    name = people.get(step.assignee, step.assignee) if step.assignee else None
    return WaitingBody.model_validate({**own, "assignee_name": name})


def _detail(found: Detail, now: datetime, names: Names) -> DetailBody:
    titles = {step.name: step.title for step in found.procedure.steps}
    seen = {task.step for task in found.tasks}
    is_over = found.case.state in ("closed", "cancelled")
    held = {task.assignee for task in found.tasks if task.assignee}
    people = names({found.order.opened_by, *held, *(each.actor for each in found.timeline)})
    ahead = [
        AheadBody(step=step.name, title=step.title, department=step.department)
        for step in found.procedure.steps
        if not is_over and not step.parallel and step.name not in seen
    ]
    return DetailBody(
        order=_order(found.shown, now, people),
        procedure=found.case.procedure,
        procedure_title=found.procedure.title,
        tasks=[_task(each, titles[each.step]) for each in found.tasks],
        ahead=ahead,
        timeline=[EntryBody.model_validate(each, from_attributes=True) for each in found.timeline],
        people=dict(people),
    )


def _task(task: Task, title: Bilingual) -> TaskBody:
    own = {name: getattr(task, name) for name in Task.__dataclass_fields__}
    return TaskBody.model_validate({**own, "title": title})
