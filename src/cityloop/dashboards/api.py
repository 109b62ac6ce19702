"""HTTP face of dashboards: list, definition, evaluation."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from cityloop.dashboards.model import Chart, DashboardDefinition, Layout, Tone
from cityloop.dashboards.service import Dashboards, TileResult
from cityloop.foundation.definition import Bilingual, Name
from cityloop.foundation.errors import CityError, Lang
from cityloop.foundation.web import Caller, JsonResponse, Language
from cityloop.metrics import Filter, Range
from cityloop.metrics.wire import AnswerBody, answer_body

_EXAMPLE = {
    "filters": [{"dimension": "district", "op": "in", "values": ["临湖区"]}],
    "range": {"last": "7d"},
}


class DashboardSummary(BaseModel):
    """One line of the list of dashboards."""

    name: str
    title: Bilingual
    description: Bilingual | None
    owner: str | None
    tiles: int
    screen: bool


class DashboardBody(BaseModel):
    """A dashboard's definition, as its YAML would say."""

    definition: dict[str, object]


class EvaluationRequest(BaseModel):
    """Filters and range of the whole page; ``tiles`` computes only these, null all."""

    model_config = ConfigDict(extra="forbid")

    filters: list[Filter] = []
    range: Range | None = None
    tiles: list[Name] | None = None


class TileError(BaseModel):
    """Why a tile has no answer."""

    code: str
    message: str
    hint: str


class TileStateBody(BaseModel):
    """Words for values from ``from`` (included) up to the next state's; the lowest may have null."""

    from_: float | None = Field(alias="from")
    title: Bilingual
    tone: Tone


class TileBody(BaseModel):
    """One tile's outcome: ``status`` is ok, forbidden or failed; ``not_applied`` is what it could not take."""

    name: str
    title: Bilingual
    chart: Chart
    layout: Layout
    map: str | None
    states: list[TileStateBody]
    status: str
    answer: AnswerBody | None
    error: TileError | None
    not_applied: list[str]


class PageDimensionBody(BaseModel):
    """A dimension that at least one tile can be filtered by; ask ``metric`` by it for its values."""

    name: str
    title: Bilingual
    metric: str


class EvaluationBody(BaseModel):
    """A dashboard with every tile's outcome, in order; ``filters`` are offered, ``dimensions`` are possible."""

    name: str
    title: Bilingual
    filters: list[str]
    dimensions: list[PageDimensionBody]
    tiles: list[TileBody]


def router(dashboards: Dashboards) -> APIRouter:
    """Return the routes of dashboards."""
    routes = APIRouter(prefix="/api/dashboards", tags=["dashboards"])

    @routes.get("", operation_id="list_dashboards", summary="All dashboards")
    def list_dashboards(_caller: Caller) -> list[DashboardSummary]:
        return [_summary(each) for each in dashboards.all().values()]

    @routes.get("/{name}", operation_id="get_dashboard", summary="A dashboard's definition")
    def get_dashboard(_caller: Caller, name: str) -> DashboardBody:
        found = dashboards.one(name)
        return DashboardBody(
            definition=found.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        )

    @routes.post(
        "/{name}/evaluate",
        operation_id="evaluate_dashboard",
        summary="Compute every tile under the page's filters",
        response_model=EvaluationBody,
    )
    def evaluate_dashboard(
        caller: Caller,
        lang: Language,
        name: str,
        wanted: Annotated[EvaluationRequest, Body(examples=[_EXAMPLE])],
    ) -> Response:
        found = dashboards.evaluate(caller, name, wanted.filters, wanted.range, wanted.tiles)
        body = {
            "name": name,
            "title": found.dashboard.title.model_dump(),
            "filters": list(found.dashboard.filters),
            "dimensions": [
                {"name": each.name, "title": each.title.model_dump(), "metric": each.metric}
                for each in found.dimensions
            ],
            "tiles": [_tile(each, lang) for each in found.tiles],
        }
        return JsonResponse(body)

    return routes


def _summary(dashboard: DashboardDefinition) -> DashboardSummary:
    return DashboardSummary(
        name=dashboard.name,
        title=dashboard.title,
        description=dashboard.description,
        owner=dashboard.owner,
        tiles=len(dashboard.tiles),
        screen=dashboard.screen,
    )


def _tile(result: TileResult, lang: Lang) -> dict[str, object]:
    tile = result.tile
    return {
        "name": tile.name,
        "title": tile.title.model_dump(),
        "chart": tile.chart,
        "layout": tile.layout.model_dump(),
        "map": tile.map,
        "states": [state.model_dump(mode="json", by_alias=True) for state in tile.states],
        "status": result.status,
        "answer": None if result.answer is None else answer_body(result.answer),
        "error": None if result.error is None else _error(result.error, lang),
        "not_applied": list(result.not_applied),
    }


def _error(error: CityError, lang: Lang) -> dict[str, str]:
    return {"code": error.code, "message": error.message(lang), "hint": error.hint(lang)}
