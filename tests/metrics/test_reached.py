"""How far an answer's data reaches: what unfinished periods are told by."""

from datetime import datetime, timedelta

import pytest
from town import NOW, SNAPSHOT, ZONE, reader

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.principal import Principal
from cityloop.metrics.model import Query
from cityloop.metrics.service import Answer, Metrics

AN_HOUR_AGO = NOW - timedelta(hours=1)


def asked(times: dict[str, datetime], **query: object) -> Answer:
    tables = reader()
    tables.times.update(times)
    metrics = Metrics(lambda: SNAPSHOT, tables, FakeClock(NOW), time_zone=ZONE)
    return metrics.query(Principal(id="li", name="Li"), Query.model_validate(query))


def stamp(answer: Answer) -> str | None:
    return answer.reached and answer.reached.isoformat()


def test_names_that_never_change_do_not_make_visits_old() -> None:
    answer = asked(
        {"hospitals": NOW - timedelta(days=90)}, metrics=["visit_count"], by=["district"]
    )
    assert (answer.as_of, stamp(answer)) == (NOW, "2026-09-30T12:00:00")


def test_data_reaches_as_far_as_its_oldest_fact() -> None:
    answer = asked({"readings": AN_HOUR_AGO}, metrics=["visit_count", "pm25"])
    assert (answer.as_of, stamp(answer)) == (AN_HOUR_AGO, "2026-09-30T11:00:00")


@pytest.mark.parametrize("metrics", [["spend"], ["spend", "visit_count"]])
def test_days_reach_until_the_last_midnight(metrics: list[str]) -> None:
    answer = asked({}, metrics=metrics)
    assert (answer.as_of, stamp(answer)) == (NOW, "2026-09-30T00:00:00")
