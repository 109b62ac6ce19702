"""Ingest against the bare CSV reader: how much do the contract, duplicates, quarantine, a durable table and its accounting cost?

Run: ``.venv/bin/python bench/ingest.py --rows 1000000``. Makes its own data (seeded; 10 columns; per 1,000 rows one of a wrong
type, one out of range, one duplicate; a broken line in 10,000). Each side runs in a fresh process, alternately ``--runs``
times; printed are the medians of CPU seconds (user + system, all threads, without the start of the process) and the highest
resident memory.

- raw: ``CREATE TABLE t AS FROM read_csv(file)`` in memory: typed by guess, bad values and duplicates kept.
- parquet: ``COPY (FROM read_csv(file)) TO parquet (zstd)``: the same, kept on disk.
- ours: ``Datasets.ingest``: raw bytes kept, contract of 10 fields with rules, duplicates, quarantine, table, audit.
- again: a second delivery of the same rows (other bytes), so that every row is compared with the stored one.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from cityloop.datasets import BatchReport, Datasets, Ground
    from cityloop.foundation.principal import Principal

TITLES = (
    ("id", "记录编号", "integer"), ("code", "编码", "text"), ("district", "区县", "text"), ("device", "设备", "text"),
    ("observed_at", "采集时间", "timestamp"), ("speed", "车速", "number"), ("flow", "流量", "integer"),
    ("occupancy", "占有率", "number"), ("note", "备注", "text"), ("day", "日期", "date"),
)  # fmt: skip
Figures = dict[str, Any]
"""cpu_s, wall_s, found; Any because ``found`` differs per side."""
SIDES = ("raw", "parquet", "ours", "again")


def make_file(path: Path, rows: int) -> None:
    """Write the data: CSV, UTF-8, Chinese header."""
    header = ",".join(title for _name, title, _type in TITLES)
    query = f"""
        SELECT CASE WHEN i % 1000 = 998 THEN i - 1 ELSE i END AS n, 'rec-' || lpad(n::VARCHAR, 10, '0'),
            '区' || hash(n) % 16, (hash(n * 7) % 5000)::VARCHAR,
            strftime(TIMESTAMP '2026-01-01' + to_seconds(n % 7776000), '%Y-%m-%d %H:%M:%S'),
            CASE n % 1000 WHEN 13 THEN '快' WHEN 14 THEN '999' ELSE ((hash(n * 3) % 12000) / 100.0)::VARCHAR END,
            hash(n * 5) % 200, ((hash(n * 11) % 10000) / 100.0)::VARCHAR,
            CASE WHEN n % 3 = 0 THEN '道路畅通' ELSE '缓行 ' || n % 100 END, DATE '2026-01-01' + (n % 90)::INTEGER
        FROM range({rows}) AS t(i)"""
    duckdb.execute(f"COPY ({query}) TO '{path}' (HEADER false, DELIMITER ',')")
    body = path.read_bytes()
    with path.open("wb") as file:
        file.write(header.encode() + b"\n")
        for number, start in enumerate(
            range(0, len(body), max(1, len(body) // max(1, rows // 10_000)))
        ):
            chunk = body[start : start + max(1, len(body) // max(1, rows // 10_000))]
            line = chunk.find(b"\n") + 1
            file.write(
                chunk[:line] + (f"{number},short\n".encode() if line else b"") + chunk[line:]
            )


def raw(path: Path, _folder: Path) -> Figures:
    """Load with the bare reader into memory."""
    database = duckdb.connect(config={"threads": 2})
    query = f"CREATE TABLE t AS FROM read_csv('{path}', header=true, ignore_errors=true)"
    return measured(lambda: database.execute(query).fetchone())


def parquet(path: Path, folder: Path) -> Figures:
    """Convert with the bare reader to a file."""
    database = duckdb.connect(config={"threads": 2})
    query = f"FROM read_csv('{path}', header=true, ignore_errors=true)"
    target = folder / "t.parquet"
    return measured(lambda: database.execute(f"COPY ({query}) TO '{target}' (COMPRESSION zstd)"))


class WithoutPandas:
    """Import hook that says there is no pandas."""

    def find_spec(self, name: str, *_more: object) -> None:
        """Refuse pandas, leave everything else to the other hooks."""
        if name == "pandas":
            raise ImportError(name)


def ours(path: Path, folder: Path) -> Figures:
    """Load with ``Datasets.ingest``."""
    datasets, who = city(path, folder)
    return measured(lambda: told(datasets.ingest(who, "bench")[-1]))


def again(path: Path, folder: Path) -> Figures:
    """Load, then load the same rows in another file."""
    datasets, who = city(path, folder)
    datasets.ingest(who, "bench")
    with path.open("rb") as one, (folder / "again.csv").open("wb") as other:
        other.write(one.readline().replace(b"\n", b"\r\n"))
        for line in one:
            other.write(line.replace(b"\n", b"\r\n"))
    datasets, who = city(folder / "again.csv", folder)
    return measured(lambda: told(datasets.ingest(who, "bench")[-1]))


def told(report: "BatchReport") -> dict[str, object]:
    """Return what the last column shows."""
    counts = report.counts
    return {
        "read": counts.read, "good": counts.good, "quarantined": counts.quarantined,
        "duplicate": counts.duplicate, "adds_up": counts.adds_up,
    }  # fmt: skip


def measured(act: Callable[[], object]) -> Figures:
    """Do ``act`` and return its CPU seconds, wall seconds and result."""
    before, started = os.times(), time.perf_counter()
    found = act()
    after = os.times()
    cpu_s = after.user + after.system - before.user - before.system
    return {"cpu_s": cpu_s, "wall_s": time.perf_counter() - started, "found": found}


def city(path: Path, folder: Path) -> "tuple[Datasets, Principal]":
    """Return a city with one source and one dataset, and its operator."""
    # pyarrow loads pandas where it finds it; it is there for tests only, an installed CityLoop never loads it.
    sys.meta_path.insert(0, WithoutPandas())
    from cityloop.datasets import Datasets
    from cityloop.foundation.principal import operator

    return Datasets(ground(path, folder)), operator()


def ground(path: Path, folder: Path) -> "Ground":
    """Return what the datasets of the city stand on."""
    from cityloop.contracts.model import DatasetDefinition
    from cityloop.datasets import Ground
    from cityloop.engine import Lake
    from cityloop.foundation.audit import AuditLog
    from cityloop.foundation.clock import FakeClock
    from cityloop.foundation.db import Database
    from cityloop.foundation.definition import Snapshot
    from cityloop.foundation.outbox import Outbox
    from cityloop.sources.connectors.base import Contents, CsvShape, Delivery
    from cityloop.sources.inbox import FolderInbox

    limits = {"speed": {"min": 0, "max": 150, "unit": "km/h"}, "occupancy": {"min": 0, "max": 100}}
    limits |= {"id": {"required": True}, "observed_at": {"required": True}}
    fields = [
        {"name": name, "title": {"zh": zh, "en": name}, "type": kind, **limits.get(name, {})}
        for name, zh, kind in TITLES
    ]
    dataset = DatasetDefinition(
        name="flows", title={"zh": "流量", "en": "Flows"}, key=["id"], load="merge", time="observed_at", fields=fields,
        rules=[{"name": "moving", "title": {"zh": "有车", "en": "Moving"}, "expression": "flow >= 0 OR speed = 0"}],
    )  # fmt: skip

    class OneFile:
        def feeds(self, _source: str) -> Sequence[tuple[str, Mapping[str, str]]]:
            return [("flows", {})]

        def deliveries(
            self, _source: str, _dataset: str, _cursor: str | None, *, expected: frozenset[str]
        ) -> Iterator[Delivery]:
            assert expected
            names = tuple(title for _name, title, _type in TITLES)
            with FolderInbox(folder / "inbox", clock).open("bench", "flows") as parcel:
                shutil.copyfile(path, parcel.raw(path.name))
                contents = Contents(CsvShape(",", '"', 1), names, encoding={path.name: "utf-8"})
                yield parcel.seal(contents)

    database = Database(f"sqlite:///{folder / 'state.db'}")
    database.migrate()
    clock = FakeClock(datetime(2026, 9, 1, tzinfo=UTC))
    audit, outbox = AuditLog(clock), Outbox(database, clock)
    snapshot = Snapshot.of(dataset)
    return Ground(
        database, clock, audit, outbox, Lake(folder / "lake"), lambda: snapshot, OneFile(), folder
    )


def one_side(side: str, path: Path) -> None:
    """Run one side and print its figures as JSON (in a process of its own)."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        act = {"raw": raw, "parquet": parquet, "ours": ours, "again": again}[side]
        found = act(path, Path(folder))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**found, "rss_mb": peak}, default=str))


