"""The verbs of city as code: read, check, plan, apply, look back, roll back, export."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sqlalchemy.engine import Connection

from cityloop.definitions import store
from cityloop.definitions.canonical import difference
from cityloop.definitions.checks import check
from cityloop.definitions.documents import Reader
from cityloop.definitions.folder import (
    MAX_FILE_BYTES,
    Export,
    Exported,
    planned_files,
    read_folder,
    zip_of,
)
from cityloop.definitions.help import template_of
from cityloop.definitions.model import (
    Applied,
    Change,
    Draft,
    Entry,
    Key,
    Plan,
    References,
    Stored,
    Version,
)
from cityloop.definitions.planning import plan, require_base
from cityloop.definitions.problems import (
    DraftHasProblems,
    Finding,
    NoVersion,
    PlanOutdated,
    TooLarge,
)
from cityloop.definitions.publishing import Publishing
from cityloop.definitions.schemas import Schema, schema_of, write_schemas
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Definition, Kind, Snapshot
from cityloop.foundation.errors import Lang, NotFound, closest
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal

NO_BASE: Mapping[Key, int] = MappingProxyType({})
"""Says nothing about what a draft was begun from."""


class Definitions:
    """The definitions of one city.

    Args:
        db: the state store.
        clock: dates versions and says when to look for another process's apply.
        audit: records every change.
        outbox: tells others by the event ``definitions.applied``.
        kinds: every kind that may be defined.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        outbox: Outbox,
        kinds: Iterable[Kind[Any]],
    ) -> None:
        # Any: kinds of different models in one sequence.
        self._db = db
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self.kinds: Mapping[str, Kind[Definition]] = MappingProxyType(
            {kind.name: kind for kind in kinds}
        )
        """Every kind by name."""
        self._reader = Reader(self.kinds)
        self._publishing = Publishing(db, clock, self.kinds)

    def current(self) -> Snapshot:
        """Return what is published; microseconds, and at most one second behind another process's apply."""
        return self._publishing.current().snapshot

    def read_folder(self, folder: Path) -> Draft:
        """Return every definition of a city's folder as one whole draft.

        Raises:
            NotFound: there is no such folder.
        """
        if not folder.is_dir():
            raise NotFound(kind="folder", name=str(folder), close=[])
        return read_folder(folder, self._reader)

    def read_text(
        self,
        text: str,
        *,
        kind: str | None = None,
        removed: Iterable[Key] = (),
        file: str | None = None,
    ) -> Draft:
        """Return a partial draft: the definitions in ``text``, and ``removed`` ones to delete.

        Args:
            text: one or several YAML documents; may be empty.
            kind: of documents that do not say.
            removed: kind and name of definitions to delete.
            file: place of new ones, relative to the folder; None means ``<folder of the kind>/<name>.yaml``.
                Definitions that exist already stay where they are.

        Raises:
            TooLarge: the text is larger than any file may be.
        """
        if len(text) > MAX_FILE_BYTES:
            size = f"{len(text)} characters"
            raise TooLarge(what="text", size=size, most=f"{MAX_FILE_BYTES} characters")
        read = self._reader.read(text, file or "", kind=kind)
        entries = tuple(self._placed(each, file) for each in read.entries)
        return Draft(entries, read.findings, removed=frozenset(removed), broken=read.broken)

    def check(self, draft: Draft) -> tuple[Finding, ...]:
        """Return everything that is wrong with a draft, in order of file and line; empty when sound."""
        return check(draft, self._publishing.fresh(), self.kinds)

    def plan(self, draft: Draft, *, base: Mapping[Key, int] = NO_BASE) -> Plan:
        """Return what applying ``draft`` would do.

        Args:
            draft: what somebody wrote.
            base: the version that each definition had when its text was begun, 0 for none; empty does not ask.

        Raises:
            Overtaken: a definition of ``base`` was changed since.
            DraftHasProblems: the draft is not sound; the error carries every finding.
        """
        published = self._publishing.fresh()
        require_base(base, published)
        findings = check(draft, published, self.kinds)
        if findings:
            raise DraftHasProblems(findings)
        return plan(draft, published, self.kinds)

    def apply(self, principal: Principal, planned: Plan, *, note: str = "") -> Applied:
        """Carry out a plan in one transaction: all of it or nothing.

        Raises:
            Forbidden: the principal lacks ``definitions.apply``.
            PlanOutdated: somebody applied something since the plan was made.
        """
        return self._apply(principal, planned, note=note, rolled_back=False)

    def roll_back(
        self,
        principal: Principal,
        key: Key,
        version: int,
        *,
        revision: int | None = None,
        note: str = "",
    ) -> Applied:
        """Publish an earlier version again, as a new version, checked against everything as it is now.

        Args:
            principal: who does it.
            key: kind and name.
            version: which one to publish again.
            revision: of the plan that was looked at; None takes things as they are.
            note: why; empty says which version it was.

        Raises:
            Forbidden: the principal lacks ``definitions.apply``.
            NoVersion: there is no such version, or it is a deletion.
            DraftHasProblems: the old version no longer fits its kind or what refers to it.
            PlanOutdated: somebody applied something since ``revision``, or in the same moment.
        """
        kind, name = key
        principal.require("definitions.apply", f"{kind}/{name}")
        old = self.version(kind, name, version)
        if old.action == "delete":
            raise NoVersion(kind=kind, name=name, version=version)
        draft = self.read_text(old.text, kind=kind)
        planned = self.plan(draft)
        if revision is not None and planned.revision != revision:
            raise PlanOutdated(revision=revision)
        note = note or f"roll back to version {version}"
        return self._apply(principal, planned, note=note, rolled_back=True)

    def stored(self, kind: str, name: str) -> Stored:
        """Return one published definition with its text as written, file and version.

        Raises:
            NotFound: there is none; close names are given.
        """
        self.kind(kind)
        published = self._publishing.current()
        found = published.stored.get((kind, name))
        if found is None:
            known = published.snapshot.kinds.get(kind, {})
            raise NotFound(kind=kind, name=name, close=closest(name, known))
        return found

    def all_stored(self) -> Sequence[Stored]:
        """Return every published definition, in order of kind and name."""
        stored = self._publishing.current().stored
        return [stored[key] for key in sorted(stored)]

    def kind(self, name: str) -> Kind[Definition]:
        """Return a kind.

        Raises:
            NotFound: there is no such kind.
        """
        if name not in self.kinds:
            raise NotFound(kind="kind", name=name, close=closest(name, self.kinds))
        return self.kinds[name]

    def references(self) -> References:
        """Return who names whom among the published definitions."""
        everything = self._publishing.current().stored.values()
        return References(self.kinds, (each.entry.definition for each in everything))

    def history(self, kind: str, name: str) -> Sequence[Version]:
        """Return every version of one definition, newest first; empty when it never was."""
        with self._db.read() as connection:
            return store.history(connection, kind, name)

    def version(self, kind: str, name: str, version: int) -> Version:
        """Return one version.

        Raises:
            NoVersion: there is none of this number.
        """
        for each in self.history(kind, name):
            if each.version == version:
                return each
        raise NoVersion(kind=kind, name=name, version=version)

    def diff(self, kind: str, name: str, *, before: int, after: int) -> str:
        """Return the unified diff between the texts of two versions as written.

        Raises:
            NoVersion: one of them does not exist.
        """
        old, new = (self.version(kind, name, each) for each in (before, after))
        return difference(old.text, new.text, name=f"{kind}/{name}")

    def export(self, folder: Path, *, overwrite: bool = False) -> Exported:
        """Write everything published into ``folder``; files that say the same already stay untouched.

        Raises:
            UnappliedEdits: the folder holds edits that were never applied, and ``overwrite`` is off.
        """
        stored = self._publishing.fresh().stored
        with self._db.read() as connection:
            export = Export(
                folder,
                reader=self._reader,
                published={key: each.entry for key, each in stored.items()},
                was_applied=lambda key, text: store.was_ever_applied(connection, key, text),
            )
            return export.run(overwrite=overwrite)

    def archive(self) -> bytes:
        """Return a zip of the city's folder as ``export`` would write it: every text as its author wrote it."""
        stored = self._publishing.fresh().stored
        return zip_of(planned_files({key: each.entry for key, each in stored.items()}))

    def schema(self, kind: str, lang: Lang = "en") -> Schema:
        """Return the JSON Schema of one kind, described in ``lang``.

        Raises:
            NotFound: there is no such kind.
        """
        return schema_of(self.kind(kind), lang)

    def template(self, kind: str) -> str:
        """Return a text to begin a definition of this kind with.

        Raises:
            NotFound: there is no such kind.
        """
        return template_of(self.kind(kind))

    def write_schemas(self, folder: Path, lang: Lang = "en") -> Sequence[Path]:
        """Write the JSON Schemas for editors into ``folder``, described in ``lang``; return the files."""
        return write_schemas(folder, self.kinds, lang)

    def _placed(self, entry: Entry, file: str | None) -> Entry:
        stored = self._publishing.current().stored.get(entry.key)
        kind, name = entry.key
        if stored is not None:
            place, position = stored.entry.file, stored.entry.position
        else:
            place, position = file or f"{self.kinds[kind].folder}/{name}.yaml", entry.position
        return Entry(entry.definition, entry.value, entry.text, place, position, entry.line)

    def _apply(
        self, principal: Principal, planned: Plan, *, note: str, rolled_back: bool
    ) -> Applied:
        principal.require("definitions.apply", "definitions")
        if planned.is_empty:
            return Applied(planned.revision, ())
        with self._db.begin() as tx:
            if not store.advance(tx, planned.revision):
                raise PlanOutdated(revision=planned.revision)
            self._write(tx, principal, planned, note=note, rolled_back=rolled_back)
        self._publishing.fresh()
        self._outbox.wake()
        return Applied(planned.revision + 1, _keys(planned.changes))

    def _write(
        self,
        tx: Connection,
        principal: Principal,
        planned: Plan,
        *,
        note: str,
        rolled_back: bool,
    ) -> None:
        heads = {head.key: head for head in store.heads(tx)}
        written: list[tuple[Version, Entry]] = []
        for change in planned.changes:
            key = (change.kind, change.name)
            head = heads.get(key)
            entry = change.entry
            version = Version(
                kind=change.kind,
                name=change.name,
                version=head.version + 1 if head else 1,
                action="roll_back" if rolled_back else change.action,
                status="published",
                revision=planned.revision + 1,
                author=principal.id,
                author_name=principal.name,
                at=self._clock.now(),
                note=note,
                text=entry.text,
                value=entry.value,
            )
            written.append((version, entry))
        store.write_versions(tx, written)
        store.move(tx, planned.moves)
        self._record(tx, principal, planned, [version for version, _entry in written])

    def _record(
        self, tx: Connection, principal: Principal, planned: Plan, versions: Sequence[Version]
    ) -> None:
        acts = [
            Act(
                principal.id,
                f"definitions.{each.action}",
                f"{each.kind}/{each.name}",
                details={"version": each.version, "revision": each.revision, "note": each.note},
            )
            for each in versions
        ]
        if not versions:
            return
        self._audit.record(tx, *acts)
        revision = planned.revision + 1
        changed = [list(key) for key in _keys(planned.changes)]
        payload = {"revision": revision, "changed": changed}
        self._outbox.emit(tx, "definitions.applied", str(revision), payload)


def _keys(changes: Iterable[Change]) -> tuple[Key, ...]:
    return tuple((each.kind, each.name) for each in changes)
