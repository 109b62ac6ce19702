"""The rows that break a rule: where they came from, as they came, and why they were put aside."""

# ruff: noqa: S608 - SQL is made of quoted names and literals only; values of deliveries are never part of it

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from cityloop.datasets.ingest.staging import Part, quoted, raw_json, text
from cityloop.datasets.ingest.tally import counts_of, rows_of
from cityloop.datasets.model import QuarantineSummary
from cityloop.engine import Pin
from cityloop.engine.workspace import Workspace

_FIELDS: "list[pa.Field[Any]]" = [  # Any: each field has a type of its own
    pa.field("id", pa.string()),
    pa.field("source", pa.string()),
    pa.field("delivery", pa.string()),
    pa.field("batch", pa.string()),
    pa.field("file", pa.string()),
    pa.field("number", pa.int64()),
    pa.field("raw", pa.string()),
    pa.field("reasons", pa.string()),
    pa.field("at", pa.timestamp("us", "UTC")),
]
SCHEMA = pa.schema(_FIELDS)
"""Columns of every quarantine table. ``number`` counts the records of ``file`` from 1; ``raw`` is a JSON object of the
row's text cells (``{"": line}`` for a line that cannot be taken apart); ``reasons`` a JSON list of ``{rule, field, value}``."""
LINE = ""
"""Key of ``raw`` that holds a whole line: no column has an empty name."""


def put_aside(
    work: Workspace, parts: Sequence[Part], columns: Sequence[str], key: Sequence[str]
) -> int:
    """Fill the table ``aside(part, number, raw, reasons)`` with what goes to quarantine; return how many rows.

    Equal broken lines are put aside once; :func:`repeated_lines` says how many more there were.
    """
    _raw_of_conflicts(work, parts, columns)
    conflict = (
        f"{{'rule': 'key_conflict', 'field': {text(', '.join(key))}, 'value': "
        f"concat_ws(', ', {', '.join(f'judged.{quoted(name)}::VARCHAR' for name in key)})}}"
        if key
        else "NULL"
    )
    work.run(
        f"""CREATE TEMP TABLE aside AS
        WITH bad AS (
            SELECT judged._row, coalesce(judged._raw, conflict_raw.raw) AS raw,
                   CASE WHEN fate.conflict THEN list_append(coalesce(judged._reasons, []), {conflict})
                        ELSE judged._reasons END AS reasons
            FROM judged LEFT JOIN fate ON judged._row = fate._row
            LEFT JOIN conflict_raw ON judged._row = conflict_raw._row
            WHERE (judged._reasons IS NOT NULL AND fate._row IS NULL) OR fate.fate = 'quarantined'),
        placed AS (
            SELECT bad.*, parts.part, bad._row - parts.first AS place
            FROM bad ASOF JOIN parts ON bad._row >= parts.first),
        gaps AS (
            SELECT part, number - 1 - (row_number() OVER (PARTITION BY part ORDER BY number) - 1) AS place,
                   row_number() OVER (PARTITION BY part ORDER BY number) AS before FROM broken)
        SELECT placed._row AS _row, placed.part, placed.place + 1 + coalesce(gaps.before, 0) AS number, placed.raw,
               to_json(placed.reasons)::VARCHAR AS reasons
        FROM placed ASOF LEFT JOIN gaps ON placed.part = gaps.part AND placed.place >= gaps.place
        UNION ALL
        SELECT NULL, part, number, json_object({text(LINE)}, line)::VARCHAR,
               to_json([{{'rule': rule, 'field': NULL, 'value': NULL}}])::VARCHAR
        FROM (SELECT part, number, line, rule FROM broken
              QUALIFY row_number() OVER (PARTITION BY line ORDER BY part, number) = 1)"""
    )
    return rows_of(work, "aside")


def repeated_lines(work: Workspace) -> int:
    """Return how many broken lines equal an earlier broken line of the delivery."""
    return rows_of(work, "broken") - rows_of(work, "(SELECT DISTINCT line FROM broken)")


def aside_rows(
    work: Workspace, *, source: str, delivery: str, batch: str, at: datetime
) -> pa.RecordBatchReader:
    """Return the rows of ``aside`` as the quarantine table keeps them."""
    query = (
        f"SELECT {text(batch[:16] + '-')} || row_number() OVER (ORDER BY part, number) AS id, "
        f"{text(source)} AS source, {text(delivery)} AS delivery, {text(batch)} AS batch, parts.name AS file, "
        f'number, raw, reasons, {text(at.isoformat())}::TIMESTAMPTZ AS "at" FROM aside JOIN parts USING (part)'
    )
    return work.reader(query)


def summary_of(work: Workspace, dataset: str, pin: Pin | None) -> QuarantineSummary:
    """Return how many rows wait in quarantine and why; None means there never was one."""
    if pin is None or not pin.files:
        return QuarantineSummary(dataset, 0, {}, {})
    work.register_pin("quarantine", pin)
    each = (
        "SELECT DISTINCT id, reason->>'rule' AS rule, reason->>'field' AS field FROM "
        "(SELECT id, unnest(from_json(reasons, '[\"JSON\"]')) AS reason FROM quarantine)"
    )
    return QuarantineSummary(
        dataset,
        pin.rows,
        _per(work, "rule", each),
        _per(work, "field", each),
    )


def _raw_of_conflicts(work: Workspace, parts: Sequence[Part], columns: Sequence[str]) -> None:
    """Fill ``conflict_raw``: rows that break no rule of their own have no raw text yet, so it is read again."""
    work.run("CREATE TEMP TABLE conflict_raw (_row BIGINT, raw VARCHAR)")
    work.run(
        "CREATE TEMP TABLE wanted AS SELECT fate._row FROM fate JOIN judged ON judged._row = fate._row "
        "WHERE fate.fate = 'quarantined' AND judged._raw IS NULL"
    )
    if rows_of(work, "wanted") == 0:
        return
    for number, part in enumerate(parts):
        first = f"(SELECT first FROM parts WHERE part = {number})"
        if rows_of(
            work,
            f"wanted WHERE _row >= {first} AND _row < {first} + (SELECT rows FROM parts WHERE part = {number})",
        ):
            work.run(
                f"INSERT INTO conflict_raw SELECT _place + {first}, {raw_json(columns)} FROM ({part.again}) "
                f"WHERE _place + {first} IN (SELECT _row FROM wanted)"
            )


def _per(work: Workspace, column: str, each: str) -> dict[str, int]:
    return counts_of(
        work,
        f"SELECT {column}, count(DISTINCT id) AS n FROM ({each}) WHERE {column} IS NOT NULL "
        f"GROUP BY {column} ORDER BY n DESC, {column}",
    )
