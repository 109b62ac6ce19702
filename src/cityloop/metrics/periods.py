"""Ranges of local time, made definite: which moments, and which days, a query means by "the last 7 days".

Days, weeks, months, quarters and years are those of the city's own zone, half-open, weeks from Monday (ISO 8601).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cityloop.metrics.errors import BadMoment, EmptyRange
from cityloop.metrics.model import Grain, Range

_MONTHS: dict[Grain, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From ``start`` until before ``end``, local wall-clock time without zone; None is an open end."""

    start: datetime | None
    end: datetime | None

    @property
    def whole_days(self) -> bool:
        """Whether both ends are midnights."""
        return all(each is None or each.time() == time() for each in (self.start, self.end))

    def moments(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """Return both ends as aware UTC moments."""
        start, end = (
            None if each is None else each.replace(tzinfo=zone).astimezone(UTC)
            for each in (self.start, self.end)
        )
        return start, end

    def days(self) -> tuple[date | None, date | None]:
        """Return both ends as local days."""
        start, end = (None if each is None else each.date() for each in (self.start, self.end))
        return start, end


def resolve(wanted: Range, now: datetime, zone: ZoneInfo) -> Period:
    """Return the definite period of ``wanted``.

    Args:
        wanted: a range as asked.
        now: the present moment, aware.
        zone: the city's zone.

    Raises:
        EmptyRange: it ends before it starts.
        BadMoment: an end lies outside the calendar.

    Example:
        >>> zone, now = ZoneInfo("Asia/Shanghai"), datetime(2026, 9, 30, 20, 0, tzinfo=UTC)
        >>> resolve(Range(last="7d"), now, zone).days()
        (datetime.date(2026, 9, 25), datetime.date(2026, 10, 2))
    """
    here = now.astimezone(zone).replace(tzinfo=None)
    try:
        found = _resolve(wanted, here, zone)
        found.moments(zone)
    except (OverflowError, ValueError) as error:
        raise BadMoment(value=str(wanted.model_dump(exclude_none=True, by_alias=True))) from error
    if found.start is not None and found.end is not None and found.start >= found.end:
        raise EmptyRange(start=found.start.isoformat(), end=found.end.isoformat())
    return found


def start_of(grain: Grain, moment: datetime) -> datetime:
    """Return the start of the period of ``grain`` that the local ``moment`` falls into.

    Example:
        >>> start_of("quarter", datetime(2026, 9, 30, 12))
        datetime.datetime(2026, 7, 1, 0, 0)
    """
    if grain == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    midnight = datetime.combine(moment.date(), time())
    if grain == "day":
        return midnight
    if grain == "week":
        return midnight - timedelta(days=moment.weekday())
    months = _MONTHS[grain]
    return midnight.replace(month=(moment.month - 1) // months * months + 1, day=1)


def reached(as_of: datetime, zone: ZoneInfo, *, by_day: bool) -> datetime:
    """Return the local time that data of ``as_of`` reaches: with days only, the last midnight, since today goes on.

    Example:
        >>> reached(datetime(2026, 9, 30, 20, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"), by_day=True)
        datetime.datetime(2026, 10, 1, 0, 0)
    """
    here = as_of.astimezone(zone).replace(tzinfo=None)
    return start_of("day", here) if by_day else here


def shifted(moment: datetime, count: int, grain: Grain) -> datetime:
    """Return ``moment`` moved by ``count`` periods; a day that the month lacks becomes its last one.

    Raises:
        OverflowError: the result lies outside the calendar.
        ValueError: the result lies outside the calendar.

    Example:
        >>> shifted(datetime(2026, 3, 31), -1, "month")
        datetime.datetime(2026, 2, 28, 0, 0)
    """
    if grain in _MONTHS:
        index = moment.year * 12 + moment.month - 1 + count * _MONTHS[grain]
        year, month = index // 12, index % 12 + 1
        return moment.replace(
            year=year, month=month, day=min(moment.day, monthrange(year, month)[1])
        )
    step = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
    return moment + count * step[grain]


def _resolve(wanted: Range, here: datetime, zone: ZoneInfo) -> Period:
    if (span := wanted.span) is not None:
        count, unit = span
        base: Grain = "hour" if unit == "hour" else "day"
        end = shifted(start_of(base, here), 1, base)
        return Period(shifted(end, -count, unit), end)
    if wanted.this is not None:
        start = start_of(wanted.this, here)
        return Period(start, shifted(start, 1, wanted.this))
    if wanted.previous is not None:
        end = start_of(wanted.previous, here)
        return Period(shifted(end, -1, wanted.previous), end)
    return Period(_wall(wanted.from_, zone), _wall(wanted.to, zone))


def _wall(value: date | datetime | None, zone: ZoneInfo) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
    return datetime.combine(value, time())
