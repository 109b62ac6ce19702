"""Wrong definitions are found before they are applied."""

import pytest
from inline_snapshot import snapshot
from pydantic import ValidationError
from town import (  # fmt: skip
    DATASETS,
    DISTRICTS,
    METRICS,
    MODELS,
    SNAPSHOT,
    both,
    dimension,
    fields,
    metric,
    simple,
)

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Snapshot
from cityloop.metrics import KINDS, MetricDefinition, ModelDefinition
from cityloop.metrics.checks import check_metric, check_model, metric_references, model_references


def town(*more) -> Snapshot:
    return Snapshot.of(DISTRICTS, *DATASETS, *MODELS, *METRICS, *more)


def model(name: str = "wrong", **more) -> ModelDefinition:
    return ModelDefinition(
        **{"name": name, "title": both("模型", "Model"), "dataset": "visits", **more}
    )


def faults(definition) -> list[tuple]:
    check = check_metric if isinstance(definition, MetricDefinition) else check_model
    return [(each.path, each.error.code) for each in check(definition, town(definition))]


def test_the_town_has_no_faults() -> None:
    assert [faults(each) for each in (*MODELS, *METRICS)] == [[]] * (len(MODELS) + len(METRICS))


def test_kinds_carry_their_names() -> None:
    assert [(kind.name, kind.folder) for kind in KINDS] == [("model", "models"), ("metric", "metrics")]  # fmt: skip


def test_references_lead_to_everything_named() -> None:
    visits = SNAPSHOT.one(ModelDefinition, "visits")
    assert [(each.kind, each.name) for each in model_references(visits)] == [("dataset", "visits"), ("model", "hospitals")]  # fmt: skip
    calm = SNAPSHOT.one(MetricDefinition, "calm_share")
    assert [(each.kind, each.name) for each in metric_references(calm)] == [("metric", "calm"), ("metric", "visit_count")]  # fmt: skip


@pytest.mark.parametrize(("more", "code"), [
    ({"time": "triage"}, "metrics.wrong_type"),
    ({"time": "arived_at"}, "metrics.unknown_field"),
    ({"key": ["id"]}, "metrics.unknown_field"),
    ({"joins": [{"name": "v", "model": "visits", "on": {"patient": "patient"}}]}, "metrics.bad_join"),
    ({"joins": [{"name": "h", "model": "hospitals", "on": {"triage": "hospital_id"}}]}, "metrics.bad_join"),
    ({"joins": [{"name": "r", "model": "readings", "on": {"patient": "station"}}]}, "metrics.bad_join"),
    ({"dimensions": [dimension("x", "x", "x", expression="nothing")]}, "foundation.unknown_column"),
    ({"dimensions": [dimension("x", "x", "x", expression="(SELECT 1)")]}, "foundation.bad_expression"),
    ({"dimensions": [dimension("x", "x", "x", expression="x")]}, "metrics.circular"),
    ({"dimensions": [dimension("x", "x", "x", expression="y"), dimension("y", "y", "y", expression="x")]}, "metrics.circular"),
    ({"dimensions": [dimension("time", "时间", "Time", expression="triage")]}, "metrics.name_taken"),
    ({"dimensions": [dimension("district", "区", "District", expression="triage")]}, "metrics.disagrees"),
    ({"hierarchies": [{"name": "h", "levels": ["triage", "nothing"]}]}, "metrics.unknown_dimension"),
])  # fmt: skip
def test_a_wrong_model_is_refused(more: dict, code: str) -> None:
    assert code in [found for _path, found in faults(model(**more))]


def test_a_join_needs_a_key_that_its_dataset_keeps_unique() -> None:
    loose = DatasetDefinition(name="loose", title=both("松", "Loose"), fields=fields(hospital_id="text"))  # fmt: skip
    other = model("loose", dataset="loose", key=["hospital_id"])
    joining = model(joins=[{"name": "l", "model": "loose", "on": {"hospital_id": "hospital_id"}}])
    found = list(check_model(joining, town(loose, other, joining)))
    assert [str(each.error) for each in found] == snapshot(
        [
            "[metrics.bad_join] The join 'l' is not surely many-to-one: ['hospital_id'] ⊉ loose.key (). The right side of 'on' must cover the other model's key, and its dataset must keep that key unique."
        ]
    )


