"""One file's text → its documents → definitions, each with its own text and the problems found on the way."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from cityloop.definitions.model import Draft, Entry, Key
from cityloop.definitions.problems import (
    Finding,
    NoKind,
    NotAMapping,
    UnknownKind,
)
from cityloop.definitions.shape import validate
from cityloop.definitions.yaml_tree import Tree, parse
from cityloop.foundation.definition import Definition, Kind, Path
from cityloop.foundation.errors import CityError, closest

REMEMBERED = 5_000
"""Definitions kept parsed so that an unchanged text is not parsed again; about 5 kB each."""

_MARKER = re.compile(r"(---|\.\.\.)(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its lines without ``---``, beginning on the file's line ``line`` (from 1)."""

    text: str
    line: int


def split(text: str) -> Iterator[Document]:
    r"""Yield the documents of a file; every line keeps its number.

    Comments before the first ``---`` belong to the document after it, comments after the last document to that one;
    YAML forbids ``---`` at the start of a line anywhere else, so cutting there is exact.

    Example:
        >>> [(each.line, each.text) for each in split("a: 1\n---\nb: 2\n")]
        [(1, 'a: 1\n'), (3, 'b: 2\n')]
    """
    parts: list[tuple[int, list[str]]] = [(1, [])]
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        marker = _MARKER.match(line)
        if marker is None:
            parts[-1][1].append(line)
            continue
        rest = line[3:] if line[3:].strip() else ""
        if _says_nothing(parts[-1][1]):
            parts[-1][1].append(f"   {rest}" if rest else "")
        else:
            parts.append((number, [f"   {rest}" if rest else ""]))
    if len(parts) > 1 and _says_nothing(parts[-1][1]):
        _number, comments = parts.pop()
        parts[-1][1].extend(comments)
    for first, lines in parts:
        if not _says_nothing(lines):
            blank = next(index for index, line in enumerate(lines) if line.strip())
            yield Document("\n".join(lines[blank:]).rstrip() + "\n", first + blank)


def join(texts: Iterable[str]) -> str:
    """Return a file of these documents; :func:`split` gives them back."""
    return "---\n".join(texts)


class Reader:
    """Reads definitions of the known kinds; remembers what it has read, by text."""

    def __init__(self, kinds: Mapping[str, Kind[Definition]]) -> None:
        self._kinds = kinds
        self._folders = {kind.folder: kind.name for kind in kinds.values()}
        self._known: dict[tuple[str | None, str], Entry] = {}

    def kind_of_file(self, file: str) -> str | None:
        """Return the kind that the file's folders tell, None when they tell none; the innermost counts."""
        folders = [part for part in PurePosixPath(file).parts[:-1] if part in self._folders]
        return self._folders[folders[-1]] if folders else None

    def read(self, text: str, file: str, *, kind: str | None = None) -> Draft:
        """Return the definitions of one file's text.

        Args:
            text: one or several YAML documents.
            file: relative to the city's folder, with ``/``; named by findings.
            kind: of documents that do not say; None takes it from the file's folder.
        """
        usual = kind or self.kind_of_file(file)
        entries: list[Entry] = []
        findings: list[Finding] = []
        broken: set[Key] = set()
        for position, document in enumerate(split(text)):
            known = self._known.get((usual, document.text))
            if known is None:
                found = self._entry(document, file, usual)
                if not isinstance(found, Entry):
                    findings += found
                    broken |= {(f.kind, f.name) for f in found if f.kind and f.name}
                    continue
                known = self._remember(usual, document.text, found)
            entries.append(replace(known, file=file, position=position, line=document.line))
        return Draft(tuple(entries), tuple(findings), broken=frozenset(broken))

    def _remember(self, usual: str | None, text: str, entry: Entry) -> Entry:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[usual, text] = entry
        return entry

    def _entry(self, document: Document, file: str, usual: str | None) -> Entry | list[Finding]:
        tree = parse(document.text, document.line)
        value = tree.value
        kind, name = _identity(tree, usual)

        def finding(path: Path, error: CityError) -> Finding:
            return Finding(file, *tree.place_of(path), kind, name, path, error)

        if tree.problems:
            return [Finding(file, *place, kind, name, (), each) for place, each in tree.problems]
        if not isinstance(value, dict):
            return [finding((), NotAMapping())]
        if kind is None:
            return [finding((), NoKind(kinds=sorted(self._kinds)))]
        known = self._kinds.get(kind)
        if known is None:
            close = closest(kind, self._kinds) or sorted(self._kinds)
            return [finding(("kind",), UnknownKind(kind=kind, close=close))]
        definition, problems = validate(known.model, tree)
        if definition is None:
            return [finding(problem.path, problem.error) for problem in problems]
        return Entry(definition, value, document.text, file, line=document.line)


def _identity(tree: Tree, usual: str | None) -> tuple[str | None, str | None]:
    value = tree.value if isinstance(tree.value, dict) else {}
    kind, name = value.get("kind", usual), value.get("name")
    return str(kind) if kind is not None else None, name if isinstance(name, str) else None


def _says_nothing(lines: Iterable[str]) -> bool:
    return all(not line.strip() or line.lstrip().startswith("#") for line in lines)
