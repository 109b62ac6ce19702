"""The routes answer what the reader answers, in one shape, and refuse in the one error shape."""

from collections.abc import Iterator

import pyarrow as pa
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from little_city import ANALYST, DOCTOR, OPERATOR, OWNER, PEOPLE, SECRET, STRANGER, City

from cityloop.foundation.principal import Principal
from cityloop.foundation.web import install_errors
from cityloop.policies.api import router

KNOWN = {**PEOPLE, "operator": OPERATOR}


@pytest.fixture
def client(city: City) -> Iterator[TestClient]:
    app = FastAPI()
    install_errors(app)

    @app.middleware("http")
    async def name_caller(request: Request, call_next: object) -> object:
        who = KNOWN.get(request.headers.get("x-who", ""))
        if who is not None:
            request.state.principal = who
        return await call_next(request)

    app.include_router(router(city.reader, city.trail, city.shelf))
    with TestClient(app) as made:
        yield made


def as_(who: Principal, lang: str = "en") -> dict[str, str]:
    return {"x-who": who.id, "accept-language": lang}


def test_rows_come_column_by_column(client: TestClient) -> None:
    answer = client.get(
        "/api/datasets/visits/rows",
        params={
            "columns": ["visit", "phone"],
            "filter": ["district = 临湖区", "visit <= 4"],
            "order": "-visit",
            "limit": 2,
        },
        headers=as_(DOCTOR),
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "columns": [
            {"name": "visit", "type": "int64", "treatment": "raw"},
            {"name": "phone", "type": "string", "treatment": "raw"},
        ],
        "data": [[4, 2], ["138CANARYNEAR040000", "138CANARYNEAR020000"]],
        "rows": 2,
        "sql": 'SELECT "visit", "phone" FROM visits WHERE "district" = \'临湖区\' AND "visit" <= 4 ORDER BY "visit" DESC LIMIT 2 OFFSET 0',
        "versions": {"visits": 1},
        "as_of": "2026-09-01T00:00:00Z",
        "cached": False,
        "limited": ["visits"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "rows"),
    [(["visit > 35"], 2), (["district ~ 湖"], 20), (["cost != 77777001"], 19), (["visit = -1"], 0), (["seen_at >= 2026-09-02"], 8), (["born_on < 1960-01-01"], 5)],
)  # fmt: skip
def test_filters_fit_the_columns_type(client: TestClient, filters: list[str], rows: int) -> None:
    answer = client.get(
        "/api/datasets/visits/rows", params={"filter": filters}, headers=as_(DOCTOR)
    )
    assert (answer.status_code, answer.json().get("rows")) == (200, rows)


@pytest.mark.parametrize(
    "wrong",
    [
        "visit",
        "visit > x",
        "visit > 1 OR 1 = 1",
        "district = 'a' OR '1'='1'",
        "genome = 1",
        "visit; DROP = 1",
        "cl__rows = 1",
        "",
    ],
)
def test_a_filter_cannot_say_more_than_it_should(client: TestClient, wrong: str) -> None:
    answer = client.get("/api/datasets/visits/rows", params={"filter": wrong}, headers=as_(DOCTOR))
    assert answer.status_code == 422 or answer.json()["rows"] == 0


def test_sql_is_answered_for_whoever_asks(client: TestClient) -> None:
    body = {"sql": "SELECT max(phone) AS p FROM visits"}
    shown = {
        who.id: client.post("/api/sql", json=body, headers=as_(who)).json().get("data")
        for who in (OWNER, ANALYST, STRANGER)
    }
    assert shown == {
        "owner": [["138CANARYNEAR380000"]],
        "analyst": [["138****0000"]],
        "stranger": None,
    }


def test_errors_have_the_one_shape_in_both_languages(client: TestClient) -> None:
    body = {"sql": "SELECT genome FROM visits"}
    zh, en = (
        client.post("/api/sql", json=body, headers=as_(DOCTOR, lang)).json()["error"]
        for lang in ("zh", "en")
    )
    assert zh["code"] == en["code"] == "policies.unknown_column"
    assert "没有您可读取的列" in zh["message"]
    assert en["message"] == "visits has no column 'genome' that you may read."
    assert client.post("/api/sql", json=body).status_code == 401


