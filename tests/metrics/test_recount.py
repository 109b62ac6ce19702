"""Whatever is asked of whatever rows, the compiled statement gives what counting by hand gives."""

import math
from datetime import date, datetime, timedelta

from by_hand import DIMENSIONS, FORMULAS, PARTS, parts_of, recount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from town import NOW, SNAPSHOT, TABLES, ZONE, at, reader

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.principal import operator
from cityloop.metrics import Filter, Metrics, Query, Range

METRIC_NAMES = sorted([*PARTS, *FORMULAS])
DISTRICT = st.sampled_from(["临湖区", "云台区", "古城区", None])
MOMENT = st.integers(0, 24 * 20).map(
    lambda half: at("2026-08-30 10:00") + timedelta(hours=half / 2)
)
AMOUNT = st.none() | st.integers(0, 40).map(lambda value: value * 2.5)


@st.composite
def tables(draw):
    visits = [
        {
            "visit_id": f"v{i}", "hospital_id": draw(st.sampled_from(["h0", "h1", "h2", "h3", None])),
            "arrived_at": draw(MOMENT), "left_on": draw(st.none() | st.dates(date(2026, 8, 30), date(2026, 9, 9))),
            "triage": draw(st.integers(1, 5)), "wait_min": draw(AMOUNT), "insured": draw(st.booleans() | st.none()),
            "patient": draw(st.sampled_from(["p1", "p2", "p3", None])),
        }
        for i in range(draw(st.integers(0, 12)))
    ]  # fmt: skip
    hospitals = [
        {"hospital_id": f"h{i}", "name": draw(st.sampled_from(["甲", "乙", None])), "district": draw(DISTRICT),
         "beds": draw(st.none() | st.integers(0, 90))}
        for i in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    districts = draw(st.sets(st.sampled_from(["临湖区", "云台区", "古城区"])))
    areas = [
        {"district": each, "side": draw(st.sampled_from(["north", "south", None]))}
        for each in sorted(districts)
    ]
    readings = [
        {"station": draw(st.sampled_from(["s1", "s2", None])), "district": draw(DISTRICT), "measured_at": draw(MOMENT),
         "pm25": draw(AMOUNT)}
        for _ in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    budgets = [
        {"district": draw(DISTRICT), "day": draw(st.dates(date(2026, 8, 30), date(2026, 9, 9))), "amount": draw(AMOUNT)}
        for _ in range(draw(st.integers(0, 6)))
    ]  # fmt: skip
    return {"visits": visits, "hospitals": hospitals, "areas": areas, "readings": readings, "budgets": budgets}  # fmt: skip


FILTERS = {
    "triage": [("=", [2]), ("!=", [3]), ("between", [2, 4]), (">=", [4]), ("in", [1, 5]), ("not in", [1])],
    "insured": [("=", [True]), ("!=", [True]), ("is null", [])],
    "hour_of_day": [("<", [8]), ("between", [9, 17])],
    "wait_class": [("=", ["long"]), ("not in", ["long"]), ("is null", [])],
    "hospital": [("=", ["甲"]), ("is not null", [])],
    "district": [("=", ["临湖区"]), ("!=", ["临湖区"]), ("in", ["临湖区", "古城区"]), ("not in", ["云台区"]), ("is null", [])],
    "side": [("=", ["north"]), ("!=", ["south"])],
    "station": [("=", ["s1"])],
}  # fmt: skip


@st.composite
def queries(draw):
    metrics = draw(st.lists(st.sampled_from(METRIC_NAMES), min_size=1, max_size=4, unique=True))
    parts = [PARTS[part] for metric in metrics for part in parts_of(metric)]
    usable = sorted(frozenset.intersection(*(DIMENSIONS[model] for model, _time, _fn in parts)))
    by = draw(st.lists(st.sampled_from(usable), max_size=3, unique=True))
    times = {time for _model, time, _fn in parts}
    grains = ["day", "week", "month", "quarter", "year"]
    if not times & {"day", "left_on"}:
        grains.append("hour")
    timed = all(any(PARTS[part][1] for part in parts_of(metric)) for metric in metrics)
    grain = draw(st.none() | st.sampled_from(grains)) if timed else None
    span = None
    if timed:
        first = draw(st.dates(date(2026, 8, 30), date(2026, 9, 5)))
        last = first + timedelta(days=draw(st.integers(1, 6)))
        span = draw(
            st.sampled_from([None, Range(from_=first, to=last), Range(from_=first), Range(to=last)])
        )
    chosen = draw(st.lists(st.sampled_from(usable), max_size=2, unique=True))
    filters = []
    for name in chosen:
        op, values = draw(st.sampled_from(FILTERS[name]))
        filters.append(Filter(dimension=name, op=op, values=values))
    totals = draw(st.booleans()) and not (grain and None in times)
    return Query(metrics=metrics, by=by, grain=grain, range=span, filters=filters, totals=totals)  # fmt: skip


def plain(rows):
    return sorted(
        (tuple(map(comparable, row)) for row in rows), key=lambda row: tuple(map(str, row))
    )


def comparable(value):
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return 0.0 if value == 0 else float(f"{value:.9g}")
    return value.isoformat() if isinstance(value, date | datetime) else value


def answered(query, rows):
    metrics = Metrics(lambda: SNAPSHOT, reader(rows), FakeClock(NOW), time_zone=ZONE)
    answer = metrics.query(operator(), query)
    assert answer.rows.column_names == [each.name for each in answer.columns]
    return [tuple(row.values()) for row in answer.rows.to_pylist()]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables(), queries())
def test_random_queries_over_random_rows_equal_counting_by_hand(rows, query) -> None:
    assert plain(answered(query, rows)) == plain(recount(query, rows))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(queries())
def test_random_queries_over_the_town_equal_counting_by_hand(query) -> None:
    assert plain(answered(query, TABLES)) == plain(recount(query, TABLES))


def test_the_oracle_itself_knows_a_percentile() -> None:
    from by_hand import percentile

    assert math.isclose(percentile([1.0, 2.0, 4.0], 0.75), 3.0)
