"""Alerts that fire become orders: one per alert and place while it is open, however often the alert fires again.

The outbox delivers each event in one transaction with the order it opens, so a crash in between repeats both or neither.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

import orjson
from sqlalchemy.engine import Connection

from cityloop.foundation import i18n
from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Lang
from cityloop.foundation.outbox import Event, Outbox
from cityloop.foundation.principal import Principal, service
from cityloop.workorders import store
from cityloop.workorders.model import DEFAULT_PROCEDURE, NewOrder, Order, Priority
from cityloop.workorders.service import WorkOrders

_PRIORITY: Mapping[str, Priority] = {each: each for each in get_args(Priority)}


class Intake:
    """Listens to alerts and clocks.

    Args:
        orders: opens and notes.
        clock: gives the time.
        outbox: where ``order.overdue`` goes.
    """

    def __init__(self, orders: WorkOrders, clock: Clock, outbox: Outbox) -> None:
        self._orders = orders
        self._clock = clock
        self._outbox = outbox

    def install(self) -> None:
        """Subscribe to ``alert.fired``, ``alert.resolved`` and ``case.overdue``."""
        self._outbox.subscribe(
            "workorders.alerts", ["alert.fired", "alert.resolved"], self._on_alert
        )
        self._outbox.subscribe("workorders.clocks", ["case.overdue"], self._on_overdue)

    def _on_alert(self, tx: Connection, event: Event) -> None:
        known = store.one(tx, store.by_dedup(_dedup_key(event)), lock=True)
        who = service("workorders", department=_text(event.payload.get("owner")))
        if event.topic == "alert.resolved":
            if known is not None:
                self._orders.note(tx, who, known, _words("resolved", event), again=False)
        elif known is not None:
            self._orders.note(tx, who, known, _words("fired_again", event), again=True)
        elif isinstance(event.payload.get("order"), Mapping):
            self._open(tx, who, event)

    def _open(self, tx: Connection, who: Principal, event: Event) -> Order | None:
        key = f"{store.ALERT_KEY}{event.key}"
        if store.one(tx, store.by_key(key)) is not None:
            return None
        spec, dimensions = event.payload["order"], event.payload.get("dimensions")
        if not isinstance(spec, Mapping) or not isinstance(dimensions, Mapping):
            return None
        due_s = spec.get("due_s")
        new = NewOrder(
            key=key,
            title=Bilingual.model_validate(spec["title"]),
            department=str(spec["department"]),
            description=_words("opened", event),
            priority=_PRIORITY.get(str(spec.get("priority")), "normal"),
            procedure=str(spec.get("procedure") or DEFAULT_PROCEDURE),
            due_at=self._clock.now() + timedelta(seconds=float(due_s)) if due_s else None,
        )
        about = (str(event.payload["alert"]), dict(dimensions), _dedup_key(event))
        return self._orders.open_within(tx, who, new, source="alert", about=about)

    def _on_overdue(self, tx: Connection, event: Event) -> None:
        order = store.one(tx, store.orders.c.case_id == event.key)
        if order is None or order.status not in store.OPEN:
            return
        payload = {
            "order": order.id, "number": order.number, "department": order.department,
            "status": order.status, "priority": order.priority, "step": event.payload.get("step"),
        }  # fmt: skip
        self._outbox.emit(tx, "order.overdue", order.id, payload)


def _dedup_key(event: Event) -> str:
    about = [event.payload.get("alert"), event.payload.get("dimensions")]
    return orjson.dumps(about, option=orjson.OPT_SORT_KEYS).decode()


def _words(what: str, event: Event) -> Bilingual:
    said = event.payload.get("said")
    words = said if isinstance(said, Mapping) else {}

    def text(lang: Lang) -> str:
        fields = {name: Bilingual.model_validate(each).text(lang) for name, each in words.items()}
        return i18n.text(f"workorders.{what}", lang, fields)

    return Bilingual(zh=text("zh"), en=text("en"))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
