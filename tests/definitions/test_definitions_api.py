"""HTTP of city as code, as the definition editor uses it."""

import io
import zipfile
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from parks import DISTRICT, PARK

from cityloop.definitions import Definitions
from cityloop.definitions.api import router
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import install_errors

API = "/api/definitions"


@pytest.fixture
def client(definitions: Definitions) -> Iterator[TestClient]:
    """Signed in with whatever permissions the header ``may`` lists."""
    app = FastAPI()
    install_errors(app)
    app.include_router(router(definitions))

    @app.middleware("http")
    async def sign_in(request: Request, call_next) -> Response:
        may = frozenset(request.headers.get("may", "").split())
        request.state.principal = Principal("person:mei", "梅", permissions=may)
        return await call_next(request)

    with TestClient(app) as client:
        client.headers["may"] = "definitions.view definitions.apply"
        yield client


@pytest.fixture
def filled(client: TestClient) -> TestClient:
    text = f"kind: district\n{DISTRICT}---\nkind: park\n{PARK}"
    answer = client.post(f"{API}/apply", json={"text": text, "revision": 0})
    assert answer.json()["revision"] == 1
    return client


def test_kinds_are_listed_with_counts(filled: TestClient) -> None:
    assert filled.get(API).json() == {
        "revision": 1,
        "kinds": [
            {"name": "district", "title": None, "folder": "districts", "count": 1},
            {"name": "park", "title": None, "folder": "parks", "count": 1},
        ],
    }


def test_definitions_of_a_kind_are_listed(filled: TestClient) -> None:
    assert filled.get(f"{API}/park").json() == [
        {
            "kind": "park",
            "name": "willow",
            "title": {"zh": "柳园", "en": "Willow Park"},
            "owner": None,
            "version": 1,
            "file": "parks/willow.yaml",
            "at": "2026-09-30T04:00:00Z",
            "author_name": "梅",
        }
    ]


def test_one_definition_shows_its_text_and_its_neighbours(filled: TestClient) -> None:
    park = filled.get(f"{API}/park/willow").json()
    assert park["text"] == f"kind: park\n{PARK}"
    assert park["uses"] == [{"kind": "district", "name": "lakeside"}]
    district = filled.get(f"{API}/district/lakeside").json()
    assert district["used_by"] == [{"kind": "park", "name": "willow"}]


def test_check_answers_with_lines_in_the_callers_language(filled: TestClient) -> None:
    body = {"text": PARK.replace("district", "distric"), "kind": "park"}
    answer = filled.post(f"{API}/check", json=body, headers={"accept-language": "zh-CN"})
    assert [(each["line"], each["message"]) for each in answer.json()["problems"]] == [
        (1, "缺少必填的键“district”。"),
        (3, "不认识的键“distric”。"),
    ]


def test_plan_then_apply_changes_what_was_shown(filled: TestClient) -> None:
    body = {"text": f"{PARK}next: elm\n", "kind": "park"}
    planned = filled.post(f"{API}/plan", json=body).json()
    assert [(each["action"], each["name"]) for each in planned["changes"]] == [("change", "willow")]
    done = filled.post(f"{API}/apply", json={**body, "revision": planned["revision"], "note": "x"})
    assert done.json() == {"revision": 2, "changed": [{"kind": "park", "name": "willow"}]}
    assert [each["note"] for each in filled.get(f"{API}/park/willow/versions").json()] == ["x", ""]


def test_plan_of_a_broken_text_lists_the_problems(filled: TestClient) -> None:
    planned = filled.post(f"{API}/plan", json={"text": "name: [", "kind": "park"}).json()
    assert (planned["changes"], len(planned["problems"])) == ([], 1)


def test_applying_an_outdated_plan_is_a_conflict(filled: TestClient) -> None:
    answer = filled.post(f"{API}/apply", json={"text": PARK, "kind": "park", "revision": 0})
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        409,
        "definitions.plan_outdated",
    )


def test_applying_a_broken_text_says_why(filled: TestClient) -> None:
    answer = filled.post(f"{API}/apply", json={"text": "name: a", "kind": "park", "revision": 1})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "definitions.has_problems")
    assert len(error["fields"]["problems"]) == 2


def test_definition_in_use_is_not_removed(filled: TestClient) -> None:
    body = {"remove": [{"kind": "district", "name": "lakeside"}]}
    problems = filled.post(f"{API}/check", json=body).json()["problems"]
    assert [each["code"] for each in problems] == ["definitions.still_referenced"]


