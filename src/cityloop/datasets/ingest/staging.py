"""A delivery's files are read as text and judged: first all rows quickly, then the doubtful ones thoroughly.

Results, as tables of the workspace; no good row's text is ever written down:

- ``judged``: ``_row`` (order of delivery, from 0), the contract's fields, ``_reasons _flags _repairs _raw`` (see
  ``contracts.compiler``). A view over ``quick`` (all rows, in one pass over the files) and ``thorough`` (rows that the
  quick pass could not clear: gathered, because the thorough way has a fixed price per 2,048 rows).
- ``broken``: lines that cannot be taken apart, with their raw text: rule ``shape`` (CSV), ``malformed`` (JSON lines).
- ``parts``: the ``_row`` at which each file begins.

Three traps of the CSV reader were measured and are avoided by :func:`readable_csv`: a file that mixes line ends may be
read as empty without an error; ``skip`` counts records although a title line may hold half a quotation; and only its
strict mode reports surplus cells instead of dropping them.
"""

# ruff: noqa: S608 - SQL is made of quoted names and literals only; values of deliveries are never part of it

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from cityloop.contracts.compiler import CompiledContract
from cityloop.datasets.errors import RowsUnaccounted, Unreadable
from cityloop.datasets.ground import ReadyContract
from cityloop.datasets.ingest.tally import counts_of, rows_of
from cityloop.engine.base import BadQuery
from cityloop.engine.workspace import Workspace
from cityloop.sources.connectors.base import CsvShape, Delivery, LinesShape

CHUNK = 8 << 20
"""Bytes looked at together when a file is checked for its line ends."""
BLANK_LINES = (b"\n\n", b"\n\r\n", b"\r\r")
"""How an empty line looks; readers leave it out, so that lines are not records where there are any."""
MAX_LINE = 8 << 20
"""Bytes of the longest line that is read; a longer one goes to quarantine."""
NEWLINE = 0x0A
"""The byte that ends a line."""
NOT_IN_JSON = "\x01"
"""Separator that cannot occur in a line of JSON, so that each line is one cell."""
REASONS = "STRUCT(rule VARCHAR, field VARCHAR, value VARCHAR)[]"
"""DuckDB type of ``_reasons`` and ``_flags``."""


@dataclass(frozen=True, slots=True)
class Part:
    """One readable piece of what is loaded.

    ``query`` gives the text columns ``row_number, c…`` under their source names; ``lines`` is the table of broken
    lines that reading it fills (None: it cannot have any); ``expected`` is how many records it must give when that is
    known beforehand.
    """

    name: str
    query: str
    again: str
    rejects: str | None = None
    rule: str = "shape"
    skipped: int = 0
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """What staging found: ``rows`` in ``judged`` and ``broken`` lines."""

    rows: int
    broken: int
    parts: tuple[Part, ...]

    @property
    def read(self) -> int:
        """All records of the delivery."""
        return self.rows + self.broken


def stage(
    work: Workspace, parts: Sequence[Part], ready: ReadyContract, columns: Sequence[str]
) -> Staged:
    """Fill ``judged``, ``broken`` and ``parts`` from ``parts``.

    Args:
        work: a workspace after :func:`prepare`.
        parts: see :func:`parts_of`.
        ready: the contract, compiled for ``columns``.
        columns: names of the parts' text columns.

    Raises:
        Unreadable: a file cannot be taken apart at all.
        RowsUnaccounted: the reader gave fewer or more records than the file holds.
    """
    fields = ", ".join(map(quoted, ready.contract.fields))
    _create_tables(work, ready.contract)
    first = 0
    for number, part in enumerate(parts):
        query = f"WITH stage AS ({part.query}) SELECT {fields}, _fine, _raw FROM ({ready.quick})"
        _run(work, part, f"INSERT INTO quick {query}")
        if part.rejects:
            work.run(_collect_rejects(number, part))
        rows = rows_of(work, "quick") - first
        broken = rows_of(work, f"broken WHERE part = {number}")
        if part.expected is not None and rows + broken != part.expected:
            what = f"{part.name}: {part.expected} lines, but {rows} rows and {broken} broken lines"
            raise RowsUnaccounted(what=what, reference=part.name)
        work.run(f"INSERT INTO parts VALUES ({number}, {text(part.name)}, {first}, {rows})")
        first += rows
    _judge_doubtful(work, ready, columns)
    return Staged(first, rows_of(work, "broken"), tuple(parts))


