"""HTTP face of work orders: the board, one order, and its verbs."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body, Header
from fastapi import Query as Parameter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from cityloop.foundation.definition import Bilingual, Name
from cityloop.foundation.web import Caller, new_request_id
from cityloop.workorders.model import (
    DEFAULT_PROCEDURE,
    Detail,
    Location,
    NewOrder,
    Order,
    Priority,
    Source,
    Status,
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
    "updated_at": "2026-09-30T04:00:00Z", "is_overdue": False,
}  # fmt: skip
_NEW: JsonDict = {
    "title": {"zh": "路面坑洞", "en": "Pothole"}, "department": "transport", "description": "Bus lane, by the school",
    "priority": "high", "location": {"text": "湖滨路 12 号", "longitude": 120.1, "latitude": 30.2},
    "due_at": "2026-09-30T12:00:00Z",
}  # fmt: skip


class LocationBody(BaseModel):
    """Where: words, and degrees (WGS 84); null where not known."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = Field(default=None, max_length=500)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)


class OrderBody(BaseModel):
    """One work order; ``due_at`` is null without deadline, ``result`` until finished."""

    model_config = ConfigDict(json_schema_extra={"example": _ORDER})
    id: str
    number: str
    case_id: str
    source: Source
    alert: str | None
    place: dict[str, object]
    title: Bilingual
    description: str
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
    is_overdue: bool


class TaskBody(BaseModel):
    """One step: who has it and how its clock stands."""

    id: str
    step: str
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


class DetailBody(BaseModel):
    """An order with its tasks and everything that happened."""

    order: OrderBody
    procedure: str
    tasks: list[TaskBody]
    timeline: list[EntryBody]


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


def router(orders: WorkOrders) -> APIRouter:
    """Return the routes of work orders."""
    routes = APIRouter(prefix="/api/workorders", tags=["workorders"])

    def body(order: Order) -> OrderBody:
        return _order(order, orders.now())

    _reading(routes, orders, body)
    _moving(routes, orders, body)
    return routes


def _reading(routes: APIRouter, orders: WorkOrders, body: Callable[[Order], OrderBody]) -> None:
    @routes.get("", operation_id="list_orders", summary="Orders: open ones first, by deadline")
    def list_orders(caller: Caller, wanted: Annotated[WantedQuery, Parameter()]) -> list[OrderBody]:
        return [body(each) for each in orders.list(caller, wanted.wanted())]

    @routes.get("/board", operation_id="get_order_board", summary="Orders by department and status")
    def get_board(caller: Caller) -> list[CountBody]:
        return [
            CountBody.model_validate({"department": department, "status": status, "orders": count})
            for department, status, count in orders.board(caller)
        ]

    @routes.get("/{order}", operation_id="get_order", summary="One order with tasks and timeline")
    def get_order(order: str, caller: Caller) -> DetailBody:
        return _detail(orders.one(caller, order), body)


def _moving(routes: APIRouter, orders: WorkOrders, body: Callable[[Order], OrderBody]) -> None:
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
            orders.open(caller, NewOrder(key=key, title=new.title, location=location, **given))
        )

    @routes.post("/{order}/accept", operation_id="accept_order", summary="Take an order on")
    def accept_order(
        order: str, caller: Caller, given: Annotated[AcceptRequest, Body()]
    ) -> OrderBody:
        return body(orders.accept(caller, order, outcome=given.outcome))

    @routes.post(
        "/{order}/finish", operation_id="finish_order", summary="Say that the work is done"
    )
    def finish_order(
        order: str, caller: Caller, given: Annotated[FinishRequest, Body()]
    ) -> OrderBody:
        return body(orders.finish(caller, order, result=given.result, outcome=given.outcome))

    @routes.post(
        "/{order}/transfer", operation_id="transfer_order", summary="Give an order to others"
    )
    def transfer_order(
        order: str, caller: Caller, given: Annotated[TransferRequest, Body()]
    ) -> OrderBody:
        moved = orders.transfer(
            caller, order, department=given.department, person=given.person, reason=given.reason
        )
        return body(moved)

    @routes.post("/{order}/return", operation_id="return_order", summary="Send an order back")
    def return_order(
        order: str, caller: Caller, given: Annotated[ReasonRequest, Body()]
    ) -> OrderBody:
        return body(orders.give_back(caller, order, reason=given.reason))

    @routes.post(
        "/{order}/cancel", operation_id="cancel_order", summary="End an order without result"
    )
    def cancel_order(
        order: str, caller: Caller, given: Annotated[ReasonRequest, Body()]
    ) -> OrderBody:
        return body(orders.cancel(caller, order, reason=given.reason))

    @routes.post("/{order}/comment", operation_id="comment_order", summary="Add a remark")
    def comment_order(
        order: str, caller: Caller, given: Annotated[CommentRequest, Body()]
    ) -> OrderBody:
        return body(orders.comment(caller, order, given.text))


class WantedQuery(BaseModel):
    """Which orders; what is left out does not restrict."""

    model_config = ConfigDict(extra="ignore")
    department: str | None = None
    status: list[Status] = []
    alert: str | None = None
    priority: Priority | None = None
    is_overdue: bool | None = None
    limit: int = Field(default=200, ge=1, le=1_000)

    def wanted(self) -> Wanted:
        """Return it as the service takes it."""
        return Wanted(
            department=self.department,
            statuses=tuple(self.status) or None,
            alert=self.alert,
            priority=self.priority,
            is_overdue=self.is_overdue,
            most=self.limit,
        )


def _order(order: Order, now: datetime) -> OrderBody:
    own = {name: getattr(order, name) for name in Order.__dataclass_fields__}
    location = LocationBody.model_validate(order.location, from_attributes=True)
    return OrderBody.model_validate(
        {**own, "location": location, "is_overdue": order.is_overdue(now)}
    )


def _detail(found: Detail, body: Callable[[Order], OrderBody]) -> DetailBody:
    return DetailBody(
        order=body(found.order),
        procedure=found.case.procedure,
        tasks=[TaskBody.model_validate(each, from_attributes=True) for each in found.tasks],
        timeline=[EntryBody.model_validate(each, from_attributes=True) for each in found.timeline],
    )
