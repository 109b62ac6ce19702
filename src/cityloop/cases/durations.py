"""How long something may take: ``30m``, ``4h``, ``2d`` in definitions, and the moment at which that has passed.

A :class:`Calendar` turns a duration into a moment. The first one runs around the clock; a calendar of working hours
has the same one method.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Protocol

from pydantic import BeforeValidator, PlainSerializer

YELLOW_SHARE = 0.8
"""Share of the time allowed after which a clock turns yellow (customary in 12345 hotlines); lower warns earlier."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"^([1-9]\d{0,5})([smhdw])$")


def parse_duration(text: object) -> timedelta:
    """Return the duration that ``text`` says: a whole number and one of s, m, h, d, w.

    Raises:
        ValueError: it says none.

    Example:
        >>> parse_duration("4h")
        datetime.timedelta(seconds=14400)
    """
    if isinstance(text, timedelta):
        return text
    match = _DURATION.match(text) if isinstance(text, str) else None
    if match is None:
        message = "write a whole number and one of s, m, h, d, w, e.g. 30m or 4h"
        raise ValueError(message)
    return timedelta(**{_UNITS[match.group(2)]: int(match.group(1))})


def show_duration(duration: timedelta) -> str:
    """Return the shortest text that :func:`parse_duration` reads as ``duration``.

    Example:
        >>> show_duration(timedelta(hours=48))
        '2d'
    """
    seconds = round(duration.total_seconds())
    for size, unit in ((604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), PlainSerializer(show_duration, return_type=str)
]
"""Type of a field that is written as ``4h``."""


class Calendar(Protocol):
    """Whoever knows which hours count."""

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment at which ``duration`` of counted time has passed since ``start``."""


class AroundTheClock:
    """The calendar in which every hour counts."""

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """Return ``start + duration``."""
        return start + duration
