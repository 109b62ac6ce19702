"""Cases: durable steps a second, beside SpiffWorkflow; and 50,000 clocks that ring at once.

A four-department approval (open → accept → 4 parallel reviews with deadlines → join → finish) is 7 durable transitions,
each one transaction with timeline, audit entry, event and next tasks. SQLite WAL with synchronous=FULL on the disk of
``--folder``. The peer (bench/cases_spiff.py) runs in the same rounds, alternating, in an environment of its own:

    uv venv /tmp/spiff && uv pip install --python /tmp/spiff/bin/python SpiffWorkflow
    python bench/cases.py --spiff /tmp/spiff/bin/python

PostgreSQL is measured (fsync on, socket, 1 and 4 threads) where its server programs are installed. Absolute numbers
depend on the machine; the ratio is what counts.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from cityloop.cases import Cases, Opening, ProcedureDefinition, Timers, store
from cityloop.foundation.audit import AuditLog
from cityloop.foundation.clock import FakeClock, SystemClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.outbox import Outbox, outbox_events
from cityloop.foundation.principal import Principal, operator

REVIEWS = ("police", "fire", "health", "planning")
STEPS_PER_CASE = 7
CLOCKS = 50_000


def approval() -> ProcedureDefinition:
    """Return the approval that both sides run."""
    steps: list[dict[str, object]] = [
        {"name": "accept", "department": "window", "sla": "4h", "next": "reviews"},
        {"name": "reviews", "parallel": list(REVIEWS), "next": "finish"},
        *({"name": name, "department": name, "sla": "2d"} for name in REVIEWS),
        {"name": "finish", "department": "window", "sla": "1d"},
    ]
    titled = [
        {**step, "title": {"zh": str(step["name"]), "en": str(step["name"])}} for step in steps
    ]
    return ProcedureDefinition.model_validate(
        {
            "name": "approval",
            "title": {"zh": "审批", "en": "Approval"},
            "steps": titled,
            "sla": "10d",
        }
    )


def people() -> dict[str, Principal]:
    """Return one person per department."""
    return {name: Principal(id=name, name=name, department=name) for name in ("window", *REVIEWS)}


def run_cases(cases: Cases, prefix: str, count: int) -> int:
    """Run ``count`` approvals to their end; return the number of transitions."""
    who, steps = people(), 0
    for number in range(count):
        opening = Opening(key=f"{prefix}-{number}", procedure="approval", title="Shop")
        waiting = list(cases.open(operator(), opening).opened)
        steps += 1
        while waiting:
            task = waiting.pop()
            waiting += cases.complete(who[str(task.department)], task.id).opened
            steps += 1
    return steps


def city(url: str) -> tuple[Database, Cases]:
    """Return a fresh state store and its cases."""
    database = Database(url)
    database.migrate()
    clock = SystemClock()
    snapshot = Snapshot.of(approval())
    cases = Cases(database, clock, AuditLog(clock), Outbox(database, clock), lambda: snapshot)
    return database, cases


def timed(act: Callable[[], int]) -> float:
    """Return what ``act`` counts, per second."""
    started = time.perf_counter()
    return act() / (time.perf_counter() - started)


def ours(folder: Path, count: int) -> float:
    """Return our steps a second on SQLite."""
    database, cases = city(f"sqlite:///{folder}/ours-{time.time_ns()}.db")
    run_cases(cases, "warm", 5)
    rate = timed(lambda: run_cases(cases, "run", count))
    with database.read() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(store.log)).scalar()
    assert found == (count + 5) * STEPS_PER_CASE
    database.close()
    return rate


def spiff(python: str, folder: Path, count: int) -> float:
    """Return SpiffWorkflow's steps a second."""
    script = Path(__file__).with_name("cases_spiff.py")
    done = subprocess.run(
        [python, script, folder, str(count)], check=True, capture_output=True, text=True
    )
    result = json.loads(done.stdout)
    return float(result["steps"] / result["seconds"])


def disk(folder: Path) -> float:
    """Return the milliseconds of one small durable write to this folder."""
    with (folder / "fsync").open("wb") as file:
        waits = []
        for _ in range(100):
            started = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            waits.append(time.perf_counter() - started)
    return statistics.median(waits) * 1000