def parts_of(delivery: Delivery, scratch: Path, work: Workspace) -> Sequence[Part]:
    """Return how to read each file of ``delivery``; ``scratch`` takes the copies of files that must be straightened."""
    parts = []
    for number, file in enumerate(delivery.files):
        if isinstance(delivery.shape, CsvShape):
            part = _csv_part(file.path, delivery.shape, delivery.columns, scratch / str(number))
        elif isinstance(delivery.shape, LinesShape):
            part = _lines_part(work, file.path, delivery.shape, delivery.columns, number)
        else:
            part = _parquet_part(file.path, delivery.columns)
        parts.append(_named(part, file.name, number))
    return parts


def part_of_raw(rows: pa.Table, columns: Sequence[str], work: Workspace) -> Part:
    """Return how to read raw rows that lie in quarantine: ``rows`` has a text column ``raw`` (JSON objects)."""
    work.register("raw_rows", rows)
    cells = ", ".join(
        f"json_extract_string(raw, {text(pointer((name,)))}) AS {quoted(name)}" for name in columns
    )
    query = f"SELECT NULL::BIGINT AS row_number, {cells} FROM raw_rows"
    return Part("quarantine", query, _numbered(query), expected=rows.num_rows)


def quoted(name: str) -> str:
    """Return ``name`` as a DuckDB identifier.

    Example:
        >>> quoted('车 "牌" 号')
        '"车 ""牌"" 号"'
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return ``value`` as a DuckDB text literal.

    Example:
        >>> text("it's")
        "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def pointer(path: Sequence[str]) -> str:
    """Return the JSON pointer (RFC 6901) of ``path``.

    Example:
        >>> pointer(("a/b", "c"))
        '/a~1b/c'
    """
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in path)


def raw_json(columns: Sequence[str]) -> str:
    """Return the SQL of one row's text columns as a JSON object."""
    return f"json_object({', '.join(f'{text(name)}, {quoted(name)}' for name in columns)})::VARCHAR"


@dataclass(frozen=True, slots=True)
class Lines:
    """How a file's lines end, and how often the quotation mark occurs."""

    newlines: int
    returns: int
    pairs: int
    quotes: int
    blanks: bool
    open_end: bool

    @property
    def mixed(self) -> bool:
        """Whether more than one kind of line end occurs."""
        return (
            self.returns > 0
            and self.newlines > 0
            and not (self.returns == self.newlines == self.pairs)
        )

    def records(self, skip: int) -> int | None:
        """How many records follow the first ``skip`` lines; None when only a parser can tell."""
        if self.quotes or self.blanks or self.mixed:
            return None
        return max(0, (self.newlines or self.returns) + self.open_end - skip)


def look_at(path: Path, quote: str) -> Lines:
    """Return what ``path``'s line ends are; reads the file once, at about the speed of the disk.

    Counting is left to numpy, because ``bytes.count`` restarts at every hit and lines are short; what does not occur
    at all is found out by ``in``, which is faster still.
    """
    newlines = returns = pairs = quotes = 0
    blanks, before = False, b""
    mark = quote.encode()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            ends = np.frombuffer(chunk, np.uint8) == NEWLINE
            newlines += int(np.count_nonzero(ends))
            returns += chunk.count(b"\r")
            quotes += chunk.count(mark) if mark else 0
            # Two bytes of the chunk before, so that nothing is missed at the seam; a pair wholly there counted already.
            seam = before[-1:] + chunk[:1]
            blanks = blanks or seam == b"\n\n" or bool(np.any(ends[1:] & ends[:-1]))
            if returns:
                whole = before + chunk
                pairs += whole.count(b"\r\n") - before.count(b"\r\n")
                blanks = blanks or any(each in whole for each in BLANK_LINES)
            before = chunk[-2:] if len(chunk) > 1 else (before + chunk)[-2:]
    return Lines(newlines, returns, pairs, quotes, blanks, before[-1:] not in (b"\n", b"\r"))


