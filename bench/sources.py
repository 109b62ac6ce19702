"""How fast sources become deliveries: encodings, workbooks, JSON, databases. Run: ``python bench/sources.py [rows]``."""

import csv
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa
import xlsxwriter

from cityloop.foundation.clock import SystemClock
from cityloop.sources import FolderInbox
from cityloop.sources.connectors.base import Feed
from cityloop.sources.connectors.database import DatabaseConnector
from cityloop.sources.connectors.delimited import CsvConnector
from cityloop.sources.connectors.excel import ExcelConnector
from cityloop.sources.connectors.records import JsonConnector

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
NAMES = ["编号", "地点", "时间", "车速", "备注"]


def rows() -> list[list[object]]:
    """Return the table's rows."""
    return [
        [f"{number:07}", f"湖滨路{number % 900}号", "2026-09-01 08:05:00", number % 120, None]
        for number in range(ROWS)
    ]


def write_csv(city: Path, encoding: str) -> None:
    """Write the table as CSV."""
    with (city / f"{encoding}.csv").open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([NAMES, *rows()])


def write_excel(city: Path) -> None:
    """Write the table as a workbook."""
    book = xlsxwriter.Workbook(str(city / "x.xlsx"), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([NAMES, *rows()]):
        sheet.write_row(number, 0, row)
    book.close()


def write_json(city: Path) -> None:
    """Write the table as JSON, whole and in lines."""
    records = [dict(zip(NAMES, row, strict=True)) for row in rows()]
    (city / "x.json").write_bytes(orjson.dumps(records))
    (city / "x.jsonl").write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in records))


def write_database(city: Path) -> None:
    """Write the table into SQLite."""
    engine = sa.create_engine(f"sqlite:///{city}/x.db")
    columns = [sa.Column(name, sa.Integer if name == "车速" else sa.String) for name in NAMES]
    table = sa.Table("x", sa.MetaData(), *columns)
    table.create(engine)
    with engine.begin() as tx:
        tx.execute(table.insert(), [dict(zip(NAMES, row, strict=True)) for row in rows()])
    engine.dispose()


def main() -> None:
    """Measure and print."""
    cases: list[tuple[str, Any, dict[str, Any], dict[str, Any], Callable[[Path], None]]] = [
        ("csv UTF-8", CsvConnector(), {"path": "utf-8.csv"}, {}, lambda city: write_csv(city, "utf-8")),
        ("csv GB18030", CsvConnector(), {"path": "gb18030.csv"}, {}, lambda city: write_csv(city, "gb18030")),
        ("excel", ExcelConnector(), {"path": "x.xlsx"}, {}, write_excel),
        ("json document", JsonConnector(), {"path": "x.json"}, {}, write_json),
        ("json lines", JsonConnector(), {"path": "x.jsonl"}, {}, lambda _city: None),
        ("SQLite table", DatabaseConnector(), {"table": "x"}, {"url": "sqlite:///x.db"}, write_database),
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        city = Path(folder)
        inbox = FolderInbox(city / "inbox", SystemClock())
        for label, connector, read, connection, write in cases:
            write(city)
            feed = Feed(
                source="s",
                dataset=label.replace(" ", "_"),
                connection=connector.connection_options.model_validate(connection),
                read=connector.read_options.model_validate(read),
                columns={},
                cursor=None,
                expected=frozenset(),
                city=city,
            )
            start = time.process_time()
            (delivery,) = connector.deliveries(feed, None, inbox)
            seconds = time.process_time() - start
            size = delivery.files[0].size / 1e6
            print(f"{seconds:6.2f} CPU-s  {ROWS / seconds / 1e3:8.0f} k rows/CPU-s  {size / seconds:6.1f} MB/CPU-s  {label}")  # fmt: skip


if __name__ == "__main__":
    main()
