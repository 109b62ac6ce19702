"""Metrics over HTTP: the catalogue, one metric, and the query endpoint."""

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from inline_snapshot import snapshot
from town import DATASETS, NOW, SNAPSHOT, ZONE, reader

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import install_errors
from cityloop.metrics import Knowledge, Metrics
from cityloop.metrics.api import router


class Everything:
    """Rights of somebody who may know of everything and read it."""

    def known(self, _principal, /):
        return {each.name: {field.name for field in each.fields} for each in DATASETS}

    def permits(self, _principal, _purpose, _query, /):
        return True


@pytest.fixture
def client() -> TestClient:
    metrics = Metrics(lambda: SNAPSHOT, reader(), FakeClock(NOW), time_zone=ZONE)
    app = FastAPI()
    install_errors(app)
    app.include_router(router(Knowledge(metrics, Everything(), lambda _who: ())))

    @app.middleware("http")
    async def sign_in(request: Request, go_on):
        if "x-nobody" not in request.headers:
            request.state.principal = Principal(id="li", name="Li")
        return await go_on(request)

    return TestClient(app, raise_server_exceptions=False)


def test_the_catalogue_lists_every_metric(client: TestClient) -> None:
    body = client.get("/api/metrics").json()
    assert len(body) == 21
    assert body[0] == snapshot(
        {
            "name": "avg_wait",
            "title": {"zh": "平均等候", "en": "Average wait"},
            "description": None,
            "synonyms": {"zh": [], "en": []},
            "unit": {"zh": "分钟", "en": "min"},
            "format": "number",
            "direction": "none",
            "type": "simple",
            "owner": None,
            "readable": True,
        }
    )


def test_lineage_goes_from_datasets_over_models_to_who_uses_a_metric(client: TestClient) -> None:
    found = {each["metric"]: each for each in client.get("/api/lineage").json()}
    visits = found["visit_count"]
    detail = client.get("/api/metrics/visit_count").json()
    assert set(detail["datasets"]) <= set(visits["datasets"])
    assert visits["models"] == detail["models"]
    assert [each["name"] for each in visits["used_by"]] == [each["name"] for each in detail["used_by"]]  # fmt: skip
    assert visits["used_by"][0]["title"] == client.get("/api/metrics/calm").json()["title"]


def test_values_of_code_tables_have_titles_and_dimensions_know_their_table(
    client: TestClient,
) -> None:
    body = client.get("/api/labels").json()
    assert set(body["codes"]) == {"district"}
    district = client.get("/api/dimensions?metric=visit_count").json()[1]
    assert body["dimensions"][district["name"]] == district["codes"]
    asked = {"metrics": ["visit_count"], "by": ["district"]}
    labels = client.post("/api/query", json=asked).json()["labels"]["district"]
    assert labels.items() <= body["codes"]["district"].items()


def test_one_metric_tells_everything_about_itself(client: TestClient) -> None:
    body = client.get("/api/metrics/visit_count").json()
    assert body["sql"] == 'WITH "fact_0" AS (\n  SELECT\n    COUNT(*) AS "visit_count"\n  FROM "visits" AS "fact"\n)\nSELECT\n  "visit_count"\nFROM "fact_0"'  # fmt: skip
    assert [each["name"] for each in body["used_by"]] == ["calm", "calm_share", "spend_per_visit", "urgent_share", "visits_per_bed"]  # fmt: skip
    assert body["dimensions"][1] == snapshot(
        {
            "name": "district",
            "title": {"zh": "区", "en": "District"},
            "type": "text",
            "codes": "district",
            "readable": True,
        }
    )
    assert body["definition"] == snapshot(
        {
            "name": "visit_count",
            "title": {"zh": "就诊人次", "en": "Visits"},
            "unit": {"zh": "人次", "en": "visits"},
            "model": "visits",
            "aggregate": "count",
        }
    )
    assert (body["models"], body["datasets"], body["has_time"]) == (["visits"], ["visits"], True)


def test_usable_dimensions_are_those_of_all_metrics(client: TestClient) -> None:
    body = client.get("/api/dimensions?metric=visit_count&metric=pm25").json()
    assert [each["name"] for each in body] == ["district", "side"]