def readable_csv(path: Path, shape: CsvShape, copy: Path) -> tuple[Path, int, Lines]:
    """Return a form of ``path`` that the reader takes apart correctly, with the lines to skip in it.

    Written to ``copy`` only when the file mixes line ends, or a skipped line holds half a quotation.
    """
    lines = look_at(path, shape.quote)
    with path.open("rb") as file:
        halves = bool(shape.quote) and any(
            line.count(shape.quote.encode()) % 2 for line in islice(_lines(file), shape.skip)
        )
    if not lines.mixed and not halves:
        return path, shape.skip, lines
    copy.parent.mkdir(parents=True, exist_ok=True)
    with path.open("rb") as file, copy.open("wb") as straight:
        for line in islice(_lines(file), shape.skip, None):
            straight.write(line.rstrip(b"\r\n") + b"\n")
    return copy, 0, look_at(copy, shape.quote)


def _lines(file: BinaryIO) -> "islice[bytes]":
    return islice(
        (part for line in file for part in re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", line)),
        None,
    )


def _csv_part(path: Path, shape: CsvShape, columns: Sequence[str], copy: Path) -> Part:
    plain, skip, lines = readable_csv(path, shape, copy)
    return Part(
        "",
        _csv_query(plain, shape, columns, skip, "store_rejects=true, rejects_limit=0, {rejects}"),
        _numbered(_csv_query(plain, shape, columns, skip, "ignore_errors=true")),
        rejects="rejects",
        skipped=skip,
        expected=lines.records(skip),
    )


def _csv_query(path: Path, shape: CsvShape, columns: Sequence[str], skip: int, more: str) -> str:
    types = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(columns)))
    cells = ", ".join(f"c{number} AS {quoted(name)}" for number, name in enumerate(columns))
    return (
        f"SELECT NULL::BIGINT AS row_number, {cells} FROM read_csv({text(str(path))}, "
        f"auto_detect=false, header=false, compression='none', skip={skip}, columns={{{types}}}, delim={text(shape.delimiter)}, "
        f"quote={text(shape.quote)}, escape={text(shape.quote)}, strict_mode=true, max_line_size={MAX_LINE}, {more})"
    )


def _lines_part(
    work: Workspace, path: Path, shape: LinesShape, columns: Sequence[str], number: int
) -> Part:
    whole = CsvShape(NOT_IN_JSON, "", 0)
    store = f"store_rejects=true, rejects_limit=0, rejects_table='long_{number}', rejects_scan='long_scan_{number}'"
    query = _csv_query(path, whole, ["line"], 0, store)
    work.run(
        f"CREATE TEMP TABLE lines_{number} AS SELECT line FROM ({query}) WHERE trim(line) <> ''"
    )
    is_object = "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END"
    work.run(
        f"INSERT INTO broken SELECT {number}, rowid + 1, line, 'malformed' FROM lines_{number} WHERE NOT ({is_object})"
    )
    work.run(
        f"INSERT INTO broken SELECT {number}, line, any_value(csv_line), 'malformed' FROM long_{number} GROUP BY line"
    )
    paths = ", ".join(text(pointer(shape.paths[name])) for name in columns)
    cells = ", ".join(f"cells[{place}] AS {quoted(name)}" for place, name in enumerate(columns, 1))
    found = (
        f"SELECT NULL::BIGINT AS row_number, {cells} FROM "
        f"(SELECT json_extract_string(line, [{paths}]) AS cells FROM lines_{number} WHERE {is_object})"
    )
    return Part("", found, _numbered(found))


def _parquet_part(path: Path, columns: Sequence[str]) -> Part:
    cells = ", ".join(map(quoted, columns))
    query = f"SELECT NULL::BIGINT AS row_number, {cells} FROM read_parquet({text(str(path))})"
    return Part("", query, _numbered(query))


