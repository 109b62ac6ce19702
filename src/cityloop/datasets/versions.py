"""Published versions: what readers see, how it was before, and the upkeep of the files behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa

from cityloop.contracts.compiler import compile_contract
from cityloop.contracts.compose import parts_of
from cityloop.contracts.model import DatasetDefinition
from cityloop.datasets import store
from cityloop.datasets.errors import Busy, UnknownVersion
from cityloop.datasets.ground import DATA, LOCK_WAIT_S, QUARANTINE, Ground
from cityloop.datasets.ingest.loading import heads_of, target_of
from cityloop.datasets.ingest.runs import recover_dataset
from cityloop.datasets.ingest.writing import Head
from cityloop.datasets.model import Published, Version
from cityloop.engine import Pin
from cityloop.foundation import log
from cityloop.foundation.audit import Act

_log = log.get("datasets")

KEEP_VERSIONS = timedelta(days=30)
"""How long a version that is no longer published can be rolled back to; its files take disk space meanwhile."""
KEEP_NEWEST = 100
"""Versions of that time that are all kept; of older ones the last of each day, so that a feed of seconds stays small."""
CLEAR_AT_ONCE = 300
"""Superfluous versions from which clearing pays: it looks at every file of the table."""
KEEP_FILES = timedelta(days=1)
"""Files younger than this are never deleted: longer than the longest query and the longest batch."""
MANY_FILES = 32
"""Small files of a table from which joining them pays: each makes an append 0.1 ms dearer, and every query."""
SMALL_BYTES = 8 << 20
"""Files below this are small: half of what a joined file may have."""
_TABLES = ((DATA, "lake_version"), (QUARANTINE, "quarantine_version"))


def published(ground: Ground, names: Collection[str]) -> Mapping[str, Published]:
    """Return what readers see of each dataset, all from one moment.

    Raises:
        NotFound: a dataset is not defined.
    """
    snapshot = ground.definitions()
    definitions = {name: snapshot.one(DatasetDefinition, name) for name in names}
    with ground.db.read() as connection:
        found = store.published_versions(connection, list(names))
    return {name: _seen(ground, name, found.get(name)) for name in definitions}


def quarantine_pin(ground: Ground, dataset: str) -> Pin | None:
    """Return the quarantine of ``dataset`` as published, None when nothing was ever put aside.

    Raises:
        NotFound: the dataset is not defined.
    """
    ground.definitions().one(DatasetDefinition, dataset)
    with ground.db.read() as connection:
        version = store.published_version(connection, dataset)
    if version is None or version.quarantine_version is None:
        return None
    return ground.lake.table(QUARANTINE, dataset).pin(version.quarantine_version)


def roll_back(ground: Ground, actor: str, dataset: str, number: int) -> Version:
    """Let readers see version ``number`` again; later batches count as rolled back, cursors stay where they are.

    Raises:
        UnknownVersion: there is no such version, or its files were cleared away.
    """
    with ground.writing(dataset):
        recover_dataset(ground, dataset)
        with ground.db.begin() as tx:
            known = {each.number: each for each in store.list_versions(tx, dataset)}
            if number not in known or known[number].cleared:
                usable = [str(each.number) for each in known.values() if not each.cleared]
                raise UnknownVersion(dataset=dataset, version=number, known=usable)
            before = store.published_version(tx, dataset)
            version = replace(
                known[number], number=max(known) + 1, parent=number, reason="rollback", actor=actor,
                at=ground.clock.now(),
            )  # fmt: skip
            store.add_version(tx, version)
            store.settle_batches(tx, dataset, _ancestors(known, number))
            details = {
                "from": before.number if before else None,
                "to": number,
                "version": version.number,
            }
            ground.audit.record(
                tx, Act(actor, "datasets.roll_back", f"dataset:{dataset}", details=details)
            )
            event = {
                "dataset": dataset,
                "version": version.number,
                "batch": version.batch,
                "rows": version.rows,
            }
            ground.outbox.emit(tx, "dataset.published", dataset, event)
    return version


def upkeep(ground: Ground, actor: str) -> Sequence[str]:
    """Maintain every dataset that needs it and that nobody writes now; return their names."""
    with ground.db.read() as connection:
        published = store.published_versions(connection, None)
        kept = store.versions_kept(connection)
    oldest = ground.clock.now() - KEEP_VERSIONS
    done = []
    for dataset, version in sorted(published.items()):
        count, first = kept[dataset]
        is_due = count >= KEEP_NEWEST + CLEAR_AT_ONCE or (count > 1 and first < oldest)
        if not is_due and not any(map(_is_scattered, _heads(ground, version))):
            continue
        try:
            maintain(ground, actor, dataset, wait_s=0)
        except Busy:
            continue
        done.append(dataset)
    return done


def maintain(
    ground: Ground, actor: str, dataset: str, *, wait_s: float = LOCK_WAIT_S
) -> Version | None:
    """Join small files and delete those that no version of the last weeks needs; None when there was nothing to join.

    Readers keep the files they have pinned: none is deleted within :data:`KEEP_FILES` after it was replaced.

    Raises:
        Busy: another writer kept the dataset for ``wait_s`` seconds.
    """
    with ground.writing(dataset, wait_s=wait_s):
        recover_dataset(ground, dataset)
        heads = heads_of(ground, dataset)
        if heads.base is None:
            return None
        version = None
        if _is_scattered(heads.table) or _is_scattered(heads.quarantine):
            version = _compact(ground, actor, heads.base, [heads.table, heads.quarantine])
        _clear(ground, dataset)
        _trim_logs(ground, dataset)
    return version


def _seen(ground: Ground, dataset: str, version: Version | None) -> Published:
    if version is None or version.lake_version is None:
        pin = Pin(f"{DATA}.{dataset}", 0, contract_schema(ground, dataset), ())
        return Published(dataset, 0, pin, 0, None, None)
    pin = ground.lake.table(DATA, dataset).pin(version.lake_version)
    return Published(dataset, version.number, pin, version.rows, version.at, version.batch)


def contract_schema(ground: Ground, dataset: str) -> pa.Schema:
    """Return the columns that the contract of ``dataset`` promises."""
    target = target_of(ground, dataset)
    fields = target.definition.fields
    names = [each.name for each in fields if each.compose is None]
    parts = (part for each in fields for part in parts_of(each.compose or ""))
    names = list(dict.fromkeys([*names, *parts]))
    contract = compile_contract(target.definition, target.codes, names, time_zone=ground.time_zone)
    return contract.schema


def _ancestors(known: Mapping[int, Version], number: int) -> frozenset[int]:
    """Return the numbers of ``number`` and of all versions it was made from."""
    found: set[int] = set()
    now: int | None = number
    while now is not None and now not in found:
        found.add(now)
        now = known[now].parent if now in known else None
    return frozenset(found)


def _heads(ground: Ground, version: Version) -> Sequence[Head]:
    tables = ((DATA, version.lake_version), (QUARANTINE, version.quarantine_version))
    return [Head(ground.lake.table(schema, version.dataset), number) for schema, number in tables]


def _is_scattered(head: Head) -> bool:
    if head.pin is None or len(head.pin.files) < MANY_FILES:
        return False
    return sum(file.size_bytes < SMALL_BYTES for file in head.pin.files) >= MANY_FILES


def _compact(ground: Ground, actor: str, base: Version, heads: Sequence[Head]) -> Version:
    for head in heads:
        if head.version is not None and head.table.pin().version != head.version:
            head.table.restore(head.version)
    newest = [None if head.version is None else head.table.compact() for head in heads]
    with ground.db.begin() as tx:
        version = replace(
            base, number=store.highest_number(tx, base.dataset) + 1, parent=base.number, reason="compact",
            actor=actor, at=base.at, lake_version=newest[0], quarantine_version=newest[1],
        )  # fmt: skip
        store.add_version(tx, version)
        files = sum(len(head.pin.files) for head in heads if head.pin)
        details = {"version": version.number, "rows": version.rows, "files": files}
        ground.audit.record(
            tx, Act(actor, "datasets.maintain", f"dataset:{base.dataset}", details=details)
        )
    return version


def superfluous(versions: Sequence[Version], published: int, now: datetime) -> Sequence[Version]:
    """Return those of ``versions`` (newest first) that need not be kept for a rollback.

    Args:
        versions: versions whose files are there.
        published: number of the one that readers see.
        now: the present moment.
    """
    oldest, days = now - KEEP_VERSIONS, set[date]()
    gone = []
    for place, version in enumerate(versions):
        is_last_of_day = version.at.date() not in days
        days.add(version.at.date())
        is_kept = version.at >= oldest and (place < KEEP_NEWEST or is_last_of_day)
        if not is_kept and version.number != published:
            gone.append(version)
    return gone


def _clear(ground: Ground, dataset: str) -> None:
    now = ground.clock.now()
    with ground.db.read() as connection:
        versions = store.list_versions(connection, dataset, cleared=False)
        published = store.published_version(connection, dataset)
    gone = superfluous(versions, published.number if published else 0, now)
    if len(gone) < CLEAR_AT_ONCE and not any(each.at < now - KEEP_VERSIONS for each in gone):
        return
    # Said before it is done: a version must never look usable when its files may be gone.
    numbers = {each.number for each in gone}
    with ground.db.begin() as tx:
        store.mark_cleared(tx, dataset, numbers)
    kept = [each for each in versions if each.number not in numbers]
    for schema, column in _TABLES:
        table = ground.lake.table(schema, dataset)
        if table.exists:
            keep = {number for each in kept if (number := getattr(each, column)) is not None}
            table.vacuum(keep=keep, older_than=KEEP_FILES)
    _log.info("old versions cleared", dataset=dataset, versions=len(numbers))


def _trim_logs(ground: Ground, dataset: str) -> None:
    """Shorten the logs of both tables to what the versions need that can be rolled back to."""
    with ground.db.read() as connection:
        kept = store.list_versions(connection, dataset, cleared=False)
    for schema, column in _TABLES:
        table = ground.lake.table(schema, dataset)
        if table.exists:
            table.trim_log(keep={n for each in kept if (n := getattr(each, column)) is not None})
