"""No list, text or error of metrics, labels and sources names what a person may not know of; for him it does not exist."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import yunjiang
from cityloop.accounts import NewKey
from cityloop.foundation.principal import operator
from real_server import Client, Served, serving

SECRET = ("police_calls", "hospital_visits")
"""Datasets that are shared with nobody in this city, so that nobody else finds them in the catalogue."""
COUNTED = {"police_call_count", "fraud_calls", "visits", "medical_fees", "visits_per_10k"}
"""Some metrics that count their rows."""


@pytest.fixture(scope="module")
def secretive(canary_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The canary city, where the police and the hospitals keep their records to themselves."""
    folder = yunjiang.copy_city(canary_city, tmp_path_factory.mktemp("secretive") / "city")
    for file in ("police", "health"):
        path = folder / "datasets" / f"{file}.yaml"
        text = path.read_text(encoding="utf-8").replace("sharing: conditional", "sharing: none")
        path.write_text(text, encoding="utf-8")
    done = yunjiang.run_cli(folder, "apply", "--yes")
    assert done.returncode == 0, done.stderr
    with serving(folder) as found:
        yield found
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def desk(secretive: Served) -> Iterator[Client]:
    """A case worker of the transport department, of level 2."""
    with holder(secretive, "transport") as client:
        yield client


@pytest.fixture(scope="module")
def admin(secretive: Served) -> Iterator[Client]:
    """Somebody who may read the definitions."""
    with closing(secretive.client("admin")) as client:
        yield client


def holder(served: Served, department: str, level: int = 2, role: str = "case_worker") -> Client:
    """Return a client with a key of ``department``."""
    new = NewKey(f"{department}-{level}", department=department, roles=frozenset({role}), level=level)  # fmt: skip
    _key, text = served.city.accounts.keys.issue(operator(), new)
    client = served.client()
    client.headers["Authorization"] = f"Bearer {text}"
    return client


def told(client: Client, method: str, path: str, **call: object) -> tuple[int, object]:
    """Return status and error of a call, without what differs from call to call."""
    answer = client.request(method, path, **call)
    error = answer.json().get("error", {})
    return answer.status_code, {key: error.get(key) for key in ("code", "message", "hint")}


@pytest.mark.parametrize(
    "path", ["/api/metrics", "/api/lineage", "/api/labels", "/api/sources", "/api/metrics/pm25"]
)
def test_no_list_names_what_is_kept_secret(path: str, desk: Client) -> None:
    text = desk.get(path).text
    for name in (*SECRET, *COUNTED):
        assert f'"{name}"' not in text


def test_metrics_of_secret_rows_are_listed_to_those_who_may_know_of_them(
    secretive: Served, desk: Client, admin: Client
) -> None:
    everybody = {each["name"] for each in admin.get("/api/metrics").json()}
    listed = {each["name"] for each in desk.get("/api/metrics").json()}
    assert everybody >= COUNTED
    assert {each["metric"] for each in desk.get("/api/lineage").json()} == listed
    assert {"pm25", "average_speed", "hotline_call_count"} <= listed < everybody
    with holder(secretive, "police") as police:
        own = {each["name"] for each in police.get("/api/metrics").json()}
    assert own & COUNTED == {"police_call_count", "fraud_calls"}


@pytest.mark.parametrize("secret", ["police_call_count", "visits"])
@pytest.mark.parametrize("path", ["/api/metrics/{}", "/api/metrics/{}/lineage", "/api/dimensions?metric={}"])  # fmt: skip
def test_a_secret_metric_is_refused_like_one_that_does_not_exist(
    path: str, secret: str, desk: Client, admin: Client
) -> None:
    absent = f"{secret}x"
    assert admin.get(path.format(secret)).status_code == 200
    status, error = told(desk, "GET", path.format(secret))
    assert status in (404, 422)
    assert told(desk, "GET", path.format(absent)) == (status, renamed(error, secret, absent))


