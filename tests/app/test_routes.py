"""Every route in one matrix: who may call it, what it needs, and that it refuses everything else in the one shape."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cityloop.foundation.web import ErrorResponse
from cityloop.openapi import document
from real_server import Client, Served

PUBLIC, SIGNED_IN = "public", "signed in"
LIVE = "/api/live"

MATRIX: dict[tuple[str, str], str] = {
    # Route → what the caller must hold: nothing, a session or key, or a permission.
    # A verb on an order, an alert or a row is further bound to what the caller may see.
    ("POST", "/api/accounts/sign-in"): PUBLIC,
    ("POST", "/api/accounts/sign-out"): PUBLIC,
    ("GET", "/api/health"): PUBLIC,
    ("GET", "/api/city"): PUBLIC,
    ("GET", "/api/accounts/me"): SIGNED_IN,
    ("PATCH", "/api/accounts/me"): SIGNED_IN,
    ("POST", "/api/accounts/password"): SIGNED_IN,
    ("GET", "/api/accounts/people"): "people.manage",
    ("POST", "/api/accounts/people"): "people.manage",
    ("GET", "/api/accounts/people/{user_name}"): "people.manage",
    ("PATCH", "/api/accounts/people/{user_name}"): "people.manage",
    ("POST", "/api/accounts/people/{user_name}/reset-password"): "people.manage",
    ("GET", "/api/accounts/sessions"): SIGNED_IN,
    ("DELETE", "/api/accounts/sessions/{session_id}"): SIGNED_IN,
    ("POST", "/api/accounts/sessions/end-others"): SIGNED_IN,
    # Everybody's keys need keys.manage; one's own none, issuing one keys.issue.
    ("GET", "/api/accounts/keys"): SIGNED_IN,
    ("POST", "/api/accounts/keys"): SIGNED_IN,
    ("DELETE", "/api/accounts/keys/{key_id}"): SIGNED_IN,
    # One's own; keys have none, which is refused.
    ("GET", "/api/accounts/role-requests"): SIGNED_IN,
    ("POST", "/api/accounts/role-requests"): SIGNED_IN,
    ("POST", "/api/accounts/role-requests/{request}/withdraw"): SIGNED_IN,
    ("GET", "/api/accounts/role-requests/open"): "people.manage",
    ("POST", "/api/accounts/role-requests/{request}/grant"): "people.manage",
    ("POST", "/api/accounts/role-requests/{request}/decline"): "people.manage",
    ("GET", "/api/accounts/departments"): SIGNED_IN,
    ("GET", "/api/accounts/roles"): SIGNED_IN,
    ("GET", "/api/definitions"): "definitions.view",
    ("GET", "/api/definitions/all"): "definitions.view",
    ("GET", "/api/definitions/archive"): "definitions.view",
    ("GET", "/api/definitions/{kind}"): "definitions.view",
    ("GET", "/api/definitions/{kind}/template"): "definitions.view",
    ("GET", "/api/definitions/{kind}/schema"): "definitions.view",
    ("GET", "/api/definitions/{kind}/{name}"): "definitions.view",
    ("GET", "/api/definitions/{kind}/{name}/versions"): "definitions.view",
    ("GET", "/api/definitions/{kind}/{name}/versions/{version}"): "definitions.view",
    ("GET", "/api/definitions/{kind}/{name}/diff"): "definitions.view",
    ("POST", "/api/definitions/{kind}/{name}/roll-back"): "definitions.apply",
    ("POST", "/api/definitions/check"): "definitions.view",
    ("POST", "/api/definitions/plan"): "definitions.view",
    ("POST", "/api/definitions/apply"): "definitions.apply",
    ("GET", "/api/sources"): SIGNED_IN,
    ("GET", "/api/sources/{name}"): "definitions.view",
    ("POST", "/api/sources/{name}/test"): "sources.load",
    ("POST", "/api/sources/{name}/load"): "sources.load",
    ("GET", "/api/datasets"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}/versions"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}/lineage"): SIGNED_IN,
    ("GET", "/api/datasets/batches"): SIGNED_IN,
    ("POST", "/api/datasets/batches/{batch}/release"): "datasets.repair",
    ("POST", "/api/datasets/batches/{batch}/discard"): "datasets.repair",
    ("POST", "/api/datasets/{dataset}/reload"): "datasets.repair",
    ("POST", "/api/datasets/{dataset}/roll-back"): "datasets.repair",
    ("GET", "/api/datasets/{dataset}/quarantine"): "quarantine.view",
    ("POST", "/api/datasets/{dataset}/quarantine/repair"): "datasets.repair",
    ("POST", "/api/datasets/{dataset}/quarantine/replay"): "datasets.repair",
    ("GET", "/api/datasets/{dataset}/quarantine/rows"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}/rows"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}/export"): SIGNED_IN,
    ("GET", "/api/datasets/{dataset}/access"): SIGNED_IN,
    ("POST", "/api/sql"): SIGNED_IN,
    ("POST", "/api/sql/export"): SIGNED_IN,
    ("GET", "/api/policies/catalogue"): SIGNED_IN,
    ("GET", "/api/audit"): "audit.view",
    ("GET", "/api/audit/overview"): "audit.view",
    ("GET", "/api/audit/verification"): "audit.view",
    ("GET", "/api/audit/export"): "audit.view",
    ("GET", "/api/metrics"): SIGNED_IN,
    ("GET", "/api/metrics/{name}"): SIGNED_IN,
    ("GET", "/api/metrics/{name}/lineage"): SIGNED_IN,
    ("GET", "/api/dimensions"): SIGNED_IN,
    ("GET", "/api/labels"): SIGNED_IN,
    ("GET", "/api/lineage"): SIGNED_IN,
    ("POST", "/api/query"): SIGNED_IN,
    ("GET", "/api/maps"): SIGNED_IN,
    ("GET", "/api/maps/{name}/geometry"): SIGNED_IN,
    ("POST", "/api/maps/preview"): "definitions.apply",
    ("POST", "/api/maps/import"): "definitions.apply",
    ("GET", "/api/dashboards"): SIGNED_IN,
    ("GET", "/api/dashboards/{name}"): SIGNED_IN,
    ("POST", "/api/dashboards/{name}/evaluate"): SIGNED_IN,
    ("POST", "/api/ask"): SIGNED_IN,
    ("GET", "/api/ask/suggestions"): SIGNED_IN,
    ("GET", "/api/alerts"): SIGNED_IN,
    ("GET", "/api/alerts/{alert}"): SIGNED_IN,
    ("GET", "/api/alerts/events"): SIGNED_IN,
    ("GET", "/api/alerts/events/{event}"): SIGNED_IN,
    ("POST", "/api/alerts/events/{event}/acknowledge"): SIGNED_IN,
    ("GET", "/api/alerts/{alert}/silences"): SIGNED_IN,
    ("POST", "/api/alerts/{alert}/silences"): SIGNED_IN,
    ("DELETE", "/api/alerts/silences/{silence}"): SIGNED_IN,
    ("POST", "/api/alerts/{alert}/preview"): SIGNED_IN,
    ("GET", "/api/workorders"): SIGNED_IN,
    ("POST", "/api/workorders"): SIGNED_IN,
    ("GET", "/api/workorders/board"): SIGNED_IN,
    ("GET", "/api/workorders/{order}"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/accept"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/finish"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/transfer"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/return"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/cancel"): SIGNED_IN,
    ("POST", "/api/workorders/{order}/comment"): SIGNED_IN,
    ("GET", "/api/demo/accounts"): PUBLIC,
    ("GET", "/api/demo"): SIGNED_IN,
    ("PATCH", "/api/demo"): "demo.play",
    ("POST", "/api/demo/happenings"): "demo.play",
    ("GET", LIVE): SIGNED_IN,
    ("GET", "/metrics"): "operations.view",
}  # fmt: skip

REAL = {
    "kind": "metric", "name": "visits", "dataset": "hotline_calls", "alert": "smog", "version": "1",
}  # fmt: skip
"""Names that exist, for parameters of paths; anything else is called ``nothing_like_this``."""
UNKNOWN = "nothing_like_this"
ROUTES = sorted(MATRIX)
CLOSED = [route for route in ROUTES if MATRIX[route] != PUBLIC]
GUARDED = [route for route in ROUTES if MATRIX[route] not in {PUBLIC, SIGNED_IN}]
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="session")
def spec() -> dict[str, Any]:
    return document()


@pytest.fixture
def operations(spec: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def filled(path: str, *, unknown: bool = False) -> str:
    def value(match: re.Match[str]) -> str:
        return UNKNOWN if unknown else REAL.get(match.group(1), UNKNOWN)

    return re.sub(r"\{(\w+)\}", value, path)


def example_of(spec: dict[str, Any], operation: dict[str, Any]) -> Any:
    """Return the request example that the document shows, wherever it stands."""
    if "requestBody" not in operation:
        return None
    content = operation["requestBody"]["content"]["application/json"]
    schema = resolved(spec, content["schema"])
    for place in (content, content["schema"], schema):
        if "example" in place:
            return place["example"]
        if examples := place.get("examples"):
            first = examples[0] if isinstance(examples, list) else next(iter(examples.values()))
            return first["value"] if isinstance(examples, dict) else first
    named = {
        name: given["examples"][0]
        for name, given in schema.get("properties", {}).items()
        if given.get("examples")
    }
    return named or None


def resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    found = schema
    for _ in range(10):
        if "$ref" not in found:
            return found
        found = at(spec, found["$ref"])
    raise AssertionError(schema)


def at(spec: dict[str, Any], reference: str) -> Any:
    found: Any = spec
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def shape(answer: Any, status: int | None = None) -> ErrorResponse:
    """Return the error of an answer, which must have the one shape and text."""
    error = ErrorResponse.model_validate(answer.json())
    assert set(answer.json()["error"]) == {"code", "message", "hint", "fields", "request_id"}
    assert error.error.message
    assert error.error.hint
    assert error.error.request_id == answer.headers["x-request-id"]
    assert status is None or answer.status_code == status, answer.text
    return error


def test_every_route_stands_in_the_matrix(operations: dict[Any, Any]) -> None:
    assert set(operations) == set(MATRIX)


def test_every_permission_of_the_matrix_has_a_role(served: Served) -> None:
    steward = served.city.accounts.principal_of("admin")
    assert all(steward.may(MATRIX[route]) for route in GUARDED)


def test_every_route_but_the_scraped_one_stands_below_api() -> None:
    assert {path for _method, path in MATRIX if not path.startswith("/api/")} == {"/metrics"}


def test_every_operation_explains_itself(operations: dict[Any, Any]) -> None:
    ids = [each["operationId"] for each in operations.values()]
    assert len(set(ids)) == len(ids)
    for route, each in operations.items():
        assert each["summary"], route
        assert len(each["tags"]) == 1, route


def test_every_operation_says_what_it_answers(
    spec: dict[str, Any], operations: dict[Any, Any]
) -> None:
    bare = []
    for route, each in operations.items():
        [good] = [found for status, found in each["responses"].items() if status.startswith("2")]
        if "204" in each["responses"]:
            continue
        contents = good.get("content", {})
        if not contents or not all(found.get("schema") for found in contents.values()):
            bare.append(route)
    assert bare == []


def test_every_body_has_an_example_that_its_own_schema_accepts(
    spec: dict[str, Any], operations: dict[Any, Any], clients: dict[str, Client]
) -> None:
    asking = {route: each for route, each in operations.items() if "requestBody" in each}
    bare = [route for route, each in asking.items() if example_of(spec, each) is None]
    assert bare == []
    for (method, path), each in asking.items():
        answer = clients["key"].request(
            method, filled(path, unknown=True), json=example_of(spec, each)
        )
        field = answer.json().get("error", {}).get("fields", {}).get("field", "")
        assert not str(field).startswith("body"), (method, path, answer.text)


def test_every_error_is_promised_in_the_one_shape(operations: dict[Any, Any]) -> None:
    for route, each in operations.items():
        for status, found in each["responses"].items():
            if status.startswith(("4", "5")):
                schema = found["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, (route, status)


def test_the_document_is_openapi_3_1_and_every_reference_leads_somewhere(
    spec: dict[str, Any],
) -> None:
    assert spec["openapi"].startswith("3.1.")
    assert spec["info"]["title"]
    assert spec["info"]["version"]
    assert [each for each in references(spec) if not at(spec, each)] == []
    for path, item in spec["paths"].items():
        wanted = set(re.findall(r"\{(\w+)\}", path))
        for operation in (item[method] for method in METHODS if method in item):
            given = operation.get("parameters", [])
            assert {each["name"] for each in given if each["in"] == "path"} == wanted
            assert all(each["required"] for each in given if each["in"] == "path")
            assert all({"name", "in", "schema"} <= each.keys() for each in given)


def test_no_schema_name_carries_a_module(spec: dict[str, Any]) -> None:
    assert [name for name in spec["components"]["schemas"] if "__" in name] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nobody_gets_in_without_a_session(served: Served, lang: str) -> None:
    with served.client(lang=lang) as stranger:
        for method, path in CLOSED:
            shown = stranger.request(method, filled(path), json={})
            found = shape(shown, 401)
            assert found.error.code == "unauthenticated", (method, path)


def test_errors_speak_both_languages(served: Served) -> None:
    for method, path in CLOSED[:10]:
        with served.client() as stranger:
            texts = {
                shape(stranger.request(method, filled(path), params={"lang": lang})).error.message
                for lang in ("zh", "en")
            }
        assert len(texts) == 2, path


def test_a_cookie_without_its_csrf_token_changes_nothing(
    clients: dict[str, Client],
) -> None:
    for method, path in CLOSED:
        if method != "GET":
            answer = clients["admin"].request(
                method, filled(path, unknown=True), json={}, headers={"X-CSRF-Token": "forged"}
            )
            assert shape(answer, 403).error.code == "accounts.csrf_missing", (method, path)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_who_lacks_the_permission_is_refused(
    method: str,
    path: str,
    served: Served,
    clients: dict[str, Client],
    spec: dict[str, Any],
    operations: dict[Any, Any],
) -> None:
    body = example_of(spec, operations[method, path])
    asked = {each["name"] for each in operations[method, path].get("parameters", ())}
    params = {name: 1 for name in ("before", "after") if name in asked}
    refused = []
    for name in ("transport", "analyst", "auditor", "key"):
        holder = clients[name].get("/api/accounts/me").json()
        if MATRIX[method, path] not in holder["permissions"]:
            answer = clients[name].request(method, filled(path), json=body, params=params)
            refused.append(shape(answer, 403).error.code)
    assert refused
    assert set(refused) <= {"forbidden", "accounts.own_powers", "policies.read_denied"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_body_is_named(
    lang: str, clients: dict[str, Client], operations: dict[Any, Any]
) -> None:
    client = clients["admin"]
    for (method, path), each in operations.items():
        if "requestBody" not in each:
            continue
        for wrong in ("[]", '{"surprise": 1}', "{", '"text"'):
            answer = client.request(
                method,
                filled(path),
                content=wrong,
                headers={"Content-Type": "application/json"},
                params={"lang": lang},
            )
            assert shape(answer, 422).error.fields, (method, path, wrong)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_unknown_name_is_not_found(
    lang: str, clients: dict[str, Client], spec: dict[str, Any], operations: dict[Any, Any]
) -> None:
    for (method, path), each in operations.items():
        if "{" not in path or path.endswith(("/schema",)):
            continue
        answer = clients["admin"].request(
            method,
            filled(path, unknown=True).replace(f"/versions/{UNKNOWN}", "/versions/1"),
            json=example_of(spec, each),
            params={"lang": lang, "before": 1, "after": 2}
            if path.endswith("/diff")
            else {"lang": lang},
        )
        assert shape(answer).error, (method, path)
        assert answer.status_code == 404, (method, path, answer.text)


def test_a_wrong_method_is_named(clients: dict[str, Client], operations: dict[Any, Any]) -> None:
    paths = {path for _method, path in operations}
    for path in sorted(paths):
        answer = clients["admin"].request("PUT", filled(path))
        assert shape(answer, 405).error.code == "foundation.method_not_allowed", path


def test_a_path_that_is_no_route_is_not_found(clients: dict[str, Client]) -> None:
    for path in ("/api/nothing", "/api/query/more", "/api/datasets/a/b/c", "/api/"):
        shape(clients["analyst"].get(path), 404)


def test_a_huge_or_broken_request_is_an_error_and_no_bug(clients: dict[str, Client]) -> None:
    client = clients["analyst"]
    for path in ("/api/query", "/api/ask", "/api/sql", "/api/workorders"):
        for content in (b"\xff\xfe\x00", b'{"a":' * 5_000, b"[" * 100_000, b"null"):
            answer = client.post(
                path, content=content, headers={"Content-Type": "application/json"}
            )
            assert shape(answer).error.code != "broken", (path, content[:10])
            assert answer.status_code == 422, (path, content[:10])
    for odd in ("%00", "%ff", "%E4%B8%AD", "a" * 5_000, "..%2f..%2fetc%2fpasswd", "'; DROP TABLE"):
        for path in ("/api/datasets/{}", "/api/datasets/{}/rows", "/api/metrics/{}", "/api/workorders/{}", "/api/dashboards/{}"):  # fmt: skip
            answer = clients["dispatcher"].get(path.format(odd))
            assert answer.status_code in {403, 404, 422}, (path, odd, answer.text)
            shape(answer)
