"""Tiles are filtered together, computed once, and fail alone."""

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from inline_snapshot import snapshot
from pydantic import ValidationError
from town import DATASETS, DISTRICTS, METRICS, MODELS, NOW, ZONE, DuckReader, both, reader

from cityloop.dashboards import KINDS, DashboardDefinition, Dashboards
from cityloop.dashboards.api import router
from cityloop.dashboards.checks import check_dashboard
from cityloop.dashboards.model import Tile, dashboard_references
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import Forbidden
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.web import install_errors
from cityloop.metrics import Filter, Metrics, Range

SEPTEMBER = {"from": "2026-09-01", "to": "2026-10-01"}


def tile(name: str, chart: str = "kpi", **query) -> dict:
    return {"name": name, "title": both(name, name), "chart": chart, "query": query}


TILES = [
    tile("visits", metrics=["visit_count"], range=SEPTEMBER),
    tile("by_day", "line", metrics=["visit_count"], grain="day", range=SEPTEMBER),
    tile("again", metrics=["visit_count"], range=SEPTEMBER),
    tile("beds", metrics=["beds"]),
    tile("urgent", metrics=["urgent_share"], filters=[{"dimension": "insured", "values": [True]}]),
    tile("air", "bar", metrics=["pm25"], by=["district"]) | {"states": [
        {"title": both("优", "Good"), "tone": "good"},
        {"from": 75, "title": both("污染", "Polluted"), "tone": "bad"}]},
]  # fmt: skip
PAGE = DashboardDefinition(
    name="emergency", title=both("急诊", "Emergency"), filters=["district", "side"], tiles=TILES
)


def town(*pages: DashboardDefinition) -> Snapshot:
    return Snapshot.of(DISTRICTS, *DATASETS, *MODELS, *METRICS, *pages)


class NoAir(DuckReader):
    """Nobody may read the readings."""

    def read(self, principal, purpose, query, /, *, most=100_000):
        if "readings" in query.sql():
            raise Forbidden(act="read", object="readings")
        return super().read(principal, purpose, query, most=most)


@pytest.fixture
def lake() -> DuckReader:
    return NoAir(reader().tables)


@pytest.fixture
def dashboards(lake: DuckReader) -> Iterator[Dashboards]:
    metrics = Metrics(lambda: town(PAGE), lake, FakeClock(NOW), time_zone=ZONE)
    found = Dashboards(lambda: town(PAGE), metrics, threads=2)
    yield found
    found.close()


def shown(evaluation) -> dict[str, tuple]:
    return {
        each.tile.name: (
            each.status,
            None if each.answer is None else each.answer.rows.to_pydict(),
            each.not_applied,
        )
        for each in evaluation.tiles
    }


def test_says_what_the_page_can_be_filtered_by_and_where_its_values_come_from(dashboards):
    found = {each.name: each for each in dashboards.evaluate(operator(), "emergency").dimensions}

    assert {"district", "side"} <= set(found)
    assert found["district"].title.en
    metrics = {metric for tile in PAGE.tiles for metric in tile.query.metrics}
    assert {each.metric for each in found.values()} <= metrics


def test_a_tile_that_may_not_be_seen_says_so_and_the_rest_is_there(dashboards) -> None:
    assert shown(dashboards.evaluate(operator(), "emergency")) == snapshot(
        {
            "visits": ("ok", {"visit_count": [6]}, ()),
            "by_day": (
                "ok",
                {"time": [date(2026, 9, 1), date(2026, 9, 2)], "visit_count": [3, 3]},
                (),
            ),
            "again": ("ok", {"visit_count": [6]}, ()),
            "beds": ("ok", {"beds": [230]}, ()),
            "urgent": ("ok", {"urgent_share": [0.5]}, ()),
            "air": ("forbidden", None, ()),
        }
    )


def test_the_page_filters_whatever_can_be_filtered_and_names_the_rest(dashboards) -> None:
    filters = [
        Filter(dimension="district", values=["临湖"]),
        Filter(dimension="insured", values=[True]),
    ]
    found = dashboards.evaluate(operator(), "emergency", filters, Range(last="30d"))
    assert shown(found) == snapshot(
        {
            "visits": ("ok", {"visit_count": [3]}, ()),
            "by_day": (
                "ok",
                {"time": [date(2026, 9, 1), date(2026, 9, 2)], "visit_count": [2, 1]},
                (),
            ),
            "again": ("ok", {"visit_count": [3]}, ()),
            "beds": ("ok", {"beds": [100]}, ("insured", "range")),
            "urgent": ("ok", {"urgent_share": [0.6666666666666666]}, ()),
            "air": ("forbidden", None, ("insured",)),
        }
    )


def test_equal_queries_are_computed_once(dashboards, lake) -> None:
    dashboards.evaluate(operator(), "emergency")
    assert len(lake.reads) == len(TILES) - 2  # "again" repeats "visits", "air" is never read


def test_only_the_wanted_tiles_are_computed(dashboards, lake) -> None:
    found = dashboards.evaluate(operator(), "emergency", tiles=["beds", "visits"])
    assert [each.tile.name for each in found.tiles] == ["visits", "beds"]
    assert len(lake.reads) == 2
    assert dashboards.evaluate(operator(), "emergency", tiles=[]).tiles == ()


def test_a_wrong_filter_value_is_each_tiles_own_error(dashboards) -> None:
    filters = [Filter(dimension="district", values=["天堂"])]
    found = dashboards.evaluate(operator(), "emergency", filters)
    assert {each.error.code for each in found.tiles} == {"metrics.unknown_value"}