def main() -> None:
    """Parse arguments, make the data, run the sides in turn and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--side")
    parser.add_argument("--file", type=Path)
    asked = parser.parse_args()
    if asked.side:
        one_side(asked.side, asked.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flows.csv"
        make_file(path, asked.rows)
        print(
            f"{asked.rows:,} rows, {path.stat().st_size / 1e6:.0f} MB, median of {asked.runs} runs"
        )
        runs: dict[str, list[dict]] = {side: [] for side in SIDES}
        for _ in range(asked.runs):
            for side in SIDES:
                command = [sys.executable, __file__, "--side", side, "--file", str(path)]
                runs[side].append(
                    json.loads(
                        subprocess.run(
                            command, check=True, capture_output=True, text=True
                        ).stdout.splitlines()[-1]
                    )
                )
    base = statistics.median(each["cpu_s"] for each in runs["raw"])
    for side in SIDES:
        cpu = statistics.median(each["cpu_s"] for each in runs[side])
        peak = max(each["rss_mb"] for each in runs[side])
        wall = statistics.median(each["wall_s"] for each in runs[side])
        print(
            f"{side:8} cpu {cpu:6.2f} s  ratio {cpu / base:5.2f}  wall {wall:6.2f} s  rss {peak:5.0f} MB  {runs[side][-1]['found']}"
        )


if __name__ == "__main__":
    main()
