"""Commands that act: alerts, work orders, and the audit log of every act."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, get_args
from uuid import uuid4

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import CityError, Invalid
from cityloop.foundation.principal import operator

if TYPE_CHECKING:
    from cityloop.alerts import Evaluation
    from cityloop.workorders import Order
    from cityloop.workorders.model import Status


@cli.group("orders")
def orders() -> None:
    """Work orders: list, open, accept, transfer, finish."""


@cli.group("alerts")
def alerts() -> None:
    """Alerts: list them, evaluate them now."""


@cli.group("audit")
def audit() -> None:
    """The audit log: verify it, list its newest entries."""


_AS = click.option("--as", "name", help="Act as this person.")


@command(orders, "list")
@click.option("--status", help="open, accepted, finished, cancelled.")
@click.option("--department")
@_AS
def list_orders(call: Call, status: str | None, department: str | None, name: str | None) -> None:
    """List orders, newest first."""
    from cityloop.workorders import Wanted

    statuses = _status(status)
    wanted = Wanted(department=department, statuses=statuses)
    found = call.city.workorders.list(call.principal(name), wanted)
    rows = [_order(call, each) for each in found]
    if not call.document(rows):
        columns = ("number", "title", "department", "status", "due_at")
        call.table(columns, ([row[column] for column in columns] for row in rows))


@command(orders, "open")
@click.option("--title", required=True)
@click.option("--department", required=True)
@click.option("--description", default="")
@_AS
def open_order(call: Call, title: str, department: str, description: str, name: str | None) -> None:
    """Open an order by hand."""
    from cityloop.foundation.definition import Bilingual
    from cityloop.workorders import NewOrder

    new = NewOrder(
        key=f"manual:{uuid4().hex}",
        title=Bilingual(zh=title, en=title),
        department=department,
        description=description,
    )
    _moved(call, call.city.workorders.open(call.principal(name), new))


@command(orders, "show")
@click.argument("number")
@_AS
def show(call: Call, number: str, name: str | None) -> None:
    """Show one order with its timeline."""
    detail = call.city.workorders.one(call.principal(name), number)
    document = {
        **_order(call, detail.order),
        "timeline": [asdict(entry) for entry in detail.timeline],
    }
    if not call.document(document):
        for key, value in document.items():
            call.out.print(f"{key}: {value}", markup=False)


@command(orders, "accept")
@click.argument("number")
@_AS
def accept(call: Call, number: str, name: str | None) -> None:
    """Accept an order: from now on its clock of handling runs."""
    _moved(call, call.city.workorders.accept(call.principal(name), number))


@command(orders, "transfer")
@click.argument("number")
@click.option("--to", "department", required=True, help="Department that should handle it.")
@click.option("--reason", required=True)
@_AS
def transfer(call: Call, number: str, department: str, reason: str, name: str | None) -> None:
    """Hand an order to another department."""
    principal = call.principal(name)
    _moved(
        call, call.city.workorders.transfer(principal, number, department=department, reason=reason)
    )


@command(orders, "finish")
@click.argument("number")
@click.option("--result", required=True, help="What was done.")
@_AS
def finish(call: Call, number: str, result: str, name: str | None) -> None:
    """Finish an order; it becomes a row of the orders dataset."""
    _moved(call, call.city.workorders.finish(call.principal(name), number, result=result))


@command(alerts, "list")
@_AS
def list_alerts(call: Call, name: str | None) -> None:
    """List alerts and how they stand."""
    rows = [
        {
            "name": each.definition.name,
            "title": each.definition.title.text(call.lang),
            "severity": each.definition.severity,
            **{str(state): count for state, count in each.counts.items()},
        }
        for each in call.city.alerts.all(call.principal(name))
    ]
    if not call.document(rows):
        columns = ("name", "title", "severity", "firing")
        call.table(columns, ([row.get(column, 0) for column in columns] for row in rows))


@command(alerts, "evaluate")
def evaluate(call: Call) -> None:
    """Evaluate every alert now and open the orders they ask for."""
    rows = [_evaluated(call, *each) for each in call.city.alerts.evaluate_all().items()]
    call.city.work()
    if not call.document(rows):
        columns = ("alert", "fired", "resolved", "no_data", "error")
        call.table(columns, ([row[column] for column in columns] for row in rows))


@command(audit, "list")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@_AS
def list_audit(call: Call, limit: int, name: str | None) -> None:
    """List the newest entries of the audit log."""
    rows = [asdict(each) for each in call.city.trail.list(call.principal(name), most=limit)]
    if not call.document(rows):
        columns = ("seq", "at", "actor", "verb", "target", "outcome")
        call.table(columns, ([row.get(column) for column in columns] for row in rows))


@command(audit, "verify")
def verify(call: Call) -> None:
    """Recompute the hash chain; exits with 1 and the entry's number when it was tampered with."""
    verdict = call.city.trail.verify(operator())
    document = {
        "sound": verdict.broken_at is None,
        "entries": verdict.entries,
        "broken_at": verdict.broken_at,
        "reason": verdict.reason,
    }
    if not call.document(document):
        call.say(
            f"{verdict.entries} 条：{verdict.reason}",
            f"{verdict.entries} entries: {verdict.reason}",
        )
    if verdict.broken_at is not None:
        raise SystemExit(1)


def _status(text: str | None) -> "tuple[Status, ...] | None":
    from cityloop.workorders.model import Status

    if text is None:
        return None
    for known in get_args(Status):
        if text == known:
            return (known,)
    raise Invalid(field="--status", value=text, reason=" | ".join(get_args(Status)))


def _order(call: Call, order: "Order") -> dict[str, object]:
    found = asdict(order)
    found["title"] = order.title.text(call.lang)
    if not isinstance(order.description, str):
        found["description"] = order.description.text(call.lang)
    return found


def _moved(call: Call, order: "Order") -> None:
    call.city.work()
    if not call.document(_order(call, order)):
        call.say(f"{order.number}：{order.status}", f"{order.number}: {order.status}")


def _evaluated(call: Call, name: str, found: "Evaluation | CityError") -> Mapping[str, object]:
    if isinstance(found, CityError):
        error = found.message(call.lang)
        return {"alert": name, "fired": 0, "resolved": 0, "no_data": 0, "error": error}
    return {
        "alert": name,
        "fired": len(found.fired),
        "resolved": len(found.resolved),
        "no_data": found.no_data,
        "error": None,
    }