def _numbered(query: str) -> str:
    return f"SELECT row_number() OVER () - 1 AS _place, * EXCLUDE (row_number) FROM ({query})"


def _named(part: Part, name: str, number: int) -> Part:
    rejects = f"rejects_table='rejects_{number}', rejects_scan='rejects_scan_{number}'"
    return Part(
        name,
        part.query.replace("{rejects}", rejects),
        part.again,
        f"rejects_{number}" if part.rejects else None,
        part.rule,
        part.skipped,
        part.expected,
    )


def _create_tables(work: Workspace, contract: CompiledContract) -> None:
    fields = ", ".join(f"{quoted(name)} {kind}" for name, kind in contract.fields.items())
    repairs = "STRUCT(full_width INTEGER, date_style INTEGER, unit INTEGER)"
    verdict = f"_reasons {REASONS}, _flags {REASONS}, _repairs {repairs}, _raw VARCHAR"
    work.run(f"CREATE TEMP TABLE quick ({fields}, _fine BOOLEAN, _raw VARCHAR)")
    work.run(f"CREATE TEMP TABLE thorough (_row BIGINT, {fields}, {verdict})")
    names = ", ".join(map(quoted, contract.fields))
    work.run(
        f"""CREATE TEMP VIEW judged AS
        SELECT rowid AS _row, {names}, NULL::{REASONS} AS _reasons, NULL::{REASONS} AS _flags,
               NULL::{repairs} AS _repairs, NULL::VARCHAR AS _raw FROM quick WHERE _fine
        UNION ALL SELECT _row, {names}, _reasons, _flags, _repairs, _raw FROM thorough"""
    )


def _judge_doubtful(work: Workspace, ready: ReadyContract, columns: Sequence[str]) -> None:
    fields = ", ".join(map(quoted, ready.contract.fields))
    paths = ", ".join(text(pointer((name,))) for name in columns)
    cells = ", ".join(f"cells[{place}] AS {quoted(name)}" for place, name in enumerate(columns, 1))
    # A table of its own, because a filter alone would hand on vectors of a few rows each.
    work.run(
        "CREATE TEMP TABLE doubtful AS SELECT rowid AS row_number, _raw FROM quick WHERE NOT _fine"
    )
    # Planning the thorough query alone costs some 40 ms, a third of what a small clean batch takes.
    if rows_of(work, "doubtful") == 0:
        return
    work.run(
        f"""INSERT INTO thorough WITH stage AS (
            SELECT row_number, {cells} FROM (
                SELECT row_number, json_extract_string(_raw, [{paths}]) AS cells FROM doubtful))
        SELECT _row, {fields}, _reasons, _flags, _repairs, _raw FROM ({ready.judged})"""
    )


def prepare(work: Workspace) -> None:
    """Make the tables that describe parts and broken lines; before :func:`parts_of`."""
    work.run("CREATE TEMP TABLE broken (part INTEGER, number BIGINT, line VARCHAR, rule VARCHAR)")
    work.run("CREATE TEMP TABLE parts (part INTEGER, name VARCHAR, first BIGINT, rows BIGINT)")


def _collect_rejects(number: int, part: Part) -> str:
    # One broken line may be reported several times (once for each cell); its text may begin with the line end before it.
    return (
        f"INSERT INTO broken SELECT {number}, line - {part.skipped}, "
        f"any_value(trim(csv_line, chr(10) || chr(13))), {text(part.rule)} FROM {part.rejects} GROUP BY line"
    )


def _run(work: Workspace, part: Part, statement: str) -> None:
    try:
        work.run(statement)
    except BadQuery as error:
        raise Unreadable(file=part.name, reason=str(error.fields.get("reason", error))) from error


def totals(work: Workspace, column: str) -> Mapping[str, int]:
    """Return rule → rows of ``judged`` that name it in ``column`` (``_reasons`` or ``_flags``)."""
    return counts_of(
        work,
        f"SELECT rule, count(*) AS n FROM (SELECT DISTINCT _row, unnest({column}).rule AS rule FROM thorough "
        f"WHERE {column} IS NOT NULL) GROUP BY rule ORDER BY n DESC, rule",
    )