def test_versions_are_compared_and_rolled_back(filled: TestClient) -> None:
    body = {"text": f"kind: park\n{PARK}next: elm\n", "revision": 1}
    filled.post(f"{API}/apply", json=body)
    diff = filled.get(f"{API}/park/willow/diff?before=1&after=2").json()["diff"]
    assert diff.endswith("+next: elm\n")
    filled.post(f"{API}/park/willow/roll-back", json={"version": 1})
    newest = filled.get(f"{API}/park/willow/versions/3").json()
    assert (newest["action"], newest["text"]) == ("roll_back", f"kind: park\n{PARK}")


def test_a_text_begun_before_somebody_elses_change_is_refused(filled: TestClient) -> None:
    begun = {"kind": "park", "base": [{"kind": "park", "name": "willow", "version": 1}]}
    theirs = {**begun, "text": f"{PARK}next: elm\n", "revision": 1}
    assert filled.post(f"{API}/apply", json=theirs).status_code == 200
    mine = {**begun, "text": f"{PARK}next: oak\n", "revision": 2}
    for step in ("plan", "apply"):
        error = filled.post(
            f"{API}/{step}",
            json={k: v for k, v in mine.items() if step == "apply" or k != "revision"},
            headers={"accept-language": "zh-CN"},
        )
        assert error.status_code == 409
        assert error.json()["error"]["code"] == "definitions.overtaken"
        assert error.json()["error"]["message"] == (
            "“willow”（park）在您编辑期间被 梅 改过：您从第 1 版开始，现在是第 2 版。"
        )


def test_a_new_definition_does_not_replace_one_that_is_there(filled: TestClient) -> None:
    base = [{"kind": "park", "name": "willow", "version": 0}]
    body = {"text": PARK, "kind": "park", "base": base, "revision": 1}
    answer = filled.post(f"{API}/apply", json=body)
    assert answer.json()["error"]["code"] == "definitions.overtaken"


def test_a_roll_back_that_was_looked_at_is_refused_when_overtaken(filled: TestClient) -> None:
    filled.post(f"{API}/apply", json={"text": f"kind: park\n{PARK}next: elm\n", "revision": 1})
    path = f"{API}/park/willow/roll-back"
    late = filled.post(path, json={"version": 1, "revision": 1})
    assert late.json()["error"]["code"] == "definitions.plan_outdated"
    filled.post(path, json={"version": 1, "revision": 2, "note": "elm was wrong"})
    assert filled.get(f"{API}/park/willow/versions").json()[0]["note"] == "elm was wrong"


def test_everything_is_listed_and_taken_home_as_it_was_written(filled: TestClient) -> None:
    everything = filled.get(f"{API}/all").json()
    assert [(each["kind"], each["name"]) for each in everything] == [
        ("district", "lakeside"),
        ("park", "willow"),
    ]
    answer = filled.get(f"{API}/archive")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        files = {each: archive.read(each).decode() for each in archive.namelist()}
    assert files == {
        "districts/lakeside.yaml": f"kind: district\n{DISTRICT}",
        "parks/willow.yaml": f"kind: park\n{PARK}",
    }
    assert answer.headers["content-disposition"] == 'attachment; filename="definitions-1.zip"'


def test_a_kind_without_a_template_still_says_what_every_definition_needs(
    filled: TestClient,
) -> None:
    text = "name: \ntitle: {zh: , en: }\n"
    assert filled.get(f"{API}/park/template").json() == {"text": text}


def test_schema_of_a_kind_is_served(filled: TestClient) -> None:
    assert filled.get(f"{API}/park/schema").json()["properties"]["kind"] == {"const": "park"}


@pytest.mark.parametrize(
    ("method", "path", "may"),
    [
        ("GET", "", ""),
        ("GET", "/all", ""),
        ("GET", "/archive", ""),
        ("GET", "/park", "definitions.apply"),
        ("GET", "/park/template", ""),
        ("GET", "/park/schema", ""),
        ("GET", "/park/willow", ""),
        ("GET", "/park/willow/versions", ""),
        ("GET", "/park/willow/versions/1", ""),
        ("GET", "/park/willow/diff?before=1&after=1", ""),
        ("POST", "/check", ""),
        ("POST", "/plan", ""),
        ("POST", "/apply", "definitions.view"),
        ("POST", "/park/willow/roll-back", "definitions.view"),
    ],
)
def test_every_route_needs_its_permission(
    filled: TestClient, method: str, path: str, may: str
) -> None:
    body = {"version": 1} if path.endswith("roll-back") else {"text": ""}
    body = {"text": "", "revision": 1} if path == "/apply" else body
    sent = None if method == "GET" else body
    answer = filled.request(method, API + path, headers={"may": may}, json=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["/prk", "/park/wilow", "/prk/willow", "/park/willow/versions/9"])
def test_what_does_not_exist_is_not_found(filled: TestClient, path: str) -> None:
    assert filled.get(API + path).status_code == 404
