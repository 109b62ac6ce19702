"""The composition root: builds one :class:`City` from its settings and connects its parts; nothing else knows them all."""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
from sqlalchemy.engine import Connection

from cityloop.accounts import DEPARTMENT, ROLE, Accounts, RoleRequests
from cityloop.alerts import ALERT, Alerts, Watch
from cityloop.alerts import records as alert_records
from cityloop.ask import Ask
from cityloop.cases import PROCEDURE, Cases, Timers
from cityloop.contracts import CODES, DATASET
from cityloop.dashboards import DASHBOARD, Dashboards
from cityloop.datasets import BatchHeld, Datasets, Ground
from cityloop.datasets import records as delivery_records
from cityloop.definitions import Definitions
from cityloop.engine import DuckDbEngine, Lake
from cityloop.foundation import log
from cityloop.foundation.audit import Anchor, AuditLog
from cityloop.foundation.clock import Clock, SimulatedClock, SystemClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal
from cityloop.foundation.settings import Settings, process_environment
from cityloop.maps import MAP, MapFiles, Maps, map_kind
from cityloop.metrics import METRIC, MODEL, Metrics
from cityloop.operations import Operations
from cityloop.policies import POLICY, AuditTrail, Journal, PseudonymKeys, Reader
from cityloop.sources import (
    SOURCE,
    FolderInbox,
    InternalTables,
    SourceDefinition,
    Sources,
    standard_connectors,
)
from cityloop.workorders import Intake, WorkOrders
from cityloop.workorders import records as order_records

_log = log.get("app")

KINDS = (
    DEPARTMENT, ROLE, CODES, SOURCE, DATASET, POLICY, MODEL, METRIC, MAP, DASHBOARD, ALERT, PROCEDURE,
)  # fmt: skip
"""Every kind of definition that a city may have."""
LOAD = "sources.load"
"""Job and permission that load a source; ``sources`` queues the job, this module does it."""
UPKEEP = "datasets.upkeep"
"""Job that joins small files of the lake's tables, clears old versions and whatever else is kept for a while only."""
LOADER = Principal(
    id="service:loader", name="loader", kind="service", permissions=frozenset({LOAD}), level=6
)
"""Acts when a schedule or a closed order loads a source."""
WORK_PAUSE_S = 0.5
"""How long the worker sleeps when nothing is due, seconds; an event of this process wakes it at once."""
ORDER_EVENTS = (
    "order.opened",
    "order.accepted",
    "order.transferred",
    "order.moved",
    "order.returned",
    "order.finished",
    "order.cancelled",
)
"""Events after which the orders come back in as data."""
MOST_ROUNDS = 50
"""Rounds of events and jobs that one :meth:`City.work` does before it lets the caller look again."""


@dataclass(slots=True)
class City:
    """One running city: every part, connected. Make one with :meth:`open`."""

    settings: Settings
    clock: Clock
    real: Clock
    """The real time, whatever ``clock`` says."""
    db: Database
    audit: AuditLog
    outbox: Outbox
    jobs: Jobs
    timers: Timers
    definitions: Definitions
    accounts: Accounts
    role_requests: RoleRequests
    sources: Sources
    datasets: Datasets
    engine: DuckDbEngine
    reader: Reader
    trail: AuditTrail
    metrics: Metrics
    maps: Maps
    dashboards: Dashboards
    ask: Ask
    cases: Cases
    alerts: Alerts
    workorders: WorkOrders
    operations: Operations

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> "City":
        """Open the city in ``settings.city``: migrate its state, connect its parts, finish what a crash left open.

        Args:
            settings: of the city.
            clock: the time it lives in; None takes what the settings say.
            environment: where ``${env:NAME}`` of its definitions is looked up; None takes the process's own.
        """
        known = process_environment() if environment is None else environment
        city = _connect(settings, clock or clock_of(settings), known)
        _listen(city)
        city.datasets.recover()
        return city

    def work(self) -> int:
        """Deliver events, run due jobs and ring due clocks until nothing is due; return how much was done."""
        total = 0
        for _ in range(MOST_ROUNDS):
            done = self.outbox.deliver() + self.jobs.run_due() + self.timers.ring_due()
            total += done
            if not done:
                break
        return total

    def work_until(self, stop: threading.Event) -> None:
        """Work on until ``stop`` is set; an error of one round is logged and the next round goes on."""
        _schedule_upkeep(self)
        while not stop.is_set():
            try:
                done = self.work()
            except Exception as error:  # noqa: BLE001 - process edge: the worker outlives a bad round
                _log.error("work round failed", exc_info=error)
                done = 0
            if not done:
                self.outbox.wait(WORK_PAUSE_S)

    def keep_up(self) -> None:
        """Join small files and give up whatever is kept for a while only, bit by bit; a job does it while workers run."""
        if done := self.datasets.upkeep("service:upkeep"):
            _log.info("tables kept in shape", datasets=list(done))
        if gone := self.outbox.forget():
            _log.info("old events forgotten", events=gone)
        days = self.settings.inbox_days
        if days > 0 and (gone := self.datasets.clear_inbox(timedelta(days=days))):
            _log.info("old deliveries given up", deliveries=gone)

    def close(self) -> None:
        """Publish the audit log's head and let go of every resource."""
        with contextlib.suppress(OSError):
            self.trail.publish_anchor()
        self.dashboards.close()
        self.engine.close()
        self.db.close()


def clock_of(settings: Settings) -> Clock:
    """Return the clock that the city lives by."""
    if settings.clock == "simulated":
        return SimulatedClock(settings.data / "clock.json")
    return SystemClock()


