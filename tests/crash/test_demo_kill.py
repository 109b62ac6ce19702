"""kill -9 of the living demo, again and again, while it feeds fast: nothing is lost, doubled or half done afterwards.

The process is the real one, `cityloop demo`. Every second time it is killed in the very moment in which a step is being
written, otherwise somewhere in the loading that follows; whoever starts next must go on from there. The city has lived
before, days ago: what it delivered then is taken away meanwhile, under the same kills.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
import sqlalchemy as sa
import sqlglot

import yunjiang
from cityloop.app import City
from cityloop.demo import WeatherApi
from cityloop.demo.accounts import DEMO_PASSWORD
from cityloop.demo.api import came_of
from cityloop.demo.live.clearing import KEPT_MIN, written_at
from cityloop.demo.live.feed import Feed
from cityloop.demo.live.happenings import KINDS, place_name
from cityloop.demo.rhythm import day_number
from cityloop.demo.world import City as World
from cityloop.demo.world import build_city
from cityloop.foundation.clock import SimulatedClock
from cityloop.foundation.jobs import jobs_table
from cityloop.foundation.principal import operator
from cityloop.foundation.settings import load_settings

KILLS = 10
SPEED = 300
"""City seconds per real second: a step every three seconds, and no gap so long that it would be skipped."""
PATIENCE_S = 120.0


@pytest.mark.timeout(900)
def test_demo_killed_again_and_again_loses_and_doubles_nothing(
    demo_city: Path, tmp_path: Path
) -> None:
    folder = yunjiang.copy_city(demo_city, tmp_path / "city")
    old, skipped_min = lived_before(folder)
    random, made, moments = Random(23), [], []
    for number in range(KILLS):
        with living(folder) as (process, client):
            moments.append(client.get("/api/demo").json()["now"])
            kind = KINDS[number % len(KINDS)]
            answer = client.post("/api/demo/happenings", json={"kind": kind})
            made.append(answer.raise_for_status().json()["id"])
            if number % 2:
                wait_for(lambda: state_of(folder)["pending"] is not None)
            else:
                time.sleep(random.uniform(0.0, 4.0))
            os.kill(process.pid, signal.SIGKILL)
    assert moments == sorted(moments), "the clock went back"
    with settled(folder) as (city, feed):
        state = feed.state
        assert (state.pending, state.failed, state.skipped_min) == (None, 0, skipped_min)
        assert [each.id for each in state.happenings] == made
        check_deliveries(city, folder, old)
        check_visits(city, folder)
        check_orders(city, feed)
        assert city.trail.verify(operator()).broken_at is None


def lived_before(folder: Path) -> tuple[set[str], int]:
    """Let the city live for some steps, then for days without its feed; return the files of then, and the minutes skipped."""
    with settled(folder) as (city, feed):
        old = written_in(folder)
        assert len(old) > 5
        live_on(city, feed, rounds=1, minutes=2 * KEPT_MIN)
        return old, feed.state.skipped_min


def written_in(folder: Path) -> set[str]:
    """Return the files of the feed that lie in the departments' folders."""
    return {file.name for file in (folder / "inbound").glob("*/*_????????_????*.*")}


def check_deliveries(city: City, folder: Path, old: set[str]) -> None:
    """Every file is in exactly one batch, all batches are finished, and their counts add up; only old files are gone."""
    batches = city.datasets.batches(most=100_000)
    assert {each.status for each in batches} <= {"published", "abandoned"}
    whole = [each for each in batches if each.status == "published"]
    assert all(each.read == each.good + each.quarantined + each.duplicate for each in whole)
    written = written_in(folder)
    loaded = Counter(name for each in whole for name in each.files if written_at(name) is not None)
    assert len(written - old) > KILLS
    assert loaded == Counter(written | old)
    assert old - written


def check_visits(city: City, folder: Path) -> None:
    """Every visit that the hospitals' database holds is there once, in the table or in quarantine."""
    with closing(sqlite3.connect(folder / "inbound/health/his.db")) as hospital:
        told = {row[0] for row in hospital.execute("SELECT DISTINCT visit_id FROM visits")}
    kept = ids(city, 'SELECT visit_id FROM data."hospital_visits"', "data", "hospital_visits")
    aside = ids(city, 'SELECT raw FROM quarantine."hospital_visits"', "quarantine", "hospital_visits")  # fmt: skip
    put_aside = {orjson.loads(raw).get("visit_id") for raw in aside}
    assert [each for each, times in Counter(kept).items() if times > 1] == []
    assert {each for each in told if each} - set(kept) - put_aside == set()


