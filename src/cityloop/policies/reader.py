"""The only way data leaves: decide, rewrite, pin, run, record, and only then give rows.

Every page, API, export, alert, question and preview reads through :meth:`Reader.read`. A read that cannot be recorded
gives no rows; a refused one is recorded too. Errors of the engine are replaced by our own, without their cause, because
they may quote hidden values.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import NoReturn, Protocol
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlglot import exp

from cityloop import engine as engines
from cityloop.contracts.model import FieldType
from cityloop.engine import Engine, Pin
from cityloop.foundation import log
from cityloop.foundation.audit import Act
from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError, Invalid
from cityloop.foundation.principal import Principal
from cityloop.policies.cache import ResultCache
from cityloop.policies.decisions import Rulebook
from cityloop.policies.journal import Journal
from cityloop.policies.language import parse_query
from cityloop.policies.masking import pseudonym_scope
from cityloop.policies.model import (
    CatalogueEntry,
    Decision,
    Explanation,
    Purpose,
    QueryFailed,
    QueryTooHeavy,
    ReadDenied,
    Result,
    ResultTooLarge,
    UnknownColumn,
    UnknownDataset,
)
from cityloop.policies.rewriting import DIALECT, Asked, Plan, ask, rewrite
from cityloop.policies.views import Source

MOST_ROWS = 100_000
"""Rows of one answer unless the caller says otherwise; more are refused, never cut off."""
MAX_PLANS = 500
"""Rewritten queries kept per revision of the definitions; each takes some 50 kB and spares one to two milliseconds. Queries of
a moving period are never asked again, so that this many are kept sooner or later."""

_log = log.get("policies")


class PublishedTable(Protocol):
    """One dataset's version that readers see; ``as_of`` None: nothing was ever loaded (the pin is then empty)."""

    @property
    def version(self) -> int:
        """Number of the published version."""

    @property
    def pin(self) -> Pin:
        """The table's files."""

    @property
    def as_of(self) -> datetime | None:
        """When it was published."""


class Tables(Protocol):
    """Whoever knows the published versions (``datasets.Datasets``)."""

    def published(self, names: Collection[str], /) -> Mapping[str, PublishedTable]:
        """Return the published version of each dataset, all from one consistent read."""


@dataclass(slots=True)
class _Read:
    """One read on its way: what is known of it so far, for the record."""

    principal: Principal
    purpose: Purpose
    verb: str
    asked: Asked | None = None
    details: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Planned:
    asked: Asked
    plan: Plan
    present: Mapping[str, frozenset[str]]


