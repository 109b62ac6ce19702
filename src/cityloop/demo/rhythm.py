"""When the city is busy: days, holidays, rush hours and big events, all computable for any date.

Time in the demo city is local (Asia/Shanghai, no summer time) and counted in whole minutes since
1970-01-01 00:00 local time, the form in which departments write their exports.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cityloop.demo.noise import BoolArray, FloatArray, IntArray, Noise

MINUTES_A_DAY = 1440
SLOT_MINUTES = 15
"""Length of a traffic and parking interval; 96 a day."""
SLOTS_A_DAY = MINUTES_A_DAY // SLOT_MINUTES

_EPOCH = date(1970, 1, 1)
_HOLIDAYS = frozenset(
    [date(2026, 9, 25) + timedelta(days=n) for n in range(3)]
    + [date(2026, 10, 1) + timedelta(days=n) for n in range(7)]
)
"""Mid-autumn and national day of 2026 as the demo city keeps them."""
_WORKING_WEEKENDS = frozenset({date(2026, 9, 20), date(2026, 10, 10)})
_SCHOOL_HOLIDAY_MONTHS = (7, 8)

_WEEKDAY_KNOTS = (
    (0, 0.10), (3, 0.05), (5, 0.14), (6.5, 0.55), (8, 1.0), (9.5, 0.72), (12, 0.62),
    (14, 0.60), (16, 0.72), (18, 0.98), (19.5, 0.66), (22, 0.32), (24, 0.10),
)  # fmt: skip
_WEEKEND_KNOTS = (
    (0, 0.14), (3, 0.06), (6, 0.12), (9, 0.45), (11, 0.68), (15, 0.70), (18, 0.72),
    (20, 0.55), (22, 0.34), (24, 0.14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Window:
    """A run of whole local days."""

    first_on: date
    days: int

    @classmethod
    def ending(cls, last_on: date, *, days: int) -> "Window":
        """Return the window of `days` days whose last day is `last_on`."""
        return cls(last_on - timedelta(days=days - 1), days)

    @property
    def last_on(self) -> date:
        """The last day of the window."""
        return self.first_on + timedelta(days=self.days - 1)

    def earlier(self, days: int) -> "Window":
        """Return the same window begun `days` days earlier, for effects that come with a delay."""
        return Window(self.first_on - timedelta(days=days), self.days + days)

    def day_numbers(self) -> IntArray:
        """Return days since 1970-01-01, shape (days,)."""
        return day_number(self.first_on) + np.arange(self.days, dtype=np.int64)

    def minutes(self, step: int) -> IntArray:
        """Return every `step`-th minute of the window, in minutes since 1970-01-01 local time."""
        start = day_number(self.first_on) * MINUTES_A_DAY
        return np.arange(start, start + self.days * MINUTES_A_DAY, step, dtype=np.int64)


def day_number(day: date) -> int:
    """Return the days from 1970-01-01 to `day`."""
    return (day - _EPOCH).days


def weekday(day: IntArray) -> IntArray:
    """Return 0 for Monday to 6 for Sunday of each day number."""
    return np.asarray((day + 3) % 7)


def is_day_off(day: IntArray) -> BoolArray:
    """Return whether offices are closed on each day number: weekends and holidays."""
    free = weekday(day) >= 5
    free |= np.isin(day, [day_number(d) for d in _HOLIDAYS])
    free &= ~np.isin(day, [day_number(d) for d in _WORKING_WEEKENDS])
    return free


def month_number(day: IntArray) -> IntArray:
    """Return the months since January 1970 of each day number."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def is_school_holiday(day: IntArray) -> BoolArray:
    """Return whether schools are closed for the summer on each day number."""
    return np.isin(month_number(day) % 12 + 1, _SCHOOL_HOLIDAY_MONTHS)


def traffic_demand(minute: IntArray) -> FloatArray:
    """Return how busy the streets are at each minute, 0 (nobody) to 1 (an ordinary rush hour)."""
    day, hour = minute // MINUTES_A_DAY, (minute % MINUTES_A_DAY) / 60.0
    work = np.interp(hour, *np.array(_WEEKDAY_KNOTS).T)
    free = np.interp(hour, *np.array(_WEEKEND_KNOTS).T)
    rush = np.where(is_school_holiday(day), 0.93, 1.0)
    friday = np.where((weekday(day) == 4) & (hour > 15), 1.06, 1.0)
    demand: FloatArray = np.where(is_day_off(day), free, work * rush * friday)
    return demand


@dataclass(frozen=True, slots=True)
class Events:
    """Big public events: at most one a day, at one of a few venues."""

    day: IntArray
    venue: IntArray
    visitors: IntArray


def big_events(noise: Noise, window: Window, *, venues: int) -> Events:
    """Return the concerts, matches and fairs of the window, mostly on Fridays and Saturdays.

    Args:
        noise: the city's noise.
        window: the days to look at.
        venues: how many venues there are; `Events.venue` lies in 0..venues-1.

    Returns:
        one entry per day with an event, visitors 12,000 to 45,000.
    """
    day = window.day_numbers()
    chance = np.array([0.05, 0.05, 0.08, 0.10, 0.35, 0.60, 0.20])[weekday(day)]
    day = day[noise.uniform("event", day) < chance]
    visitors = 12_000 + (noise.uniform("event.visitors", day) * 33_000).astype(np.int64)
    return Events(day, noise.pick("event.venue", np.ones(venues), day), visitors)
