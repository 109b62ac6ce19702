"""What is published now, kept in memory and refreshed when the revision in the state store moves."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Lock

from cityloop.definitions import store
from cityloop.definitions.model import Entry, Key, Published, Stored, Version
from cityloop.definitions.problems import StoredDefinitionBroken
from cityloop.definitions.shape import validate
from cityloop.definitions.yaml_tree import Tree
from cityloop.foundation import log
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Definition, Kind, Snapshot
from cityloop.foundation.errors import CityError

_log = log.get("definitions")

LOOK_EVERY = timedelta(seconds=1)
"""How often the state store is asked for another process's apply: shorter notices sooner, longer asks less."""


class Publishing:
    """The published definitions, as this process knows them; safe to ask from many threads."""

    def __init__(self, db: Database, clock: Clock, kinds: Mapping[str, Kind[Definition]]) -> None:
        self._db = db
        self._clock = clock
        self._kinds = kinds
        self._lock = Lock()
        self._known: Published | None = None
        self._looked_at: datetime | None = None

    def current(self) -> Published:
        """Return what was published at most :data:`LOOK_EVERY` ago; a look at the clock unless it is time to ask."""
        known, looked_at = self._known, self._looked_at
        if known is None or looked_at is None:
            return self.fresh()
        if timedelta() <= self._clock.now() - looked_at < LOOK_EVERY:
            return known
        if not self._lock.acquire(blocking=False):
            return known
        try:
            return self._refresh()
        finally:
            self._lock.release()

    def fresh(self) -> Published:
        """Return what is published now, asking the state store."""
        with self._lock:
            return self._refresh()

    def _refresh(self) -> Published:
        now = self._clock.now()
        known = self._known
        with self._db.read() as connection:
            revision = store.revision(connection)
            if known is None or known.snapshot.revision != revision:
                after = known.snapshot.revision if known else 0
                heads = store.heads(connection)
                known = self._merged(known, revision, heads, store.versions_at(connection, after))
        self._known, self._looked_at = known, now
        return known

    def _merged(
        self,
        known: Published | None,
        revision: int,
        heads: Sequence[store.Head],
        fresh: Sequence[Version],
    ) -> Published:
        """Return what is published: what was known and still stands, and what is new."""
        newer = {(each.kind, each.name): each for each in fresh}
        stored: dict[Key, Stored] = {}
        for head in heads:
            if head.deleted or head.kind not in self._kinds:
                continue
            old = known.stored.get(head.key) if known else None
            if old is not None and old.version == head.version:
                stored[head.key] = _moved(old, head)
            elif version := newer.get(head.key):
                entry = self._entry(version, head)
                if entry is not None:
                    stored[head.key] = Stored(
                        entry, version.version, version.at, version.author_name
                    )
        snapshot = Snapshot.of(
            *(each.entry.definition for each in stored.values()),
            revision=revision,
            versions={key: each.version for key, each in stored.items()},
        )
        return Published(snapshot, stored)

    def _entry(self, version: Version, head: store.Head) -> Entry | None:
        value = dict(version.value)
        tree = Tree(value, {}, ())
        definition, problems = validate(self._kinds[version.kind].model, tree)
        if definition is None:
            # One definition that a new release does not understand must not take the whole city down; whatever
            # needs it reports it missing, and policies that are missing allow nothing.
            error: CityError = problems[0].error
            broken = StoredDefinitionBroken(kind=version.kind, name=version.name, reason=str(error))
            _log.error("stored definition left out", reason=str(broken))
            return None
        return Entry(definition, value, version.text, head.file, head.position)


def _moved(old: Stored, head: store.Head) -> Stored:
    entry = old.entry
    if (entry.file, entry.position) == (head.file, head.position):
        return old
    moved = Entry(entry.definition, entry.value, entry.text, head.file, head.position)
    return replace(old, entry=moved)
