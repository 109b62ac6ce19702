"""kill -9 while ``cityloop load`` brings in a whole city of files, workbooks, JSON, a database and a web service.

One process imports the command line and forks a child for each load, so that kills land in the loading and not in the
imports. Each city is killed again and again at random moments, then loaded to the end, and compared with a city whose
loader was never disturbed: rows, quarantine, counts, versions, lineage, cursors, audit.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

from cityloop.demo import WeatherApi, found_city, generate

CITIES, KILLS_EACH = 4, 5
"""20 kills; several in one city, so that what a recovery was doing is interrupted, too."""
LATER_S = 0.05
"""A kill comes up to this much after the event that was drawn: about as long as writing a table."""
SEED = 29


@pytest.mark.timeout(600)
def test_a_killed_loader_ends_like_an_undisturbed_one(tmp_path: Path) -> None:
    origin = tmp_path / "origin"
    found_city(origin)
    shutil.rmtree(origin / "alerts")
    generate(origin, days=2, scale=0.01)
    with WeatherApi(origin / "inbound") as weather:
        done = subprocess.run(
            [sys.executable, __file__, str(tmp_path)],
            env={**os.environ, **weather.environment}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    plain = found.pop("undisturbed")
    assert len(plain["tables"]) >= 20
    assert plain["audit"]["sound"] is True
    assert {part for table in plain["tables"].values() for part in table if table[part]} == {
        "rows",
        "aside",
    }
    assert found.pop("killed") == CITIES * KILLS_EACH
    assert found == {f"city {number}": {} for number in range(CITIES)}


def main(folder: Path) -> None:
    """Load one city in peace and the others under fire below ``folder``; print what differs as JSON."""
    import cityloop.app
    import cityloop.cli
    import cityloop.datasets.ingest.runs  # noqa: F401 - so that the children need not import

    origin = folder / "origin"
    assert child(lambda: command(origin, "apply", "--yes")) == 0
    plain = shutil.copytree(origin, folder / "plain")
    assert (
        child(lambda: counted(lambda: command(plain, "load", *sources(plain)), plain / "events"))
        == 0
    )
    share = int((plain / "events").read_text()) // KILLS_EACH
    expected = state_of(plain)
    found: dict[str, object] = {"undisturbed": expected}
    random, killed = Random(SEED), 0
    for number in range(CITIES):
        home = shutil.copytree(origin, folder / f"city{number}")
        load = lambda home=home: command(home, "load", *sources(home))  # noqa: E731 - what a child does
        for _ in range(KILLS_EACH):
            moment = random.randrange(1, share), random.uniform(0, LATER_S)
            killed += child(load, moment) == -signal.SIGKILL
        assert child(load) == 0
        found[f"city {number}"] = differing(expected, state_of(home))
    sys.stdout.write(json.dumps({**found, "killed": killed}) + "\n")


def command(city: Path, *arguments: str) -> None:
    """Run one command of the command line and end with its exit code."""
    from cityloop.cli import cli

    cli.main(["--city", str(city), "--json", *arguments], prog_name="cityloop")


def counted(act: Callable[[], None], file: Path) -> None:
    """Do ``act`` and write down how many audit events it raised."""
    counter = Countdown(0, -1)
    sys.addaudithook(counter)
    try:
        act()
    finally:
        file.write_text(str(-counter.left))


def sources(city: Path) -> list[str]:
    """Return every source that departments deliver by.

    Internal ones say what the platform itself did, and that differs when a loader dies half way.
    """
    import yaml

    files = sorted((city / "sources").glob("*.yaml"))
    found = [each for file in files for each in yaml.safe_load_all(file.read_text("utf-8"))]
    return [each["name"] for each in found if each["connector"] != "internal"]


def child(act: Callable[[], None], kill: tuple[int, float] | None = None) -> int:
    """Fork, do ``act`` there, and return the exit status; negative for the signal that ended it.

    ``kill``: after how many of its audit events, and how many seconds later, it is killed. Events, unlike seconds, are
    the same on a busy machine; the seconds lead into code that raises none (engine, table writer).
    """
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        if kill is not None:
            sys.addaudithook(Countdown(kill[0], tell))
        leave(act)
    os.close(tell)
    if os.read(told, 1) and kill is not None:
        time.sleep(kill[1])
        os.kill(pid, signal.SIGKILL)
    os.close(told)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


class Countdown:
    """An audit hook that tells by a pipe when so many events have passed."""

    def __init__(self, events: int, tell: int) -> None:
        self.left = events
        self.tell = tell

    def __call__(self, _event: str, _arguments: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.write(self.tell, b"!")


def leave(act: Callable[[], None]) -> NoReturn:
    """Do ``act`` and end the process at once; its output is no matter unless it fails."""
    status = 1
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        act()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - edge of the process
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def state_of(city: Path) -> Any:
    """Return everything that must be equal; read in a child, so that this process stays without threads."""
    found = city / "found.json"
    assert child(lambda: found.write_text(json.dumps(read_state(city), default=str)) and None) == 0
    return json.loads(found.read_text())


def read_state(home: Path) -> dict[str, object]:
    """Return tables, accounts and audit of the city, without what names the moment or the try."""
    from cityloop.app import City
    from cityloop.datasets import store
    from cityloop.engine.workspace import Workspace
    from cityloop.foundation.principal import operator
    from cityloop.foundation.settings import load_settings

    city = City.open(load_settings(home))
    names = [each.name for each in city.datasets.catalogue() if each.version]
    seen = city.datasets.published(names)
    data = home / ".cityloop"
    tables = {}
    for name in names:
        with Workspace(data / "work", may_read=[data / "lake"]) as work:
            rows, aside = sorted_rows(work, "t", seen[name].pin), None
            if (pin := city.datasets.quarantine_table(name)) is not None:
                aside = sorted_rows(work, "q", pin, 'EXCLUDE ("at")')
            tables[name] = {"rows": rows, "aside": aside}
    with city.db.read() as connection:
        accounts = [
            [each.batch, each.source, each.delivery, each.kind, each.version, repr(each.counts), list(each.files)]
            for each in store.list_batches(connection, None, most=1000) if each.status == "published"
        ]  # fmt: skip
        state: dict[str, object] = {
            "tables": tables,
            "published": {name: [seen[name].version, seen[name].rows, seen[name].batch] for name in names},
            "batches": sorted(accounts, key=repr),
            "cursors": {
                f"{source}/{name}": store.cursor_of(connection, source, name)
                for source in city.sources.names() for name, _ in city.sources.feeds(source)
            },
            "lineage": sorted([each.source, each.dataset, dict(each.mapping), each.batch] for each in store.list_lineage(connection)),
        }  # fmt: skip
    entries = city.trail.list(operator(), most=1000)
    done = [[each.target, dict(each.details)] for each in entries if each.verb == "datasets.ingest" and each.outcome == "done"]  # fmt: skip
    verdict = city.trail.verify(operator())
    state["audit"] = {"sound": verdict.broken_at is None, "ingests": sorted(done, key=repr)}
    city.close()
    return state


def sorted_rows(work: Any, name: str, pin: Any, but: str = "") -> list[list[object]]:
    """Return every row of a pinned table, in an order that does not depend on its files."""
    work.register_pin(name, pin)
    rows = [list(row.values()) for row in work.table(f"SELECT * {but} FROM {name}").to_pylist()]
    return sorted(rows, key=repr)


def differing(expected: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, object]:
    """Return what differs, part by part, cut short."""
    parts = [part for part in expected if expected[part] != found[part]]
    return {part: [str(expected[part])[:1500], str(found[part])[:1500]] for part in parts}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
