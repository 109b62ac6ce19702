"""The example over real public data: loaded through the command line, every metric equal to an independent computation.

The oracle is pandas on the raw files; it shares no code with CityLoop.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from cityloop.cli import cli

EXAMPLE = Path(__file__).parents[2] / "examples" / "real"

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, real_data: Path) -> Run:
    """Run one command on a loaded copy of the example; returns its JSON document."""
    city = tmp_path_factory.mktemp("real") / "city"
    shutil.copytree(EXAMPLE, city, ignore=shutil.ignore_patterns(".cityloop"))
    environment = {**os.environ, "CITYLOOP_TEST_DATA": str(real_data.resolve())}

    def run(*arguments: str) -> Any:
        """In this process: the same entry as the command's, without its start-up time."""
        done = CliRunner().invoke(cli, ["--city", str(city), "--json", *arguments], env=environment)
        assert done.exit_code == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    command(city, environment, "apply", "--yes")
    run.loaded = {each["dataset"]: each for each in command(city, environment, "load")}  # type: ignore[attr-defined]
    return run


def command(city: Path, environment: dict[str, str], *arguments: str) -> Any:
    """The command as a user runs it, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "cityloop", "--city", str(city), "--json", *arguments],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def air(real_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(real_data / "governance/prsa/PRSA_Data_Dongsi.csv")
    frame["at"] = pd.to_datetime(frame[["year", "month", "day", "hour"]])
    return frame


@pytest.fixture(scope="module")
def parking(real_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(real_data / "governance/parking/birmingham.csv").drop_duplicates()
    return frame[(frame.Occupancy <= frame.Capacity) & (frame.Occupancy >= 0)]


@pytest.fixture(scope="module")
def requests(real_data: Path) -> pd.DataFrame:
    frame = pd.read_csv(
        real_data / "services/la311_2018w52.csv.gz", dtype=str, keep_default_na=False
    )
    created = pd.to_datetime(frame.CreatedDate, format="%m/%d/%Y %I:%M:%S %p")
    closed = pd.to_datetime(frame.ClosedDate, format="%m/%d/%Y %I:%M:%S %p")
    return frame.assign(created=created)[~(closed < created)]


@pytest.fixture(scope="module")
def items(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "services/zwfw_items_guangan.csv.gz", dtype=str)


@pytest.fixture(scope="module")
def cases(real_data: Path) -> pd.DataFrame:
    return pd.read_csv(real_data / "governance/wuhan/2020-05-03.gb18030.csv", encoding="gb18030")


def value(run: Run, metric: str, *options: str) -> Any:
    [[found]] = run("query", metric, *options)["rows"]
    return found


def by(run: Run, metric: str, dimension: str, *options: str) -> dict[Any, Any]:
    answer = run("query", metric, "--by", dimension, *options)
    return {row[0]: row[1] for row in answer["rows"]}


def test_every_row_is_accounted_for(run: Run) -> None:
    for report in run.loaded.values():  # type: ignore[attr-defined]
        assert report["read"] == report["good"] + report["quarantined"] + report["duplicate"]
    reads = {name: report["read"] for name, report in run.loaded.items()}  # type: ignore[attr-defined]
    assert reads == {
        "air_quality": 35_064,
        "car_parks": 35_717,
        "citizen_requests": 10_000,
        "service_items": 1_135,
        "epidemic_cases": 750,
        "orders": 0,
    }


def test_known_defects_of_the_car_park_file_are_found(run: Run) -> None:
    report = run.loaded["car_parks"]  # type: ignore[attr-defined]
    assert report["duplicate"] == 216
    assert report["rules"] == {"occupancy_within_capacity": 373, "occupancy_not_negative": 12}
    assert report["quarantined"] == 385


def test_second_load_changes_nothing(run: Run) -> None:
    before = run("query", "requests", "parked_cars", "confirmed_cases")["rows"]
    again = run("load")
    assert {report["good"] + report["quarantined"] for report in again} == {0}
    assert run("query", "requests", "parked_cars", "confirmed_cases")["rows"] == before


def test_air_metrics_equal_pandas(run: Run, air: pd.DataFrame) -> None:
    smog = int((air["PM2.5"] > 150).sum())
    expected = {
        "average_pm25": air["PM2.5"].mean(),
        "peak_pm10": air["PM10"].max(),
        "pm25_p95": air["PM2.5"].quantile(0.95),
        "observed_hours": len(air),
        "smog_hours": smog,
        "smog_share": smog / len(air),
        "total_rain": air["RAIN"].sum(),
    }
    assert {metric: value(run, metric) for metric in expected} == pytest.approx(expected)


def test_air_by_month_and_by_wind_equals_pandas(run: Run, air: pd.DataFrame) -> None:
    monthly = air.groupby(air["at"].dt.strftime("%Y-%m-01"))["PM2.5"].mean().to_dict()
    answer = run("query", "average_pm25", "--grain", "month")
    assert {row[0][:10]: row[1] for row in answer["rows"]} == pytest.approx(monthly)
    winds = air.groupby("wd")["PM2.5"].mean().to_dict()
    found = by(run, "average_pm25", "wind_direction")
    assert found.pop(None) == pytest.approx(air[air.wd.isna()]["PM2.5"].mean())
    assert found == pytest.approx(winds)


def test_parking_metrics_equal_pandas(run: Run, parking: pd.DataFrame) -> None:
    expected = {
        "parked_cars": int(parking.Occupancy.sum()),
        "parking_spaces": int(parking.Capacity.sum()),
        "occupancy_rate": parking.Occupancy.sum() / parking.Capacity.sum(),
        "car_park_count": parking.SystemCodeNumber.nunique(),
    }
    assert {metric: value(run, metric) for metric in expected} == pytest.approx(expected)
    sums = parking.groupby("SystemCodeNumber")[["Occupancy", "Capacity"]].sum()
    assert by(run, "occupancy_rate", "car_park") == pytest.approx(
        (sums.Occupancy / sums.Capacity).to_dict()
    )


def test_request_metrics_equal_pandas(run: Run, requests: pd.DataFrame) -> None:
    closed = int((requests.Status == "Closed").sum())
    expected = {
        "requests": len(requests),
        "closed_requests": closed,
        "closing_rate": closed / len(requests),
        "open_requests": len(requests) - closed,
    }
    assert {metric: value(run, metric) for metric in expected} == pytest.approx(expected)
    assert by(run, "requests", "request_type") == requests.RequestType.value_counts().to_dict()


def test_filters_and_half_open_ranges_equal_pandas(run: Run, requests: pd.DataFrame) -> None:
    days = requests[(requests.created >= "2018-12-30") & (requests.created < "2018-12-31")]
    found = value(run, "requests", "--from", "2018-12-30", "--to", "2018-12-31")
    assert found == len(days)
    types = requests[requests.RequestType == "Bulky Items"]
    assert value(run, "requests", "--where", "request_type=Bulky Items") == len(types)


def test_item_and_epidemic_metrics_equal_pandas(
    run: Run, items: pd.DataFrame, cases: pd.DataFrame
) -> None:
    expected = {
        "item_count": len(items),
        "confirmed_cases": int(cases.confirmed.sum()),
        "deaths": int(cases.dead.sum()),
        "fatality_rate": cases.dead.sum() / cases.confirmed.sum(),
    }
    assert {metric: value(run, metric) for metric in expected} == pytest.approx(expected)
    assert by(run, "item_count", "item_department") == items.department.value_counts().to_dict()
    assert value(run, "confirmed_cases", "--where", "province=湖北省") == int(
        cases[cases.province == "湖北省"].confirmed.sum()
    )


def test_every_metric_is_checked_above(run: Run) -> None:
    checked = set(Path(__file__).read_text().split('"'))
    metrics = {each["name"] for each in run("metrics")}
    assert metrics - checked == set()
    assert len(metrics) >= 12


def test_questions_in_both_languages_get_the_same_number(run: Run, requests: pd.DataFrame) -> None:
    for question in ("2018年12月31日的诉求量", "requests on 2018-12-31"):
        answer = run("ask", question)
        assert answer["status"] == "answered"
        day = requests[requests.created.dt.strftime("%Y-%m-%d") == "2018-12-31"]
        assert answer["rows"] == [[len(day)]]


def test_dashboards_evaluate(run: Run) -> None:
    for name in ("city_life", "air"):
        tiles = run("dashboard", name)["tiles"]
        assert [tile for tile in tiles if tile.get("error")] == []


def test_alerts_open_orders_for_their_departments(
    run: Run, parking: pd.DataFrame, requests: pd.DataFrame
) -> None:
    run("alerts", "evaluate")
    orders = run("orders", "list")
    december = parking[parking.LastUpdated >= "2016-12-01"]
    sums = december.groupby("SystemCodeNumber")[["Occupancy", "Capacity"]].sum()
    full = set(sums.index[sums.Occupancy / sums.Capacity > 0.75])
    departments = [order["department"] for order in orders]
    assert departments.count("parking") == len(full) > 0
    rates = requests.assign(closed=requests.Status == "Closed").groupby("RequestType").closed.mean()
    assert departments.count("sanitation") == int((rates < 0.85).sum()) > 0
    assert departments.count("environment") == 1
    run("alerts", "evaluate")
    assert len(run("orders", "list")) == len(orders)


def test_finished_orders_come_back_as_data(run: Run) -> None:
    first = run("orders", "list")[0]["number"]
    run("orders", "accept", first)
    run("orders", "finish", first, "--result", "done")
    orders = run("orders", "list")
    minutes = [
        (datetime.fromisoformat(each["finished_at"]) - datetime.fromisoformat(each["opened_at"]))
        / timedelta(minutes=1)
        for each in orders
        if each["status"] == "finished"
    ]
    expected = {
        "orders_opened": len(orders),
        "orders_finished": len(minutes),
        "open_orders": len(orders) - len(minutes),
        "order_handling_minutes": pytest.approx(sum(minutes) / len(minutes), abs=0.02),
        "orders_finished_with_deadline": len(minutes),
        "orders_on_time": len(minutes),
        "orders_on_time_share": 1.0,
    }
    assert len(minutes) >= 1
    assert {metric: value(run, metric) for metric in expected} == expected
