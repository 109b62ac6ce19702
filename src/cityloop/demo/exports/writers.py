"""File formats of departments: delimited text in old encodings, JSON lines, Excel, SQLite.

The same columns give the same bytes: no file holds the time at which it was written.
"""

import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from cityloop.demo.defects import Messy
from cityloop.demo.noise import IntArray
from cityloop.demo.text import Text, filled, is_number, joined, stacked, taken, utf8

SURPLUS_FIELD = 2
"""Place of the field that a misshapen row has too many or too few."""

_WRITTEN_AT = datetime(2026, 10, 1)  # noqa: DTZ001 - Excel knows no time zone
_EXCEL_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    titles: tuple[str, ...] = ()
    """Lines above the header."""
    newline: str = "\r\n"


def write_delimited(path: Path, messy: Messy, dialect: Dialect, *, part: int = 0) -> None:
    """Write the rows of one part of a sheet as delimited text.

    Args:
        path: the file; its folder is made.
        messy: the sheet; no cell may hold the delimiter or a quote.
        dialect: encoding (any of Python's), delimiter, lines above the header.
        part: which rows: those with this number in `messy.part`.
    """
    start, stop = np.searchsorted(messy.part, [part, part + 1])
    columns = [c.slice(int(start), int(stop - start)) for c in messy.columns.values()]
    lines = _lines(columns, messy.field_surplus[start:stop], dialect.delimiter)
    header = dialect.delimiter.join(messy.columns)
    head = "".join(line + dialect.newline for line in (*dialect.titles, header))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((head + utf8(joined(lines, dialect.newline))).encode(dialect.encoding))


def write_json_lines(path: Path, messy: Messy, *, unquoted: Sequence[str] = ()) -> None:
    """Write a sheet as JSON lines in UTF-8.

    Args:
        path: the file; its folder is made.
        messy: the sheet; no cell may hold a quote, a backslash or a control character.
        unquoted: columns whose decimal numbers, `true` and `false` are written without quotes.
    """
    lines = json_lines(messy.columns, unquoted=unquoted)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(utf8(joined(lines, "\n")).encode())


def json_lines(columns: Mapping[str, Text], *, unquoted: Sequence[str] = ()) -> Text:
    """Return each row as a JSON object; see `write_json_lines` for the arguments."""
    parts: list[Text | str] = []
    for n, (name, column) in enumerate(columns.items()):
        parts.append(("{" if n == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": ")
        quoted = filled(joined('"', column, '"'), "null")
        parts.append(_bare(column, quoted) if name in unquoted else quoted)
    return joined(*parts, "}")


def write_excel(
    path: Path,
    messy: Messy,
    *,
    title: str,
    groups: Sequence[tuple[str, Sequence[str]]],
    numeric: Sequence[str],
) -> None:
    """Write a sheet with a merged title, merged group headings and the column headings below.

    Args:
        path: the file; its folder is made.
        messy: the sheet.
        title: text of the first line, merged over all columns.
        groups: heading and columns of each group, in the order of the sheet's columns.
        numeric: columns whose decimal numbers become number cells.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties({"created": _WRITTEN_AT})
    page = book.add_worksheet("Sheet1")
    bold = book.add_format({"bold": True, "align": "center"})
    page.merge_range(0, 0, 0, len(messy.columns) - 1, title, bold)
    column = 0
    for heading, names in groups:
        page.merge_range(1, column, 1, column + len(names) - 1, heading, bold)
        column += len(names)
    page.write_row(2, 0, list(messy.columns), bold)
    cells = [_excel_cells(name, c, numeric) for name, c in messy.columns.items()]
    # xlsxwriter takes one cell at a time; 12,000 rows take about a second.
    for row, values in enumerate(zip(*cells, strict=True), start=3):
        page.write_row(row, 0, values)
    book.close()


def write_sqlite(path: Path, schema: str, tables: Mapping[str, Mapping[str, Text]]) -> None:
    """Write tables into a new SQLite database.

    Args:
        path: the file; its folder is made and an old file is replaced.
        schema: the CREATE statements; the columns' affinity turns text into numbers.
        tables: columns of each table, in the order of its CREATE statement.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(schema)
    for name, columns in tables.items():
        marks = ", ".join("?" * len(columns))
        rows = zip(*(c.to_pylist() for c in columns.values()), strict=True)
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)  # noqa: S608 - our own names
    connection.commit()
    connection.close()


def _lines(columns: Sequence[Text], surplus: IntArray, delimiter: str) -> Text:
    columns = [filled(c, "") for c in columns]
    pieces = [joined(*columns, separator=delimiter)]
    place = np.arange(surplus.size)
    for change in (1, -1):
        rows = np.flatnonzero(surplus == change)
        cells: list[Text | str] = [taken(c, rows) for c in columns]
        cells[SURPLUS_FIELD : SURPLUS_FIELD + (change < 0)] = [""] if change > 0 else []
        place[rows] = sum(len(p) for p in pieces) + np.arange(rows.size)
        pieces.append(joined(*cells, separator=delimiter))
    return taken(stacked(pieces), place)


def _bare(column: Text, quoted: Text) -> Text:
    """Return numbers and truth values as they are, everything else quoted."""
    filled_column = filled(column, "null")
    bare = is_number(column) | np.isin(
        filled_column.to_numpy(zero_copy_only=False), ["true", "false"]
    )
    return taken(stacked([quoted, filled_column]), np.arange(bare.size) + bare * bare.size)


def _excel_cells(name: str, column: Text, numeric: Sequence[str]) -> list[str | float | None]:
    cells = column.to_pylist()
    if name not in numeric:
        return list(cells)
    return [float(c) if c and _EXCEL_NUMBER.fullmatch(c) else c for c in cells]
