"""Dashboards through the whole stack beside the same SQL raw, in one run: ``python bench/dashboard.py [--rows 10000000]``.

Ours: ``cityloop serve`` as its own process on loopback, a signed-in analyst with a row filter and masks, JSON answers,
every read in the audit log. Raw: the same SQL written by hand, policy's filter included, on one DuckDB over the same
Parquet files with the same two threads, in this process: no login, no policy, no JSON. Both take turns, so that load of
the machine meets them alike; every round asks for other days, so nothing comes from a cache unless the line says so.
The client shares the machine with the server. Wall times are medians of the rounds, bars
of a tile use the quietest round: a busy machine only ever adds. CPU is user + system of the server, of the raw process.
"""

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb
import psutil

from bars import bar
from events import DISTRICTS, PASSWORD, TILES, Tile, make_city, span, where

RAW_AT_ONCE = 8
"""Tiles that the raw side runs side by side, as many as our dashboards do."""


class Raw:
    """The same SQL on DuckDB over the same files."""

    def __init__(self, home: Path) -> None:
        files = sorted(str(file) for file in (home / ".cityloop/lake/data/events").rglob("*.parquet"))  # fmt: skip
        self.database = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
        self.database.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
        self.database.execute(f"CREATE VIEW events AS FROM read_parquet({files})")
        self._pool = ThreadPoolExecutor(RAW_AT_ONCE)

    def tile(self, tile: Tile, shift: int, district: str | None = None) -> Sequence[object]:
        """Run one tile."""
        return self.run(tile.sql.format(where=where(*span(tile, shift), district)))

    def run(self, sql: str) -> Sequence[object]:
        """Run one statement to its Arrow table."""
        return self.database.cursor().execute(sql).to_arrow_table()

    def page(self, tiles: Sequence[Tile], first: object, end: object, district: str | None) -> None:
        """Run a page's tiles side by side, all over one range."""
        texts = [tile.sql.format(where=where(first, end, district)) for tile in tiles]
        list(self._pool.map(self.run, texts))

    def cpu_s(self) -> float:
        """CPU of this process so far."""
        return time.process_time()


class Ours:
    """The city's server and one signed-in client per thread."""

    def __init__(self, home: Path, port: int) -> None:
        began = time.perf_counter()
        command = [sys.executable, "-m", "cityloop", "--city", str(home), "serve", "--port", str(port)]  # fmt: skip
        self._server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self.process = psutil.Process(self._server.pid)
        self._port = port
        self._own = threading.local()
        while not self._answers():
            if self._server.poll() is not None or time.perf_counter() - began > 120:
                raise SystemExit("the server does not start")
            time.sleep(0.05)
        self.started_s = time.perf_counter() - began
        self._headers = self._sign_in()

    def _answers(self) -> bool:
        try:
            return self._call("GET", "/api/health", None)[0] == 200
        except OSError:
            self._own.connection = None
            return False

    def _sign_in(self) -> dict[str, str]:
        status, body, headers = self._call("POST", "/api/accounts/sign-in", {"user_name": "analyst", "password": PASSWORD})  # fmt: skip
        if status != 200:
            raise SystemExit(f"cannot sign in: {body!r}")
        cookies = "; ".join(value.split(";")[0] for name, value in headers if name.lower() == "set-cookie")  # fmt: skip
        return {"cookie": cookies, "x-csrf-token": json.loads(body)["csrf_token"]}

    def _call(self, method: str, path: str, body: object) -> tuple[int, bytes, list[tuple[str, str]]]:  # fmt: skip
        text = None if body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json", **getattr(self, "_headers", {})}
        for is_last in (False, True):
            connection = getattr(self._own, "connection", None)
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
                self._own.connection = connection
            try:
                connection.request(method, path, text, sent)
                answer = connection.getresponse()
                return answer.status, answer.read(), answer.getheaders()
            except (ConnectionError, http.client.HTTPException):
                # The server lets go of a connection that was silent for seconds, as while the raw side computes.
                self._own.connection = None
                if is_last:
                    raise
        raise AssertionError("unreachable")

    def post(self, path: str, body: object) -> bytes:
        """Return the answer to a POST; anything but 200 ends the benchmark."""
        status, answer, _headers = self._call("POST", path, body)
        if status != 200:
            raise SystemExit(f"{path}: {status} {answer[:300]!r}")
        return answer

    def tile(self, tile: Tile, shift: int, district: str | None = None) -> bytes:
        """Ask for one tile."""
        return self.post("/api/query", _query(tile, shift, district))

    def page(self, count: int, first: object, end: object, district: str | None) -> bytes:
        """Ask for a page with its own range and filter."""
        filters = [{"dimension": "district", "op": "=", "values": [district]}] if district else []
        body = {"range": {"from": str(first), "to": str(end)}, "filters": filters}
        return self.post(f"/api/dashboards/page{count}/evaluate", body)

    def cpu_s(self) -> float:
        """CPU of the server so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    def close(self) -> None:
        """Stop the server."""
        self._server.terminate()
        self._server.wait(30)


def _query(tile: Tile, shift: int, district: str | None) -> dict[str, object]:
    first, end = span(tile, shift)
    query = {**tile.query, "range": {"from": str(first), "to": str(end)}}
    if district:
        query["filters"] = [{"dimension": "district", "op": "=", "values": [district]}]
    return query


def same_answers(raw: Raw, ours: Ours) -> None:
    """End the benchmark when a tile's numbers differ."""
    for tile in TILES:
        table = raw.tile(tile, 0)
        answer = json.loads(ours.tile(tile, 0))
        ours_rows = sorted(map(str, map(_rounded, zip(*answer["data"], strict=True))))
        raw_rows = sorted(map(str, map(_rounded, zip(*(c.to_pylist() for c in table.columns), strict=True))))  # fmt: skip
        if ours_rows != raw_rows:
            raise SystemExit(f"{tile.name}: answers differ\n{ours_rows[:3]}\n{raw_rows[:3]}")