@pytest.mark.parametrize("path", ["/api/datasets/staff/rows", "/api/datasets/staff/export", "/api/datasets/staff/access", "/api/datasets/staff/quarantine/rows"])  # fmt: skip
def test_hidden_datasets_look_like_missing_ones(client: TestClient, path: str) -> None:
    hidden = client.get(path, headers=as_(STRANGER))
    missing = client.get(path.replace("staff", "stuff"), headers=as_(STRANGER))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text.replace("staff", "stuff") == missing.text


def test_an_explanation_speaks_the_callers_language(client: TestClient) -> None:
    zh = client.get("/api/datasets/visits/access", headers=as_(STRANGER, "zh")).json()
    assert zh["sentences"][0] == "您不能为此目的（analysis）读取数据集 visits。"
    assert zh["rules"][0] == {"rule": "built-in:owner", "matched": False, "because": "department"}


def test_the_catalogue_lists_what_may_be_known(client: TestClient) -> None:
    found = client.get("/api/policies/catalogue", headers=as_(STRANGER)).json()
    assert {each["dataset"]: each["readable"] for each in found} == {
        "trips": True,
        "visits": False,
        "公园": True,
    }


@pytest.mark.parametrize("file_format", ["csv", "xlsx", "parquet", "json"])
def test_exports_are_downloads(client: TestClient, file_format: str) -> None:
    answer = client.get(
        "/api/datasets/公园/export", params={"format": file_format}, headers=as_(STRANGER)
    )
    assert answer.status_code == 200
    assert (
        answer.headers["content-disposition"]
        == f"attachment; filename*=UTF-8''%E5%85%AC%E5%9B%AD.{file_format}"
    )
    body = {"sql": "SELECT 名称 FROM 公园"}
    assert (
        client.post(
            "/api/sql/export", json=body, params={"format": file_format}, headers=as_(STRANGER)
        ).status_code
        == 200
    )


def test_the_audit_log_has_routes(client: TestClient) -> None:
    client.post("/api/sql", json={"sql": "SELECT 1 AS one"}, headers=as_(OWNER))
    assert client.get("/api/audit", headers=as_(OWNER)).status_code == 403
    entries = client.get("/api/audit", params={"most": 5}, headers=as_(OPERATOR)).json()
    assert [each["verb"] for each in entries] == ["audit.list", "read"]
    assert client.get("/api/audit/verification", headers=as_(OPERATOR)).json()["reason"] == "sound"
    lines = client.get("/api/audit/export", headers=as_(OPERATOR)).text.splitlines()
    assert len(lines) == 4


def test_odd_values_are_written_as_json(city: City, client: TestClient) -> None:
    sql = "SELECT CAST('NaN' AS DOUBLE) AS n, CAST(1.5 AS DECIMAL(9,2)) AS d, DATE '2026-01-01' AS day, NULL AS none, true AS yes"
    answer = client.post("/api/sql", json={"sql": sql}, headers=as_(OWNER))
    assert answer.json()["data"] == [[None], ["1.50"], ["2026-01-01"], [None], [True]]
    assert isinstance(city.reader.read(OWNER, "analysis", sql).table, pa.Table)


def test_routes_are_documented(client: TestClient) -> None:
    routes = client.app.openapi()["paths"]
    for path, methods in routes.items():
        for method in methods.values():
            assert method["summary"], path
            assert method["operationId"].startswith("policies_")


def test_no_route_shows_a_canary(client: TestClient) -> None:
    """Every route that takes a dataset, for somebody who may see nothing graded of it."""
    paths = [path for path in client.app.openapi()["paths"] if "{dataset}" in path]
    assert len(paths) == 4
    for path in paths:
        for dataset in ("visits", "trips", "staff", "vault"):
            for who in (STRANGER, ANALYST):
                assert SECRET not in client.get(path.format(dataset=dataset), headers=as_(who)).text