def _connect(settings: Settings, clock: Clock, environment: Mapping[str, str]) -> City:
    data = settings.data
    data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.state_url)
    db.migrate()
    # Sign-ins, the audit log, leases and call limits follow the real time whatever time the city lives in.
    real = SystemClock() if isinstance(clock, SimulatedClock) else clock
    audit = AuditLog(real, Anchor(data / "audit.head", data / "keys" / "audit"))
    outbox, jobs = Outbox(db, clock), Jobs(db, clock, real)
    map_files = MapFiles(settings.city)
    kinds = [map_kind(map_files) if kind is MAP else kind for kind in KINDS]
    definitions = Definitions(db, clock, audit, outbox, kinds)
    current = definitions.current
    private, tables = settings.private_addresses, _internal_tables(db, current)
    connectors = standard_connectors(private_addresses=private, clock=clock, tables=tables)
    sources = Sources(
        db=db,
        audit=audit,
        jobs=jobs,
        current=current,
        city=settings.city,
        environment=environment,
        connectors=connectors,
        inbox=FolderInbox(data / "inbox", clock, real=real),
    )
    lake = Lake(data / "lake")
    datasets = Datasets(
        Ground(db, clock, audit, outbox, lake, current, sources, data, settings.time_zone)
    )
    engine = _engine(settings)
    reader = Reader(current, datasets, engine, Journal(db, audit), clock, settings.time_zone)
    metrics = Metrics(current, reader, clock, time_zone=settings.time_zone)
    cases = Cases(db, clock, audit, outbox, current)
    accounts = Accounts(db, real, audit, snapshot=current, session_hours=settings.session_hours)
    return City(
        settings=settings,
        clock=clock,
        real=real,
        db=db,
        audit=audit,
        outbox=outbox,
        jobs=jobs,
        timers=Timers(db, clock, audit, outbox),
        definitions=definitions,
        accounts=accounts,
        role_requests=RoleRequests(db, clock, audit, outbox, accounts),
        sources=sources,
        datasets=datasets,
        engine=engine,
        reader=reader,
        trail=AuditTrail(db, audit, real, settings.time_zone, accounts.names_of),
        metrics=metrics,
        maps=Maps(definitions, map_files, metrics),
        dashboards=Dashboards(current, metrics),
        ask=Ask(current, metrics, clock, lambda names: _versions(datasets, names)),
        cases=cases,
        alerts=Alerts(db, clock, audit, outbox, current, metrics=metrics),
        workorders=WorkOrders(db, clock, audit, outbox, cases, time_zone=settings.time_zone),
        operations=_operations(db, clock, outbox, datasets, data),
    )


def _internal_tables(db: Database, current: Callable[[], Snapshot]) -> InternalTables:
    def deliveries(connection: Connection, cursor: str | None) -> pa.Table:
        snapshot = current()
        sources = snapshot.all(SourceDefinition).values()
        own = [each.name for each in sources if each.connector == "internal"]
        return delivery_records(connection, cursor, snapshot, own)

    tables = InternalTables(db)
    tables.register("deliveries", deliveries)
    tables.register("orders", order_records)
    tables.register("alert_events", alert_records)
    return tables


def _engine(settings: Settings) -> DuckDbEngine:
    return DuckDbEngine(
        settings.data / "lake",
        temp=settings.data / "work" / "engine",
        threads=settings.engine_threads,
        memory=settings.engine_memory,
        keys=PseudonymKeys(settings.data / "keys" / "pseudonyms"),
    )


def _operations(
    db: Database, clock: Clock, outbox: Outbox, datasets: Datasets, data: Path
) -> Operations:
    def freshness() -> dict[str, float]:
        now = clock.now()
        known = {each.name: each.as_of for each in datasets.catalogue()}
        return {name: (now - at).total_seconds() for name, at in known.items() if at is not None}

    return Operations(db, clock, outbox=outbox, data=data, freshness=freshness)


def _listen(city: City) -> None:
    """Connect parts by events and jobs: news rises, work is queued, orders come back in as data."""
    city.sources.listen(city.outbox)
    Watch(city.alerts, city.metrics, city.jobs, city.clock).install(city.outbox)
    Intake(city.workorders, city.clock, city.outbox).install()
    city.trail.schedule(city.jobs)
    city.jobs.register(LOAD, lambda payload: _load(city, str(payload["source"])))
    city.jobs.register(UPKEEP, lambda _payload: city.keep_up())
    city.outbox.subscribe("app.orders", ORDER_EVENTS, lambda tx, _event: _reload(city, tx))


def _schedule_upkeep(city: City) -> None:
    """Have the city kept in shape while workers run; a command that comes and goes does not wait for it."""
    every_s = city.settings.upkeep_s
    with city.db.begin() as tx:
        if every_s:
            first = city.clock.now() + timedelta(seconds=every_s)
            city.jobs.enqueue(tx, UPKEEP, key="lake", run_at=first, every_s=every_s)
        else:
            city.jobs.cancel(tx, UPKEEP, key="lake")


def _load(city: City, source: str) -> None:
    try:
        city.datasets.ingest(LOADER, source)
    except BatchHeld as error:
        _log.warning("delivery held", source=source, code=error.code)


def _reload(city: City, tx: Connection) -> None:
    for source in city.sources.all():
        if source.connector == "internal":
            # The new job replaces the one that waits, so it carries the schedule on.
            every_s = source.schedule.every_s if source.schedule else None
            payload = {"source": source.name}
            city.jobs.enqueue(tx, LOAD, key=source.name, payload=payload, every_s=every_s)


def _versions(datasets: Datasets, names: Sequence[str]) -> dict[str, int]:
    return {name: each.version for name, each in datasets.published(names).items()}
