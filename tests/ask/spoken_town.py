"""The town of tests/metrics with the words that people use for its things."""

from town import DATASETS, DISTRICTS, METRICS, MODELS, NOW, ZONE, DuckReader, simple

from cityloop.ask import Ask
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Snapshot
from cityloop.metrics import MetricDefinition, Metrics, ModelDefinition

WORDS = {
    "visit_count": {"synonyms": {"zh": ["就诊量", "看病人数"], "en": ["visits", "patient visits"]}},
    "avg_wait": {"synonyms": {"zh": ["平均等候时间"], "en": ["average waiting time"]}, "range": {"last": "30d"}},
    "pm25": {"synonyms": {"zh": ["PM2.5", "PM25"], "en": ["PM25"]}, "grain": "hour"},
    "beds": {"title": {"zh": "床位数", "en": "Beds"}},
}  # fmt: skip
DIMENSION_WORDS = {
    "district": {"zh": ["区县", "行政区"], "en": ["borough"]},
    "station": {"zh": ["监测站"], "en": ["monitoring station"]},
}


def spoken(metric: MetricDefinition) -> MetricDefinition:
    more = WORDS.get(metric.name, {})
    return MetricDefinition.model_validate(metric.model_dump(by_alias=True) | more)


def worded(model: ModelDefinition) -> ModelDefinition:
    body = model.model_dump(by_alias=True)
    for dimension in body["dimensions"]:
        dimension["synonyms"] = DIMENSION_WORDS.get(dimension["name"], {"zh": [], "en": []})
    return ModelDefinition.model_validate(body)


TOWN = Snapshot.of(
    DISTRICTS,
    *DATASETS,
    *map(worded, MODELS),
    *map(spoken, METRICS),
    # two metrics that share a word
    simple("air_mean", "空气均值", "Air mean", "readings", "avg", expression="pm25", synonyms={"zh": ["空气指标"], "en": ["air figure"]}),
    simple("air_peak", "空气峰值", "Air peak", "readings", "max", expression="pm25", synonyms={"zh": ["空气指标"], "en": ["air figure"]}),
)  # fmt: skip


def asking(lake: DuckReader) -> Ask:
    clock = FakeClock(NOW)
    metrics = Metrics(lambda: TOWN, lake, clock, time_zone=ZONE)
    return Ask(lambda: TOWN, metrics, clock, lambda names: {name: lake.versions.get(name, 1) for name in names})  # fmt: skip