@dataclass
class Reader:
    """Reads datasets for principals.

    Args:
        definitions: gives the published definitions; asked on every read, so that a changed rule counts at once.
        datasets: knows the published versions.
        engine: runs the rewritten query; it holds the :class:`PseudonymKeys`.
        journal: records every read before its rows are given.
        clock: for ``current_date`` and ``now()`` in queries.
        time_zone: of the city; ``current_date`` is its day.
        cache: results kept.
    """

    definitions: Callable[[], Snapshot]
    datasets: Tables
    engine: Engine
    journal: Journal
    clock: Clock
    time_zone: str = "Asia/Shanghai"
    cache: ResultCache = field(default_factory=ResultCache)

    def __post_init__(self) -> None:
        """Start with nothing remembered."""
        self._lock = Lock()
        self._book: Rulebook | None = None
        self._plans: OrderedDict[Hashable, _Planned] = OrderedDict()

    def read(
        self,
        principal: Principal,
        purpose: Purpose,
        query: exp.Query | str,
        *,
        most: int = MOST_ROWS,
        note: Mapping[str, object] | None = None,
    ) -> Result:
        """Return the rows of ``query`` that ``principal`` may see.

        Args:
            principal: who reads.
            purpose: what for.
            query: a tree, or text in DuckDB's dialect; tables are datasets' names. A tree is not changed.
            most: more rows than these are refused.
            note: names and numbers that the audit log should hold beside the usual ones.

        Raises:
            BadQuery: something in the query is not allowed.
            UnknownDataset: it names a dataset that the principal may not know of.
            UnknownColumn: it names a column that the principal may not read.
            ReadDenied: he may know of a dataset and not read it for this purpose.
            QueryFailed: the engine could not run it.
            ResultTooLarge: more than ``most`` rows.
            QueryTooHeavy: the engine's limit of time or memory.
            AuditUnavailable: the read could not be recorded.
        """
        verb = "export" if purpose == "export" else "read"
        read = _Read(principal, purpose, verb, details=dict(note or {}))
        outcome = "failed"
        try:
            result = self._answer(read, query, most)
            read.details |= {"rows": result.table.num_rows, "cached": result.cached}
            read.details["versions"] = dict(result.versions)
            outcome = "done"
        except CityError as error:
            read.details["code"] = error.code
            outcome = "refused"
            raise
        finally:
            self._record(read, outcome)
        return result

    def decide(self, principal: Principal, purpose: Purpose, dataset: str) -> Decision:
        """Return what the principal may see of a dataset.

        Raises:
            UnknownDataset: he may not know of it.
        """
        book = self._rulebook()
        return book.decide(principal, purpose, book.find(principal, dataset))

    def explain(self, principal: Principal, purpose: Purpose, dataset: str) -> Explanation:
        """Return why the principal can, or cannot, see a dataset.

        Raises:
            UnknownDataset: he may not know of it.
        """
        book = self._rulebook()
        return book.explain(principal, purpose, book.find(principal, dataset))

    def catalogue_view(
        self, principal: Principal, purpose: Purpose = "analysis"
    ) -> Mapping[str, CatalogueEntry]:
        """Return the datasets and columns that the principal may know of, whether or not he may read them."""
        return self._rulebook().catalogue(principal, purpose)

    def known(self, principal: Principal) -> Mapping[str, Collection[str]]:
        """Return the datasets that the principal may know of, each with the columns that he may know of.

        This answers "may this person know that it exists" for every page and route; rows are another question.
        """
        return self._rulebook().known(principal)

    def permits(self, principal: Principal, purpose: Purpose, query: exp.Query) -> bool:
        """Return whether a read of ``query`` would be allowed; nothing is read and nothing recorded.

        Raises:
            BadQuery: something in the query is not allowed to anybody.
        """
        book = self._rulebook()

        def source(name: str) -> Source:
            definition = book.datasets[name]
            decision = book.decide(principal, purpose, name)
            if not decision.allowed:
                raise ReadDenied(act=f"{purpose}: read", object=name, dataset=name)
            present = frozenset(each.name for each in definition.fields)
            return Source(definition, decision, present, pseudonym_scope(principal), self.time_zone)

        try:
            rewrite(self._ask(book, principal, query), source, self._now())
        except (ReadDenied, UnknownColumn, UnknownDataset):
            return False
        return True

    def types(
        self, principal: Principal, purpose: Purpose, dataset: str
    ) -> Mapping[str, FieldType]:
        """Return the types of the columns that the principal may read; nothing for a dataset he may not know of."""
        book = self._rulebook()
        try:
            decision = book.decide(principal, purpose, book.find(principal, dataset))
        except UnknownDataset:
            return {}
        definition = book.datasets[decision.dataset]
        return {name: definition.field(name).type for name in decision.readable}

    def run_pinned(self, tree: exp.Query, tables: Mapping[str, Pin]) -> pa.Table:
        """Run a query of this folder's own over tables that are not datasets; the caller decides and records.

        Raises:
            QueryFailed: the engine could not run it.
            QueryTooHeavy: the engine's limit of time or memory.
        """
        return self._query(tree, tables, MOST_ROWS)

    def rewritten(self, principal: Principal, purpose: Purpose, query: exp.Query | str) -> Plan:
        """Return the plan that a read of ``query`` would run: for tests, benchmarks and administrators' eyes only.

        Raises:
            BadQuery: something in the query is not allowed.
            UnknownDataset: it names a dataset that the principal may not know of.
            UnknownColumn: it names a column that the principal may not read.
            ReadDenied: he may not read a dataset.
        """
        book = self._rulebook()
        asked = self._ask(book, principal, query)
        published = self.datasets.published(asked.datasets)
        return self._rewrite(book, asked, _Read(principal, purpose, "read"), published)

    def _answer(self, read: _Read, query: exp.Query | str, most: int) -> Result:
        book = self._rulebook()
        key = (
            read.principal,
            read.purpose,
            isinstance(query, str),
            query if isinstance(query, str) else _text(query),
        )
        planned = self._remembered(book, key)
        read.asked = planned.asked if planned else self._ask(book, read.principal, query)
        published = self.datasets.published(read.asked.datasets)
        present = {name: frozenset(each.pin.schema.names) for name, each in published.items()}
        if planned is None or planned.present != present:
            planned = _Planned(
                read.asked, self._rewrite(book, read.asked, read, published), present
            )
            self._remember(book, key, planned)
        read.details["rules"] = {
            name: list(each.reasons) for name, each in planned.plan.decisions.items()
        }
        table, cached = self._run(planned.plan, published, most)
        times = {name: each.as_of for name, each in published.items() if each.as_of is not None}
        return Result(
            table,
            read.asked.sql,
            {name: each.version for name, each in published.items()},
            times,
            planned.plan.decisions,
            cached,
        )

    def _ask(self, book: Rulebook, principal: Principal, query: exp.Query | str) -> Asked:
        tree = parse_query(query) if isinstance(query, str) else query.copy()
        return ask(tree, lambda name: book.find(principal, name))

    def _rewrite(
        self, book: Rulebook, asked: Asked, read: _Read, published: Mapping[str, PublishedTable]
    ) -> Plan:
        principal = read.principal

        def source(name: str) -> Source:
            decision = book.decide(principal, read.purpose, name)
            if not decision.allowed:
                raise ReadDenied(act=f"{read.purpose}: read", object=name, dataset=name)
            present = frozenset(published[name].pin.schema.names)
            scope = pseudonym_scope(principal)
            return Source(book.datasets[name], decision, present, scope, self.time_zone)

        return rewrite(asked, source, self._now())

    def _now(self) -> datetime:
        return self.clock.now().astimezone(ZoneInfo(self.time_zone))

    def _run(
        self, plan: Plan, published: Mapping[str, PublishedTable], most: int
    ) -> tuple[pa.Table, bool]:
        pins = {table: published[name].pin for table, name in plan.tables.items()}
        versions = tuple(sorted((pin.table, pin.version) for pin in pins.values()))

        table, cached = self.cache.get(
            (plan.sql_hash, versions), lambda: self._query(plan.tree, pins, most)
        )
        if table.num_rows > most:
            raise ResultTooLarge(most=most)
        return table, cached

    def _query(self, tree: exp.Query, pins: Mapping[str, Pin], most: int) -> pa.Table:
        try:
            return self.engine.query(tree, pins, most=most)
        except (CityError, ValueError, ArithmeticError, RecursionError) as error:
            _raise_clean(error, most)

    def _record(self, read: _Read, outcome: str) -> None:
        """Write the read to the audit log: names, counts, versions and the query without its literals."""
        asked = read.asked
        shape = {} if asked is None else {"query": asked.shape, "sha256": _digest(asked.sql)}
        target = ",".join(asked.datasets) if asked is not None else ""
        self.journal.record(
            Act(
                read.principal.id,
                read.verb,
                target or "-",
                purpose=read.purpose,
                outcome=outcome,
                details={**shape, **read.details},
            )
        )

    def _rulebook(self) -> Rulebook:
        snapshot = self.definitions()
        with self._lock:
            if self._book is None or self._book.snapshot is not snapshot:
                self._book = Rulebook(snapshot)
                self._plans.clear()
            return self._book

    def _remembered(self, book: Rulebook, key: Hashable) -> _Planned | None:
        with self._lock:
            if self._book is not book or key not in self._plans:
                return None
            self._plans.move_to_end(key)
            return self._plans[key]

    def _remember(self, book: Rulebook, key: Hashable, planned: _Planned) -> None:
        if planned.asked.words.has_now:
            return
        with self._lock:
            if self._book is book:
                self._plans[key] = planned
                if len(self._plans) > MAX_PLANS:
                    self._plans.popitem(last=False)


def _raise_clean(error: Exception, most: int) -> NoReturn:
    """Raise our own error for the engine's, without its words and without its cause."""
    code = error.code if isinstance(error, CityError) else type(error).__name__
    _log.warning("query failed", code=code)
    if isinstance(error, engines.ResultTooLarge):
        raise ResultTooLarge(most=most) from None
    if isinstance(error, engines.TooSlow | engines.OutOfMemory):
        raise QueryTooHeavy(what=code) from None
    if isinstance(error, CityError) and not isinstance(error, Invalid | engines.UnknownTable):
        raise error from None
    raise QueryFailed(reason=code) from None


def _text(tree: exp.Query) -> str:
    return tree.sql(dialect=DIALECT, comments=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
