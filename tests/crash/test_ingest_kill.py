"""kill -9 in the middle of ingest, disk full in the middle of ingest: afterwards the same state as if nothing had happened.

One process imports everything and forks a child for each try, before it has threads of its own. The child is killed at a
named step of a batch, or somewhere in time; another child recovers and goes on; then everything is compared with an
undisturbed run: published rows, rows in quarantine, counts of every batch, cursor.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import NoReturn

import pytest

STEPS = ("journalled", "staged", "split", "table", "quarantine", "published")
DELIVERIES = 3
MOMENTS = 20
"""Tries that are killed somewhere in time."""
NAMED = [f"{step}:{number}" for number in (1, DELIVERIES) for step in STEPS]
ROWS = 800
MOST_BYTES = 1_000_000
"""How large a file may grow while the disk is full."""


@pytest.mark.timeout(600)
def test_a_killed_ingest_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    found = run(tmp_path, "kill")
    assert found.pop("undisturbed")["batches"]
    assert {name for name, same in found.items() if not same} == set()
    assert len(found) == len(NAMED) + MOMENTS


@pytest.mark.timeout(300)
def test_a_full_disk_is_told_and_leaves_nothing_half_published(tmp_path: Path) -> None:
    found = run(tmp_path, "full")
    assert found["error"] == "datasets.storage_full"
    assert found["after_error"] == {"rows": [], "aside": [], "batches": [], "cursor": None}
    assert found["after_space"] is True


def run(folder: Path, what: str) -> dict:
    """Run this file as a program and return what it found."""
    done = subprocess.run(
        [sys.executable, __file__, str(folder), what], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def main(folder: Path, what: str) -> None:
    """Do all tries below ``folder`` and print what was found as JSON."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "datasets"))
    import shelf  # noqa: F401 - so that the children need not import

    if what == "full":
        row.__defaults__ = (4_000,)
    plain = folder / "undisturbed"
    started = time.monotonic()
    child(lambda: ingest(plain, None))
    lasted = time.monotonic() - started
    expected = state_of(plain)
    shutil.rmtree(plain)
    if what == "full":
        sys.stdout.write(json.dumps(full_disk(folder / "full", expected)) + "\n")
        return
    found: dict[str, object] = {"undisturbed": expected}
    random = Random(11)
    points = [*NAMED, *(f"{random.uniform(0, lasted):.4f} s" for _ in range(MOMENTS))]
    for point in points:
        home = folder / point.replace(":", "-").replace(" ", "")
        if point.endswith(" s"):
            child(lambda home=home: ingest(home, None), kill_after_s=float(point[:-2]))
        else:
            assert child(lambda home=home, point=point: ingest(home, point)) == -signal.SIGKILL
        found[point] = state_of(home, first=lambda home=home: ingest(home, None)) == expected
    sys.stdout.write(json.dumps(found) + "\n")


def full_disk(home: Path, expected: dict) -> dict:
    """Let no file grow beyond a limit that the first table needs, then give the space back."""
    child(lambda: town_of(home))
    child(lambda: ingest(home, None, most_bytes=MOST_BYTES))
    error = (home / "error").read_text() if (home / "error").exists() else None
    after_error = state_of(home)
    child(lambda: ingest(home, None))
    found = state_of(home)
    complete = [each[1] for each in found["batches"]] == [ROWS] * DELIVERIES
    return {"error": error, "after_error": after_error, "after_space": complete and bool(expected)}


def child(act, kill_after_s: float | None = None) -> int:
    """Fork, do ``act`` there, and return the exit status; negative for the signal that ended it."""
    pid = os.fork()
    if pid == 0:
        leave(act)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def leave(act) -> NoReturn:
    """Do ``act`` and end the process at once."""
    status = 1
    try:
        act()
        status = 0
    except BaseException:  # noqa: BLE001 - edge of the process
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def town_of(home: Path, steps=lambda _name: None):
    """Return the town in ``home`` with its deliveries on the shelf."""
    from shelf import cars, make_town

    from cityloop.foundation.clock import FakeClock
    from cityloop.foundation.db import Database

    home.mkdir(exist_ok=True)
    database = Database(f"sqlite:///{home / 'state.db'}")
    database.migrate()
    clock = FakeClock(datetime(2026, 9, 30, tzinfo=UTC))
    town = make_town(database, clock, home / ".cityloop", cars(), steps=steps)
    town.shelf.with_cursor = True
    random = Random(5)
    for number in range(DELIVERIES):
        first = number * ROWS * 3 // 4
        rows = [row(random, first + place) for place in range(ROWS)]
        town.shelf.put("编号,车牌,车速\n" + "".join(rows), name=f"{number}.csv")
    return town


def row(random: Random, number: int, width: int = 8) -> str:
    """Return a line; one in ten is broken in some way, those that overlap with the delivery before often differ."""
    plate = random.randbytes(width).hex()
    kind = random.randrange(20)
    if kind == 0:
        return f"{number},浙{plate}\n"
    if kind == 1:
        return f"{number},浙{plate},快\n"
    return f"{number},浙{plate if kind < 10 else number},{number % 150}\n"


def ingest(home: Path, die_at: str | None, most_bytes: int | None = None) -> None:
    """Recover, then load everything; kill this process when step ``name:n`` is done for the n-th time."""
    from cityloop.foundation.errors import CityError
    from cityloop.foundation.principal import operator

    seen: dict[str, int] = {}

    def step(name: str) -> None:
        seen[name] = seen.get(name, 0) + 1
        if die_at == f"{name}:{seen[name]}":
            os.kill(os.getpid(), signal.SIGKILL)

    town = town_of(home, step)
    if most_bytes is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    try:
        town.datasets.recover()
        town.datasets.ingest(operator(), "s")
    except CityError as error:
        (home / "error").write_text(error.code)


def state_of(home: Path, first=lambda: None) -> dict:
    """Return everything that must be equal, after ``first``; in a child, so that this process stays without threads."""
    found = home / "found.json"

    def look() -> None:
        first()
        found.write_text(json.dumps(read_state(home), default=str))

    assert child(look) == 0
    return json.loads(found.read_text())


def read_state(home: Path) -> dict:
    """Return published rows, rows in quarantine, counts of published batches and the cursor."""
    from cityloop.datasets import store

    town = town_of(home)
    aside = [
        [each["id"], each["file"], each["number"], each["raw"], each["reasons"]]
        for each in town.aside()
    ]
    batches = [
        [
            each.batch,
            each.read,
            each.good,
            each.quarantined,
            each.duplicate,
            each.inserted,
            each.updated,
        ]
        for each in town.datasets.batches(["cars"])
        if each.status == "published"
    ]
    with town.ground.db.read() as connection:
        cursor = store.cursor_of(connection, "s", "cars")
    return {"rows": town.rows(), "aside": sorted(aside), "batches": batches, "cursor": cursor}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