def test_filters_that_look_alike_but_differ_in_type_stay_apart(lake) -> None:
    tiles = [
        tile("one", metrics=["visit_count"], filters=[{"dimension": "insured", "values": [True]}]),
        tile("two", metrics=["visit_count"], filters=[{"dimension": "insured", "values": [1]}]),
    ]
    page = DashboardDefinition(name="page", title=both("页", "Page"), tiles=tiles)
    metrics = Metrics(lambda: town(page), lake, FakeClock(NOW), time_zone=ZONE)
    found = Dashboards(lambda: town(page), metrics).evaluate(operator(), "page")
    assert [each.status for each in found.tiles] == ["ok", "failed"]


def test_a_page_is_checked_before_it_is_published() -> None:
    page = DashboardDefinition(
        name="wrong",
        title=both("错", "Wrong"),
        filters=["district", "station"],
        tiles=[
            tile("beds", metrics=["beds"], by=["triage"]),
            tile("visits", metrics=["visit_count"]),
            tile("gone", metrics=["nothing"]),
        ],
    )
    found = [(each.path, each.error.code) for each in check_dashboard(page, town(page))]
    assert found == [
        (("tiles", 0, "query"), "metrics.unreachable"),
        (("filters", 1), "dashboards.useless_filter"),
    ]
    assert [each.name for each in dashboard_references(page)] == ["beds", "visit_count", "nothing"]
    mapped = page.model_copy(update={"tiles": (Tile.model_validate(
        tile("here", "map", metrics=["beds"], by=["district"]) | {"map": "districts"}),)})  # fmt: skip
    assert [each.name for each in dashboard_references(mapped)] == ["districts", "beds"]
    assert list(check_dashboard(PAGE, town(PAGE))) == []
    assert [kind.name for kind in KINDS] == ["dashboard"]


def state(start: float | None, tone: str) -> dict:
    return {"title": both(tone, tone), "tone": tone} | ({} if start is None else {"from": start})


@pytest.mark.parametrize("tiles", [
    [], [TILES[0], TILES[0]], [TILES[0] | {"chart": "gauge"}],
    [TILES[0] | {"map": "districts"}],
    [TILES[0] | {"states": [state(1, "good"), state(None, "bad")]}],
    [TILES[0] | {"states": [state(2, "good"), state(1, "bad")]}],
    [TILES[0] | {"states": [state(None, "good"), state(float("nan"), "bad")]}],
    [TILES[0] | {"states": [state(1, "purple")]}],
])  # fmt: skip
def test_a_malformed_page_is_no_page(tiles: list) -> None:
    with pytest.raises(ValidationError):
        DashboardDefinition(name="page", title=both("页", "Page"), tiles=tiles)


@pytest.fixture
def client(dashboards: Dashboards) -> TestClient:
    app = FastAPI()
    install_errors(app)
    app.include_router(router(dashboards))

    @app.middleware("http")
    async def sign_in(request: Request, go_on):
        if "x-nobody" not in request.headers:
            request.state.principal = Principal(id="li", name="Li")
        return await go_on(request)

    return TestClient(app, raise_server_exceptions=False)


def test_pages_are_listed_and_described(client: TestClient) -> None:
    assert client.get("/api/dashboards").json() == snapshot(
        [
            {
                "name": "emergency",
                "title": {"zh": "急诊", "en": "Emergency"},
                "description": None,
                "owner": None,
                "tiles": 6,
                "screen": False,
            }
        ]
    )
    body = client.get("/api/dashboards/emergency").json()["definition"]
    assert DashboardDefinition.model_validate(body) == PAGE


def test_evaluation_over_http_gives_columns_and_plain_errors(client: TestClient) -> None:
    wanted = {
        "filters": [{"dimension": "district", "values": ["云台区"]}],
        "range": {"last": "30d"},
    }
    answer = client.post("/api/dashboards/emergency/evaluate?lang=en", json=wanted)
    assert answer.status_code == 200
    body = answer.json()
    tiles = {each["name"]: each for each in body["tiles"]}
    assert tiles["by_day"]["answer"]["data"] == [["2026-09-02"], [1]]
    assert tiles["air"]["error"] == snapshot(
        {
            "code": "forbidden",
            "message": "You may not read (readings).",
            "hint": "If your work needs it, apply to the department that owns the data.",
        }
    )
    assert tiles["beds"]["not_applied"] == ["range"]
    assert (tiles["beds"]["map"], tiles["air"]["states"]) == snapshot(
        (
            None,
            [
                {"from": None, "title": {"zh": "优", "en": "Good"}, "tone": "good"},
                {"from": 75.0, "title": {"zh": "污染", "en": "Polluted"}, "tone": "bad"},
            ],
        )
    )


@pytest.mark.parametrize(("act", "status", "code"), [
    (lambda client: client.get("/api/dashboards/nothing"), 404, "not_found"),
    (lambda client: client.post("/api/dashboards/nothing/evaluate", json={}), 404, "not_found"),
    (lambda client: client.post("/api/dashboards/emergency/evaluate", json={"range": {}}), 422, "invalid"),
    (lambda client: client.post("/api/dashboards/emergency/evaluate", json={"tiles": ["x"]}), 422, "dashboards.unknown_tile"),
    (lambda client: client.get("/api/dashboards", headers={"x-nobody": "1"}), 401, "unauthenticated"),
])  # fmt: skip
def test_errors_have_the_one_shape(client: TestClient, act, status: int, code: str) -> None:
    answer = act(client)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
