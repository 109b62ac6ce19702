"""A query that is asked again is compiled once, and only as long as the same definitions and the same days count."""

from datetime import timedelta

from town import NOW, SNAPSHOT, ZONE, reader

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Snapshot
from cityloop.metrics import MetricDefinition, Metrics, Query


def test_the_same_query_is_compiled_once() -> None:
    metrics = Metrics(lambda: SNAPSHOT, reader(), FakeClock(NOW), time_zone=ZONE)
    query = {"metrics": ["visit_count"], "range": {"last": "7d"}}

    assert metrics.compile(Query(**query)) is metrics.compile(Query(**query))


def test_another_day_is_another_query() -> None:
    clock = FakeClock(NOW)
    metrics = Metrics(lambda: SNAPSHOT, reader(), clock, time_zone=ZONE)
    query = Query(metrics=("visit_count",), range={"last": "7d"})
    today = metrics.compile(query)

    clock.advance(timedelta(days=1))

    assert metrics.compile(query).period != today.period


def test_changed_definitions_count_at_once() -> None:
    before = SNAPSHOT.one(MetricDefinition, "visit_count")
    kept = [
        each for found in SNAPSHOT.kinds.values() for each in found.values() if each is not before
    ]
    published = [SNAPSHOT]
    metrics = Metrics(lambda: published[-1], reader(), FakeClock(NOW), time_zone=ZONE)
    query = Query(metrics=("visit_count",))
    old = metrics.compile(query).tree

    published.append(Snapshot.of(*kept, before.model_copy(update={"filter": "triage <= 2"})))

    assert metrics.compile(query).tree != old


def test_values_that_python_calls_equal_stay_apart() -> None:
    metrics = Metrics(lambda: SNAPSHOT, reader(), FakeClock(NOW), time_zone=ZONE)
    trees = [
        metrics.compile(Query(metrics=("visit_count",), filters=[where_triage(value)])).tree
        for value in (1, 1.0)
    ]

    assert trees[0] is not trees[1]


def where_triage(value: float) -> dict[str, object]:
    return {"dimension": "triage", "op": "=", "values": [value]}
