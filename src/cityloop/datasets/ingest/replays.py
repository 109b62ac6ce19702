"""Rows in quarantine get a second chance: their cells are corrected, then they take the same way in as any delivery.

A replayed row leaves quarantine when it is good or says nothing new; otherwise it stays, with its reasons of today. So
over the life of the rows: read = good + duplicate + what still waits in quarantine.
"""

# ruff: noqa: S608 - SQL is made of quoted names and literals only; values of deliveries are never part of it

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

import orjson
import pyarrow as pa

from cityloop.datasets import store
from cityloop.datasets.errors import RowsUnaccounted, UnknownRow
from cityloop.datasets.ground import Ground, ReadyContract
from cityloop.datasets.ingest.loading import Target, compiled, counted, heads_of, target_of
from cityloop.datasets.ingest.publishing import Heads, Written, giving_up, publish
from cityloop.datasets.ingest.quarantine import LINE, SCHEMA, put_aside
from cityloop.datasets.ingest.runs import mapping_of, recover_dataset
from cityloop.datasets.ingest.splitting import Fates, split
from cityloop.datasets.ingest.staging import part_of_raw, prepare, quoted, stage, text
from cityloop.datasets.ingest.tally import texts_of, values_of
from cityloop.datasets.ingest.writing import Head, Into, write_table
from cityloop.datasets.model import BatchReport, Version, batch_id
from cityloop.datasets.store import Journal
from cityloop.engine import Pin
from cityloop.engine.workspace import Workspace
from cityloop.foundation.audit import Act

Edits = Mapping[str, Mapping[str, str | None]]
"""Row id → source column → new text; None empties the cell."""


def repair(ground: Ground, actor: str, dataset: str, edits: Edits) -> Version:
    """Change raw cells of rows in quarantine and publish that; :func:`replay` judges them again.

    Raises:
        UnknownRow: a row is not in quarantine.
    """
    with ground.writing(dataset):
        recover_dataset(ground, dataset)
        heads = heads_of(ground, dataset)
        with ground.workspace() as (work, _scratch):
            _open_quarantine(work, heads.quarantine.pin)
            _mark(work, edits)
            known = set(
                work.table("SELECT id FROM kept JOIN asked USING (id)").column(0).to_pylist()
            )
            if unknown := sorted(set(edits) - known):
                raise UnknownRow(dataset=dataset, row=unknown[0], close=[])
            changed = _edited(work, edits)
            query = "SELECT kept.* REPLACE (coalesce(changed.raw, kept.raw) AS raw) FROM kept LEFT JOIN changed USING (id)"
            work.register("changed", changed)
            quarantine = _rewrite(work, heads.quarantine, query, f"repair:{uuid4().hex}")
        if quarantine.rows != heads.quarantine.rows:
            raise RowsUnaccounted(what="a repair changed the number of rows", reference=dataset)
        return _publish_repair(ground, actor, heads, quarantine, edits)


def replay(
    ground: Ground, actor: str, dataset: str, rows: Collection[str] | None
) -> Sequence[BatchReport]:
    """Judge rows of the quarantine again and load those that are good now; None takes all rows.

    Lines that were never taken apart are left out until :func:`repair` gives them cells. Rows of different sources or
    with different columns make batches of their own, all published at once.

    Raises:
        UnknownRow: a row is not in quarantine.
        CityError: the contract cannot judge them; nothing changes.
    """
    with ground.writing(dataset):
        recover_dataset(ground, dataset)
        target = target_of(ground, dataset)
        heads = heads_of(ground, dataset)
        written: list[Written] = []
        run = uuid4().hex
        for source, columns, some in _groups(ground, dataset, heads.quarantine.pin, rows):
            done = _replay_some(ground, target, (actor, run, source, columns, some), heads)
            heads = done.heads
            written.append(done)
        return publish(ground, written, reason="replay") if written else []


def _replay_some(
    ground: Ground,
    target: Target,
    what: tuple[str, str, str, Sequence[str], pa.Table],
    heads: Heads,
) -> Written:
    actor, run, source, columns, some = what
    started = time.monotonic()
    mapping = mapping_of(ground, source, target.name) if source else {}
    ready = compiled(ground, target, columns, mapping)
    journal = _open(ground, target, (actor, run, source, some), heads)
    ground.steps("journalled")
    with giving_up(ground, journal):
        return _judge_again(
            ground, target, (journal, ready, columns, some, mapping), (heads, started)
        )


def _judge_again(
    ground: Ground,
    target: Target,
    what: tuple[Journal, ReadyContract, Sequence[str], pa.Table, Mapping[str, str]],
    begun: tuple[Heads, float],
) -> Written:
    journal, ready, columns, some, mapping = what
    heads, started = begun
    with ground.workspace() as (work, _scratch):
        prepare(work)
        _open_quarantine(work, heads.quarantine.pin)
        part = part_of_raw(some, columns, work)
        staged = stage(work, [part], ready, columns)
        ground.steps("staged")
        fates = split(work, target.keyed, heads.table.pin)
        aside = put_aside(work, staged.parts, columns, target.definition.key)
        counts = counted(work, staged, fates, aside)
        ground.steps("split")
        into = Into(ready.contract.schema, journal.tag, replace=False)
        table = write_table(work, heads.table, target.keyed, fates, into)
        ground.steps("table")
        quarantine = _settle(work, heads.quarantine, some, fates, journal)
        ground.steps("quarantine")
    if heads.quarantine.rows - quarantine.rows != counts.good + counts.duplicate:
        raise RowsUnaccounted(what="rows left quarantine uncounted", reference=journal.batch[:12])
    report = BatchReport(
        dataset=target.name, source=journal.source, batch=journal.batch, delivery=journal.delivery, kind="replay",
        status="started", counts=counts, seconds=round(time.monotonic() - started, 3),
        started_at=journal.started_at, finished_at=ground.clock.now(),
    )  # fmt: skip
    return Written(journal, report, Heads(heads.base, table, quarantine), None, mapping)


