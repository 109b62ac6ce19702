"""What connectors that read tables share: rows streamed into one text file, and the cursor they leave behind.

A cursor is written with its kind (``integer:7``, ``moment:2026-09-01 08:00:00+08:00``) so that the next query compares
it as what it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cityloop.foundation.errors import closest
from cityloop.sources.connectors.base import (
    C,
    Contents,
    Delivery,
    Feed,
    Inbox,
    ParquetShape,
    R,
    unique_names,
)
from cityloop.sources.connectors.wording import TextTable, words
from cityloop.sources.errors import UnknownTable

Mark = int | float | Decimal | datetime | date | str
"""A value of a cursor column."""


def deliver_rows(
    feed: Feed[C, R],
    names: Sequence[str],
    chunks: Iterator[Sequence[Sequence[object]]],
    inbox: Inbox,
    cursor: str | None,
) -> Iterator[Delivery]:
    """Yield the one delivery made of ``chunks`` of rows; nothing when there are none since ``cursor``.

    Raises:
        UnknownTable: the feed's cursor is not one of ``names``.
    """
    place = _cursor_place(feed, names)
    columns = unique_names(list(names))
    newest = read_mark(cursor) if cursor is not None else None
    rows = 0
    with inbox.open(feed.source, feed.dataset) as parcel:
        name = f"{feed.dataset}.parquet"
        with TextTable(parcel.raw(name), columns) as table:
            for chunk in chunks:
                table.write(chunk)
                rows += len(chunk)
                if place is not None:
                    newest = _newest(newest, [row[place] for row in chunk])
        if rows or cursor is None:
            mark = write_mark(newest) if newest is not None else None
            yield parcel.seal(Contents(ParquetShape(), columns, cursor=mark))


def write_mark(value: Mark) -> str:
    """Return a cursor value with its kind.

    Example:
        >>> write_mark(7), write_mark("a")
        ('integer:7', 'text:a')
    """
    match value:
        case datetime():
            return f"moment:{value.isoformat(sep=' ')}"
        case date():
            return f"day:{value.isoformat()}"
        case int():
            return f"integer:{value}"
        case float() | Decimal():
            return f"number:{words(Decimal(str(value)))}"
        case _:
            return f"text:{value}"


def read_mark(cursor: str) -> Mark:
    """Return the value that :func:`write_mark` wrote.

    Example:
        >>> read_mark("day:2026-09-01")
        datetime.date(2026, 9, 1)
    """
    kind, _, value = cursor.partition(":")
    match kind:
        case "moment":
            return datetime.fromisoformat(value)
        case "day":
            return date.fromisoformat(value)
        case "integer":
            return int(value)
        case "number":
            return Decimal(value)
        case _:
            return value


def _newest(known: Mark | None, values: Sequence[object]) -> Mark | None:
    # Any: one column holds one kind of value, and kinds that databases order can be compared.
    marks: list[Any] = [each for each in (*values, known) if each is not None]
    return max(marks, default=None)


def _cursor_place(feed: Feed[C, R], names: Sequence[str]) -> int | None:
    if feed.cursor is None:
        return None
    if feed.cursor not in names:
        close = closest(feed.cursor, names) or names
        raise UnknownTable(kind="column", name=feed.cursor, close=close)
    return list(names).index(feed.cursor)
