"""How long it takes to read a question; run ``python bench/ask.py``. Bar: median ≤ 20 ms.

Reads every answerable question of the tests (Chinese and English) over the tests' town, and the titles of every metric
of the demo city over the demo city's own vocabulary. Reading includes compiling the query; no rows are read.
"""

# ruff: noqa: E402 - the folders of the tests must be on the path before they are imported
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "metrics"))
sys.path.insert(0, str(ROOT / "tests" / "ask"))

from questions import EN, ZH
from spoken_town import TOWN
from town import NOW, ZONE, reader

from cityloop.ask import Ask
from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.definitions.yaml_tree import parse
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Definition, Snapshot
from cityloop.foundation.principal import operator
from cityloop.metrics import MetricDefinition, Metrics, ModelDefinition

BAR_MS = 20.0
ROUNDS = 5
KINDS: dict[str, type[Definition]] = {
    "codes": CodesDefinition,
    "datasets": DatasetDefinition,
    "models": ModelDefinition,
    "metrics": MetricDefinition,
}


def demo_city() -> Snapshot:
    """Return what the demo city defines about its numbers."""
    found = []
    for folder, model in KINDS.items():
        for file in sorted((ROOT / "src/cityloop/demo/city" / folder).glob("*.yaml")):
            for text in file.read_text(encoding="utf-8").split("\n---\n"):
                document = dict(parse(text).value)
                document.pop("kind", None)
                found.append(model.model_validate(document))
    return Snapshot.of(*found)


def measure(name: str, snapshot: Snapshot, questions: list[str]) -> float:
    """Print median, 95th percentile and worst time of the questions, milliseconds; return the median."""
    clock = FakeClock(NOW)
    metrics = Metrics(lambda: snapshot, reader(), clock, time_zone=ZONE)
    ask = Ask(lambda: snapshot, metrics, clock, lambda names: dict.fromkeys(names, 1))
    start = time.perf_counter()
    ask.parse(operator(), questions[0])
    first = (time.perf_counter() - start) * 1_000
    times = []
    for text in questions * ROUNDS:
        start = time.perf_counter()
        ask.parse(operator(), text)
        times.append((time.perf_counter() - start) * 1_000)
    median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:<10} {len(questions):>4} questions   first {first:.1f} ms   "
        f"median {median:.2f}   p95 {slow:.2f}   worst {max(times):.1f}"
    )
    return median


def main() -> int:
    """Measure both vocabularies; return 1 when a median misses the bar."""
    town = [text for text, _query in [*ZH, *EN] if "医院" not in text]
    demo = demo_city()
    titles = [
        question
        for metric in demo.all(MetricDefinition).values()
        for question in (
            f"最近30天各区{metric.title.zh}的趋势",
            f"{metric.title.en} by district in the last 30 days",
        )
    ]
    medians = [measure("town", TOWN, town), measure("demo city", demo, titles)]
    return 1 if max(medians) > BAR_MS else 0


if __name__ == "__main__":
    sys.exit(main())
