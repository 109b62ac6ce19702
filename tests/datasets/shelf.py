"""Deliveries as tests write them: text in, kept by the real inbox, handed out in order like a connector does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.datasets import BatchReport, Datasets, Ground
from cityloop.engine import Lake, Pin
from cityloop.engine.workspace import Workspace
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import NotFound
from cityloop.foundation.outbox import Outbox
from cityloop.sources.connectors.base import (
    Contents,
    CsvShape,
    Delivery,
    LinesShape,
    Shape,
    unique_names,
)
from cityloop.sources.inbox import FolderInbox


@dataclass
class Shelf:
    """A source whose deliveries were put there by hand; ``cursor`` ``n`` skips the first ``n`` of them."""

    inbox: FolderInbox
    mapping: dict[str, Mapping[str, str]] = field(default_factory=lambda: {"s": {}})
    kept: dict[str, list[Delivery]] = field(default_factory=dict)
    dataset: str = "cars"
    with_cursor: bool = False
    cursors: list[str | None] = field(default_factory=list)

    def put(
        self, text: str | bytes, *, source: str = "s", name: str = "a.csv", skip: int = 1
    ) -> Delivery:
        """Put a CSV file there; its columns are those of the last skipped line."""
        raw = text.encode() if isinstance(text, str) else text
        header = (
            raw.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")[skip - 1]
            if skip
            else ""
        )
        columns = unique_names([cell.strip('"') for cell in header.split(",")])
        return self._put(raw, CsvShape(",", '"', skip), columns, source, name)

    def put_csv(self, text: str, columns: Sequence[str]) -> Delivery:
        """Put a CSV file there whose header has these names."""
        return self._put(text.encode(), CsvShape(",", '"', 1), tuple(columns), "s", "a.csv")

    def put_lines(self, text: str, columns: Sequence[str]) -> Delivery:
        """Put a file of JSON lines there."""
        shape = LinesShape({column: (column,) for column in columns})
        return self._put(text.encode(), shape, tuple(columns), "s", "a.jsonl")

    def feeds(self, source: str) -> Sequence[tuple[str, Mapping[str, str]]]:
        if source not in self.mapping:
            raise NotFound(kind="source", name=source, close=[])
        return [(self.dataset, self.mapping[source])]

    def deliveries(
        self, source: str, dataset: str, cursor: str | None, *, expected: frozenset[str]
    ) -> Iterator[Delivery]:
        self.cursors.append(cursor)
        kept = self.kept.get(source, [])
        yield from kept[int(cursor) :] if cursor else list(kept)

    def find(self, source: str, dataset: str, delivery: str) -> Delivery:
        return self.inbox.find(source, dataset, delivery)

    def kept_feeds(self) -> Sequence[tuple[str, str]]:
        return self.inbox.feeds()

    def kept_ids(self, source: str, dataset: str) -> frozenset[str]:
        return self.inbox.kept(source, dataset)

    def forget(self, source: str, dataset: str, delivery: str, *, before: datetime) -> bool:
        return self.inbox.forget(source, dataset, delivery, before=before)

    def _put(
        self, raw: bytes, shape: Shape, columns: tuple[str, ...], source: str, name: str
    ) -> Delivery:
        self.mapping.setdefault(source, {})
        shelf = self.kept.setdefault(source, [])
        with self.inbox.open(source, self.dataset) as parcel:
            parcel.raw(name).write_bytes(raw)
            cursor = str(len(shelf) + 1) if self.with_cursor else None
            delivery = parcel.seal(
                Contents(shape, columns, cursor=cursor, encoding={name: "utf-8"})
            )
        shelf.append(delivery)
        return delivery


@dataclass
class Town:
    """A city with one dataset and one shelf."""

    ground: Ground
    datasets: Datasets
    shelf: Shelf
    definitions: list[DatasetDefinition | CodesDefinition]
    data: Path

    def rows(self, dataset: str = "cars") -> list[tuple[object, ...]]:
        """Return the published rows, sorted."""
        return rows_of(self.data, self.datasets.published([dataset])[dataset].pin)

    def aside(self, dataset: str = "cars") -> list[dict[str, object]]:
        """Return the rows in quarantine, in the order of their file."""
        pin = self.datasets.quarantine_table(dataset)
        if pin is None or not pin.files:
            return []
        with Workspace(self.data / "work", may_read=[self.data / "lake"]) as work:
            work.register_pin("q", pin)
            return work.table('SELECT * FROM q ORDER BY "at", batch, file, number').to_pylist()

    def define(self, *definitions: DatasetDefinition | CodesDefinition) -> None:
        """Put other definitions in the place of those that are."""
        self.definitions[:] = definitions


def rows_of(data: Path, pin: Pin) -> list[tuple[object, ...]]:
    """Return the rows of a pin, sorted, None first."""
    if not pin.files:
        return []
    with Workspace(data / "work", may_read=[data / "lake"]) as work:
        work.register_pin("t", pin)
        found = work.table("SELECT * FROM t").to_pylist()
    return sorted((tuple(row.values()) for row in found), key=repr)


def make_town(
    database: Database,
    clock: Clock,
    data: Path,
    *definitions: DatasetDefinition | CodesDefinition,
    **options: object,
) -> Town:
    """Return a city over ``data``; its dataset's name is that of the first definition."""
    shelf = Shelf(FolderInbox(data / "inbox", clock), dataset=definitions[0].name)
    known = list(definitions)
    ground = Ground(
        db=database,
        clock=clock,
        audit=AuditLog(clock),
        outbox=Outbox(database, clock),
        lake=Lake(data / "lake"),
        definitions=lambda: Snapshot.of(*known),
        sources=shelf,
        data=data,
        memory="300MB",
        **options,  # type: ignore[arg-type]  # fields of Ground, named by the caller
    )
    return Town(ground, Datasets(ground), shelf, known, data)


def title(text: str) -> dict[str, str]:
    """Return a title that is the same in both languages."""
    return {"zh": text, "en": text}


def cars(**changes: object) -> DatasetDefinition:
    """Return the dataset of most tests: cars with a number, a plate and a speed of 0–150."""
    fields = [
        {"name": "id", "title": title("编号"), "type": "integer"},
        {"name": "plate", "title": title("车牌"), "type": "text"},
        {"name": "speed", "title": title("车速"), "type": "number", "min": 0, "max": 150},
    ]
    standard = {
        "name": "cars", "title": title("车辆"), "key": ["id"], "load": "merge", "fields": fields,
        "limits": {"bad_share": 1},
    }  # fmt: skip
    return DatasetDefinition.model_validate({**standard, **changes})


def summary(report: BatchReport) -> tuple[int, int, int, int]:
    """Return (read, good, quarantined, duplicate)."""
    return report.read, report.good, report.quarantined, report.duplicate
