"""Commands that ask: metrics by the query object, questions in words, dashboards."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import Invalid

if TYPE_CHECKING:
    from cityloop.ask.model import Outcome
    from cityloop.metrics import Answer, Query

_CONDITION = re.compile(r"^\s*([^<>=!\s]+)\s*(<=|>=|!=|=|<|>)\s*(.+?)\s*$", re.DOTALL)


class BadCondition(Invalid):
    """A ``--where`` that does not read ``dimension=value``."""

    code = "cli.bad_condition"


@command(cli, "query")
@click.argument("metrics", nargs=-1, required=True)
@click.option("--by", multiple=True, help="Dimension; repeat for more.")
@click.option(
    "--grain",
    type=click.Choice(["hour", "day", "week", "month", "quarter", "year"]),
    help="Cut time.",
)
@click.option("--from", "start", help="First day or moment, local time.")
@click.option("--to", "end", help="End, exclusive.")
@click.option("--last", help="A range that ends now: 24h, 7d, 4w, 3m.")
@click.option(
    "--where", multiple=True, help="dimension=value, also != < <= > >=; several values with |."
)
@click.option("--order", help="Column to order by; -column for the largest first.")
@click.option("--limit", type=click.IntRange(1), help="At most this many rows.")
@click.option("--totals", is_flag=True, help="Add the total of each level.")
@click.option("--as", "name", help="Ask as this person.")
def query(
    call: Call,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    grain: str | None,
    start: str | None,
    end: str | None,
    last: str | None,
    where: tuple[str, ...],
    order: str | None,
    limit: int | None,
    totals: bool,
    name: str | None,
) -> None:
    """Compute METRICS, by dimensions and time, filtered: the same query object as the API."""
    span: dict[str, str] | None = {"last": last} if last else None
    if start or end:
        span = {key: value for key, value in (("from", start), ("to", end)) if value}
    document = {
        "metrics": metrics,
        "by": by,
        "grain": grain,
        "range": span,
        "filters": [_condition(text) for text in where],
        "order": [{"by": order.lstrip("-"), "descending": order.startswith("-")}] if order else (),
        "limit": limit,
        "totals": totals,
    }
    found = _parsed(document)
    _show_answer(call, call.city.metrics.query(call.principal(name), found))


@command(cli, "ask")
@click.argument("text")
@click.option("--as", "name", help="Ask as this person.")
def ask(call: Call, text: str, name: str | None) -> None:
    """Answer a question in Chinese or English, or say plainly which words stay unread."""
    outcome = call.city.ask.answer(call.principal(name), text)
    answer = outcome.answer
    if call.document(_asked(call, outcome)):
        return
    call.out.print(outcome.message.text(call.lang), markup=False)
    if answer is not None:
        _show_answer(call, answer)


@command(cli, "metrics")
def metrics(call: Call) -> None:
    """List the metrics with unit and owner."""
    found = call.city.metrics.all().values()
    rows = [
        {
            "name": each.name,
            "title": each.title.text(call.lang),
            "unit": each.unit.text(call.lang) if each.unit else None,
            "type": each.type,
            "owner": each.owner,
        }
        for each in found
    ]
    if not call.document(rows):
        call.table(("name", "title", "unit", "type", "owner"), (list(row.values()) for row in rows))


@command(cli, "dashboard")
@click.argument("dashboard")
@click.option("--as", "name", help="Look as this person.")
def dashboard(call: Call, dashboard: str, name: str | None) -> None:
    """Evaluate a dashboard: every tile's answer, or why it has none."""
    shown = call.city.dashboards.evaluate(call.principal(name), dashboard)
    tiles = [
        {
            "name": each.tile.name,
            "title": each.tile.title.text(call.lang),
            "chart": each.tile.chart,
            "status": each.status,
            "answer": _document(call, each.answer) if each.answer else None,
            "error": each.error.message(call.lang) if each.error else None,
        }
        for each in shown.tiles
    ]
    if call.document({"name": dashboard, "tiles": tiles}):
        return
    for each in shown.tiles:
        call.out.print(each.tile.title.text(call.lang), style="bold", markup=False)
        if each.answer is not None:
            _show_answer(call, each.answer)
        elif each.error is not None:
            call.out.print(each.error.message(call.lang), style="red", markup=False)


def _asked(call: Call, outcome: "Outcome") -> dict[str, object]:
    found = _document(call, outcome.answer) if outcome.answer else {"columns": [], "rows": []}
    query = outcome.query
    return {
        "status": outcome.status,
        "message": outcome.message.text(call.lang),
        "query": query.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if query
        else None,
        "chart": outcome.chart,
        "chips": [
            {"text": chip.text, "meaning": chip.meaning.text(call.lang)} for chip in outcome.chips
        ],
        **found,
        "unread": list(outcome.unread),
        "candidates": [
            {"kind": each.kind, "name": each.name, "title": each.title.text(call.lang)}
            for each in outcome.candidates
        ],
    }


def _document(call: Call, answer: "Answer") -> dict[str, object]:
    return {
        "columns": [
            {
                "name": column.name,
                "title": column.title.text(call.lang),
                "type": column.type,
                "role": column.role,
                "unit": column.unit.text(call.lang) if column.unit else None,
            }
            for column in answer.columns
        ],
        "rows": _rows(answer),
        "sql": answer.sql,
        "versions": dict(answer.versions),
        "as_of": answer.as_of,
    }


def _rows(answer: "Answer") -> list[list[object]]:
    columns = [answer.rows[column.name].to_pylist() for column in answer.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _show_answer(call: Call, answer: "Answer") -> None:
    if call.document(_document(call, answer)):
        return
    heads = [
        column.title.text(call.lang) + (f" ({column.unit.text(call.lang)})" if column.unit else "")
        for column in answer.columns
    ]
    call.table(heads, _rows(answer))
    call.note(f"数据截至 {answer.as_of}", f"Data as of {answer.as_of}")


def _condition(text: str) -> dict[str, object]:
    match = _CONDITION.match(text)
    if match is None:
        raise BadCondition(text=text)
    dimension, operator, value = match.groups()
    values = value.split("|")
    if len(values) > 1 and operator in {"=", "!="}:
        operator = "in" if operator == "=" else "not in"
    return {"dimension": dimension, "op": operator, "values": values}


def _parsed(document: Mapping[str, object]) -> "Query":
    from pydantic import ValidationError

    from cityloop.metrics import Query  # heavy: only queries pay for it

    try:
        return Query.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(field=where, value=first["input"], reason=first["msg"]) from error
