"""What the compiler writes is allowed by the policies' language and means the same on the real engine."""

from collections.abc import Iterator

import pytest
from by_hand import recount
from hypothesis import HealthCheck, given, settings
from real_path import ANALYST, CLERK, GUEST, POLICIES, real_reader
from test_recount import plain, queries
from town import DATASETS, DISTRICTS, METRICS, MODELS, NOW, TABLES, ZONE

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError
from cityloop.metrics import Metrics, Query

TOWN = Snapshot.of(DISTRICTS, *DATASETS, *MODELS, *METRICS, *POLICIES)


@pytest.fixture(scope="module")
def metrics(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Metrics]:
    reader = real_reader(tmp_path_factory.mktemp("city"), TOWN)
    yield Metrics(lambda: TOWN, reader, FakeClock(NOW), time_zone=ZONE)
    reader.engine.close()


def rows(metrics: Metrics, principal, query: Query) -> list[tuple]:
    return [tuple(row.values()) for row in metrics.query(principal, query).rows.to_pylist()]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(queries())
def test_random_queries_on_the_real_path_equal_counting_by_hand(metrics, query) -> None:
    assert plain(rows(metrics, ANALYST, query)) == plain(recount(query, TABLES))


def test_an_answer_carries_its_evidence(metrics) -> None:
    answer = metrics.query(ANALYST, Query(metrics=["visits_per_bed"], by=["district"]))
    assert dict(answer.versions).keys() == {"visits", "hospitals"}
    assert (answer.as_of, answer.cached) == (NOW, False)
    assert answer.labels["district"]["临湖区"].en == "Linhu District"
    assert "FROM visits AS" in answer.sql
    assert all(each.is_raw for each in answer.decisions.values())
    assert metrics.query(ANALYST, Query(metrics=["visits_per_bed"], by=["district"])).cached


def test_who_sees_some_rows_gets_numbers_over_these(metrics) -> None:
    query = Query(metrics=["visit_count", "urgent_share"], by=["hospital"])
    assert rows(metrics, CLERK, query) == [("第二医院", 1, 0.0)]
    assert rows(metrics, CLERK, Query(metrics=["beds", "visit_count"])) == [(50, 1)]


def test_who_may_not_read_a_dataset_gets_no_number_from_it(metrics) -> None:
    with pytest.raises(CityError) as refused:
        metrics.query(CLERK, Query(metrics=["spend_per_visit"]))
    assert refused.value.code.startswith("policies.")


def test_values_are_those_of_permitted_rows(metrics) -> None:
    assert metrics.values(ANALYST, "hospital", 10) == (
        "新医院",
        "流动医疗车",
        "第一医院",
        "第二医院",
    )
    assert metrics.values(CLERK, "hospital", 10) == ("第二医院",)
    assert metrics.values(CLERK, "station", 10) is None
    assert metrics.values(ANALYST, "hospital", 3) is None


def test_a_dimension_over_a_hidden_column_has_no_values(metrics) -> None:
    assert metrics.values(GUEST, "hospital", 10) is None
