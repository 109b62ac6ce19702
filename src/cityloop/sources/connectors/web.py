"""HTTP services that answer JSON: pages by number, offset, link or token; keys in headers; from a cursor onwards."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import httpx
from pydantic import Field

from cityloop.foundation.clock import Clock
from cityloop.sources.addresses import AddressGuard
from cityloop.sources.connectors.base import Contents, Delivery, Feed, Inbox, Options
from cityloop.sources.connectors.fetching import Answer, Fetcher
from cityloop.sources.connectors.records import (
    Json,
    find_records,
    parse_document,
    shape_of,
    write_lines,
)
from cityloop.sources.connectors.tables import read_mark, write_mark
from cityloop.sources.connectors.wording import words
from cityloop.sources.errors import BadAnswer

MOST_PAGES = 10_000
"""Pages of one delivery; a service that has more is not counting."""


class HttpConnection(Options):
    """``connection`` of an HTTP source: base ``url``, ``headers`` (keys as ``${env:NAME}``), patience and limits."""

    url: str = Field(pattern="^https?://")
    headers: dict[str, str] = Field(default_factory=dict, repr=False)
    timeout_s: float = Field(default=30, gt=0, le=600)
    max_bytes: int = Field(default=64 << 20, gt=0, le=1 << 30)
    """Largest answer, unpacked, bytes."""


class Paging(Options):
    """How a service cuts its answer into pages.

    ``page``: ``parameter`` counts from ``first`` (1); ``offset``: it counts rows (from 0); both end with a page of fewer than ``size``
    rows. ``link``: the next address stands at ``next`` in the body or in the Link header. ``token``: the value at
    ``next`` is sent as ``parameter``. ``size_parameter`` carries ``size`` where the service wants it.
    """

    kind: Literal["page", "offset", "link", "token"]
    parameter: str = "page"
    first: int | None = None
    size: int = Field(default=100, ge=1)
    size_parameter: str | None = None
    next: str | None = None


class HttpOptions(Options):
    """``read`` of an HTTP feed: ``path`` and ``parameters``, where the ``records`` are, paging.

    ``since`` names the parameter that carries the cursor; a service without one is read whole each time.
    """

    path: str = ""
    parameters: dict[str, str] = Field(default_factory=dict)
    records: str = ""
    paging: Paging | None = None
    since: str | None = None


class HttpConnector:
    """Reads JSON services.

    Args:
        guard: judges every address that is called.
        clock: reads dates of answers.
    """

    name: ClassVar[str] = "http"
    connection_options: ClassVar[type[Options]] = HttpConnection
    read_options: ClassVar[type[Options]] = HttpOptions

    def __init__(self, guard: AddressGuard, clock: Clock) -> None:
        self._guard = guard
        self._clock = clock

    def deliveries(self, feed: "HttpFeed", cursor: str | None, inbox: Inbox) -> Iterator[Delivery]:
        """Yield one delivery with every page; none when there are no rows since ``cursor``.

        Raises:
            AddressRefused: the service is inside the network and not listed.
            SourceDown: it does not answer.
            BadAnswer: it answers something else than JSON with records.
            NoRecords: there are no records where the feed says.
            TooLarge: an answer is too large.
        """
        with inbox.open(feed.source, feed.dataset) as parcel:
            records: list[Json] = []
            encoding = {}
            for number, page in enumerate(self._pages(feed, cursor), start=1):
                name = f"page-{number:05}.json"
                parcel.raw(name).write_bytes(page.body)
                write_lines(page.records, parcel.readable(name))
                records += page.records
                encoding[name] = "utf-8"
            if not records and cursor is not None:
                return
            shape = shape_of(records, feed.expected)
            mark = _newest(records, feed.cursor, cursor)
            yield parcel.seal(
                Contents(shape, tuple(shape.paths), cursor=mark, encoding=encoding, by_rows=True)
            )

    def _pages(self, feed: "HttpFeed", cursor: str | None) -> "Iterator[_Page]":
        connection, paging = feed.connection, feed.read.paging
        fetcher = Fetcher(self._guard, self._clock, connection.timeout_s, connection.max_bytes)
        url: httpx.URL | None = _first_url(feed, cursor)
        seen: set[httpx.URL] = set()
        while url is not None:
            if url in seen or len(seen) == MOST_PAGES:
                raise BadAnswer(host=url.host, status="pages without end")
            seen.add(url)
            answer = fetcher.get(str(url), connection.headers)
            document = parse_document(answer.body, url.host)
            page = _Page(answer.body, find_records(document, feed.read.records, url.host))
            yield page
            url = _next_url(url, paging, answer, document, len(page.records)) if paging else None


HttpFeed = Feed[HttpConnection, HttpOptions]


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    records: list[Json]


def _first_url(feed: HttpFeed, cursor: str | None) -> httpx.URL:
    read, paging = feed.read, feed.read.paging
    parameters = dict(read.parameters)
    if read.since and cursor is not None:
        parameters[read.since] = words(read_mark(cursor)) or ""
    if paging is not None and paging.size_parameter:
        parameters[paging.size_parameter] = str(paging.size)
    if paging is not None and paging.kind in ("page", "offset"):
        first = paging.first if paging.first is not None else int(paging.kind == "page")
        parameters[paging.parameter] = str(first)
    return httpx.URL(feed.connection.url.rstrip("/") + read.path).copy_merge_params(parameters)


def _next_url(
    url: httpx.URL, paging: Paging, answer: Answer, document: Json, rows: int
) -> httpx.URL | None:
    """Return the address of the next page, None after the last.

    Raises:
        BadAnswer: a link leads to another host, which must not see our keys.
    """
    if paging.kind in ("page", "offset"):
        if rows < paging.size:
            return None
        step = 1 if paging.kind == "page" else paging.size
        return url.copy_set_param(paging.parameter, int(url.params[paging.parameter]) + step)
    following = _value_at(document, paging.next) if paging.next else answer.next_link
    if not following:
        return None
    if paging.kind == "token":
        return url.copy_set_param(paging.parameter, str(following))
    link = url.join(str(following))
    if (link.scheme, link.host, link.port) != (url.scheme, url.host, url.port):
        raise BadAnswer(host=link.host, status="next page on another host")
    return link


def _value_at(document: Json, path: str) -> Json:
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _newest(records: Sequence[Json], column: str | None, cursor: str | None) -> str | None:
    """Return the largest cursor value: as a number when all are whole numbers, else in the order of text."""
    if column is None:
        return None
    found = [_value_at(record, column) for record in records]
    marks = [str(value) for value in found if value is not None]
    if all(re.fullmatch("0|-?[1-9][0-9]*", mark) for mark in marks):
        return write_mark(max(map(int, marks))) if marks else cursor
    return write_mark(max(marks))
