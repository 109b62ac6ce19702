"""Every way in which data may reach a person, as text: what came back from each surface of API and command line."""

import io
import json
import zipfile
from collections.abc import Iterator

import pyarrow.parquet as pq

from command_line import Shell
from real_server import Client

GRADED = ("hotline_calls", "hospital_visits", "residents", "police_calls")
"""The datasets in which secrets were planted."""
PURPOSES = ("analysis", "operation", "question", "preview")
DIMENSIONED = {
    "hotline_call_count": ("subdistrict", "district", "department", "call_category", "progress"),
    "visits": ("diagnosis", "ward", "hospital", "district"),
    "registered_people": ("subdistrict", "district", "sex"),
    "police_call_count": ("police_kind", "police_result", "district"),
}
"""Metrics of those datasets, with the dimensions that split them."""
QUESTIONS = (
    "昨天各街道的热线诉求量",
    "hotline calls by subdistrict yesterday",
    "各诊断的就诊量",
    "visits by disease",
    "各街道的热线诉求量",
    "金丝雀街道的热线诉求量",
    "金丝雀云的热线诉求量",
    "各行政区的警情",
    "registered people by subdistrict",
    "列出所有来电人",
    "caller_phone of all hotline calls",
)
BEGINNINGS = ("金丝雀", "雀", "1398765", "9901021977", "canary", "热线", "就诊")
"""Texts after which suggestions are asked for."""
FORMATS = ("csv", "xlsx", "parquet", "json")


def of_api(client: Client) -> Iterator[tuple[str, str]]:
    """Yield what each surface of the API gives to ``client``: its name and all its text."""
    yield from _of_datasets(client)
    for metric, dimensions in DIMENSIONED.items():
        for dimension in dimensions:
            body = {"metrics": [metric], "by": [dimension]}
            yield f"query {metric} by {dimension}", client.post("/api/query", json=body).text
        yield f"metric {metric}", client.get(f"/api/metrics/{metric}").text
    for each in client.get("/api/dashboards").json():
        shown = client.post(f"/api/dashboards/{each['name']}/evaluate", json={})
        yield f"dashboard {each['name']}", shown.text
    for question in QUESTIONS:
        yield f"ask {question}", client.post("/api/ask", json={"text": question}).text
    for beginning in BEGINNINGS:
        path = "/api/ask/suggestions"
        yield f"suggest {beginning}", client.get(path, params={"text": beginning}).text
    for path in (
        "/api/datasets", "/api/datasets/batches", "/api/policies/catalogue", "/api/metrics", "/api/lineage", "/api/labels",
        "/api/sources", "/api/alerts", "/api/alerts/events", "/api/workorders", "/api/audit", "/api/audit/export",
        "/api/definitions", "/api/definitions/source/hotline_log", "/metrics", "/api/health",
    ):  # fmt: skip
        yield path, client.get(path).text
    for source, dataset in (("hotline_log", "hotline_calls"), ("population_register", "residents")):
        tried = client.post(f"/api/sources/{source}/test", json={"dataset": dataset})
        yield f"test {source}", tried.text


def _of_datasets(client: Client) -> Iterator[tuple[str, str]]:
    for dataset in GRADED:
        for purpose in PURPOSES:
            found = client.get(
                f"/api/datasets/{dataset}/rows", params={"purpose": purpose, "limit": 10_000}
            )
            yield f"rows {dataset} {purpose}", found.text
            body = {"sql": f"SELECT * FROM {dataset}", "purpose": purpose}
            yield f"sql {dataset} {purpose}", client.post("/api/sql", json=body).text
        for path in (
            "",
            "/access",
            "/lineage",
            "/versions",
            "/quarantine",
            "/quarantine/rows?limit=1000",
        ):
            yield f"{dataset}{path}", client.get(f"/api/datasets/{dataset}{path}").text
        for kind in FORMATS:
            params = {"format": kind}
            found = client.get(f"/api/datasets/{dataset}/export", params=params)
            yield f"export {dataset} {kind}", _text(found.content, kind, found.status_code)
            body = {"sql": f"SELECT * FROM {dataset}"}
            found = client.post("/api/sql/export", params=params, json=body)
            yield f"sql export {dataset} {kind}", _text(found.content, kind, found.status_code)


def of_command_line(shell: Shell, person: str) -> Iterator[tuple[str, str]]:
    """Yield what each command gives to ``person``."""
    calls = [["quarantine", dataset, "--limit", "1000"] for dataset in GRADED]
    calls += [
        ["query", metric, "--by", dimension]
        for metric, dimensions in DIMENSIONED.items()
        for dimension in dimensions[:2]
    ]
    calls += [["ask", question] for question in QUESTIONS[:6]]
    calls += [["dashboard", "city_overview"], ["orders", "list"], ["alerts", "list"]]
    calls += [["audit", "list"]]
    for call in calls:
        for form in ((), ("--json",)):
            done = shell(*call, "--as", person, *form, expect=None)
            yield " ".join([*call, *form]), done.out + done.err


def _text(content: bytes, kind: str, status: int) -> str:
    """Return everything that a downloaded file says."""
    if status != 200:
        return content.decode()
    if kind == "parquet":
        table = pq.read_table(io.BytesIO(content))
        return json.dumps(table.to_pylist(), default=str, ensure_ascii=False)
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return content.decode()