def test_a_query_answers_in_columns(client: TestClient) -> None:
    query = {
        "metrics": ["visit_count", "avg_wait"],
        "by": ["district"],
        "grain": "day",
        "range": {"from": "2026-09-01", "to": "2026-09-03"},
        "filters": [{"dimension": "district", "op": "is not null"}],
    }
    assert client.post("/api/query", json=query).json() == snapshot(
        {
            "columns": [
                {
                    "name": "time",
                    "title": {"zh": "时间", "en": "Time"},
                    "type": "date",
                    "role": "time",
                    "unit": None,
                    "format": None,
                    "direction": None,
                    "codes": None,
                    "is_ordered": False,
                },
                {
                    "name": "district",
                    "title": {"zh": "区", "en": "District"},
                    "type": "text",
                    "role": "dimension",
                    "unit": None,
                    "format": None,
                    "direction": None,
                    "codes": "district",
                    "is_ordered": False,
                },
                {
                    "name": "visit_count",
                    "title": {"zh": "就诊人次", "en": "Visits"},
                    "type": "integer",
                    "role": "metric",
                    "unit": {"zh": "人次", "en": "visits"},
                    "format": "number",
                    "direction": "none",
                    "codes": None,
                    "is_ordered": False,
                },
                {
                    "name": "avg_wait",
                    "title": {"zh": "平均等候", "en": "Average wait"},
                    "type": "number",
                    "role": "metric",
                    "unit": {"zh": "分钟", "en": "min"},
                    "format": "number",
                    "direction": "none",
                    "codes": None,
                    "is_ordered": False,
                },
            ],
            "data": [
                ["2026-09-01", "2026-09-02", "2026-09-02"],
                ["临湖区", "临湖区", "云台区"],
                [2, 1, 1],
                [50.0, 30.0, None],
            ],
            "row_count": 3,
            "labels": {
                "district": {
                    "临湖区": {"zh": "临湖区", "en": "Linhu District"},
                    "云台区": {"zh": "云台区", "en": "Yuntai District"},
                }
            },
            "period": {"start": "2026-09-01T00:00:00", "end": "2026-09-03T00:00:00"},
            "query": {
                "metrics": ["visit_count", "avg_wait"],
                "by": ["district"],
                "grain": "day",
                "range": {"from": "2026-09-01", "to": "2026-09-03"},
                "filters": [{"dimension": "district", "op": "is not null"}],
            },
            "sql": 'WITH "fact_0" AS (SELECT CAST("fact"."arrived_at" AT TIME ZONE \'Asia/Shanghai\' AS DATE) AS "time", "hospital"."district" AS "district", COUNT(*) AS "visit_count", AVG("fact"."wait_min") AS "avg_wait" FROM "visits" AS "fact" LEFT JOIN "hospitals" AS "hospital" ON "fact"."hospital_id" = "hospital"."hospital_id" WHERE "fact"."arrived_at" >= CAST(\'2026-08-31 16:00:00+00:00\' AS TIMESTAMPTZ) AND "fact"."arrived_at" < CAST(\'2026-09-02 16:00:00+00:00\' AS TIMESTAMPTZ) AND NOT "hospital"."district" IS NULL GROUP BY CAST("fact"."arrived_at" AT TIME ZONE \'Asia/Shanghai\' AS DATE), "hospital"."district") SELECT "time", "district", "visit_count", "avg_wait" FROM "fact_0" ORDER BY "time" ASC, "district" ASC',
            "versions": {"visits": 1, "hospitals": 1, "areas": 1, "readings": 1, "budgets": 1},
            "as_of": "2026-09-30T04:00:00Z",
            "reached": "2026-09-30T12:00:00",
            "limited": [],
            "cached": False,
        }
    )


@pytest.mark.parametrize(("act", "status", "code"), [
    (lambda client: client.get("/api/metrics/visits"), 404, "not_found"),
    (lambda client: client.get("/api/dimensions"), 422, "invalid"),
    (lambda client: client.get("/api/dimensions?metric=nothing"), 422, "metrics.unknown_metric"),
    (lambda client: client.post("/api/query", json={"metrics": []}), 422, "invalid"),
    (lambda client: client.post("/api/query", json={"metrics": ["visit_count"], "select": "*"}), 422, "invalid"),
    (lambda client: client.post("/api/query", json={"metrics": ["beds"], "by": ["triage"]}), 422, "metrics.unreachable"),
    (lambda client: client.post("/api/query", json={"metrics": ["beds"]}, headers={"x-nobody": "1"}), 401, "unauthenticated"),
    (lambda client: client.get("/api/metrics", headers={"x-nobody": "1"}), 401, "unauthenticated"),
])  # fmt: skip
def test_errors_have_the_one_shape(client: TestClient, act, status: int, code: str) -> None:
    answer = act(client)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
