import httpx
import pytest

from cityloop.demo import WeatherApi
from cityloop.demo.weather_api import DEMO_KEY


@pytest.fixture
def api(tiny_city):
    with (
        WeatherApi(tiny_city[0] / "inbound") as service,
        httpx.Client(base_url=service.url, headers={"X-API-Key": DEMO_KEY}) as client,
    ):
        yield client


def test_all_pages_together_hold_every_observation_once(api, tiny_city):
    first = api.get("/api/v1/observations", params={"page": 1, "size": 50}).json()
    pages = [
        api.get("/api/v1/observations", params={"page": n, "size": 50}).json()
        for n in range(1, first["pages"] + 1)
    ]
    rows = [row for page in pages for row in page["data"]]
    assert len(rows) == first["total"] == tiny_city[1].counts["weather_observations"].read
    assert {"station_id", "observed_at", "temperature", "rain"} <= rows[0].keys()


def test_since_leaves_out_what_is_earlier(api):
    rows = api.get("/api/v1/observations", params={"size": 2000}).json()["data"]
    mark = rows[len(rows) // 2]["observed_at"]
    later = api.get("/api/v1/observations", params={"size": 2000, "since": mark}).json()
    assert later["data"] == [r for r in rows if r["observed_at"] >= mark]
    assert 0 < later["total"] < len(rows)


def test_a_page_after_the_last_is_empty(api):
    assert api.get("/api/v1/observations", params={"page": 9999}).json()["data"] == []


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/api/v1/observations", {"X-API-Key": "wrong"}, 401),
        ("/api/v1/elsewhere", {}, 404),
        ("/api/v1/observations?page=0", {}, 400),
        ("/api/v1/observations?size=one", {}, 400),
        ("/api/v1/observations?size=100000", {}, 400),
    ],
)
def test_wrong_requests_are_told_why(api, path, headers, status):
    answer = api.get(path, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_stations_and_new_observations_are_served(api, tiny_city):
    assert api.get("/api/v1/stations").json()["total"] == 3
    path = tiny_city[0] / "inbound" / "weather" / "observations.jsonl"
    before = api.get("/api/v1/observations").json()["total"]
    old = path.read_bytes()
    path.write_bytes(old + old.splitlines(keepends=True)[-1])
    try:
        assert api.get("/api/v1/observations").json()["total"] == before + 1
    finally:
        path.write_bytes(old)