def check_orders(city: City, feed: Feed) -> None:
    """No episode has more than one order, no place two open ones of an alert; what happens now still becomes an order."""
    each = feed.happen(operator(), "accident", None)
    feed.advance(forced=True)
    live_on(city, feed, rounds=3)
    orders = city.workorders.list(operator())
    places = {place_name(feed.world, each), feed.world.geography.districts[each.district].name}
    assert any(came_of(each, feed.at(each.started), places, order) for order in orders)
    episodes = Counter(each.episode for each in orders if each.episode)
    assert [each for each, times in episodes.items() if times > 1] == []
    still_open = Counter((o.alert, str(o.place)) for o in orders if o.alert and o.status == "open")
    assert [each for each, times in still_open.items() if times > 1] == []


def ids(city: City, query: str, schema: str, table: str) -> list[Any]:
    """Return the one column of ``query`` over the published version of a table."""
    pin = city.datasets.published([table])[table].pin
    if schema == "quarantine":
        pin = city.datasets.quarantine_table(table)
        if pin is None:
            return []
    found = city.engine.query(
        sqlglot.parse_one(query, dialect="duckdb"), {f"{schema}.{table}": pin}
    )
    return found.column(0).to_pylist()


@contextmanager
def living(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """Run `cityloop demo` over ``folder`` as a process, with a client who may play; killed at the end at the latest."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cityloop", "--city", str(folder), "demo", "--port", str(port)]
    log = folder.parent / "demo.log"
    with log.open("ab") as out:
        process = subprocess.Popen([*command, "--speed", str(SPEED)], stdout=out, stderr=out)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait_for(lambda: process.poll() is None and answers(client), log)
            body = {"user_name": "dispatcher", "password": DEMO_PASSWORD}
            me = client.post("/api/accounts/sign-in", json=body).raise_for_status().json()
            client.headers["X-CSRF-Token"] = me["csrf_token"]
            yield process, client
    finally:
        process.kill()
        process.wait()


def answers(client: httpx.Client) -> bool:
    """Return whether the server is there."""
    try:
        return client.get("/api/health").status_code == 200
    except httpx.TransportError:
        return False


def wait_for(is_so: Callable[[], bool], log: Path | None = None) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until, (
            log.read_text(errors="replace")[-3000:] if log else "too long"
        )
        time.sleep(0.001)


def state_of(folder: Path) -> dict[str, Any]:
    """Return what the feed keeps; it is replaced as a whole."""
    found: dict[str, Any] = orjson.loads((folder / ".cityloop" / "demo.json").read_bytes())
    return found


@contextmanager
def settled(folder: Path) -> Iterator[tuple[City, Feed]]:
    """Open the city, finish what was begun, and let it live on for some minutes."""
    world = world_of(folder)
    with WeatherApi(folder / "inbound") as weather:
        city = City.open(load_settings(folder, {}), environment=weather.environment)
        feed = Feed(city, world, until=0, speed=0)
        live_on(city, feed, rounds=3)
        wait_for(lambda: not taken_jobs(city))  # until the leases of the killed have run out
        live_on(city, feed, rounds=1)
        yield city, feed
        city.close()


def taken_jobs(city: City) -> int:
    """Do what is due; return how many jobs are somebody's, here: of a process that was killed."""
    city.work()
    time.sleep(0.2)
    query = sa.select(sa.func.count()).where(jobs_table.c.status == "running")
    with city.db.read() as connection:
        return connection.execute(query).scalar_one()


def live_on(city: City, feed: Feed, *, rounds: int, minutes: int = 6) -> None:
    """Let some minutes pass, again and again, with everything that is due in them."""
    clock = city.clock
    assert isinstance(clock, SimulatedClock)
    for _ in range(rounds):
        clock.set(to=clock.now() + timedelta(minutes=minutes), speed=0)
        while feed.advance() is not None:
            pass
        city.work()


def world_of(folder: Path) -> World:
    """Return the simulated city behind ``folder``."""
    size = orjson.loads((folder / ".cityloop" / "built.json").read_bytes())
    until = day_number(date(2026, 9, 30) - timedelta(days=size["days"] - 1))
    return build_city(size["seed"], scale=size["scale"], until_day=until)
