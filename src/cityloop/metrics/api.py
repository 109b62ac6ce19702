"""HTTP face of metrics: what there is, what each means, and the one query endpoint; each as the caller may know of it."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller, JsonResponse
from cityloop.metrics.knowledge import Knowledge
from cityloop.metrics.model import MetricDefinition, Query, Synonyms
from cityloop.metrics.service import Lineage
from cityloop.metrics.wire import AnswerBody, answer_body

_EXAMPLE = {
    "metrics": ["visit_count"],
    "by": ["district"],
    "grain": "day",
    "range": {"last": "7d"},
    "filters": [{"dimension": "district", "op": "in", "values": ["临湖区"]}],
    "order": [{"by": "visit_count", "descending": True}],
    "limit": 100,
}


_LABELS: JsonDict = {
    "dimensions": {"ward": "wards"},
    "codes": {"wards": {"01": {"zh": "内科", "en": "Internal medicine"}}},
}


class MetricSummary(BaseModel):
    """One line of the catalogue of metrics; ``readable`` says whether the caller may compute it."""

    name: str
    title: Bilingual
    description: Bilingual | None
    synonyms: Synonyms
    unit: Bilingual | None
    format: str
    direction: str
    type: str
    owner: str | None
    readable: bool


class DimensionBody(BaseModel):
    """A dimension as a metric sees it; ``codes`` names its code table, null when values are free.

    ``readable`` says whether the caller may split and filter by it.
    """

    name: str
    title: Bilingual
    type: str
    codes: str | None
    readable: bool


class LabelsBody(BaseModel):
    """How values are called: ``dimensions`` names the code table of each that has one, ``codes`` holds titles by value."""

    model_config = ConfigDict(json_schema_extra={"example": _LABELS})
    dimensions: dict[str, str]
    codes: dict[str, dict[str, Bilingual]]


class UsesBody(BaseModel):
    """A definition that uses the metric."""

    kind: str
    name: str


class UserBody(UsesBody):
    """A definition that uses the metric, with its title."""

    title: Bilingual


class LineageBody(BaseModel):
    """What a metric is made of and who uses it; ``datasets`` are those of its models and those that these join."""

    metric: str
    models: list[str]
    datasets: list[str]
    has_time: bool
    used_by: list[UserBody]


class MetricDetail(MetricSummary):
    """Everything about one metric; ``definition`` is its YAML as JSON, ``sql`` its statement over all time.

    Both are null for a caller who may not know of every column that they name.
    """

    definition: dict[str, object] | None
    version: int
    models: list[str]
    datasets: list[str]
    has_time: bool
    dimensions: list[DimensionBody]
    sql: str | None
    used_by: list[UsesBody]


def router(knowledge: Knowledge) -> APIRouter:
    """Return the routes of metrics."""
    routes = APIRouter(prefix="/api", tags=["metrics"])

    @routes.get("/metrics", operation_id="list_metrics", summary="All metrics")
    def list_metrics(caller: Caller) -> list[MetricSummary]:
        return [_summary(knowledge, caller, each) for each in knowledge.all(caller).values()]

    @routes.get(
        "/lineage",
        operation_id="list_lineage",
        summary="For every metric: the datasets and models behind it, and who uses it",
    )
    def list_lineage(caller: Caller) -> list[LineageBody]:
        return [_lineage(each) for each in knowledge.lineage(caller)]

    @routes.get(
        "/dimensions",
        operation_id="list_usable_dimensions",
        summary="Dimensions that all the named metrics can be split and filtered by together",
    )
    def list_usable_dimensions(
        caller: Caller,
        metric: Annotated[list[str], Parameter(min_length=1, examples=[["visit_count"]])],
    ) -> list[DimensionBody]:
        return _dimensions(knowledge, caller, metric)

    @routes.get(
        "/labels",
        operation_id="list_labels",
        summary="How the values of code tables are called, and which dimensions take theirs from one",
    )
    def list_labels(caller: Caller) -> LabelsBody:
        return LabelsBody.model_validate(knowledge.labels(caller), from_attributes=True)

    @routes.get(
        "/metrics/{name}",
        operation_id="get_metric",
        summary="One metric: definition, usable dimensions, SQL, where it is used",
    )
    def get_metric(caller: Caller, name: str) -> MetricDetail:
        found = knowledge.describe(caller, name)
        definition = found.metric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return MetricDetail(
            **_summary(knowledge, caller, found.metric).model_dump(),
            definition=None if found.sql is None else definition,
            version=found.version,
            models=list(found.models),
            datasets=list(found.datasets),
            has_time=found.has_time,
            dimensions=_dimensions(knowledge, caller, [name]),
            sql=found.sql,
            used_by=[UsesBody(kind=kind, name=user) for kind, user in found.used_by],
        )

    _add_query(routes, knowledge)
    return routes


def _add_query(routes: APIRouter, knowledge: Knowledge) -> None:
    @routes.post(
        "/query",
        operation_id="query_metrics",
        summary="Compute metrics; data is columnar",
        response_model=AnswerBody,
    )
    def query_metrics(
        caller: Caller, query: Annotated[Query, Body(examples=[_EXAMPLE])]
    ) -> Response:
        return JsonResponse(answer_body(knowledge.query(caller, query)))


def _summary(knowledge: Knowledge, caller: Principal, metric: MetricDefinition) -> MetricSummary:
    return MetricSummary(
        name=metric.name,
        title=metric.title,
        description=metric.description,
        synonyms=metric.synonyms,
        unit=metric.unit,
        format=metric.format,
        direction=metric.direction,
        type=metric.type,
        owner=metric.owner,
        readable=knowledge.may_read(caller, metric.name),
    )


def _lineage(found: Lineage) -> LineageBody:
    users = [UserBody(kind=kind, name=name, title=title) for kind, name, title in found.used_by]
    return LineageBody(
        metric=found.metric,
        models=list(found.models),
        datasets=list(found.datasets),
        has_time=found.has_time,
        used_by=users,
    )


def _dimensions(knowledge: Knowledge, caller: Principal, metrics: list[str]) -> list[DimensionBody]:
    return [
        DimensionBody(
            name=each.name,
            title=each.dimension.definition.title,
            type=each.dimension.type,
            codes=each.dimension.codes,
            readable=each.is_readable,
        )
        for each in knowledge.dimensions(caller, metrics)
    ]
