"""Lineage leads from a source to open orders, and tells nobody of what they may not know of."""

import re
from collections.abc import Iterator

import pytest

from cityloop.accounts import NewKey
from cityloop.foundation.errors import NotFound
from cityloop.foundation.principal import operator
from cityloop.operations import Lineage
from real_server import Client, Served


@pytest.fixture
def desk(served: Served) -> Iterator[Client]:
    """A case worker of level 2, who may not read definitions."""
    new = NewKey("desk", department="transport", roles=frozenset({"case_worker"}), level=2)
    _key, text = served.city.accounts.keys.issue(operator(), new)
    with served.client() as client:
        client.headers["Authorization"] = f"Bearer {text}"
        yield client


def after(graph: dict, start: str) -> set[str]:
    """Return the keys that ``start`` leads to, itself included."""
    found = {start}
    while more := {e["after"] for e in graph["edges"] if e["before"] in found} - found:
        found |= more
    return found


def test_a_source_leads_over_metrics_and_alerts_to_open_orders(clients: dict[str, Client]) -> None:
    graph = clients["admin"].get("/api/datasets/air_quality/lineage").json()
    nodes = {each["key"]: each for each in graph["nodes"]}
    assert after(graph, "source:environment_files") == set(nodes)
    assert nodes.keys() >= {"dataset:air_quality", "metric:pm25", "dashboard:city_overview", "alert:smog"}  # fmt: skip
    assert {"before": "metric:pm25", "after": "alert:smog"} in graph["edges"]
    orders = clients["admin"].get("/api/workorders", params={"alert": "smog"}).json()
    waiting = [each for each in orders if each["status"] in ("open", "accepted")]
    assert nodes["orders:smog"]["count"] == len(waiting)
    known = clients["admin"].get("/api/datasets/air_quality").json()
    assert nodes["dataset:air_quality"]["at"] == (known["newest"] or known["as_of"])
    assert nodes["dataset:air_quality"]["quality"] == known["quality"]


def test_a_metric_shows_the_data_behind_it_and_what_builds_on_it(
    clients: dict[str, Client],
) -> None:
    graph = clients["admin"].get("/api/metrics/visits/lineage").json()
    steps = {each["key"]: each["step"] for each in graph["nodes"]}
    assert steps["dataset:hospital_visits"] == "datasets"
    assert [key for key, step in steps.items() if step == "metrics"] == ["metric:visits"]
    assert steps["metric:visits_per_10k"] == "uses"
    assert {key.split(":")[0] for key, step in steps.items() if step == "uses"} >= {"dashboard", "metric"}  # fmt: skip


def test_nobody_learns_of_a_dataset_they_may_not_know_of(served: Served) -> None:
    city, who = served.city, operator()
    every = {each.name for each in city.datasets.catalogue()}
    lineage = Lineage(
        city.sources,
        city.datasets,
        metrics=city.metrics,
        alerts=city.alerts,
        workorders=city.workorders,
        known=lambda _who: every - {"hospital_visits"},
    )
    with pytest.raises(NotFound) as refused:
        lineage.of_dataset(who, "hospital_visits")
    assert "hospital_visits" not in refused.value.fields["close"]
    counted = {use.metric for use in city.metrics.lineage() if "hospital_visits" in use.facts}
    for metric in counted:
        with pytest.raises(NotFound) as refused:
            lineage.of_metric(who, metric)
        assert counted.isdisjoint(refused.value.fields["close"])
    for metric in city.metrics.all().keys() - counted:
        graph = lineage.of_metric(who, metric)
        drawn = {node.key for node in graph.nodes}
        assert drawn.isdisjoint(
            {"dataset:hospital_visits", *(f"metric:{each}" for each in counted)}
        )
        assert {after for before, after in graph.edges if before.startswith("source:")} <= drawn


def test_alerts_of_other_departments_and_their_orders_are_left_out(
    desk: Client, clients: dict[str, Client]
) -> None:
    seen = set(re.findall(r'"name":"(\w+)"', desk.get("/api/alerts").text))
    graph = desk.get("/api/metrics/pm25/lineage").json()
    every = clients["admin"].get("/api/metrics/pm25/lineage").json()
    assert {each["name"] for each in every["nodes"] if each["kind"] == "alert"} - seen
    assert {each["name"] for each in graph["nodes"] if each["kind"] in ("alert", "orders")} <= seen


def test_what_is_not_there_is_named(clients: dict[str, Client]) -> None:
    for kind in ("datasets", "metrics"):
        answer = clients["admin"].get(f"/api/{kind}/nowhere/lineage")
        assert answer.status_code == 404
        assert answer.json()["error"]["fields"]["name"] == "nowhere"


def test_a_metric_reaches_as_far_as_the_rows_it_counts(clients: dict[str, Client]) -> None:
    graph = clients["admin"].get("/api/metrics/average_speed/lineage").json()
    nodes = {each["key"]: each for each in graph["nodes"]}
    readings, detectors = nodes["dataset:detector_readings"], nodes["dataset:detectors"]
    assert nodes["metric:average_speed"]["at"] == readings["at"] != detectors["at"]