def _settle(
    work: Workspace, quarantine: Head, some: pa.Table, fates: Fates, journal: Journal
) -> Head:
    """Take the rows that are good or duplicate now out of quarantine; give the others their reasons of today."""
    work.register("asked", some.select(["id", "place"]))
    stays = "SELECT asked.id, aside.reasons FROM aside JOIN asked ON asked.place = aside._row"
    query = (
        f"SELECT kept.* REPLACE (coalesce(stays.reasons, kept.reasons) AS reasons) FROM kept "
        f"LEFT JOIN ({stays}) AS stays USING (id) WHERE stays.id IS NOT NULL OR kept.id NOT IN (SELECT id FROM asked)"
    )
    if fates.quarantined == some.num_rows and fates.insert + fates.update + fates.duplicate > 0:
        raise RowsUnaccounted(what=str(fates), reference=journal.batch[:12])
    return _rewrite(work, quarantine, query, f"{journal.tag}:s")


def _rewrite(work: Workspace, quarantine: Head, query: str, tag: str) -> Head:
    columns = ", ".join(quoted(name) for name in SCHEMA.names)
    rows = work.reader(f"SELECT {columns} FROM ({query})")
    return Head(quarantine.table, quarantine.table.replace(rows, tag).version)


def _open_quarantine(work: Workspace, pin: Pin | None) -> None:
    if pin is None or not pin.files:
        work.register("kept", SCHEMA.empty_table())
    else:
        work.register_pin("kept", pin)


def _groups(
    ground: Ground, dataset: str, pin: Pin | None, rows: Collection[str] | None
) -> Sequence[tuple[str, Sequence[str], pa.Table]]:
    """Return (source, columns, rows as ``id raw place``) of what is to be replayed."""
    with ground.workspace() as (work, _scratch):
        _open_quarantine(work, pin)
        wanted = (
            "true" if rows is None else f"id IN ({', '.join(map(text, sorted(rows))) or 'NULL'})"
        )
        found = work.table(
            f"SELECT id, source, raw, json_keys(raw) AS names FROM kept WHERE {wanted} ORDER BY id"
        )
    known = set(texts_of(found, "id"))
    if rows is not None and (unknown := sorted(set(rows) - known)):
        raise UnknownRow(dataset=dataset, row=unknown[0], close=[])
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    # A loop over rows: quarantine is small, and each row may have columns of its own.
    for place, (source, names) in enumerate(
        zip(texts_of(found, "source"), values_of(found, "names"), strict=True)
    ):
        if LINE not in names:
            groups.setdefault((source, tuple(names)), []).append(place)
    return [
        (source, names, _placed(found.take(places))) for (source, names), places in groups.items()
    ]


def _placed(rows: pa.Table) -> pa.Table:
    return rows.select(["id", "raw"]).append_column(
        "place", pa.array(range(rows.num_rows), pa.int64())
    )


def _open(
    ground: Ground, target: Target, what: tuple[str, str, str, pa.Table], heads: Heads
) -> Journal:
    actor, run, source, some = what
    digest = sha256()
    for name in ("id", "raw"):
        for value in texts_of(some, name):
            digest.update(f"{len(value)}:{value}".encode())
    delivery = digest.hexdigest()
    batch = batch_id(delivery, target.fingerprint, {})
    with ground.db.begin() as tx:
        journal = Journal(
            batch=batch, attempt=store.next_attempt(tx, batch), run=run, dataset=target.name, source=source,
            delivery=delivery, kind="replay", rebuild=False, base=heads.number, actor=actor,
            started_at=ground.clock.now(),
        )  # fmt: skip
        store.open_batch(tx, journal)
    return journal


def _mark(work: Workspace, edits: Edits) -> None:
    work.register("asked", pa.table({"id": pa.array(sorted(edits), pa.string())}))


def _edited(work: Workspace, edits: Edits) -> pa.Table:
    found = work.table("SELECT id, raw FROM kept JOIN asked USING (id)")
    fresh = []
    # A loop over rows: people edit few rows at a time.
    for row, raw in zip(texts_of(found, "id"), texts_of(found, "raw"), strict=True):
        cells = orjson.loads(raw)
        cells = {} if LINE in cells else cells
        fresh.append(orjson.dumps({**cells, **edits[row]}).decode())
    return pa.table({"id": found.column("id"), "raw": pa.array(fresh, pa.string())})


def _publish_repair(
    ground: Ground, actor: str, heads: Heads, quarantine: Head, edits: Edits
) -> Version:
    base = heads.base
    if base is None:
        raise RowsUnaccounted(what="a quarantine without a version", reference=actor)
    columns = sorted({column for cells in edits.values() for column in cells})
    with ground.db.begin() as tx:
        version = replace(
            base, number=store.highest_number(tx, base.dataset) + 1, parent=base.number, batch=None, reason="repair",
            actor=actor, at=ground.clock.now(), quarantine_version=quarantine.version,
        )  # fmt: skip
        store.add_version(tx, version)
        details = {"rows": len(edits), "columns": columns, "version": version.number}
        ground.audit.record(
            tx, Act(actor, "datasets.repair", f"dataset:{base.dataset}", details=details)
        )
    return version