def _rounded(row: Sequence[object]) -> list[object]:
    return sorted(round(v, 6) if isinstance(v, float) else v for v in row if isinstance(v, int | float))  # fmt: skip


def tiles(raw: Raw, ours: Ours, rounds: int) -> None:
    """Print each tile: raw and ours, fresh, and ours again from the cache."""
    print(f"{'tile, fresh':20} {'raw ms':>8} {'ours ms':>8} {'added':>7} {'ratio':>6} {'CPU raw':>8} {'CPU ours':>9} {'hit ms':>7}")  # fmt: skip
    added, quiet, best, ratios, hits, added_cpu, hit_cpu = ([] for _ in range(7))  # type: list[list[float]]
    for tile in TILES:
        walls: tuple[list[float], list[float], list[float]] = ([], [], [])
        cpu = [0.0, 0.0, 0.0]
        for shift in range(1, rounds + 1):
            cpu[0] += _timed(partial(raw.tile, tile, shift), walls[0], raw.cpu_s)
            cpu[1] += _timed(partial(ours.tile, tile, shift), walls[1], ours.cpu_s)
            for _ in range(3):
                cpu[2] += _timed(partial(ours.tile, tile, shift), walls[2], ours.cpu_s)
        ms = [1_000 * statistics.median(each) for each in walls]
        cpu_ms = [1_000 * each / rounds for each in cpu]
        added.append(ms[1] - ms[0])
        quiet.append(1_000 * (min(walls[1]) - min(walls[0])))
        hit_cpu.append(cpu_ms[2] / 3)
        best.append(1_000 * min(walls[2]))
        added_cpu.append(cpu_ms[1] - cpu_ms[0])
        ratios.append(ms[1] / ms[0])
        hits.append(ms[2])
        print(f"{tile.name:20} {ms[0]:8.1f} {ms[1]:8.1f} {added[-1]:7.1f} {ratios[-1]:6.2f} {cpu_ms[0]:8.1f} {cpu_ms[1]:9.1f} {ms[2]:7.1f}")  # fmt: skip
    print(f"  medians: added {statistics.median(added):.1f} ms wall, {statistics.median(added_cpu):.1f} ms CPU; ratio {statistics.geometric_mean(ratios):.2f}; hit {statistics.median(hits):.1f} ms wall, {statistics.median(hit_cpu):.1f} ms CPU")  # fmt: skip
    bar("added to a fresh tile, quietest round", statistics.median(quiet), 15, unit=" ms")
    bar("tile from the cache, quietest round", statistics.median(best), 5, unit=" ms")


