"""How long things take to start; run ``python bench/start.py [--city DIR]``. CPU seconds (user + system of the child).

Without a city of its own it builds a small demo city. Each command runs ``--runs`` times, the least CPU counts: a busy
machine only ever adds to it.
"""

import argparse
import http.client
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bars import bar

PROGRAM = [sys.executable, "-m", "cityloop"]
FLOOR = "import sqlalchemy.dialects.sqlite, pyarrow.compute, duckdb, sqlglot, pydantic, deltalake"


def cpu_s(command: list[str], runs: int) -> float:
    """Return the least CPU of some runs of ``command``, seconds."""
    found = []
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(found)


def serve_s(city: Path, port: int) -> tuple[float, float]:
    """Return wall and CPU seconds from the start of the server to its first answer."""
    began = time.perf_counter()
    server = subprocess.Popen([*PROGRAM, "--city", str(city), "serve", "--port", str(port)], stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        while time.perf_counter() - began < 120:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", "/api/health")
                if connection.getresponse().status == 200:
                    break
            except OSError:
                time.sleep(0.02)
            finally:
                connection.close()
        wall = time.perf_counter() - began
        times = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")")[1].split()
    finally:
        server.terminate()
        server.wait(30)
    return wall, (int(times[11]) + int(times[12])) / 100


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--port", type=int, default=8393)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        city = given.city or Path(folder)
        if given.city is None:
            small = ["demo", "--once", "--days", "20", "--scale", "0.02"]
            subprocess.run([*PROGRAM, "--city", str(city), *small], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        query = [*PROGRAM, "--city", str(city), "query", "average_speed", "--by", "district"]
        print(f"the libraries alone (database, engine, SQL, models): {cpu_s([sys.executable, '-c', FLOOR], given.runs):.2f} s CPU")  # fmt: skip
        bar("cityloop --help, CPU", cpu_s([*PROGRAM, "--help"], given.runs), 0.3, unit=" s")
        bar("cityloop query, CPU", cpu_s(query, given.runs), 1.5, unit=" s")
        wall, cpu = min(serve_s(city, given.port) for _ in range(3))
        bar("cityloop serve to first answer, wall", wall, 5, unit=" s")
        print(f"  of it CPU: {cpu:.2f} s")


if __name__ == "__main__":
    main()
