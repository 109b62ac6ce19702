"""Files for people to take away: the same read path with purpose ``export``, then a format.

Spreadsheets run text that looks like a formula. In CSV such cells (and headers) get an apostrophe in front; in Excel
files they are written as text with Excel's own quote prefix. Plain numbers written as text are left as they are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter  # type: ignore[import-untyped]  # ships no types
from pyarrow import csv
from sqlglot import exp

from cityloop.foundation.principal import Principal
from cityloop.policies.model import Result
from cityloop.policies.reader import Reader

Column = Any
"""``pa.ChunkedArray`` of any type: the stubs of pyarrow's compute functions know only arrays of one type."""
Format = Literal["csv", "xlsx", "parquet", "json"]
"""Formats of an export."""
FORMATS: tuple[Format, ...] = get_args(Format)
"""Every format."""
MOST_ROWS: Mapping[Format, int] = {
    "csv": 1_000_000,
    "xlsx": 100_000,
    "parquet": 5_000_000,
    "json": 200_000,
}
"""Rows of one file: what a spreadsheet takes (Excel: 1,048,576 in all) and what fits into memory."""
MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
"""Media type of each format."""
LONGEST_CELL = 32_767
"""Characters that an Excel cell takes."""

_FORMULA = r"^[\s\x{00a0}\x{3000}\x{feff}\x{200b}'\"]*[=+\-@|%＝＋－＠﹢﹣﹦﹫−]|^[\t\r\n]"
_PLAIN_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file: its bytes, media type, file name and how many rows it holds."""

    name: str
    media_type: str
    content: bytes
    rows: int


def export(
    reader: Reader,
    principal: Principal,
    query: exp.Query | str,
    file_format: Format,
    *,
    name: str = "export",
    watermark: bool = False,
) -> ExportFile:
    """Return the rows of ``query`` that ``principal`` may take away, as a file; the export is in the audit log.

    Args:
        reader: the read path.
        principal: who takes them.
        query: a tree or text; :func:`whole` gives the query of a whole dataset.
        file_format: csv (UTF-8 with BOM), xlsx, parquet or json.
        name: of the file, without its ending.
        watermark: add a line that says who took it and when.

    Raises:
        CityError: whatever :meth:`Reader.read` raises.
    """
    result = reader.read(
        principal, "export", query, most=MOST_ROWS[file_format], note={"format": file_format}
    )
    mark = _mark(reader, principal, result) if watermark else ""
    content = _write(result, file_format, mark, ZoneInfo(reader.time_zone))
    return ExportFile(
        f"{name}.{file_format}", MEDIA_TYPES[file_format], content, result.table.num_rows
    )


def whole(dataset: str) -> exp.Select:
    """Return the query of everything that one may see of a dataset."""
    return exp.Select(
        expressions=[exp.Star()],
        from_=exp.From(this=exp.Table(this=exp.to_identifier(dataset, quoted=True))),
    )


def neutralise(column: Column) -> Column:
    """Return a text column in which no cell runs as a formula when a spreadsheet opens it.

    Example:
        >>> neutralise(pa.chunked_array([["=1+1", "-5", "ok", None]])).to_pylist()
        ["'=1+1", '-5', 'ok', None]
    """
    risky = pc.and_(
        pc.match_substring_regex(column, _FORMULA),
        pc.invert(pc.match_substring_regex(column, _PLAIN_NUMBER)),
    )
    quoted = pc.binary_join_element_wise("'", column, "")
    return pc.if_else(risky, quoted, column)


def _write(result: Result, file_format: Format, mark: str, zone: ZoneInfo) -> bytes:
    if file_format == "csv":
        return _csv(result.table, mark, zone)
    if file_format == "xlsx":
        return _xlsx(result.table, mark, zone)
    if file_format == "parquet":
        return _parquet(result.table, mark)
    return _json(result.table, mark)


def _mark(reader: Reader, principal: Principal, result: Result) -> str:
    at = reader.clock.now().astimezone(ZoneInfo(reader.time_zone)).isoformat(timespec="seconds")
    return f"{principal.name} ({principal.id}) · {at} · {', '.join(result.versions)}"


def _csv(table: pa.Table, mark: str, zone: ZoneInfo) -> bytes:
    out = BytesIO()
    out.write(b"\xef\xbb\xbf")
    titles = neutralise(pa.chunked_array([pa.array(table.column_names, pa.string())]))
    shown = pa.Table.from_arrays(
        [_csv_column(column, zone) for column in table.columns], names=titles.to_pylist()
    )
    csv.write_csv(shown, out)
    if mark:
        out.write(f'"# {mark.replace(chr(34), "")}"\n'.encode())
    return out.getvalue()


def _csv_column(column: Column, zone: ZoneInfo) -> Column:
    if pa.types.is_timestamp(column.type):
        if column.type.tz is None:
            return pc.strftime(column, "%Y-%m-%dT%H:%M:%S")
        return pc.strftime(
            column.cast(pa.timestamp("s", zone.key), safe=False), "%Y-%m-%dT%H:%M:%S%z"
        )
    if pa.types.is_nested(column.type):
        texts = [
            None if each is None else orjson.dumps(each, default=str).decode()
            for each in column.to_pylist()
        ]
        column = pa.chunked_array([pa.array(texts, pa.string())])
    return (
        neutralise(column)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
        else column
    )


def _xlsx(table: pa.Table, mark: str, zone: ZoneInfo) -> bytes:
    out = BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet = book.add_worksheet()
        formats = {
            "text": book.add_format({"quote_prefix": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "head": book.add_format({"bold": True, "quote_prefix": True}),
        }
        for place, name in enumerate(table.column_names):
            sheet.write_string(0, place, name[:LONGEST_CELL], formats["head"])
        # The writer takes cells one at a time; 100,000 rows of 10 columns take about 5 s.
        for place, column in enumerate(table.columns):
            for line, value in enumerate(column.to_pylist(), start=1):
                _cell(sheet, (line, place), value, formats, zone)
        if mark:
            sheet.write_string(table.num_rows + 1, 0, f"# {mark}", formats["text"])
    return out.getvalue()


def _cell(
    sheet: xlsxwriter.worksheet.Worksheet,
    place: tuple[int, int],
    value: object,
    formats: Mapping[str, object],
    zone: ZoneInfo,
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, datetime):
        local = value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(*place, local, formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(*place, value, formats["date"])
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(*place, value)
    else:
        text = value if isinstance(value, str) else str(value)
        text = text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
        sheet.write_string(*place, text, formats["text"])


def _parquet(table: pa.Table, mark: str) -> bytes:
    out = BytesIO()
    known = table.schema.metadata or {}
    marked = (
        table.replace_schema_metadata({**known, b"cityloop.export": mark.encode()})
        if mark
        else table
    )
    pq.write_table(marked, out, compression="zstd")
    return out.getvalue()


def _json(table: pa.Table, mark: str) -> bytes:
    def parts() -> Iterator[bytes]:
        yield orjson.dumps({"exported": mark or None})[:-1] + b',"rows":['
        for number, batch in enumerate(table.to_batches(max_chunksize=10_000)):
            rows = orjson.dumps(batch.to_pylist(), default=str, option=orjson.OPT_UTC_Z)[1:-1]
            yield (b"," if number and rows else b"") + rows
        yield b"]}"

    return b"".join(parts())
