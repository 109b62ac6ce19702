"""Commands for data on its way in: load sources, look at datasets, and decide what to do with what was kept out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import Invalid, NotFound, closest

if TYPE_CHECKING:
    from cityloop.datasets import BatchReport
    from cityloop.datasets.model import Mode, Status

_COUNTS = ("read", "good", "quarantined", "duplicate")


@cli.group("batches")
def batches() -> None:
    """Deliveries that were loaded or held: list them, release or discard a held one."""


@command(cli, "load")
@click.argument("sources", nargs=-1)
@click.option("--full", is_flag=True, help="Read everything again instead of what is new.")
@click.option("--as", "name", help="Act as this person.")
def load(call: Call, sources: tuple[str, ...], full: bool, name: str | None) -> None:
    """Load SOURCES (default: all); per dataset: rows read, good, quarantined, duplicate."""
    principal = call.principal(name)
    known = [source.name for source in call.city.sources.all()]
    for source in sources:
        if source not in known:
            raise NotFound(kind="source", name=source, close=closest(source, known))
    chosen = sources or known
    reports: list[BatchReport] = []
    for number, source in enumerate(chosen, 1):
        place = f"[{number}/{len(chosen)}] {source}"
        call.note(f"{place} 接入中 …", f"{place} loading …")
        mode: Mode = "full" if full else "incremental"
        reports += call.city.datasets.ingest(principal, source, mode=mode)
    call.city.work()
    _show_loaded(call, reports)


@command(cli, "reload")
@click.argument("dataset")
@click.option("--as", "name", help="Act as this person.")
def reload(call: Call, dataset: str, name: str | None) -> None:
    """Build DATASET anew from the deliveries kept, after its contract or a mapping changed."""
    principal = call.principal(name)
    call.city.datasets.describe(dataset)
    reports = call.city.datasets.reload(principal, dataset)
    call.city.work()
    _show_loaded(call, reports)


@command(batches, "list")
@click.option("--dataset", help="Only batches of this dataset.")
@click.option("--status", help="Only batches that stand so, e.g. held.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_batches(call: Call, dataset: str | None, status: str | None, limit: int) -> None:
    """List batches, newest first, with what became of their rows."""
    datasets = call.city.datasets
    if dataset is not None:
        datasets.describe(dataset)
    only = None if dataset is None else [dataset]
    found = datasets.batches(only, most=limit, status=_status(status))
    rows = [_batch(each) for each in found]
    if not call.document(rows):
        columns = ("batch", "dataset", "source", "status", *_COUNTS, "started_at")
        call.table(columns, ([row[column] for column in columns] for row in rows))


@command(batches, "release")
@click.argument("batch")
@click.option("--as", "name", help="Act as this person.")
def release(call: Call, batch: str, name: str | None) -> None:
    """Load a held BATCH in spite of its limits; the beginning of its id is enough."""
    report = call.city.datasets.release(call.principal(name), batch)
    call.city.work()
    if not call.document(_batch(report)):
        counts = f"{report.read} = {report.good} + {report.quarantined} + {report.duplicate}"
        call.say(
            f"批次 {report.short} 已放行入库：{counts}",
            f"Batch {report.short} is released and loaded: {counts}",
        )


@command(batches, "discard")
@click.argument("batch")
@click.option("--as", "name", help="Act as this person.")
def discard(call: Call, batch: str, name: str | None) -> None:
    """Give a held BATCH up; its raw files are kept."""
    call.city.datasets.discard(call.principal(name), batch)
    if not call.document({"batch": batch, "status": "discarded"}):
        call.say(f"批次 {batch} 已放弃。", f"Batch {batch} is given up.")


@command(cli, "datasets")
def datasets(call: Call) -> None:
    """List the datasets with rows, quality and freshness."""
    rows = [
        {
            "name": each.name,
            "title": each.title.text(call.lang),
            "owner": each.owner,
            "rows": each.rows,
            "quarantined": each.quarantined,
            "quality": each.quality,
            "version": each.version,
            "as_of": each.as_of,
        }
        for each in call.city.datasets.catalogue()
    ]
    if not call.document(rows):
        columns = ("name", "title", "owner", "rows", "quarantined", "quality", "as_of")
        call.table(columns, ([row[column] for column in columns] for row in rows))


@command(cli, "quarantine")
@click.argument("dataset")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--as", "name", help="Look as this person.")
def quarantine(call: Call, dataset: str, limit: int, name: str | None) -> None:
    """Show what was kept out of DATASET: rows by rule, and the newest rows with their reasons."""
    from cityloop.policies.quarantine import Page, read_quarantine  # heavy

    principal = call.principal(name)
    summary = call.city.datasets.quarantine_summary(principal, dataset)
    page = Page(most=limit)
    rows = read_quarantine(call.city.reader, call.city.datasets, principal, dataset, page)
    document = {
        "dataset": dataset,
        "rows": summary.rows,
        "rules": dict(summary.rules),
        "newest": rows.to_pylist(),
    }
    if not call.document(document):
        call.table(("rule", "rows"), Counter(summary.rules).most_common())
        shown = [[str(value)[:100] for value in row.values()] for row in rows.to_pylist()]
        call.table(rows.column_names, shown)


def _show_loaded(call: Call, reports: "Iterable[BatchReport]") -> None:
    shown = _per_dataset(reports)
    if not call.document(shown):
        columns = ("dataset", *_COUNTS, "deliveries", "redelivered")
        call.table(columns, ([row[column] for column in columns] for row in shown))


def _batch(report: "BatchReport") -> dict[str, object]:
    return {
        "batch": report.short,
        "dataset": report.dataset,
        "source": report.source,
        "status": report.status,
        **{column: getattr(report, column) for column in _COUNTS},
        "rules": dict(report.rules),
        "files": list(report.files),
        "version": report.version,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
    }


def _status(text: str | None) -> "Status | None":
    from cityloop.datasets.model import Status

    known: Mapping[str, Status] = {each: each for each in get_args(Status)}
    if text is None or text in known:
        return known.get(text or "")
    raise Invalid(field="--status", value=text, reason=" | ".join(get_args(Status)))


def _per_dataset(reports: "Iterable[BatchReport]") -> Sequence[dict[str, object]]:
    """Add up the deliveries of each dataset."""
    grouped: dict[str, list[BatchReport]] = {}
    for report in reports:
        grouped.setdefault(report.dataset, []).append(report)
    return [_added_up(dataset, found) for dataset, found in grouped.items()]


def _added_up(dataset: str, reports: "Sequence[BatchReport]") -> dict[str, object]:
    rules: Counter[str] = Counter()
    for report in reports:
        rules.update(report.counts.rules)
    return {
        "dataset": dataset,
        **{column: sum(getattr(each, column) for each in reports) for column in _COUNTS},
        "rules": dict(rules),
        "repaired": sum(each.counts.repaired for each in reports),
        "deliveries": len(reports),
        "redelivered": sum(each.redelivered for each in reports),
        "version": max((each.version or 0 for each in reports), default=0),
        "seconds": round(sum(each.seconds for each in reports), 3),
    }
