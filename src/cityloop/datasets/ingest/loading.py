"""One batch, from the raw files of a delivery to rows in the lake that only need to be published.

A batch is one delivery under one contract. Its journal stands in the state store before the lake is touched, so a
crash at any point can be finished (:mod:`cityloop.datasets.ingest.runs`) and leads to the same rows.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cityloop.contracts.compiler import CompiledContract, compile_contract, contract_digest
from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.datasets import store
from cityloop.datasets.ground import DATA, QUARANTINE, Ground, ReadyContract
from cityloop.datasets.ingest.publishing import Heads, Written, giving_up, hold
from cityloop.datasets.ingest.quarantine import aside_rows, put_aside, repeated_lines
from cityloop.datasets.ingest.splitting import Fates, Keyed, split
from cityloop.datasets.ingest.staging import Staged, parts_of, prepare, stage, totals
from cityloop.datasets.ingest.tally import counts_of, values_of
from cityloop.datasets.ingest.writing import Head, Into, write_quarantine, write_table
from cityloop.datasets.model import BatchReport, Counts, Drift, batch_id
from cityloop.datasets.store import Journal
from cityloop.engine.workspace import Workspace
from cityloop.sources.connectors.base import Delivery


@dataclass(frozen=True, slots=True)
class Target:
    """A dataset as ingest sees it: its contract with the code tables, at one moment."""

    definition: DatasetDefinition
    codes: Mapping[str, CodesDefinition]
    fingerprint: str
    """Changes whenever the contract or one of its code tables changes: 64 hexadecimal digits."""

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.definition.name

    @property
    def keyed(self) -> Keyed:
        """What splitting must know."""
        found = self.definition
        return Keyed(
            tuple(each.name for each in found.fields),
            found.key,
            last_wins=found.key_conflict == "last",
            append_only=found.load == "append",
        )


@dataclass(frozen=True, slots=True)
class Order:
    """What one batch is asked to do: ``delivery`` of ``source`` with its column ``mapping``, for ``actor``.

    ``run`` joins batches that belong together; ``rebuild`` ones are published all at once. ``fresh`` starts from an
    empty table. ``attempt`` is given when a crashed try is finished, None otherwise. ``accept`` passes a batch over
    its limits.
    """

    source: str
    delivery: Delivery
    mapping: Mapping[str, str]
    actor: str
    run: str
    rebuild: bool = False
    fresh: bool = False
    attempt: int | None = None
    accept: bool = False


def target_of(ground: Ground, dataset: str) -> Target:
    """Return the dataset's contract as it is published now.

    Raises:
        NotFound: there is no such dataset, or no code table that it names.
    """
    snapshot = ground.definitions()
    definition = snapshot.one(DatasetDefinition, dataset)
    names = sorted({each.codes for each in definition.fields if each.codes})
    codes = {name: snapshot.one(CodesDefinition, name) for name in names}
    return Target(definition, codes, contract_digest(definition, codes))


def heads_of(ground: Ground, dataset: str) -> Heads:
    """Return where the next batch of ``dataset`` is written to."""
    with ground.db.read() as connection:
        base = store.published_version(connection, dataset)
    return Heads(
        base,
        Head(ground.lake.table(DATA, dataset), base.lake_version if base else None),
        Head(ground.lake.table(QUARANTINE, dataset), base.quarantine_version if base else None),
    )


def load(ground: Ground, target: Target, order: Order, heads: Heads) -> Written | BatchReport:
    """Bring one delivery into the lake; return it ready to be published, or its report when it is held.

    Raises:
        CityError: the delivery cannot be read or does not fit its contract; nothing is published.
    """
    started = time.monotonic()
    ready = compiled(ground, target, order.delivery.columns, order.mapping)
    journal = _open(ground, target, order, heads)
    ground.steps("journalled")
    with giving_up(ground, journal):
        return _load(ground, target, order, heads, (journal, ready, started))


def batch_of(target: Target, delivery: Delivery, mapping: Mapping[str, str]) -> str:
    """Return the batch id of ``delivery`` under the contract as it is now."""
    return batch_id(delivery.id, target.fingerprint, mapping)


def compiled(
    ground: Ground, target: Target, columns: Sequence[str], mapping: Mapping[str, str]
) -> ReadyContract:
    """Return the contract of ``target`` for rows with these text columns.

    Raises:
        CityError: the columns do not fit the contract.
    """
    key = (target.name, target.fingerprint, tuple(columns), tuple(sorted(mapping.items())))
    return ground.contracts.get(
        key,
        lambda: compile_contract(
            target.definition, target.codes, columns, mapping=mapping, time_zone=ground.time_zone
        ),
    )


def breaks_limits(definition: DatasetDefinition, counts: Counts) -> bool:
    """Return whether so many rows are bad that the batch must be held."""
    limits = definition.limits
    if limits.on_breach == "pass" or not counts.read:
        return False
    says_something = counts.read >= limits.from_rows or definition.load == "replace"
    return says_something and counts.quarantined / counts.read > limits.bad_share


def _open(ground: Ground, target: Target, order: Order, heads: Heads) -> Journal:
    batch = batch_of(target, order.delivery, order.mapping)
    with ground.db.begin() as tx:
        journal = Journal(
            batch=batch,
            attempt=order.attempt or store.next_attempt(tx, batch),
            run=order.run,
            dataset=target.name,
            source=order.source,
            delivery=order.delivery.id,
            kind="load",
            rebuild=order.rebuild,
            base=heads.number,
            actor=order.actor,
            started_at=ground.clock.now(),
            files=tuple(file.name for file in order.delivery.files),
        )
        store.open_batch(tx, journal)
    return journal


def _load(
    ground: Ground,
    target: Target,
    order: Order,
    heads: Heads,
    begun: tuple[Journal, ReadyContract, float],
) -> Written | BatchReport:
    journal, ready, started = begun
    size = sum(each.size for each in order.delivery.files)
    with ground.workspace(size) as (work, scratch):
        prepare(work)
        staged = stage(work, parts_of(order.delivery, scratch, work), ready, order.delivery.columns)
        ground.steps("staged")
        fresh = order.fresh or target.definition.load == "replace"
        fates = split(work, target.keyed, None if fresh else heads.table.pin)
        aside = put_aside(work, staged.parts, order.delivery.columns, target.definition.key)
        counts = counted(work, staged, fates, aside)
        report = _report(journal, ready.contract, counts)
        ground.steps("split")
        if not order.accept and breaks_limits(target.definition, counts):
            return hold(ground, journal, _timed(report, started, ground))
        heads = _write(ground, work, ready.contract, target, (journal, fates, aside, fresh), heads)
    return Written(
        journal,
        _timed(report, started, ground),
        heads,
        order.delivery.cursor,
        feeds_of(ready.contract),
        fresh,
    )


def counted(work: Workspace, staged: Staged, fates: Fates, aside: int) -> Counts:
    """Return the counts of a batch whose rows were split and put aside."""
    rules = dict(totals(work, "_reasons"))
    if fates.conflicts:
        rules["key_conflict"] = rules.get("key_conflict", 0) + fates.conflicts
    for rule, rows in broken_by_rule(work).items():
        rules[rule] = rules.get(rule, 0) + rows
    return Counts(
        read=staged.read,
        good=fates.insert + fates.update,
        quarantined=aside,
        duplicate=fates.duplicate + repeated_lines(work),
        inserted=fates.insert,
        updated=fates.update,
        rules=rules,
        flags=totals(work, "_flags"),
        repaired=repaired(work),
    )


def broken_by_rule(work: Workspace) -> Mapping[str, int]:
    """Return rule → lines that cannot be taken apart."""
    return counts_of(work, "SELECT rule, count(*) AS n FROM broken GROUP BY rule ORDER BY rule")


def repaired(work: Workspace) -> int:
    """Return how many values of ``judged`` were brought into form."""
    found = work.table(
        "SELECT coalesce(sum(_repairs.full_width + _repairs.date_style + _repairs.unit), 0)::BIGINT AS n "
        "FROM thorough WHERE _repairs IS NOT NULL"
    )
    return int(values_of(found, "n")[0])


def feeds_of(contract: CompiledContract) -> Mapping[str, str]:
    """Return source column → field, as the contract matched them: the column lineage of the batch."""
    return {column: field for field, column in contract.match.columns.items()}


def _write(
    ground: Ground,
    work: Workspace,
    contract: CompiledContract,
    target: Target,
    what: tuple[Journal, Fates, int, bool],
    heads: Heads,
) -> Heads:
    journal, fates, aside, fresh = what
    into = Into(contract.schema, journal.tag, fresh)
    table = write_table(work, heads.table, target.keyed, fates, into)
    ground.steps("table")
    rows = aside_rows(
        work, source=journal.source, delivery=journal.delivery, batch=journal.batch, at=journal.started_at
    )  # fmt: skip
    quarantine = write_quarantine(rows, aside, heads.quarantine, tag=journal.tag, replace=fresh)
    ground.steps("quarantine")
    return Heads(heads.base, table, quarantine)


def _report(journal: Journal, contract: CompiledContract, counts: Counts) -> BatchReport:
    return BatchReport(
        dataset=journal.dataset,
        source=journal.source,
        batch=journal.batch,
        delivery=journal.delivery,
        kind="load",
        status="started",
        counts=counts,
        drift=Drift(tuple(contract.match.absent), tuple(contract.match.extra)),
        started_at=journal.started_at,
        files=journal.files,
    )


def _timed(report: BatchReport, started: float, ground: Ground) -> BatchReport:
    return replace(
        report, seconds=round(time.monotonic() - started, 3), finished_at=ground.clock.now()
    )


def same_delivery(report: BatchReport) -> BatchReport:
    """Return the report of a delivery that was here before: nothing was done, every row says nothing new."""
    if report.status in ("held", "discarded"):
        return replace(report, redelivered=True)
    counts = Counts(read=report.read, duplicate=report.read)
    return replace(report, counts=counts, redelivered=True, seconds=0.0)
