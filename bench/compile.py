"""How long it takes to compile a query into SQL; run ``python bench/compile.py``. Bar: median ≤ 3 ms each.

Uses the small town of the tests (5 models, 21 metrics). "tree" is query → sqlglot tree; "text" adds rendering.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "metrics"))

from town import NOW, SNAPSHOT, ZONE

from cityloop.metrics import Query, compile_query

BAR_MS = 3.0
ROUNDS = 300

QUERIES = {
    "simple": Query(metrics=["visit_count"], grain="day", range={"last": "7d"}),
    "ratio": Query(metrics=["urgent_share"], by=["district"], range={"last": "7d"}),
    "two facts": Query(metrics=["spend_per_visit"], by=["district"], range={"last": "7d"}),
    "5 metrics x 2 dims": Query(
        metrics=["visit_count", "avg_wait", "p90_wait", "urgent_share", "patients"],
        by=["district", "triage"],
        range={"this": "month"},
        filters=[{"dimension": "district", "op": "in", "values": ["990102", "Yuntai District"]}],
    ),
}


def median_ms(act: Callable[[], object]) -> float:
    """Return the median time of ``act``, milliseconds."""
    act()
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1_000)
    return statistics.median(times)


def main() -> int:
    """Print the table; return 1 when a query misses the bar."""
    slow = False
    print(f"{'query':<20} {'tree ms':>8} {'text ms':>8}")
    for name, query in QUERIES.items():
        tree = median_ms(lambda query=query: compile_query(query, SNAPSHOT, NOW, ZONE))
        text = median_ms(
            lambda query=query: compile_query(query, SNAPSHOT, NOW, ZONE).sql(dialect="duckdb")
        )
        slow |= tree > BAR_MS
        print(f"{name:<20} {tree:>8.2f} {text:>8.2f}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
