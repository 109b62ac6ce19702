"""JSON: a document with a list of records in it, or one record per line; nested fields become ``a.b`` columns.

Every record becomes one line of a readable file. Numbers keep the digits they were written with. A malformed line is
kept as it came: the contract counts it as broken instead of losing it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import orjson

from cityloop.sources.connectors.base import (
    Contents,
    Delivery,
    Feed,
    Inbox,
    LinesShape,
    Options,
    Parcel,
    unique_names,
)
from cityloop.sources.connectors.decoding import to_utf8
from cityloop.sources.connectors.files import FileOptions, FolderOptions, each_file
from cityloop.sources.errors import BadFile, NoRecords, TooLarge

DEPTH = 8
"""Levels of objects that become columns; deeper ones stay JSON text."""
MOST_BYTES = 1 << 30
"""Largest document that is read at once; lines have no limit."""

Json = Any
"""A parsed JSON value: any shape is possible, so it is looked at with isinstance."""


class JsonOptions(FileOptions):
    """``read`` of a JSON feed: ``records`` is the path to the list (``data.items``); ``lines`` says one record a line.

    ``lines`` None goes by the name (``.jsonl``, ``.ndjson``).
    """

    records: str = ""
    lines: bool | None = None
    encoding: str | None = None


class JsonConnector:
    """Reads JSON documents and JSON lines."""

    name: ClassVar[str] = "json"
    connection_options: ClassVar[type[Options]] = FolderOptions
    read_options: ClassVar[type[Options]] = JsonOptions

    def deliveries(
        self, feed: Feed[FolderOptions, JsonOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery per file.

        Raises:
            NoFile: nothing matches.
            OutsideCity: the path leads out of the city.
            UnreadableText: a file is not text; the offset is named.
            BadFile: a document is no JSON.
            NoRecords: there is no list of records where the feed says.
            TooLarge: a document is larger than is read at once.
        """

        def take(name: str, parcel: Parcel) -> Contents:
            raw, readable = parcel.raw(name), parcel.readable(name)
            encoding = to_utf8(raw, readable, feed.read.encoding)
            text = readable if readable.exists() else raw
            if _is_lines(name, feed.read):
                shape = shape_of(_parsed_lines(text), feed.expected)
            else:
                records = find_records(load_document(text, name), feed.read.records, name)
                shape = shape_of(records, feed.expected)
                write_lines(records, readable)
            return Contents(shape, tuple(shape.paths), encoding={name: encoding})

        return each_file(feed, inbox, take, cursor)


def load_document(file: Path, name: str) -> Json:
    """Return the parsed document in a UTF-8 file.

    Raises:
        BadFile: it is no JSON.
        TooLarge: it is larger than :data:`MOST_BYTES`.
    """
    if file.stat().st_size > MOST_BYTES:
        raise TooLarge(file=name, limit=MOST_BYTES)
    return parse_document(file.read_bytes(), name)


def parse_document(body: bytes, name: str) -> Json:
    """Return the parsed document; numbers stay the text they were written as.

    Raises:
        BadFile: it is no JSON.
    """
    try:
        return json.loads(
            body.decode("utf-8-sig"), parse_int=str, parse_float=str, parse_constant=str
        )
    except (ValueError, RecursionError) as error:
        raise BadFile(file=name, expected="JSON", reason=str(error)) from error


def find_records(document: Json, path: str, name: str) -> list[Json]:
    """Return the list of records at ``path`` (dots between keys); a single object is a list of one.

    Raises:
        NoRecords: there is no list or object there.
    """
    found = document
    for key in filter(None, path.split(".")):
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, dict):
        return [found]
    if not isinstance(found, list):
        keys = list(document)[:20] if isinstance(document, dict) else []
        raise NoRecords(file=name, path=path, found=keys)
    return found


def shape_of(records: Iterator[Json] | Sequence[Json], expected: frozenset[str]) -> LinesShape:
    """Return the columns of all records, in order of first appearance, and where each is found."""
    paths: dict[tuple[str, ...], None] = {}
    for record in records:
        if isinstance(record, dict):
            # A loop over records: keys may first appear in the last one (measured: 2 µs a record of ten fields).
            _collect(record, (), paths)
    if not paths:
        paths = {(name,): None for name in sorted(expected)}
    names = unique_names([".".join(path) for path in paths])
    return LinesShape(dict(zip(names, paths, strict=True)))


def write_lines(records: Sequence[Json], file: Path) -> None:
    """Write one record per line."""
    with file.open("wb") as out:
        for record in records:
            out.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _collect(
    record: Mapping[str, Json], above: tuple[str, ...], paths: dict[tuple[str, ...], None]
) -> None:
    for key, value in record.items():
        path = (*above, key)
        if isinstance(value, dict) and value and len(path) < DEPTH:
            _collect(value, path, paths)
        else:
            paths.setdefault(path)


def _parsed_lines(file: Path) -> Iterator[Json]:
    with file.open("rb") as lines:
        for line in lines:
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # kept in the file; its row breaks the rule ``shape``


def _is_lines(name: str, options: JsonOptions) -> bool:
    if options.lines is not None:
        return options.lines
    return name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))
