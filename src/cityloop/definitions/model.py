"""The nouns of city as code: what was read (draft), what would change (plan), what was changed (version)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cityloop.definitions.problems import Finding
from cityloop.definitions.yaml_tree import Plain, parse
from cityloop.foundation.definition import Definition, Kind, Path, Reference, Snapshot
from cityloop.foundation.errors import CityError

Action = Literal["create", "change", "reword", "delete"]
"""``reword``: only comments, layout or the order of keys differ."""
Status = Literal["draft", "reviewed", "published"]
"""How far a version has come; apply publishes."""
Key = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One readable definition: its value and text as written, and where it was written.

    ``line`` is the file's line on which ``text`` begins; ``position`` counts the documents of the file from 0.
    """

    definition: Definition
    value: Mapping[str, Plain]
    text: str
    file: str
    position: int = 0
    line: int = 1

    @property
    def key(self) -> Key:
        """Kind and name."""
        return self.definition.kind_name, self.definition.name

    def finding(self, path: Path, error: CityError) -> Finding:
        """Return ``error`` with the place of ``path``, found by reading the text once more."""
        line, column = parse(self.text, self.line).place_of(path)
        return Finding(self.file, line, column, *self.key, path, error)


@dataclass(frozen=True, slots=True)
class Draft:
    """Definitions as somebody wrote them, before anything is decided.

    ``whole`` says that this is all there is, so that what is missing gets deleted; otherwise only ``removed`` is.
    ``findings`` are the problems of reading; ``broken`` names what could not be read, so that references to it are
    not reported as well.
    """

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    whole: bool = False
    removed: frozenset[Key] = frozenset()
    broken: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """One definition that a plan would create, change, reword or delete.

    ``diff`` is a unified diff of canonical YAML (of the text as written for ``reword``); ``impact`` names everything
    that depends on it, directly or not; ``before`` is None when created, ``after`` None when deleted.
    """

    action: Action
    kind: str
    name: str
    diff: str
    impact: tuple[Key, ...]
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """What the new version says; of a deletion, what it said last."""
        entry = self.after or self.before
        if entry is None:
            message = "a change has a before or an after"
            raise ValueError(message)
        return entry


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying a draft would do, decided against ``revision``.

    ``moves`` are definitions whose text stands in another file or place than before; they get no new version.
    """

    revision: int
    changes: tuple[Change, ...]
    unchanged: int
    moves: tuple[Entry, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether applying would do nothing."""
        return not self.changes and not self.moves

    def count(self, action: Action) -> int:
        """Return how many definitions would meet this fate."""
        return sum(each.action == action for each in self.changes)


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did; ``revision`` is the new one, or the old one when there was nothing to do."""

    revision: int
    changed: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one definition: who wrote it when and why, and what it said."""

    kind: str
    name: str
    version: int
    action: Literal["create", "change", "reword", "delete", "roll_back"]
    status: Status
    revision: int
    author: str
    author_name: str
    at: datetime
    note: str
    text: str
    value: Mapping[str, Plain] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stored:
    """A published definition with its text and place; ``at`` and ``author_name`` are of its newest version."""

    entry: Entry
    version: int
    at: datetime
    author_name: str


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that is published, with texts; ``snapshot`` is what other features see of it."""

    snapshot: Snapshot
    stored: Mapping[Key, Stored]


class References:
    """Who names whom, both ways.

    Args:
        kinds: knows what each definition names.
        definitions: all of one moment.
    """

    def __init__(
        self, kinds: Mapping[str, Kind[Definition]], definitions: Iterable[Definition]
    ) -> None:
        self._of: dict[Key, tuple[Reference, ...]] = {}
        self._users: dict[Key, set[Key]] = {}
        for each in definitions:
            found = tuple(references_of(kinds, each))
            self._of[each.kind_name, each.name] = found
            for reference in found:
                users = self._users.setdefault((reference.kind, reference.name), set())
                users.add((each.kind_name, each.name))

    def of(self, key: Key) -> tuple[Reference, ...]:
        """Return what this definition names."""
        return self._of.get(key, ())

    def users_of(self, key: Key) -> tuple[Key, ...]:
        """Return what names this definition directly, sorted."""
        return tuple(sorted(self._users.get(key, ())))

    def dependents_of(self, keys: Iterable[Key]) -> tuple[Key, ...]:
        """Return what names these definitions, directly or through others, without themselves, sorted."""
        start = set(keys)
        found: set[Key] = set()
        waiting = list(start)
        while waiting:
            fresh = self._users.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return tuple(sorted(found - start))


def references_of(
    kinds: Mapping[str, Kind[Definition]], definition: Definition
) -> Iterable[Reference]:
    """Yield what ``definition`` names: its owner, and what its kind says."""
    if definition.owner is not None and "department" in kinds:
        yield Reference("department", definition.owner, ("owner",))
    kind = kinds.get(definition.kind_name)
    if kind is not None:
        yield from kind.references(definition)
