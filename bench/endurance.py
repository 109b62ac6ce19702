"""What grows while a city lives: ``python bench/endurance.py CITY [--minutes 10] [--speed 300] [--every 30]``.

Runs `cityloop demo`, duty officers and all, over a copy of CITY (built by ``cityloop demo --once``; SQLite), looks at it from
outside every so many seconds and prints how much each figure grew per city hour, in the first and in the second half. What
goes on growing in the second half is named: rows of data and of records may, memory, files and what only waits may not.
No peer: it is compared with itself.
"""

import argparse
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psutil

WARM_UP_S = 60.0
"""Until everything was imported and every cache filled once; what grows before does not count."""
NOISE = 0.01
"""Growth of a figure in the second half, as a share of it, below which it counts as none."""
MB = 1 << 20
Sample = dict[str, float]


def main() -> None:
    """Let the city live, sample it, and print the table."""
    options = _options()
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "city"
        shutil.copytree(options.city, folder)
        samples = _watch(folder, options)
    if len(samples) < 4:
        sys.exit("too few samples: let it run for longer")
    _report(samples)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("city", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--speed", type=float, default=300.0)
    parser.add_argument("--every", type=float, default=30.0)
    return parser.parse_args()


def _watch(folder: Path, options: argparse.Namespace) -> Sequence[Sample]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "cityloop", "--city", str(folder), "demo", "--port", port]
    samples: list[Sample] = []
    with tempfile.TemporaryFile("w+") as log:
        server = subprocess.Popen(
            [*command, "--speed", str(options.speed)], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            process, began = psutil.Process(server.pid), time.monotonic()
            time.sleep(WARM_UP_S)
            while time.monotonic() - began < WARM_UP_S + options.minutes * 60:
                if server.poll() is not None:
                    log.seek(0)
                    sys.exit(f"the city stopped:\n{log.read()[-3000:]}")
                samples.append(_sample(folder, process))
                sys.stderr.write(f"\r{time.monotonic() - began:5.0f} s, {len(samples)} samples")
                time.sleep(options.every)
        finally:
            server.terminate()
            server.wait(30)
    sys.stderr.write("\n")
    return samples


def _sample(folder: Path, process: psutil.Process) -> Sample:
    feed = json.loads((folder / ".cityloop" / "demo.json").read_text(encoding="utf-8"))
    cpu = process.cpu_times()
    found: Sample = {
        "city hours": feed["until"] / 60,
        "steps": feed["steps"],
        "CPU s": cpu.user + cpu.system,
        "resident MB": process.memory_info().rss / MB,
        "threads": process.num_threads(),
        "open files": process.num_fds(),
    }
    for name in ("inbound", *(f".cityloop/{each}" for each in ("inbox", "lake", "work"))):
        found[f"{name} MB"], found[f"{name} files"] = _size(folder / name)
    found["state.db MB"], _ = _size(folder / ".cityloop", "state.db*")
    store = f"file:{folder / '.cityloop' / 'state.db'}?mode=ro"
    with closing(sqlite3.connect(store, uri=True)) as state:
        tables = state.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (name,) in tables.fetchall():
            count = state.execute(f'SELECT count(*) FROM "{name}"')
            found[f"rows of {name}"] = count.fetchone()[0]
    return found


def _size(folder: Path, pattern: str = "**/*") -> tuple[float, int]:
    """Return how large the files are together, MB, and how many there are; files come and go meanwhile."""
    size = count = 0
    for file in folder.glob(pattern):
        try:
            size, count = size + file.stat().st_size * file.is_file(), count + file.is_file()
        except FileNotFoundError:
            continue
    return size / MB, count


def _report(samples: Sequence[Sample]) -> None:
    middle = len(samples) // 2
    first, half, last = samples[0], samples[middle], samples[-1]
    hours = last["city hours"] - first["city hours"]
    sys.stdout.write(f"{hours:.1f} city hours, {last['steps'] - first['steps']:.0f} steps\n")
    for what, begin, end in (("first", first, half), ("second", half, last)):
        cost = (end["CPU s"] - begin["CPU s"]) / max(end["steps"] - begin["steps"], 1)
        sys.stdout.write(f"CPU of a step, {what} half: {cost:.2f} s\n")
    header = ("", "begin", "end", "per city hour", "", "")
    sys.stdout.write("{:34} {:>9} {:>9} {:>13} {:>9}  {}\n".format(*header))
    growing = []
    for name in sorted(set(last) - {"city hours", "steps", "CPU s"}):
        rates = _rate(name, first, half), _rate(name, half, last)
        grew = last[name] - half.get(name, 0.0)
        if is_growing := grew > NOISE * last[name] and rates[0] > 0:
            growing.append(name)
        line = f"{name:34} {first.get(name, 0.0):9.1f} {last[name]:9.1f} {rates[0]:13.2f} {rates[1]:9.2f}"
        sys.stdout.write(f"{line}  {'grows' * is_growing}\n")
    sys.stdout.write(f"grows: {', '.join(growing) or 'nothing'}\n")


def _rate(name: str, begin: Sample, end: Sample) -> float:
    hours = end["city hours"] - begin["city hours"]
    return (end[name] - begin.get(name, 0.0)) / hours if hours else 0.0


if __name__ == "__main__":
    main()
