"""Dates as departments write them: five styles for the same moment.

A moment is a whole minute of local time since 1970-01-01, a day is a day number since then.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import numpy as np

from cityloop.demo.noise import IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.text import Text, joined, stacked, taken, words

Style = Literal["iso", "slash", "compact", "chinese", "serial"]
ODD_STYLES: tuple[Style, ...] = ("slash", "compact", "chinese", "serial")
"""The styles that a contract has to repair."""
SERIAL_OF_1970 = 25569
"""Excel's serial number of 1970-01-01 (1900 date system)."""

_DAY: dict[Style, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "compact": lambda d: d.strftime("%Y%m%d"),
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "serial": lambda d: str((d - date(1970, 1, 1)).days + SERIAL_OF_1970),
}
_MINUTE: dict[Style, Callable[[int], str]] = {
    "iso": lambda m: f" {m // 60:02d}:{m % 60:02d}:00",
    "slash": lambda m: f" {m // 60}:{m % 60:02d}",
    "compact": lambda m: f"{m // 60:02d}{m % 60:02d}00",
    "chinese": lambda m: f"{m // 60}时{m % 60:02d}分",
    "serial": lambda m: f"{m / MINUTES_A_DAY:.10f}".rstrip("0").rstrip(".")[1:],
}


def day_text(day: IntArray, style: Style = "iso") -> Text:
    """Return each day number written in a style, e.g. 2026-09-01, 2026年9月1日 or 46266."""
    first = int(day.min()) if day.size else 0
    count = int(day.max()) - first + 1 if day.size else 0
    start = date(1970, 1, 1) + timedelta(days=first)
    return words([_DAY[style](start + timedelta(days=n)) for n in range(count)], day - first)


def moment_text(minute: IntArray, style: Style = "iso") -> Text:
    """Return each moment written in a style, e.g. 2026-09-01 08:15:00 or 46266.34375."""
    clock = words([_MINUTE[style](m) for m in range(MINUTES_A_DAY)], minute % MINUTES_A_DAY)
    return joined(day_text(minute // MINUTES_A_DAY, style), clock)


def moment_iso_zoned(minute: IntArray) -> Text:
    """Return each moment as ISO 8601 with its offset, e.g. 2026-09-01T08:15:00+08:00."""
    clock = [f"T{m // 60:02d}:{m % 60:02d}:00+08:00" for m in range(MINUTES_A_DAY)]
    return joined(day_text(minute // MINUTES_A_DAY), words(clock, minute % MINUTES_A_DAY))


def mixed_moments(minute: IntArray) -> Text:
    """Return moments in the four odd styles by turns, in row order."""
    return _by_turns([moment_text(minute, style) for style in ODD_STYLES])


def mixed_days(day: IntArray) -> Text:
    """Return days in the four odd styles by turns, in row order."""
    return _by_turns([day_text(day, style) for style in ODD_STYLES])


def _by_turns(columns: list[Text]) -> Text:
    size = len(columns[0])
    row = np.arange(size)
    return taken(stacked(columns), row % len(columns) * size + row)