def pages(raw: Raw, ours: Ours, rounds: int) -> None:
    """Print whole dashboards: fresh, cross-filtered, repeated."""
    print(f"{'dashboard':28} {'raw ms':>8} {'ours ms':>8} {'p95':>7} {'ratio':>6} {'CPU raw':>8} {'CPU ours':>9}")  # fmt: skip
    fresh = {}
    for count in (10, 15):
        for kind, days in (("fresh", 90), ("cross-filtered", 90), ("again", 90)):
            walls: tuple[list[float], list[float]] = ([], [])
            cpu = [0.0, 0.0]
            for number in range(rounds):
                shift = (1 if kind == "again" else number * 7 + 3) + count * 11
                first, end = span(Tile("", days, {}, ""), shift)
                district = DISTRICTS[number % len(DISTRICTS)] if kind == "cross-filtered" else None
                if kind == "again":
                    ours.page(count, first, end, None)
                cpu[0] += _timed(partial(raw.page, TILES[:count], first, end, district), walls[0], raw.cpu_s)  # fmt: skip
                cpu[1] += _timed(partial(ours.page, count, first, end, district), walls[1], ours.cpu_s)  # fmt: skip
            ms = [1_000 * statistics.median(each) for each in walls]
            p95 = 1_000 * sorted(walls[1])[int(len(walls[1]) * 0.95)]
            cpu_ms = [1_000 * each / rounds for each in cpu]
            fresh[count, kind] = (ms[1] / ms[0], ms[1], p95, cpu_ms[1] / max(cpu_ms[0], 1e-9))
            print(f"{count} tiles, {kind:17} {ms[0]:8.1f} {ms[1]:8.1f} {p95:7.1f} {ms[1] / ms[0]:6.2f} {cpu_ms[0]:8.1f} {cpu_ms[1]:9.1f}")  # fmt: skip
    for count in (10, 15):
        bar(f"fresh dashboard of {count} tiles over raw", fresh[count, "fresh"][0], 1.3, unit="x")
        print(f"  in CPU: {fresh[count, 'fresh'][3]:.2f}x")
    bar("fresh dashboard of 15 tiles, p95", fresh[15, "fresh"][2], 300, unit=" ms")
    bar("cross-filtered dashboard of 15 tiles", fresh[15, "cross-filtered"][1], 200, unit=" ms")


def users(raw: Raw, ours: Ours, seconds: float) -> None:
    """Print tiles a second with 1, 8 and 32 users who ask for other days and districts each time."""
    print(f"{'users':20} {'raw tiles/s':>12} {'ours':>8} {'share':>6} {'cached':>8}")
    for count in (1, 8, 32):
        made = [
            _rate(count, seconds, act)
            for act in (raw.tile, ours.tile, lambda tile, _shift, _district: ours.tile(tile, 0))
        ]  # fmt: skip
        print(f"{count:<20} {made[0]:12.1f} {made[1]:8.1f} {made[1] / made[0]:6.2f} {made[2]:8.1f}")
        if count == 32:
            bar("tiles/s of 32 users as a share of raw", made[1] / made[0], 0.9, higher=True)


def _rate(count: int, seconds: float, act: Callable[[Tile, int, str | None], object]) -> float:
    end = time.perf_counter() + seconds
    done = [0] * count

    def user(number: int) -> None:
        rng = random.Random(f"{count}.{number}.{act}")
        while time.perf_counter() < end:
            act(rng.choice(TILES), rng.randrange(300), rng.choice(DISTRICTS))
            done[number] += 1

    threads = [threading.Thread(target=user, args=(number,)) for number in range(count)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.perf_counter() - began)


def _timed(act: Callable[[], object], walls: list[float], cpu_s: Callable[[], float]) -> float:
    before, began = cpu_s(), time.perf_counter()
    act()
    walls.append(time.perf_counter() - began)
    return cpu_s() - before


def main() -> None:
    """Make the city, start the server, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each throughput figure")
    parser.add_argument("--home", type=Path, help="keep the city here and use it again")
    parser.add_argument("--port", type=int, default=8391)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "city"
        if not (home / "city.yaml").exists():
            began = time.perf_counter()
            make_city(home, given.rows)
            print(f"made {given.rows:,} rows in {time.perf_counter() - began:.0f} s")
        raw, ours = Raw(home), Ours(home, given.port)
        try:
            idle = ours.process.memory_info().rss / 1e6
            bar("server answers after start", ours.started_s, 5, unit=" s")
            same_answers(raw, ours)
            tiles(raw, ours, given.rounds)
            pages(raw, ours, given.rounds)
            users(raw, ours, given.seconds)
            most = ours.process.memory_info().rss / 1e6
            print(f"server memory: {idle:.0f} MB at start, {most:.0f} MB at the end")
            bar("server memory at the end", most, 250, unit=" MB")
        finally:
            ours.close()


if __name__ == "__main__":
    main()
