"""Excel workbooks: one sheet per feed, below title rows, with headers of one or two lines.

Cells come as text the way :mod:`wording` writes them; a date cell is ISO, whatever its format shows.
"""

import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import ClassVar, Literal

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from cityloop.foundation.errors import closest
from cityloop.sources.connectors.base import (
    Contents,
    Delivery,
    Feed,
    Inbox,
    Options,
    Parcel,
    ParquetShape,
    unique_names,
)
from cityloop.sources.connectors.decoding import UNPACKED_AT_LEAST, UNPACKED_RATIO
from cityloop.sources.connectors.files import FileOptions, FolderOptions, each_file
from cityloop.sources.connectors.wording import TextTable, words
from cityloop.sources.errors import BadFile, NoHeader, TooLarge, UnknownTable
from cityloop.sources.headers import SEARCHED, flatten, header_row

CHUNK = 20_000
"""Rows written at a time."""


class ExcelOptions(FileOptions):
    """``read`` of an Excel feed; what is not declared is found out.

    ``sheet``: name or number from 1; None is the first. ``skip`` counts the rows above the header. ``header_rows`` is 2
    where a merged line stands above the names (``空气`` over ``PM2.5`` becomes ``空气/PM2.5``).
    """

    sheet: str | int | None = None
    skip: int | None = None
    header_rows: Literal[1, 2] | None = None


class ExcelConnector:
    """Reads sheets of ``.xlsx``, ``.xls``, ``.xlsb`` and ``.ods`` files."""

    name: ClassVar[str] = "excel"
    connection_options: ClassVar[type[Options]] = FolderOptions
    read_options: ClassVar[type[Options]] = ExcelOptions

    def deliveries(
        self, feed: Feed[FolderOptions, ExcelOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery per workbook.

        Raises:
            NoFile: nothing matches.
            OutsideCity: the path leads out of the city.
            BadFile: a file is no workbook.
            TooLarge: a workbook unpacks to more than a table would.
            UnknownTable: a workbook has no such sheet.
            NoHeader: the sheet is empty.
        """

        def take(name: str, parcel: Parcel) -> Contents:
            sheet = _sheet(parcel.raw(name), feed.read.sheet, name)
            start = _start(sheet, feed)
            if start is None:
                raise NoHeader(file=name)
            columns, first = start
            with TextTable(parcel.readable(name), columns) as table:
                rows = islice(sheet.iter_rows(), first, None)
                while chunk := list(islice(rows, CHUNK)):
                    table.write([row for each in chunk if (row := _cells(each, len(columns)))])
            return Contents(ParquetShape(), columns, variant=sheet.name)

        return each_file(feed, inbox, take, cursor)


def _sheet(file: Path, wanted: str | int | None, name: str) -> CalamineSheet:
    _refuse_bomb(file, name)
    try:
        book = CalamineWorkbook.from_path(str(file))
    except (CalamineError, OSError) as error:
        raise BadFile(file=name, expected="Excel", reason=str(error)) from error
    names = book.sheet_names
    index = (wanted or 1) - 1 if not isinstance(wanted, str) else None
    if index is not None and 0 <= index < len(names):
        return book.get_sheet_by_index(index)
    if isinstance(wanted, str) and wanted in names:
        return book.get_sheet_by_name(wanted)
    raise UnknownTable(kind="sheet", name=wanted, close=closest(str(wanted), names) or names)


def _refuse_bomb(file: Path, name: str) -> None:
    if not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as packed:
        size = sum(each.file_size for each in packed.infolist())
    limit = max(UNPACKED_AT_LEAST, UNPACKED_RATIO * file.stat().st_size)
    if size > limit:
        raise TooLarge(file=name, limit=limit)


def _start(
    sheet: CalamineSheet, feed: Feed[FolderOptions, ExcelOptions]
) -> tuple[tuple[str, ...], int] | None:
    """Return the columns and the index of the first row of data; None for an empty sheet."""
    options = feed.read
    grid = _filled(sheet)
    lines = [options.header_rows or _header_lines(grid, index) for index in range(len(grid))]
    names = [
        flatten(row, grid[index + 1]) if lines[index] == 2 and index + 1 < len(grid) else row
        for index, row in enumerate(grid)
    ]
    if options.skip is not None:
        index: int | None = options.skip - (sheet.start or (0, 0))[0]
    else:
        titles = [row[:1] if len({*row} - {""}) <= 1 else row for row in names]
        index = header_row(titles, feed.expected)
    if index is None or not 0 <= index < len(grid):
        return None
    return unique_names([*names[index]]), index + lines[index]


def _filled(sheet: CalamineSheet) -> list[list[str]]:
    """Return the top of the sheet as text, each merged cell repeated over its range."""
    grid = [
        [(words(cell) or "").strip() for cell in row]
        for row in islice(sheet.iter_rows(), SEARCHED + 2)
    ]
    top, left = sheet.start or (0, 0)
    for (first_row, first), (last_row, last) in sheet.merged_cell_ranges or ():
        for row in grid[max(first_row - top, 0) : last_row - top + 1]:
            for column in range(first - left, min(last - left + 1, len(row))):
                row[column] = grid[first_row - top][first - left]
    return grid


def _header_lines(grid: Sequence[Sequence[str]], index: int) -> Literal[1, 2]:
    """Return 2 when some but not all of a row is one repeated cell over different cells: a merged upper line."""
    row = grid[index]
    below = grid[index + 1] if index + 1 < len(grid) else []
    for column in range(1, len(row)):
        repeated = row[column] and row[column] == row[column - 1]
        if repeated and len({*row} - {""}) > 1 and below[column : column + 1] != [row[column]]:
            return 2
    return 1


def _cells(row: Sequence[object], width: int) -> list[object] | None:
    """Return the cells of a row, empty ones as None; None for a row without any."""
    cells = [None if cell == "" else cell for cell in row[:width]]
    return cells if any(cell is not None for cell in cells) else None