def test_a_query_tells_nothing_by_its_errors(desk: Client) -> None:
    def asked(**query: object) -> tuple[int, object]:
        return told(desk, "POST", "/api/query", json=query)

    status, error = asked(metrics=["police_call_count"])
    assert error["code"] == "metrics.unknown_metric"
    absent = asked(metrics=["police_call_countx"])
    assert absent == (status, renamed(error, "police_call_count", "police_call_countx"))
    status, error = asked(metrics=["pm25"], by=["police_kind"])
    assert error["code"] == "metrics.unknown_dimension"
    absent = asked(metrics=["pm25"], by=["police_kinds"])
    assert absent == (status, renamed(error, "police_kind", "police_kinds"))


def test_code_tables_of_secret_columns_are_not_told(desk: Client, admin: Client) -> None:
    every, known = admin.get("/api/labels").json(), desk.get("/api/labels").json()
    assert {"police_kind", "police_result"} <= every["codes"].keys() - known["codes"].keys()
    assert {"police_kind", "police_result"} <= every["dimensions"].keys() - known["dimensions"].keys()  # fmt: skip
    assert known["codes"]["district"] == every["codes"]["district"]
    assert known["dimensions"]["district"] == "district"


def test_sources_are_told_with_the_datasets_that_one_may_know_of(
    secretive: Served, desk: Client, admin: Client
) -> None:
    def fed(client: Client) -> dict[str, list[str]]:
        return {each["name"]: each["datasets"] for each in client.get("/api/sources").json()}

    every, known = fed(admin), fed(desk)
    assert every["police_files"] == ["police_calls"]
    assert "police_files" not in known
    assert set(every["hospital_system"]) - set(known["hospital_system"]) == {"hospital_visits"}
    with holder(secretive, "police") as police:
        assert fed(police)["police_files"] == ["police_calls"]
    for name in ("police_files", "nowhere"):
        assert told(desk, "GET", f"/api/sources/{name}")[0] == 403


def test_the_statement_of_a_metric_is_shown_where_every_column_in_it_may_be_known(
    served: Served,
) -> None:
    with holder(served, "transport") as low, holder(served, "transport", 3) as high:
        hidden = low.get("/api/metrics/respiratory_visits").json()
        shown = high.get("/api/metrics/respiratory_visits").json()
        plain = low.get("/api/metrics/visits").json()
    assert (hidden["sql"], hidden["definition"]) == (None, None)
    assert "diagnosis_code" in shown["sql"]
    assert shown["definition"]["filter"] == "diagnosis_code LIKE 'J%'"
    assert plain["sql"] is not None


def test_a_refused_query_names_no_hidden_column(served: Served) -> None:
    with holder(served, "health") as low:
        answer = low.post("/api/query", json={"metrics": ["respiratory_visits"]})
        allowed = low.post("/api/query", json={"metrics": ["visits"]})
    assert (answer.status_code, allowed.status_code) == (403, 200)
    assert "diagnosis" not in answer.text


def test_dimensions_say_whether_one_may_split_by_them(served: Served) -> None:
    with holder(served, "data_bureau", 2, "analyst") as low, holder(served, "data_bureau", 3, "analyst") as high:  # fmt: skip
        for client, readable in ((low, False), (high, True)):
            metric = client.get("/api/metrics/visits").json()
            for each in metric["dimensions"]:
                asked = {"metrics": ["visits"], "by": [each["name"]], "limit": 1}
                answered = client.post("/api/query", json=asked).status_code == 200
                assert each["readable"] == answered, each
            assert metric["readable"]
            diagnosis = {each["name"]: each["readable"] for each in metric["dimensions"]}
            assert diagnosis.get("diagnosis", False) == readable


def test_a_metric_that_one_may_not_compute_says_so(served: Served) -> None:
    with holder(served, "transport") as desk:
        listed = {each["name"]: each["readable"] for each in desk.get("/api/metrics").json()}
        for name in ("visits", "pm25", "orders_opened", "police_call_count"):
            answer = desk.post("/api/query", json={"metrics": [name]})
            assert listed[name] == (answer.status_code == 200), name
    assert set(listed.values()) == {True, False}


def renamed(error: object, before: str, after: str) -> object:
    """Return an error with one name for another."""
    assert isinstance(error, dict)
    return {key: str(value).replace(before, after) for key, value in error.items()}
