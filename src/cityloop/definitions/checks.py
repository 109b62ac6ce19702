"""Everything that is wrong with a draft as a whole: duplicates, dangling references, and what each kind checks itself."""

from collections.abc import Iterable, Iterator, Mapping

from cityloop.definitions.model import Draft, Entry, Key, Published, References, references_of
from cityloop.definitions.problems import (
    Duplicate,
    Finding,
    StillReferenced,
    UnknownKind,
    UnknownReference,
)
from cityloop.foundation.definition import Definition, Kind, Path, Snapshot
from cityloop.foundation.errors import CityError, NotFound, closest

Kinds = Mapping[str, Kind[Definition]]


def candidate(draft: Draft, published: Published) -> dict[Key, Entry]:
    """Return what would be published after the draft: all of it when whole, else merged into what is published."""
    merged: dict[Key, Entry] = {}
    if not draft.whole:
        merged = {k: s.entry for k, s in published.stored.items() if k not in draft.removed}
    return merged | {each.key: each for each in draft.entries}


def check(draft: Draft, published: Published, kinds: Kinds) -> tuple[Finding, ...]:
    """Return every problem of the draft, in order of file and line.

    A partial draft is checked together with everything published that depends on it.
    """
    entries = candidate(draft, published)
    snapshot = Snapshot.of(*(each.definition for each in entries.values()))
    references = References(kinds, (each.definition for each in entries.values()))
    touched: Iterable[Key] = entries
    if not draft.whole:
        own = {each.key for each in draft.entries} | draft.removed
        touched = sorted((own | set(references.dependents_of(own))) & set(entries))
    findings = [*draft.findings, *_duplicates(draft.entries)]
    findings += _removals(draft, published, references)
    for key in touched:
        entry = entries[key]
        findings += _dangling(entry, snapshot, draft, kinds)
        findings += _own_checks(entry, snapshot, kinds)
    return tuple(sorted(set(findings), key=_place))


def _place(finding: Finding) -> tuple[str, int, int, str, str]:
    return finding.file, finding.line, finding.column, finding.code, str(finding.path)


def _duplicates(entries: Iterable[Entry]) -> Iterator[Finding]:
    first: dict[Key, Entry] = {}
    for entry in entries:
        other = first.setdefault(entry.key, entry)
        if other is not entry:
            kind, name = entry.key
            line = other.finding(("name",), NotFound()).line
            error = Duplicate(kind=kind, name=name, other=f"{other.file}:{line}")
            yield entry.finding(("name",), error)


def _removals(draft: Draft, published: Published, references: References) -> Iterator[Finding]:
    for kind, name in sorted(draft.removed):
        stored = published.stored.get((kind, name))
        if stored is None:
            known = published.snapshot.kinds.get(kind, {})
            error: CityError = NotFound(kind=kind, name=name, close=closest(name, known))
            yield Finding("", 1, 1, kind, name, (), error)
        elif users := references.users_of((kind, name)):
            by = [f"{user_kind} {user}" for user_kind, user in users]
            yield stored.entry.finding((), StillReferenced(kind=kind, name=name, by=by))


def _dangling(entry: Entry, snapshot: Snapshot, draft: Draft, kinds: Kinds) -> Iterator[Finding]:
    excused = draft.broken | draft.removed
    for reference in references_of(kinds, entry.definition):
        kind, name = reference.kind, reference.name
        if kind not in kinds:
            error: CityError = UnknownKind(kind=kind, close=closest(kind, kinds) or sorted(kinds))
            yield entry.finding(reference.path, error)
        elif not snapshot.has(kind, name) and (kind, name) not in excused:
            close = closest(name, snapshot.kinds.get(kind, {}))
            yield entry.finding(reference.path, UnknownReference(kind=kind, name=name, close=close))


def _own_checks(entry: Entry, snapshot: Snapshot, kinds: Kinds) -> Iterator[Finding]:
    try:
        for problem in kinds[entry.definition.kind_name].check(entry.definition, snapshot):
            yield entry.finding(problem.path, problem.error)
    except CityError as error:
        # A check may also raise what it found.
        path: Path = ()
        yield entry.finding(path, error)
