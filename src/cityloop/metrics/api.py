"""HTTP face of metrics: what there is, what each means, and the one query endpoint."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.web import Caller, JsonResponse
from cityloop.metrics.catalogue import Catalogue
from cityloop.metrics.model import MetricDefinition, Query, Synonyms
from cityloop.metrics.service import Lineage, Metrics
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
    """One line of the catalogue of metrics."""

    name: str
    title: Bilingual
    description: Bilingual | None
    synonyms: Synonyms
    unit: Bilingual | None
    format: str
    direction: str
    type: str
    owner: str | None


class DimensionBody(BaseModel):
    """A dimension as a metric sees it; ``codes`` names its code table, null when values are free."""

    name: str
    title: Bilingual
    type: str
    codes: str | None


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
    """Everything about one metric; ``definition`` is its YAML as JSON, ``sql`` its statement over all time."""

    definition: dict[str, object]
    version: int
    models: list[str]
    datasets: list[str]
    has_time: bool
    dimensions: list[DimensionBody]
    sql: str
    used_by: list[UsesBody]


def router(metrics: Metrics) -> APIRouter:
    """Return the routes of metrics."""
    routes = APIRouter(prefix="/api", tags=["metrics"])

    @routes.get("/metrics", operation_id="list_metrics", summary="All metrics")
    def list_metrics(_caller: Caller) -> list[MetricSummary]:
        return [_summary(each) for each in metrics.all().values()]

    @routes.get(
        "/lineage",
        operation_id="list_lineage",
        summary="For every metric: the datasets and models behind it, and who uses it",
    )
    def list_lineage(_caller: Caller) -> list[LineageBody]:
        return [_lineage(each) for each in metrics.lineage()]

    @routes.get(
        "/dimensions",
        operation_id="list_usable_dimensions",
        summary="Dimensions that all the named metrics can be split and filtered by together",
    )
    def list_usable_dimensions(
        _caller: Caller,
        metric: Annotated[list[str], Parameter(min_length=1, examples=[["visit_count"]])],
    ) -> list[DimensionBody]:
        return _dimensions(metrics, metric)

    @routes.get(
        "/labels",
        operation_id="list_labels",
        summary="How the values of code tables are called, and which dimensions take theirs from one",
    )
    def list_labels(_caller: Caller) -> LabelsBody:
        return LabelsBody.model_validate(metrics.labels(), from_attributes=True)

    @routes.get(
        "/metrics/{name}",
        operation_id="get_metric",
        summary="One metric: definition, usable dimensions, SQL, where it is used",
    )
    def get_metric(_caller: Caller, name: str) -> MetricDetail:
        found = metrics.describe(name)
        return MetricDetail(
            **_summary(found.metric).model_dump(),
            definition=found.metric.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            version=found.version,
            models=list(found.models),
            datasets=list(found.datasets),
            has_time=found.has_time,
            dimensions=_dimensions(metrics, [name]),
            sql=found.sql,
            used_by=[UsesBody(kind=kind, name=user) for kind, user in found.used_by],
        )

    _add_query(routes, metrics)
    return routes


def _add_query(routes: APIRouter, metrics: Metrics) -> None:
    @routes.post(
        "/query",
        operation_id="query_metrics",
        summary="Compute metrics; data is columnar",
        response_model=AnswerBody,
    )
    def query_metrics(
        caller: Caller, query: Annotated[Query, Body(examples=[_EXAMPLE])]
    ) -> Response:
        return JsonResponse(answer_body(metrics.query(caller, query)))


def _summary(metric: MetricDefinition) -> MetricSummary:
    return MetricSummary.model_validate(metric, from_attributes=True)


def _lineage(found: Lineage) -> LineageBody:
    users = [UserBody(kind=kind, name=name, title=title) for kind, name, title in found.used_by]
    return LineageBody(
        metric=found.metric,
        models=list(found.models),
        datasets=list(found.datasets),
        has_time=found.has_time,
        used_by=users,
    )


def _dimensions(metrics: Metrics, names: list[str]) -> list[DimensionBody]:
    catalogue = metrics.catalogue()
    model = metrics.formula(names[0]).parts[0].model
    return [_dimension(catalogue, model, name) for name in metrics.usable_dimensions(names)]


def _dimension(catalogue: Catalogue, model: str, name: str) -> DimensionBody:
    found = catalogue.dimension(model, name)
    if found is None:  # usable dimensions are reachable from every model
        raise LookupError(name)
    return DimensionBody(
        name=name, title=found.definition.title, type=found.type, codes=found.codes
    )
