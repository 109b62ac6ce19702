"""The verbs of work orders; each moves the order and its case in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.cases import DISPATCH, Cases, Moved, Opening, Recipient, Task
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Forbidden
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal
from cityloop.workorders import store
from cityloop.workorders.errors import NoOrder, NotWaiting
from cityloop.workorders.model import (
    ACCEPT_STEP,
    HANDLE,
    Detail,
    NewOrder,
    Order,
    Page,
    Shown,
    Source,
    Wanted,
)
from cityloop.workorders.sight import shown

VIEW = "orders.view"
"""Permission to see every department's orders without moving them: a city's leaders."""


class WorkOrders:
    """The work orders of one city.

    Args:
        db: the state store.
        clock: gives the time.
        audit: where acts are recorded.
        outbox: where ``order.opened``, ``order.accepted``, ``order.transferred``, ``order.finished`` … go.
        cases: each order is a case.
        time_zone: IANA name of the city's zone; the day in an order's number is local.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        outbox: Outbox,
        cases: Cases,
        *,
        time_zone: str,
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._cases = cases
        self._zone = ZoneInfo(time_zone)

    def open(self, principal: Principal, new: NewOrder) -> Order:
        """Open an order by hand; a second one under the same key is the first one again.

        Raises:
            Forbidden: neither a dispatcher nor of a department that handles orders.
            NotFound: no procedure or department has this name.
        """
        if not principal.may(DISPATCH):
            principal.require(HANDLE, "orders")
        self._cases.require_department(new.department)
        with self._db.begin() as tx:
            known = store.one(tx, store.by_key(new.key))
            return known or self.open_within(tx, principal, new, source="manual")

    def open_within(
        self,
        tx: Connection,
        principal: Principal,
        new: NewOrder,
        *,
        source: Source,
        about: tuple[str, dict[str, object], str] | None = None,
    ) -> Order:
        """Open an order in the caller's transaction.

        Args:
            tx: the transaction.
            principal: who opens it.
            new: what is to be done.
            source: where it comes from.
            about: alert, dimension values and de-duplication key; None for an order that no alert asked for.

        Raises:
            NotFound: no procedure has this name.
        """
        now = self._clock.now()
        today = now.astimezone(self._zone).date()
        number = f"WO-{today:%Y%m%d}-{store.next_number(tx, today):04d}"
        opening = Opening(
            key=f"order:{new.key}", procedure=new.procedure, title=number, department=new.department, due_at=new.due_at
        )  # fmt: skip
        case = self._cases.open(principal, opening, tx=tx).case
        alert, place, dedup_key = about or (None, {}, None)
        order = Order(
            id=uuid4().hex, number=number, case_id=case.id, source=source, alert=alert, place=place,
            title=new.title, description=new.description, department=new.department, priority=new.priority,
            location=new.location, status="open", repeats=0, opened_by=principal.id, opened_at=now,
            accepted_at=None, finished_at=None, due_at=case.due_at, result=None, updated_at=now,
            episode=new.key.removeprefix(store.ALERT_KEY) if source == "alert" else None,
        )  # fmt: skip
        store.insert_order(tx, order, key=new.key, dedup_key=dedup_key)
        self._tell(tx, principal, "opened", order)
        return order

    def accept(self, principal: Principal, name: str, *, outcome: str | None = None) -> Order:
        """Take an order on: its step ``accept`` is done, and the next task is the principal's.

        Args:
            principal: who takes it.
            name: number or id.
            outcome: of the step ``accept``; None takes its first outcome, if it has any.

        Raises:
            UnknownOutcome: the step does not end with ``outcome``.
            NoOrder: there is none that the principal may see.
            NotWaiting: no task of it waits for the principal.
            Conflict: somebody was faster, or its state does not allow it.
        """
        with self._db.begin() as tx:
            order, task = self._task(tx, principal, name)
            opened: Sequence[Task] = [task]
            if task.step == ACCEPT_STEP:
                known = self._cases.outcomes(tx, task)
                chosen = outcome or (known[0] if known else None)
                opened = self._cases.complete(principal, task.id, outcome=chosen, tx=tx).opened
            for each in opened:
                if len(opened) == 1 and self._cases.is_for(principal, each):
                    self._cases.claim(principal, each.id, tx=tx)
            now = self._clock.now()
            accepted = replace(order, status="accepted", accepted_at=order.accepted_at or now)
            return self._save(tx, principal, "accepted", accepted)

    def finish(
        self, principal: Principal, name: str, *, result: str, outcome: str | None = None
    ) -> Order:
        """Say that the work is done: complete the principal's tasks until the order ends or somebody else is next.

        Args:
            principal: who did it.
            name: number or id.
            result: what was done.
            outcome: of the current step, when it has outcomes.

        Raises:
            NoOrder: there is none that the principal may see.
            NotWaiting: no task of it waits for the principal.
            UnknownOutcome: the step needs another outcome, or none.
            Conflict: somebody was faster, or its state does not allow it.
        """
        with self._db.begin() as tx:
            order, task = self._task(tx, principal, name)
            moved = self._cases.complete(principal, task.id, outcome=outcome, tx=tx)
            moved = self._run_on(tx, principal, moved)
            now = self._clock.now()
            done = replace(order, result=result, accepted_at=order.accepted_at or now)
            if moved.case.state != "closed":
                return self._save(tx, principal, "moved", replace(done, status="accepted"))
            return self._save(
                tx, principal, "finished", replace(done, status="finished", finished_at=now)
            )

    def transfer(
        self,
        principal: Principal,
        name: str,
        *,
        reason: str,
        department: str | None = None,
        person: str | None = None,
    ) -> Order:
        """Give an order to another department or to a person; the deadline stays.

        Raises:
            NoOrder: there is none that the principal may see.
            NotWaiting: no task of it waits for the principal.
            NotFound: no department has this name.
            Conflict: its state does not allow it.
        """
        with self._db.begin() as tx:
            order, task = self._task(tx, principal, name)
            if department is not None:
                self._cases.require_department(department)
            to = Recipient(department, person, with_case=True)
            self._cases.transfer(principal, task.id, to, reason=reason, tx=tx)
            moved = replace(order, department=department or order.department)
            return self._save(tx, principal, "transferred", moved)

    def give_back(self, principal: Principal, name: str, *, reason: str) -> Order:
        """Send an order back: to the step before, or from the first step to whoever dispatches.

        Raises:
            NoOrder: there is none that the principal may see.
            NotWaiting: no task of it waits for the principal.
            Conflict: its state does not allow it.
        """
        with self._db.begin() as tx:
            order, task = self._task(tx, principal, name)
            if task.after is None:
                self._cases.transfer(principal, task.id, Recipient(), reason=reason, tx=tx)
            else:
                self._cases.give_back(principal, task.id, reason=reason, tx=tx)
            status = "open" if task.after is None else order.status
            return self._save(tx, principal, "returned", replace(order, status=status))

    def cancel(self, principal: Principal, name: str, *, reason: str) -> Order:
        """End an order without result; for dispatchers and whoever opened it.

        Raises:
            NoOrder: there is none that the principal may see.
            NotYours: neither dispatcher nor opener.
            Conflict: it is over already.
        """
        with self._db.begin() as tx:
            order = self._order(tx, principal, name, lock=True)
            self._cases.cancel(principal, order.case_id, reason=reason, tx=tx)
            return self._save(tx, principal, "cancelled", replace(order, status="cancelled"))

    def comment(self, principal: Principal, name: str, text: str) -> Order:
        """Add a remark to the order's timeline.

        Raises:
            Forbidden: the principal may only look at orders.
            NoOrder: there is none that the principal may see.
        """
        if not principal.may(DISPATCH):
            principal.require(HANDLE, "orders")
        with self._db.begin() as tx:
            order = self._order(tx, principal, name, lock=True)
            self._cases.comment(principal, order.case_id, text, tx=tx)
            return self._save(tx, principal, "commented", order)

    def note(
        self, tx: Connection, principal: Principal, order: Order, text: Bilingual, *, again: bool
    ) -> None:
        """Write in an open order's timeline that its alert fired ``again`` or ended, in the caller's transaction."""
        self._cases.comment(principal, order.case_id, text, tx=tx)
        store.change_order(tx, order.id, self._clock.now(), repeats=order.repeats + again)

    def list(self, principal: Principal, wanted: Wanted | None = None) -> Sequence[Order]:
        """Return orders that the principal may see: open ones first, by deadline.

        Raises:
            Forbidden: the principal may not see orders.
        """
        wanted = wanted or Wanted()
        with self._db.read() as connection:
            return store.many(connection, wanted, self._clock.now(), self._where(principal, wanted))

    def page(self, principal: Principal, wanted: Wanted) -> Page:
        """Return orders as the principal sees them, with what they may do, and how many fit on all pages.

        Raises:
            Forbidden: the principal neither handles nor dispatches orders.
        """
        where, now = self._where(principal, wanted), self._clock.now()
        with self._db.read() as connection:
            found = store.many(connection, wanted, now, where)
            total = store.total(connection, wanted, now, where)
            return Page(self._show(connection, principal, found), total)

    def shown(self, principal: Principal, order: Order) -> Shown:
        """Return an order that the principal has just moved as they see it now."""
        with self._db.read() as connection:
            [found] = self._show(connection, principal, [order])
        return found

    def board(self, principal: Principal) -> Sequence[tuple[str, str, int]]:
        """Return (department, status, number of orders) over what the principal may see.

        Raises:
            Forbidden: the principal may not see orders.
        """
        with self._db.read() as connection:
            return store.counts(connection, self._sight(principal))

    def one(self, principal: Principal, name: str) -> Detail:
        """Return an order, by number or id, with its case and timeline.

        Raises:
            NoOrder: there is none that the principal may see.
            Forbidden: the principal may not see orders.
        """
        with self._db.read() as connection:
            order = self._order(connection, principal, name)
            case, tasks, timeline = self._cases.whole(connection, order.case_id)
            procedure = self._cases.current(connection, [order.case_id])[order.case_id].procedure
            [seen] = self._show(connection, principal, [order])
        return Detail(order, case, tasks, timeline, seen, procedure)

    def now(self) -> datetime:
        """Return the present moment, for showing what is overdue."""
        return self._clock.now()

    def _show(
        self, connection: Connection, principal: Principal, orders: Sequence[Order]
    ) -> tuple[Shown, ...]:
        current = self._cases.current(connection, [each.case_id for each in orders])
        return tuple(
            shown(principal, each, current[each.case_id], self._cases.is_for) for each in orders
        )

    def _where(self, principal: Principal, wanted: Wanted) -> Sequence[sa.ColumnElement[bool]]:
        where = [*self._sight(principal)]
        if wanted.touched_by is not None:
            where.append(store.of_cases(self._cases.touched(wanted.touched_by)))
        return where

    def _run_on(self, tx: Connection, principal: Principal, moved: Moved) -> Moved:
        # Ends: each round completes a task, and a step with outcomes stops it, so no loop of a procedure goes on.
        while len(moved.opened) == 1 and self._cases.is_for(principal, moved.opened[0]):
            if self._cases.outcomes(tx, moved.opened[0]):
                break
            moved = self._cases.complete(principal, moved.opened[0].id, tx=tx)
        return moved

    def _task(self, tx: Connection, principal: Principal, name: str) -> tuple[Order, Task]:
        order = self._order(tx, principal, name, lock=True)
        waiting = [
            task
            for task in self._cases.tasks(tx, [order.case_id])
            if task.state in ("ready", "claimed")
        ]
        mine = [task for task in waiting if self._cases.is_for(principal, task)]
        if not mine:
            owners = sorted({task.department or "–" for task in waiting})
            raise NotWaiting(number=order.number, status=order.status, owners=owners)
        return order, mine[0]

    def _order(
        self, connection: Connection, principal: Principal, name: str, *, lock: bool = False
    ) -> Order:
        where = sa.and_(store.by_name(name), *self._sight(principal))
        found = store.one(connection, where, lock=lock)
        if found is None:
            raise NoOrder(number=name)
        return found

    def _sight(self, principal: Principal) -> Sequence[sa.ColumnElement[bool]]:
        if principal.may(DISPATCH) or principal.may(VIEW):
            return []
        if not principal.may(HANDLE):
            raise Forbidden(act=HANDLE, object="orders")
        department = principal.department or ""
        return [store.seen_by(department, self._cases.involved(department))]

    def _save(self, tx: Connection, principal: Principal, verb: str, order: Order) -> Order:
        now = self._clock.now()
        names = ("department", "status", "accepted_at", "finished_at", "result")
        store.change_order(tx, order.id, now, **{name: getattr(order, name) for name in names})
        saved = replace(order, updated_at=now)
        self._tell(tx, principal, verb, saved)
        return saved

    def _tell(self, tx: Connection, principal: Principal, verb: str, order: Order) -> None:
        details = {"number": order.number, "department": order.department, "status": order.status}
        self._audit.record(
            tx, Act(principal.id, f"orders.{verb}", f"order:{order.number}", details=details)
        )
        payload = {"order": order.id, **details, "priority": order.priority, "alert": order.alert}
        self._outbox.emit(tx, f"order.{verb}", order.id, payload)


def records(connection: Connection, cursor: str | None) -> pa.Table:
    """Return the orders that changed since ``cursor``, for the internal table ``orders``."""
    return store.records(connection, cursor)
