"""What the server hands out: the one page, assets for ever, encodings that lie ready, and what it never gives."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.settings import Settings
from cityloop.foundation.web import install_errors
from cityloop.site import api

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def static(tmp_path: Path) -> Path:
    (tmp_path / "static" / "assets").mkdir(parents=True)
    (tmp_path / "static" / "index.html").write_text("<title>city</title>")
    (tmp_path / "static" / "favicon.svg").write_text("<svg/>")
    (tmp_path / "static" / "assets" / "app-1.js").write_text("plain")
    (tmp_path / "static" / "assets" / "app-1.js.br").write_text("brotli")
    (tmp_path / "static" / "assets" / "app-1.js.gz").write_text("gzip")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path / "static"


@pytest.fixture
def client(static: Path) -> TestClient:
    app = FastAPI()
    install_errors(app)

    @app.get("/metrics")
    def figures() -> str:
        return "figures"

    settings = Settings(
        city=static, state_url="sqlite://", name=Bilingual(zh="云江市", en="Yunjiang")
    )
    clock = FakeClock(datetime(2026, 9, 30, 4, tzinfo=UTC))
    api.install(app, settings, clock, static=static)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/metrics", "/workorders/WO-1", "/datasets?q=a"])
def test_every_address_that_a_browser_opens_gives_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.text) == (200, "<title>city</title>")
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api/no/such", "/assets/none.js", "/api"])
def test_what_is_not_a_page_is_missing_in_the_one_shape(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_route_keeps_its_address_for_programs(client: TestClient) -> None:
    assert client.get("/metrics", headers={"accept": "text/plain"}).json() == "figures"


@pytest.mark.parametrize(
    ("accepts", "encoding", "size"),
    [
        ("gzip, deflate, br", "br", 6),
        ("gzip", "gzip", 4),
        ("br;q=0, gzip", "gzip", 4),
        ("identity", None, 5),
    ],
)
def test_assets_come_in_the_best_encoding_and_stay(
    client: TestClient, accepts: str, encoding: str | None, size: int
) -> None:
    with client.stream("GET", "/assets/app-1.js", headers={"accept-encoding": accepts}) as answer:
        body = b"".join(answer.iter_raw())
    assert (len(body), answer.headers.get("content-encoding")) == (size, encoding)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize(
    "path", ["/assets/%2e%2e/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]
)
def test_nothing_outside_the_assets_is_given(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_facts_of_the_city_need_no_sign_in(client: TestClient) -> None:
    assert client.get("/api/city").json() == {
        "name": {"zh": "云江市", "en": "Yunjiang"},
        "time_zone": "Asia/Shanghai",
        "language": "zh",
        "now": "2026-09-30T04:00:00Z",
        "is_demo": False,
    }


def test_without_a_build_the_page_says_how_to_make_one(tmp_path: Path) -> None:
    app = FastAPI()
    install_errors(app)
    api.install(app, static=tmp_path / "none")
    answer = TestClient(app).get("/", headers=HTML)
    assert answer.status_code == 503
    assert "make web" in answer.text
    assert TestClient(app).get("/favicon.ico").status_code == 404