def clocks(url: str) -> tuple[float, int]:
    """Return the seconds in which 50,000 due clocks ring, and the escalations told."""
    database, _cases = city(url)
    clock = FakeClock(datetime(2026, 9, 30, tzinfo=UTC))
    now, outbox = clock.now(), Outbox(database, clock)
    opened = {
        "key": "k", "procedure": "approval", "procedure_id": "x", "title": "x", "department": None, "state": "open",
        "outcome": None, "data": {}, "blocks": {}, "number": 1, "opened_by": "x", "opened_at": now, "light": "green",
    }  # fmt: skip
    task = {"step": "accept", "block": "", "state": "ready", "department": "window", "opened_at": now,
            "due_at": now + timedelta(hours=1), "yellow_at": now, "timer_at": now + timedelta(hours=1), "light": "yellow"}  # fmt: skip
    with database.begin() as tx:
        tx.execute(
            store.cases.insert(), [{**opened, "id": f"c{n}", "key": f"c{n}"} for n in range(CLOCKS)]
        )
        tx.execute(
            store.tasks.insert(),
            [{**task, "id": f"t{n}", "case_id": f"c{n}"} for n in range(CLOCKS)],
        )
    clock.advance(timedelta(hours=2))
    started = time.perf_counter()
    Timers(database, clock, AuditLog(clock), outbox).ring_due()
    seconds = time.perf_counter() - started
    with database.read() as connection:
        told = connection.execute(
            sa.select(sa.func.count()).select_from(outbox_events)
        ).scalar_one()
    database.close()
    return seconds, told


@contextmanager
def postgres(folder: Path) -> Iterator[Callable[[str], str] | None]:
    """Give a function that makes a database of a throw-away server and returns its URL; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="pg-", dir=folder))
    user = ["setpriv", "--reuid=nobody", "--clear-groups"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(home, "nobody")

    def call(*command: object) -> None:
        quiet = subprocess.DEVNULL
        subprocess.run(
            [*user, *map(str, command)], check=True, stdout=quiet, stderr=quiet, cwd=home
        )

    call(found[-1] / "initdb", "-D", home / "data", "-A", "trust", "-U", "city", "-E", "UTF8")
    options = f"-c listen_addresses='' -k {home}"
    call(
        found[-1] / "pg_ctl", "-D", home / "data", "-o", options, "-w", "-l", home / "log", "start"
    )

    def make(name: str) -> str:
        url = f"postgresql+psycopg://city@/{{}}?host={home}"
        engine = sa.create_engine(url.format("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return url.format(name)

    try:
        yield make
    finally:
        call(found[-1] / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop")


def on_postgres(url: str, count: int, threads: int) -> float:
    """Return our steps a second on PostgreSQL with so many threads."""
    database, cases = city(url)
    run_cases(cases, "warm", 5)
    share = count // threads

    def act() -> int:
        with ThreadPoolExecutor(threads) as pool:
            return sum(
                pool.map(lambda thread: run_cases(cases, f"t{thread}", share), range(threads))
            )

    rate = timed(act)
    database.close()
    return rate


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--spiff", metavar="PYTHON", help="interpreter of an environment that holds SpiffWorkflow"
    )
    parser.add_argument("--cases", type=int, default=200, help="approvals per round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path.cwd(),
        help="where the state stores are made (its disk counts)",
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        folder = Path(made)
        folder.chmod(0o755)
        print(f"fsync {disk(folder):.2f} ms; load {os.getloadavg()[0]:.1f}")
        rounds = []
        for number in range(given.rounds):
            mine = ours(folder, given.cases)
            peer = spiff(given.spiff, folder, max(20, given.cases // 10)) if given.spiff else None
            rounds.append((mine, peer))
            ratio = f"; SpiffWorkflow {peer:,.0f} steps/s; ratio {mine / peer:.1f}" if peer else ""
            print(f"round {number + 1}: SQLite {mine:,.0f} steps/s{ratio}")
        if given.spiff:
            print(
                f"median ratio {statistics.median(mine / peer for mine, peer in rounds if peer):.1f}"
            )
        seconds, told = clocks(f"sqlite:///{folder}/clocks.db")
        print(f"{CLOCKS:,} due clocks on SQLite: {seconds:.2f} s, {told:,} escalations told")
        with postgres(folder) as make:
            if make is None:
                print("PostgreSQL is not installed")
                return
            for threads in (1, 4):
                print(
                    f"PostgreSQL, {threads} thread(s): {on_postgres(make(f'p{threads}'), given.cases, threads):,.0f} steps/s"
                )
            seconds, told = clocks(make("clocks"))
            print(
                f"{CLOCKS:,} due clocks on PostgreSQL: {seconds:.2f} s, {told:,} escalations told"
            )


if __name__ == "__main__":
    main()
