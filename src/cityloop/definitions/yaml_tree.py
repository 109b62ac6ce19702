"""From YAML text to plain values, with the place of every key, and nothing that YAML could do to harm us.

Only mappings, lists and scalars pass: no anchors, aliases or tags, no duplicate keys, bounded depth. Scalars follow the
YAML 1.2 core schema (``no`` and ``1:30`` stay text), keys are always text, and a whole number with a leading zero
stays text because it is a code and not a quantity. Events come from libyaml: 25 times faster than parsing in Python.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from cityloop.definitions.problems import (
    AliasInYaml,
    BadKey,
    BadYaml,
    DuplicateKey,
    TabInYaml,
    TagInYaml,
    TooDeep,
)
from cityloop.foundation.definition import Path
from cityloop.foundation.errors import CityError

MAX_DEPTH = 40
"""Lists and mappings inside each other; the deepest known definition needs 9."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON can say."""
Place = tuple[int, int]
"""Line and column, both from 1."""

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(
    r"[-+]?((0|[1-9][0-9]*)\.[0-9]*([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?|(0|[1-9][0-9]*)[eE][-+]?[0-9]+)"
)
_WORDS: Mapping[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tree:
    """One document: its value, where its keys and items stand, and what is wrong with its YAML."""

    value: Plain
    places: Mapping[Path, Place]
    problems: tuple[tuple[Place, CityError], ...]

    def place_of(self, path: Path) -> Place:
        """Return where ``path`` stands, or the nearest part of it that exists."""
        return self.places.get(self.known(path), (1, 1))

    def known(self, path: Path) -> Path:
        """Return the steps of ``path`` that lead somewhere in this document.

        Steps that exist only in types (the member of a union) are left out.
        """
        found: Path = ()
        for step in path:
            if (*found, step) in self.places:
                found = (*found, step)
        return found


def parse(text: str, first_line: int = 1) -> Tree:
    r"""Return the tree of one YAML document; what is wrong is listed, not raised.

    Args:
        text: the document, without ``---`` lines.
        first_line: number of its first line in the file.

    Example:
        >>> parse("name: visits\nrows: 010\n").value
        {'name': 'visits', 'rows': '010'}
        >>> parse("a: 1\na: 2\n").problems[0][0]
        (2, 1)
    """
    building = _Building(first_line)
    value: Plain = None
    try:
        events = _events(text)
        for event in events:
            if isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
                building.mark((), event)
                value = building.value(event, events, ())
    except _Stop as stop:
        building.problems.append((stop.place, stop.error))
    except yaml.YAMLError as error:
        building.problems.append(_syntax_problem(error, text, first_line))
    return Tree(value, building.places, tuple(building.problems))


def scalar(text: str) -> Plain:
    """Return the value of a scalar written without quotes.

    Example:
        >>> [scalar(each) for each in ("12", "1.5", "true", "no", "~", "007")]
        [12, 1.5, True, 'no', None, '007']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and isfinite(number := float(text)):
        return number
    return text


class _Stop(Exception):
    """This document cannot be read any further."""

    def __init__(self, place: Place, error: CityError) -> None:
        super().__init__(error)
        self.place = place
        self.error = error


@dataclass(slots=True)
class _Building:
    first_line: int
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[tuple[Place, CityError]] = field(default_factory=list)

    def value(self, event: Event, events: Iterator[Event], path: Path) -> Plain:
        self._refuse(event)
        if len(path) > MAX_DEPTH:
            raise _Stop(self._place(event), TooDeep(most=MAX_DEPTH))
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._list(events, path)
        text = _scalar_event(event)
        return str(text.value) if text.style else scalar(text.value)

    def mark(self, path: Path, event: Event) -> None:
        self.places[path] = self._place(event)

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            self._refuse(event)
            if not isinstance(event, ScalarEvent):
                raise _Stop(self._place(event), BadKey())
            key = str(event.value)
            here = (*path, key)
            if key in found:
                first = self.places[here][0]
                problem = DuplicateKey(key=key, first_line=first)
                self.problems.append((self._place(event), problem))
            else:
                self.mark(here, event)
            found[key] = self.value(next(events), events, here)
        return found

    def _list(self, events: Iterator[Event], path: Path) -> list[Plain]:
        found: list[Plain] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            here = (*path, len(found))
            self.mark(here, event)
            found.append(self.value(event, events, here))
        return found

    def _refuse(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            raise _Stop(self._place(event), AliasInYaml(name=f"*{event.anchor}"))
        if isinstance(event, NodeEvent) and event.anchor:
            raise _Stop(self._place(event), AliasInYaml(name=f"&{event.anchor}"))
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag:
            raise _Stop(self._place(event), TagInYaml(tag=event.tag))

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return (mark.line + self.first_line, mark.column + 1) if mark else (self.first_line, 1)


def _scalar_event(event: Event) -> ScalarEvent:
    if not isinstance(event, ScalarEvent):
        message = f"{type(event).__name__} where a value was expected"
        raise TypeError(message)
    return event


def _events(text: str) -> Iterator[Event]:
    # yaml.parse is typed as returning Any.
    events: Iterator[Event] = iter(yaml.parse(text, Loader=_LOADER))
    for event in events:
        if isinstance(event, StreamEndEvent):
            return
        yield event


def _syntax_problem(error: yaml.YAMLError, text: str, first_line: int) -> tuple[Place, CityError]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    place = (line + first_line, column + 1)
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())]:
        return place, TabInYaml()
    return place, BadYaml(reason=f"{reason} ({context})" if context else str(reason))
