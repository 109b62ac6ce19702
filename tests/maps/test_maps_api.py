import base64
import gzip
import json
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from places import districts

from cityloop.foundation.principal import operator
from cityloop.foundation.web import install_errors
from cityloop.maps.api import router

FILE = {"file_name": "区划.geojson", "content": base64.b64encode(districts()).decode()}
NEW = {
    **FILE,
    "name": "districts",
    "title": {"zh": "区划", "en": "Districts"},
    "coordinates": "wgs84",
    "key": "code",
    "label": {"zh": "name", "en": "en"},
    "dimension": "district",
}


@pytest.fixture
def client(city) -> Iterator[TestClient]:
    app = FastAPI()
    install_errors(app)

    @app.middleware("http")
    async def sign_in(request: Request, call_next):
        request.state.principal = operator()
        return await call_next(request)

    app.include_router(router(city.maps))
    with TestClient(app) as found:
        yield found


def test_a_file_is_looked_at_published_listed_and_drawn(client):
    preview = client.post("/api/maps/preview", json=FILE, params={"lang": "zh"}).json()
    assert (preview["key"], preview["dimension"], preview["notices"]) == ("code", "district", [])
    assert client.get("/api/maps").json() == []

    done = client.post("/api/maps/import", json=NEW)
    assert done.status_code == 200, done.text
    [listed] = client.get("/api/maps").json()
    expected = {"name": "districts", "shape": "area", "dimension": "district", "features": 3, "look": "land",
                "bounds": [114.3, 29.3, 114.6, 29.4], "problem": None}  # fmt: skip
    assert {key: listed[key] for key in expected} == expected
    shown = client.get("/api/maps/districts/geometry").json()
    assert shown["features"][0]["properties"] == {
        "key": "临湖区",
        "label": "临湖区",
        "label_en": "Linhu",
    }


def test_a_geometry_is_sent_once_and_packed(client):
    client.post("/api/maps/import", json=NEW)
    first = client.get("/api/maps/districts/geometry", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert first.headers["content-type"] == "application/geo+json"
    plain = client.get("/api/maps/districts/geometry", headers={"Accept-Encoding": "identity"})
    assert plain.json() == first.json()
    tag = first.headers["etag"]
    again = client.get("/api/maps/districts/geometry", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_what_is_sent_packed_is_what_is_sent_plain(city, client):
    client.post("/api/maps/import", json=NEW)
    drawn = city.maps.drawn("districts")
    assert gzip.decompress(drawn.packed) == drawn.body
    assert json.loads(drawn.body)["type"] == "FeatureCollection"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_wrong_with_a_file_is_said_in_the_callers_language(client, lang):
    texts = set()
    for content, code in (
        ("@@@", "maps.bad_content"),
        ("5rmWCg==", "maps.unknown_format"),
        (base64.b64encode(b"{}").decode(), "maps.not_a_collection"),
    ):
        given = {**FILE, "content": content}
        error = client.post("/api/maps/preview", json=given, params={"lang": lang})
        assert (error.status_code, error.json()["error"]["code"]) == (422, code)
        texts.add(error.json()["error"]["message"])
    assert len(texts) == 3
