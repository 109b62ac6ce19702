"""The verbs of datasets: the only way in, and what can be done with what came in."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from cityloop.datasets import catalogue, clearing, store, versions
from cityloop.datasets.errors import BatchHeld, Busy
from cityloop.datasets.ground import Ground
from cityloop.datasets.ingest import replays, runs
from cityloop.datasets.ingest.replays import Edits
from cityloop.datasets.model import (
    BatchReport,
    DatasetSummary,
    LineageEdge,
    Mode,
    Published,
    QuarantineSummary,
    Status,
    Version,
)
from cityloop.engine import Pin
from cityloop.foundation.principal import Principal


class Datasets:
    """All datasets of one city. Safe to use from several threads and processes.

    Args:
        ground: the collaborators.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._inbox_seen: datetime | None = None

    def ingest(
        self,
        principal: Principal,
        source: str,
        dataset: str | None = None,
        mode: Mode = "incremental",
    ) -> Sequence[BatchReport]:
        """Load what ``source`` has; the only way in.

        Args:
            principal: who asks; needs ``sources.load``.
            source: name of the source.
            dataset: load only the feed into this dataset; None loads all feeds.
            mode: ``incremental`` reads on where it stopped; ``full`` reads everything and builds the tables anew.

        Returns:
            One report per delivery, in order; a delivery that was here before is marked ``redelivered``.

        Raises:
            Forbidden: the principal lacks ``sources.load``.
            NotFound: there is no such source or feed.
            BatchHeld: a new delivery breaks its limits; the other deliveries are published.
            CityError: the source cannot be read, a delivery does not fit its contract, the disk is full: nothing of
                that delivery is published, those before it are.
        """
        principal.require("sources.load", f"source:{source}")
        names = [dataset] if dataset else [name for name, _ in self._ground.sources.feeds(source)]
        reports: list[BatchReport] = []
        for name in names:
            reports += self._ingest_one(principal, source, name, mode)
        if any(each.status == "held" and not each.redelivered for each in reports):
            raise BatchHeld(reports)
        return reports

    def reload(self, principal: Principal, dataset: str) -> Sequence[BatchReport]:
        """Build ``dataset`` anew from the deliveries kept in the inbox, after its contract or its mapping changed.

        Args:
            principal: who asks; needs ``sources.load``.
            dataset: what to build.

        Raises:
            Forbidden: the principal lacks ``sources.load``.
            NotFound: there is no such dataset.
            DeliveriesGone: raw files of deliveries were given up meanwhile.
            CityError: a delivery does not fit; readers keep the version they have.
        """
        principal.require("sources.load", f"dataset:{dataset}")
        return runs.rebuild(self._ground, principal.id, dataset, source=None)

    def release(self, principal: Principal, batch: str) -> BatchReport:
        """Load a held batch in spite of its limits; ``batch`` is the beginning of its id.

        Raises:
            Forbidden: the principal lacks ``datasets.repair``.
            UnknownBatch: there is none.
            NotHeld: it is not held.
        """
        principal.require("datasets.repair", f"batch:{batch}")
        return runs.release(self._ground, principal.id, batch)

    def discard(self, principal: Principal, batch: str) -> None:
        """Give a held batch up; its raw files stay in the inbox.

        Raises:
            Forbidden: the principal lacks ``datasets.repair``.
            UnknownBatch: there is none.
            NotHeld: it is not held.
        """
        principal.require("datasets.repair", f"batch:{batch}")
        runs.discard(self._ground, principal.id, batch)

    def recover(self) -> Sequence[BatchReport]:
        """Finish or give up whatever a crash left open; call on start. Datasets being written now are left alone."""
        self._ground.sweep()
        with self._ground.db.read() as connection:
            left = {each.dataset for each in store.started(connection)}
        reports: list[BatchReport] = []
        for dataset in sorted(left):
            try:
                with self._ground.writing(dataset, wait_s=0):
                    reports += runs.recover_dataset(self._ground, dataset)
            except Busy:
                continue
        return reports

    def published(self, names: Collection[str]) -> Mapping[str, Published]:
        """Return what readers see of each dataset, all from one moment.

        A dataset that never had a batch has version 0 and a pin without files. No permission is asked: ``policies``
        decides who may read what.

        Raises:
            NotFound: a dataset is not defined.
        """
        return versions.published(self._ground, names)

    def quarantine_table(self, dataset: str) -> Pin | None:
        """Return the quarantine as published (columns: ``quarantine.SCHEMA``); None when nothing was ever put aside.

        Raises:
            NotFound: the dataset is not defined.
        """
        return versions.quarantine_pin(self._ground, dataset)

    def quarantine_summary(self, principal: Principal, dataset: str) -> QuarantineSummary:
        """Return how many rows wait in quarantine and why, without any of their values.

        Raises:
            Forbidden: the principal lacks ``quarantine.view``.
            NotFound: the dataset is not defined.
        """
        principal.require("quarantine.view", f"dataset:{dataset}")
        return catalogue.quarantine_summary(self._ground, dataset)

    def repair(self, principal: Principal, dataset: str, edits: Edits) -> Version:
        """Change raw cells of rows in quarantine; :meth:`replay` judges them again.

        Args:
            principal: who asks; needs ``datasets.repair``.
            dataset: whose quarantine.
            edits: row id → source column → new text.

        Raises:
            Forbidden: the principal lacks ``datasets.repair``.
            UnknownRow: a row is not in quarantine.
        """
        principal.require("datasets.repair", f"dataset:{dataset}")
        return replays.repair(self._ground, principal.id, dataset, edits)

    def replay(
        self, principal: Principal, dataset: str, rows: Collection[str] | None = None
    ) -> Sequence[BatchReport]:
        """Judge rows in quarantine again; good ones go into the table. ``rows`` None takes all.

        Raises:
            Forbidden: the principal lacks ``datasets.repair``.
            UnknownRow: a row is not in quarantine.
            CityError: the contract cannot judge them; nothing changes.
        """
        principal.require("datasets.repair", f"dataset:{dataset}")
        return replays.replay(self._ground, principal.id, dataset, rows)

    def roll_back(self, principal: Principal, dataset: str, version: int) -> Version:
        """Let readers see an earlier version again.

        Raises:
            Forbidden: the principal lacks ``datasets.repair``.
            UnknownVersion: there is no such version, or its files were cleared away.
        """
        principal.require("datasets.repair", f"dataset:{dataset}")
        return versions.roll_back(self._ground, principal.id, dataset, version)

    def upkeep(self, actor: str) -> Sequence[str]:
        """Maintain every dataset that needs it and that nobody writes now (a job); return their names.

        Cheap when nothing is due: one query and a look at the files of each dataset.
        """
        return versions.upkeep(self._ground, actor)

    def clear_inbox(self, older_than: timedelta) -> int:
        """Delete raw deliveries older than ``older_than`` that nobody waits for (a job); return how many.

        Looks once in :data:`clearing.LOOK_EVERY`, else does nothing.
        """
        now = self._ground.clock.now()
        if self._inbox_seen is not None and now < self._inbox_seen + clearing.LOOK_EVERY:
            return 0
        self._inbox_seen = now
        return clearing.clear(self._ground, older_than)

    def maintain(self, actor: str, dataset: str) -> Version | None:
        """Join small files and delete unused ones (a job); None when there was nothing to join."""
        return versions.maintain(self._ground, actor, dataset)

    def history(self, dataset: str) -> Sequence[Version]:
        """Return every published version of ``dataset``, newest first.

        Raises:
            NotFound: the dataset is not defined.
        """
        catalogue.describe(self._ground, dataset)
        with self._ground.db.read() as connection:
            return store.list_versions(connection, dataset)

    def batches(
        self,
        datasets: Collection[str] | None = None,
        *,
        most: int = 50,
        before: int | None = None,
        status: Status | None = None,
    ) -> Sequence[BatchReport]:
        """Return up to ``most`` batches, newest first; None of the others means all.

        Args:
            datasets: only batches of these.
            most: how many.
            before: only batches older than this number.
            status: only batches that stand so.
        """
        with self._ground.db.read() as connection:
            return store.list_batches(connection, datasets, most=most, before=before, status=status)

    def reached(self, source: str, dataset: str) -> str | None:
        """Return where the next load of a feed goes on; None at its beginning."""
        with self._ground.db.read() as connection:
            return store.cursor_of(connection, source, dataset)

    def lineage(self, dataset: str | None = None) -> Sequence[LineageEdge]:
        """Return where the data of ``dataset`` comes from, or of all datasets."""
        with self._ground.db.read() as connection:
            return store.list_lineage(connection, dataset)

    def catalogue(self) -> Sequence[DatasetSummary]:
        """Return every dataset with its owner, rows, freshness and quality."""
        return catalogue.list_datasets(self._ground)

    def describe(self, dataset: str) -> DatasetSummary:
        """Return one dataset with its owner, rows, freshness and quality.

        Raises:
            NotFound: the dataset is not defined.
        """
        return catalogue.describe(self._ground, dataset)

    def _ingest_one(
        self, principal: Principal, source: str, dataset: str, mode: Mode
    ) -> Sequence[BatchReport]:
        if mode == "full":
            runs.mapping_of(self._ground, source, dataset)
            return runs.rebuild(self._ground, principal.id, dataset, source=source)
        return runs.ingest_feed(self._ground, principal.id, source, dataset)