def test_two_ways_to_one_dimension_must_be_told_apart() -> None:
    twice = model(
        joins=[
            {"name": "from_", "model": "hospitals", "on": {"hospital_id": "hospital_id"}},
            {"name": "to_", "model": "hospitals", "on": {"patient": "hospital_id"}},
        ],
        dimensions=[dimension("origin", "来自", "Origin", expression="from_.district")],
    )
    count = simple("moves", "转院", "Moves", "wrong", "count")
    snapshot_ = town(twice, count)
    from town import NOW, ZONE

    from cityloop.metrics import Query, compile_query
    from cityloop.metrics.errors import AmbiguousDimension

    query = Query(metrics=["moves"], by=["origin"])
    assert "from_" in compile_query(query, snapshot_, NOW, ZONE).sql()
    with pytest.raises(AmbiguousDimension, match="from_, to_"):
        compile_query(Query(metrics=["moves"], by=["district"]), snapshot_, NOW, ZONE)


@pytest.mark.parametrize(("definition", "code"), [
    (simple("m", "m", "m", "visits", "sum", expression="patient"), "metrics.wrong_type"),
    (simple("m", "m", "m", "visits", "max", expression="insured"), "metrics.wrong_type"),
    (simple("m", "m", "m", "visits", "count", filter="triage"), "metrics.wrong_type"),
    (simple("m", "m", "m", "visits", "count", filter="triag = 1"), "foundation.unknown_column"),
    (simple("m", "m", "m", "visits", "count", time="patient"), "metrics.wrong_type"),
    (simple("district", "m", "m", "visits", "count"), "metrics.name_taken"),
    (metric("m", "m", "m", type="ratio", numerator="m", denominator="beds"), "metrics.circular"),
    (metric("m", "m", "m", type="derived", expression="beds + m"), "metrics.circular"),
    (metric("m", "m", "m", type="derived", expression="beds +"), "foundation.bad_expression"),
])  # fmt: skip
def test_a_wrong_metric_is_refused(definition: MetricDefinition, code: str) -> None:
    assert [found for _path, found in faults(definition)] == [code]


def test_a_unit_that_only_chinese_readers_know_is_refused() -> None:
    chinese = simple("calls", "诉求", "Calls", "visits", "count", unit="件")
    assert faults(chinese) == [(("unit",), "foundation.unit_only_chinese")]


def test_metrics_that_need_each_other_are_refused() -> None:
    one = metric("one", "一", "One", type="derived", expression="two + 1")
    two = metric("two", "二", "Two", type="derived", expression="one + 1")
    found = [str(each.error) for each in check_metric(one, town(one, two))]
    assert found == snapshot(
        [
            "[metrics.circular] The definition goes in a circle: one → two → one. Remove one of the references."
        ]
    )


@pytest.mark.parametrize("broken", [
    {"type": "simple", "model": "visits"},
    {"type": "simple", "model": "visits", "aggregate": "sum"},
    {"type": "simple", "model": "visits", "aggregate": "percentile", "expression": "wait_min"},
    {"type": "simple", "model": "visits", "aggregate": "count", "percentile": 0.5},
    {"type": "simple", "model": "visits", "aggregate": "mode", "expression": "wait_min"},
    {"type": "ratio", "numerator": "a"},
    {"type": "ratio", "numerator": "a", "denominator": "b", "filter": "x"},
    {"type": "derived"},
])  # fmt: skip
def test_a_metric_has_the_fields_of_its_type(broken: dict) -> None:
    with pytest.raises(ValidationError):
        metric("m", "m", "m", **broken)
