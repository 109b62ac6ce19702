"""CSV and other delimited text, in any encoding, with any delimiter, also packed and below title rows."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from cityloop.sources.connectors.base import (
    Contents,
    CsvShape,
    Delivery,
    Feed,
    Inbox,
    Options,
    Parcel,
    unique_names,
)
from cityloop.sources.connectors.decoding import first_text, to_utf8
from cityloop.sources.connectors.files import FileOptions, FolderOptions, each_file
from cityloop.sources.errors import NoHeader
from cityloop.sources.headers import SEARCHED, header_row

DELIMITERS = (",", ";", "\t", "|")
"""Delimiters that are recognised; any other single character can be declared."""
SAMPLE = 1 << 20
"""Bytes from the top that are looked at."""

csv.field_size_limit(SAMPLE)


class CsvOptions(FileOptions):
    """``read`` of a CSV feed; what is not declared is found out.

    ``skip`` counts the lines above the header; ``header: false`` with ``names`` is a file without one.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    skip: int | None = None
    header: bool = True
    names: tuple[str, ...] = ()


class CsvConnector:
    """Reads delimited text files."""

    name: ClassVar[str] = "csv"
    connection_options: ClassVar[type[Options]] = FolderOptions
    read_options: ClassVar[type[Options]] = CsvOptions

    def deliveries(
        self, feed: Feed[FolderOptions, CsvOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery per file.

        Raises:
            NoFile: nothing matches.
            OutsideCity: the path leads out of the city.
            UnreadableText: a file is not text; the offset is named.
            NoHeader: a file is empty.
        """

        def take(name: str, parcel: Parcel) -> Contents:
            raw, readable = parcel.raw(name), parcel.readable(name)
            encoding = to_utf8(raw, readable, feed.read.encoding)
            text = first_text(readable if readable.exists() else raw, SAMPLE)
            shape, columns = describe(text, feed.read, feed.expected, file=name)
            return Contents(shape, columns, encoding={name: encoding})

        return each_file(feed, inbox, take, cursor)


def describe(
    text: str, options: CsvOptions, expected: frozenset[str], *, file: str
) -> tuple[CsvShape, tuple[str, ...]]:
    """Return how to read delimited ``text`` (its beginning) and the names of its columns.

    Raises:
        NoHeader: there is no row.
    """
    delimiter = options.delimiter or sniff(text, options.quote)
    lines = text.split("\n", options.skip)[-1] if options.skip else text
    above = options.skip or 0
    rows, ends = _rows(lines, delimiter, options.quote)
    if not options.header:
        width = max((len(row) for row in rows), default=len(options.names))
        names = [*options.names, *[None] * (width - len(options.names))]
        return CsvShape(delimiter, options.quote, above), unique_names(names)
    index = 0 if options.skip is not None and rows else header_row(rows, expected)
    if index is None:
        raise NoHeader(file=file)
    return CsvShape(delimiter, options.quote, above + ends[index]), unique_names(list(rows[index]))


def sniff(text: str, quote: str) -> str:
    r"""Return the delimiter that cuts most rows into the same number (> 1) of cells; ``,`` when none does.

    Example:
        >>> sniff("标题\na;b\n1;2,5\n3;4,5\n", '"')
        ';'
    """

    def evenness(delimiter: str) -> tuple[int, int]:
        rows, _ends = _rows(text, delimiter, quote)
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda each: each[::-1], default=(0, 0))
        return count, width

    best = max(DELIMITERS, key=evenness)
    return best if evenness(best)[0] else ","


def _rows(text: str, delimiter: str, quote: str) -> tuple[list[list[str]], list[int]]:
    """Return the first rows and, for each, how many physical lines end with it."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    rows, ends = [], []
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
            if len(rows) >= 2 * SEARCHED:
                break
    except csv.Error:
        pass  # a cell longer than the sample: what was read before it is enough to judge
    return rows, ends
