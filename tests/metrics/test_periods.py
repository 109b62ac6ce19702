"""Ranges of local time, made definite."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.metrics import Range
from cityloop.metrics.periods import resolve, shifted, start_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 30, 20, 30, tzinfo=UTC)  # local: Thursday 1 October, 04:30


@pytest.mark.parametrize(("wanted", "start", "end"), [
    ({"last": "1d"}, "2026-10-01", "2026-10-02"),
    ({"last": "7d"}, "2026-09-25", "2026-10-02"),
    ({"last": "2w"}, "2026-09-18", "2026-10-02"),
    ({"last": "3m"}, "2026-07-02", "2026-10-02"),
    ({"last": "1q"}, "2026-07-02", "2026-10-02"),
    ({"last": "1y"}, "2025-10-02", "2026-10-02"),
    ({"last": "24h"}, "2026-09-30T05:00", "2026-10-01T05:00"),
    ({"this": "hour"}, "2026-10-01T04:00", "2026-10-01T05:00"),
    ({"this": "day"}, "2026-10-01", "2026-10-02"),
    ({"this": "week"}, "2026-09-28", "2026-10-05"),
    ({"this": "quarter"}, "2026-10-01", "2027-01-01"),
    ({"previous": "day"}, "2026-09-30", "2026-10-01"),
    ({"previous": "week"}, "2026-09-21", "2026-09-28"),
    ({"previous": "month"}, "2026-09-01", "2026-10-01"),
    ({"previous": "year"}, "2025-01-01", "2026-01-01"),
    ({"from": "2026-09-01", "to": "2026-09-08"}, "2026-09-01", "2026-09-08"),
    ({"from": "2026-09-01T08:00"}, "2026-09-01T08:00", None),
    ({"from": "2026-09-01T00:00:00Z"}, "2026-09-01T08:00", None),
    ({"to": "2026-09-01"}, None, "2026-09-01"),
])  # fmt: skip
def test_ranges_are_local_and_half_open(wanted: dict, start: str | None, end: str | None) -> None:
    found = resolve(Range(**wanted), NOW, SHANGHAI)
    assert (found.start, found.end) == tuple(
        None if each is None else datetime.fromisoformat(each) for each in (start, end)
    )


def test_a_local_day_is_another_span_in_utc() -> None:
    start, end = resolve(Range(this="day"), NOW, SHANGHAI).moments(SHANGHAI)
    assert (start, end) == (
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 10, 1, 16, tzinfo=UTC),
    )


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    day = Range(**{"from": "2026-10-25", "to": "2026-10-26"})
    start, end = resolve(day, NOW, berlin).moments(berlin)
    assert end - start == timedelta(hours=25)


@given(st.datetimes(NOW.replace(tzinfo=None, year=1990), NOW.replace(tzinfo=None, year=2090)), st.sampled_from(["hour", "day", "week", "month", "quarter", "year"]))  # fmt: skip
def test_every_moment_lies_in_its_own_period(moment: datetime, grain: str) -> None:
    start = start_of(grain, moment)
    assert start <= moment < shifted(start, 1, grain)
    assert start_of(grain, start) == start
