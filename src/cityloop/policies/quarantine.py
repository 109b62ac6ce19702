"""Rows that a contract put aside, shown through the same rules as the rows it let in.

A quarantined row is raw text: nobody can say which policy row filter it would fall under. So the row itself is shown only
to those who hold ``quarantine.view`` and see every row and column of the dataset raw; others see the reasons and row
numbers, a field's name only where they may read the field, its value only where they see the field raw in all rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import orjson
import pyarrow as pa
from sqlglot import exp

from cityloop.engine import Pin
from cityloop.foundation.audit import Act
from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal
from cityloop.policies.model import Decision, ReadDenied
from cityloop.policies.reader import Reader
from cityloop.policies.views import INTERNAL

MOST_ROWS = 1_000
"""Rows of one page."""
PERMISSION = "quarantine.view"
"""Permission to see rows as they came."""

_TABLE = f"{INTERNAL}quarantine"


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows: ``batch`` None means of all batches; ``most`` (at most :data:`MOST_ROWS`) after ``skip``, newest first."""

    batch: str | None = None
    most: int = 100
    skip: int = 0


class Quarantines(Protocol):
    """Whoever knows the rows put aside (``datasets.Datasets``)."""

    def quarantine_table(self, dataset: str, /) -> Pin | None:
        """Return the published version of a dataset's quarantine, None when there never was one.

        Columns: ``id source delivery batch file number raw reasons at``; ``reasons`` is a JSON list of
        ``{rule, field, value}``.
        """


def read_quarantine(
    reader: Reader,
    quarantines: Quarantines,
    principal: Principal,
    dataset: str,
    page: Page | None = None,
) -> pa.Table:
    """Return quarantined rows: ``id batch number rules reasons at``, and ``file raw`` for those who may see them.

    Args:
        reader: decides, runs and records.
        quarantines: knows the tables.
        principal: who reads.
        dataset: whose quarantine.
        page: which rows; None means the newest hundred.

    Raises:
        UnknownDataset: the principal may not know of the dataset.
        ReadDenied: he may read nothing of it.
        QueryFailed: the quarantine's table cannot be read.
        AuditUnavailable: the read could not be recorded.
    """
    details: dict[str, object] = {}
    outcome = "refused"
    try:
        decision = reader.decide(principal, "preview", dataset)
        if not decision.allowed:
            raise ReadDenied(act="preview: read the quarantine of", object=dataset, dataset=dataset)
        shows_raw = principal.may(PERMISSION) and decision.is_raw
        pin = quarantines.quarantine_table(decision.dataset)
        found = _EMPTY if pin is None else reader.run_pinned(_query(page or Page()), {_TABLE: pin})
        shown = _shown(found, decision, shows_raw=shows_raw)
        outcome, details = "done", {"rows": shown.num_rows, "raw": shows_raw}
    except CityError as error:
        details = {"code": error.code}
        raise
    finally:
        reader.journal.record(
            Act(
                principal.id,
                "quarantine.read",
                dataset[:80],
                purpose="preview",
                outcome=outcome,
                details=details,
            )
        )
    return shown


def _query(page: Page) -> exp.Select:
    query = exp.select("id", "batch", "file", "number", "raw", "reasons", "at").from_(_TABLE)
    if page.batch is not None:
        query = query.where(exp.column("batch").eq(exp.Literal.string(page.batch)))
    return query.order_by("at DESC", "id").limit(min(page.most, MOST_ROWS)).offset(page.skip)


def _shown(found: pa.Table, decision: Decision, *, shows_raw: bool) -> pa.Table:
    # A page holds at most 1,000 rows of nested JSON: a loop is clearer than SQL and costs 3 ms.
    reasons = [orjson.loads(text or b"[]") for text in found.column("reasons").to_pylist()]
    kept = [[_reason(each, decision, shows_raw=shows_raw) for each in row] for row in reasons]
    columns: dict[str, object] = {
        "id": found.column("id"),
        "batch": found.column("batch"),
        "number": found.column("number"),
        "rules": pa.array(
            [[str(each["rule"]) for each in row] for row in kept], pa.list_(pa.string())
        ),
        "reasons": pa.array([orjson.dumps(row).decode() for row in kept], pa.string()),
        "at": found.column("at"),
    }
    if shows_raw:
        columns |= {"file": found.column("file"), "raw": found.column("raw")}
    return pa.table(columns)


def _reason(
    reason: Mapping[str, object], decision: Decision, *, shows_raw: bool
) -> Mapping[str, object]:
    name = reason.get("field")
    if shows_raw:
        return {"rule": reason.get("rule"), "field": name, "value": reason.get("value")}
    kind = decision.columns.get(str(name), "deny")
    value = reason.get("value") if kind == "raw" and decision.rows == "all" else None
    return {"rule": reason.get("rule"), "field": name if kind != "deny" else None, "value": value}


_NAMES: Sequence[str] = ("id", "batch", "file", "number", "raw", "reasons", "at")
_EMPTY = pa.table(
    {name: pa.array([], pa.int64() if name == "number" else pa.string()) for name in _NAMES}
)
