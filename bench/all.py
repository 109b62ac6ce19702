"""Every benchmark with modest defaults, and one line per bar at the end: ``make bench`` (a few minutes on an idle machine).

The figures of small runs are rougher than those of the scripts' own defaults; docs/performance.md names the commands
that measure in full. Exits with 1 when a benchmark fails; a missed bar is told, it fails nothing.
"""

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bars import MARK, bar

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a script that prints figures only: the worst number that ``pattern`` finds in its output counts."""

    name: str
    pattern: str
    limit: float
    unit: str = ""
    higher: bool = False


RUNS: Sequence[tuple[str, Sequence[str], Sequence[Bar]]] = (
    ("start.py", ("--runs", "3"), ()),
    ("ingest.py", ("--rows", "300000", "--runs", "1"), (
        Bar("ingest over raw read_csv, CPU", r"^ours .* ratio +([\d.]+)", 2, "x"),
        Bar("ingest, resident memory", r"^ours .* rss +([\d.]+)", 1000, " MB"),
    )),
    ("contracts.py", ("200000",), (
        Bar("rules over typed read_csv, clean rows, CPU", r"([\d.]+) x read_csv +clean, everything", 1.2, "x"),
    )),
    ("policy.py", (), (
        Bar("view over the filter by hand, CPU", r"view .* = *([\d.]+)x · whole", 1.1, "x"),
        Bar("rewriting a query never seen, CPU", r"median +([\d.]+) ms · p95", 3, " ms"),
        Bar("audit entry over a prepared insert, CPU", r"([\d.]+)x a prepared one", 1.15, "x"),
    )),
    ("compile.py", (), (Bar("compiling a query to SQL text", r"^\S.* [\d.]+ +([\d.]+)$", 3, " ms"),)),
    ("ask.py", (), (Bar("reading a question, median", r"median +([\d.]+)", 20, " ms"),)),
    ("sources.py", ("20000",), ()),
    ("cases.py", ("--cases", "40", "--rounds", "1"), (
        Bar("durable steps on SQLite", r"SQLite ([\d.,]+) steps/s", 1000, "/s", higher=True),
        Bar("50,000 due clocks on SQLite", r"on SQLite: ([\d.]+) s", 1, " s"),
    )),
    ("sse.py", ("--seconds", "5"), ()),
    ("cockpit_frames.py", ("--seconds", "5"), ()),
    ("dashboard.py", ("--rows", "1000000", "--rounds", "5", "--seconds", "2"), ()),
    ("web.py", (), ()),
)  # fmt: skip
"""Script, arguments, bars that the script does not print itself."""


def main() -> int:
    """Run them one after the other; return the exit status."""
    lines: list[str] = []
    failed = []
    for script, arguments, bars in RUNS:
        print(f"\n== {script} {' '.join(arguments)}", flush=True)
        done = subprocess.run([sys.executable, str(HERE / script), *arguments], stdout=subprocess.PIPE, text=True, check=False)  # fmt: skip
        print(done.stdout, end="")
        lines += [line for line in done.stdout.splitlines() if line.startswith(MARK)]
        if done.returncode:
            failed.append(script)
            continue
        lines += [told for each in bars if (told := _judge(each, done.stdout))]
    print("\n== bars", *lines, *(f"FAILED to run: {script}" for script in failed), sep="\n")
    return 1 if failed else 0


def _judge(wanted: Bar, output: str) -> str | None:
    found = [float(text.replace(",", "")) for text in re.findall(wanted.pattern, output, re.MULTILINE)]  # fmt: skip
    if not found:
        return f"{MARK} {wanted.name}: not measured"
    worst = min(found) if wanted.higher else max(found)
    return bar(wanted.name, worst, wanted.limit, unit=wanted.unit, higher=wanted.higher)


if __name__ == "__main__":
    sys.exit(main())
