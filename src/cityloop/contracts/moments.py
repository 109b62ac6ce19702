"""How dates and times are read from text: five styles, with or without a time, in the field's own time zone.

Styles: ``2026-09-01`` (also with ``/`` or ``.``), ``20260901``, ``2026年9月1日``, Excel's day number ``46266`` (five
digits, 1900 system), and ``9/1/2026`` where the field says in which order. A time follows as ``8:05``, ``08:05:30.5``,
``8时5分``, ``下午3:05`` or ``3:05 PM``, after a space, ``T`` or 日; ``24:00`` is midnight of the next day. ``Z`` or an offset
wins over the field's zone. Years are 1000–9999. A date field takes the written day, whatever time or offset follows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from cityloop.contracts import sql
from cityloop.contracts.model import FieldDefinition
from cityloop.contracts.parsing import Parser, outcome

MOMENT = (
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日[Tt]?|$|[Tt\s])\s*"
    r"(?:(上午|下午|[AaPp][Mm])?\s*(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?)?"
    r"\s*([AaPp][Mm])?\s*(?:([Zz])|([+-])(\d{2}):?(\d{2})?)?)?$"
)
"""Date, then perhaps a time of day, then perhaps an offset, after :func:`_canonical`."""
PARTS = ("y", "m", "d", "before", "h", "mi", "s", "f", "after", "z", "sign", "oh", "om")
"""Names of the groups of :data:`MOMENT`."""
ISO = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
"""What counts as the usual style; everything else is counted as repaired (``date_style``)."""
USUAL = r"[1-9]\d{3}[-/年]\d{1,2}[-/月]\d{1,2}日?"
"""Styles that fill whole files: they are cast after a change of separators, three times faster than by parts."""
USUAL_TIME = r"(?: \d{1,2}:\d{2}(?::\d{2})?)?"
SERIAL = r"\d{5}(?:\.\d+)?"
"""Excel's day number: 10000 is 1927-05-18, 99999 is 2173-10-13."""
FIRST_DAY = "1000-01-01"
"""Earlier days are mistakes: a year of fewer than four digits, or one before Christ."""
END = "10000-01-01"
"""First day that is too late."""
MAX_OFFSET_H = 14
"""Largest offset from UTC in use, hours."""


def timestamp_parser(field: FieldDefinition, time_zone: str) -> Parser:
    """Return how a field of type ``timestamp`` is read: a UTC moment, to the microsecond."""
    zone = field.time_zone or time_zone

    return Parser(
        kind="TIMESTAMPTZ",
        fast=lambda x: _fast_moment(x, zone),
        fine=lambda f, x: f"{f} >= TIMESTAMP '{FIRST_DAY}' AND {_moment_reads_back(f, x, zone)}",
        take=lambda f: from_local(f, zone),
        parse=lambda h: _parse(
            h,
            field,
            _moment(zone),
            usual=USUAL + USUAL_TIME,
            cast=sql.with_each(_cast(h, "TIMESTAMP"), "l", from_local("l", zone)),
        ),
        restyle_rule="date_style",
    )


def date_parser(field: FieldDefinition) -> Parser:
    """Return how a field of type ``date`` is read."""
    day = f"CASE WHEN {_micros()} IS NOT NULL THEN {_day()} END"
    return Parser(
        kind="DATE",
        fast=lambda x: _guarded(x, 10, "DATE"),
        take=lambda f: f"CASE WHEN {f} < DATE '{END}' THEN {f} END",
        fine=lambda f, x: f"{f} >= DATE '{FIRST_DAY}' AND {_reads_back(f, x)}",
        parse=lambda h: _parse(h, field, day, usual=USUAL, cast=_cast(h, "DATE")),
        restyle_rule="date_style",
    )


def from_local(local: str, time_zone: str) -> str:
    """Return the UTC moment of ``local``, a TIMESTAMP on the clocks of ``time_zone``.

    Zones whose offset no longer changes cost a subtraction; the engine's calendar is asked only for older times.
    """
    since, offset = steady(time_zone)
    slow = f"TIMEZONE({sql.text(time_zone)}, {local})"
    # Beyond the last day the sum might leave the engine's range, which would stop the whole load.
    if since is None:
        return f"CASE WHEN {local} < TIMESTAMP '{END}' THEN {slow} END"
    micros = round(offset.total_seconds() * 1_000_000)
    quick = f"MAKE_TIMESTAMPTZ(EPOCH_US({local}) - {micros})"
    known = f"{local} >= TIMESTAMP '{since}' AND {local} < TIMESTAMP '{END}'"
    return f"CASE WHEN {known} THEN {quick} WHEN {local} < TIMESTAMP '{since}' THEN {slow} END"


@cache
def steady(time_zone: str) -> tuple[datetime | None, timedelta]:
    """Return from which local time on the zone keeps one offset, and that offset; None when it never settles.

    Example:
        >>> steady("Asia/Shanghai")
        (datetime.datetime(1992, 1, 1, 0, 0), datetime.timedelta(seconds=28800))
    """
    zone = ZoneInfo(time_zone)
    start = datetime(1992, 1, 1)  # noqa: DTZ001 - a local time on purpose
    offsets = [
        (start + timedelta(days=day)).replace(tzinfo=zone).utcoffset()
        for day in range(0, 365 * 60, 3)
    ]
    last = offsets[-1] or timedelta()
    changes = [index for index, offset in enumerate(offsets) if offset != last]
    if not changes:
        return start, last
    if changes[-1] > len(offsets) * 2 // 3:
        return None, last
    return start + timedelta(days=3 * (changes[-1] + 1)), last


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a range as a literal, and whether it is included."""

    literal: str
    included: bool = True


def moment_bound(limit: date | datetime, zone: str, *, upper: bool) -> Bound:
    """Return a limit of a timestamp: times without offset are local, a date as upper limit includes its whole day."""
    if isinstance(limit, datetime):
        local = limit
        included = True
    else:
        local = datetime.combine(limit + timedelta(days=1) if upper else limit, time())
        included = not upper
    aware = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(zone))
    epoch = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
    return Bound(f"MAKE_TIMESTAMPTZ({(aware - epoch) // timedelta(microseconds=1)})", included)


def _guarded(x: str, length: int, kind: str) -> str:
    """Return the cast of text of this length that starts with a digit: no infinity, no year before Christ."""
    return f"CASE WHEN STRLEN({x}) = {length} AND ORD({x}) BETWEEN 49 AND 57 THEN TRY_CAST({x} AS {kind}) END"


def _fast_moment(x: str, zone: str) -> str:
    """Return the local time that ``x`` names: of 19 characters, or as systems write moments, with an offset of UTC or the zone."""
    local = _guarded(x, 19, "TIMESTAMP")
    if not (shifts := _shifts(zone)):
        return local
    written = f"TRY_CAST(LEFT({x}, STRLEN({x}) - 6) AS TIMESTAMP)"
    moved = "".join(
        f" WHEN '{end}' THEN {written}{f' + TO_MICROSECONDS({micros})' if micros else ''}"
        for end, micros in shifts.items()
    )
    is_system = f"STRLEN({x}) IN (25, 32) AND ORD({x}) BETWEEN 49 AND 57"
    return f"{local[: -len(' END')]} WHEN {is_system} THEN CASE RIGHT({x}, 6){moved} END END"


def _moment_reads_back(f: str, x: str, zone: str) -> str:
    """Return whether ``x`` is written as ``f`` would be; times with an offset only where the zone keeps its own."""
    plain = _reads_back(f, x)
    if not (shifts := _shifts(zone)):
        return plain
    since, _offset = steady(zone)
    moved = [
        (end, f"{f}{f' - TO_MICROSECONDS({micros})' if micros else ''}")
        for end, micros in shifts.items()
    ]
    back = "".join(
        f" WHEN RIGHT({x}, 6) = '{end}' AND STRLEN({x}) {length} THEN STRFTIME({local}, '%Y-%m-%d %H:%M:%S{more}')"
        for end, local in moved
        for length, more in (("= 25", ""), ("= 32", ".%f"))
    )
    is_same = f"CASE{back} END = REPLACE(LEFT({x}, STRLEN({x}) - 6), 'T', ' ')"
    settled = f"{f} >= TIMESTAMP '{since}' AND {f} < TIMESTAMP '{END}'"
    return f"CASE WHEN STRLEN({x}) = 19 THEN {plain} ELSE {settled} AND {is_same} END"


@cache
def _shifts(zone: str) -> dict[str, int]:
    """Return offset as written → microseconds from such a time to the local one; empty for a zone that never settles."""
    since, offset = steady(zone)
    if since is None:
        return {}
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    own = f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"
    return {"+00:00": minutes * 60_000_000, own: 0}


def _reads_back(f: str, x: str) -> str:
    """Return whether the text is written as the engine writes the value.

    The engine's cast alone reads ``2026-09-1Z`` and ``2026-09-1!`` as dates, and takes offsets for local time.
    """
    return f"CAST({f} AS VARCHAR) = {x}"


def _cast(h: str, kind: str) -> str:
    return f"TRY_CAST(TRANSLATE({h}, '年月/日', '---') AS {kind})"


def _parse(h: str, field: FieldDefinition, value: str, *, usual: str, cast: str) -> str:
    """Return the struct of a moment.

    Args:
        h: the text, folded.
        field: says in which order short dates are written.
        value: the value from the parts ``g``.
        usual: pattern of text that ``cast`` reads at once.
        cast: the value of such text.
    """
    parts = ", ".join(sql.text(part) for part in PARTS)
    read = sql.with_each(
        f"REGEXP_EXTRACT({_canonical(h, field)}, {sql.text(MOMENT)}, [{parts}])", "g", value
    )
    chosen = (
        f"CASE WHEN REGEXP_FULL_MATCH({h}, {sql.text(usual)}) THEN {cast}"
        f" WHEN REGEXP_FULL_MATCH({h}, {sql.text(SERIAL)}) THEN {_serial(h, value)}"
        f" ELSE {read} END"
    )
    body = outcome(
        "v", "CASE WHEN v IS NULL THEN 'type' END", f"NOT REGEXP_FULL_MATCH({h}, {sql.text(ISO)})"
    )
    return sql.with_each(chosen, "v", body)


def _serial(h: str, value: str) -> str:
    """Return ``value`` of an Excel day number, by way of the same parts as any other style; to the second."""
    second = f"CAST(ROUND((CAST({h} AS DOUBLE) - FLOOR(CAST({h} AS DOUBLE))) * 86400) AS BIGINT)"
    moment = f"TIMESTAMP '1899-12-30' + TO_SECONDS(CAST(FLOOR(CAST({h} AS DOUBLE)) AS BIGINT) * 86400 + {second})"
    numbers = {"y": "%Y", "m": "%m", "d": "%d", "h": "%H", "mi": "%M", "s": "%S"}
    parts = {part: f"STRFTIME(t, '{numbers[part]}')" if part in numbers else "''" for part in PARTS}
    return sql.with_each(moment, "t", sql.with_each(sql.struct(parts), "g", value))


def _canonical(h: str, field: FieldDefinition) -> str:
    """Return the text with compact, ordered and Chinese styles rewritten so that :data:`MOMENT` reads them."""
    ended = f"REGEXP_REPLACE(REPLACE({h}, '秒', ''), '[时点分]$', '')"
    clock = f"TRANSLATE({ended}, '时点分', ':::')"
    compact = (
        f"CASE WHEN REGEXP_FULL_MATCH({h}, '\\d{{14}}') THEN"
        f" REGEXP_REPLACE({h}, '(\\d{{4}})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)', '\\1-\\2-\\3 \\4:\\5:\\6')"
        f" WHEN REGEXP_FULL_MATCH({h}, '\\d{{8}}([Tt\\s].*)?') THEN"
        f" REGEXP_REPLACE({clock}, '^(\\d{{4}})(\\d\\d)(\\d\\d)', '\\1-\\2-\\3')"
    )
    if field.date_order != "ymd":
        order = "\\3-\\1-\\2" if field.date_order == "mdy" else "\\3-\\2-\\1"
        ordered = "^(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4})"
        return f"{compact} ELSE REGEXP_REPLACE({clock}, {sql.text(ordered)}, '{order}') END"
    return f"{compact} ELSE {clock} END"


def _day() -> str:
    return "CASE WHEN g.y >= '1000' THEN TRY_CAST(g.y || '-' || g.m || '-' || g.d AS DATE) END"


def _number(part: str) -> str:
    return f"COALESCE(TRY_CAST(g.{part} AS BIGINT), 0)"


def _micros() -> str:
    """Return the time of day in microseconds: NULL when there is no such time, 0 when none is written."""
    h, mi, s = _number("h"), _number("mi"), _number("s")
    half = "LOWER(g.before || g.after)"
    hour = (
        f"CASE WHEN {half} = '' THEN {h}"
        f" WHEN NOT {h} BETWEEN 1 AND 12 THEN NULL"
        f" WHEN {half} IN ('上午', 'am') THEN {h} % 12"
        f" WHEN {half} IN ('下午', 'pm') THEN {h} % 12 + 12 END"
    )
    fraction = "CAST(RPAD(LEFT(g.f, 6), 6, '0') AS BIGINT)"
    total = f"(({hour}) * 60 + {mi}) * 60 + {s}"
    ok = (
        f"{mi} <= 59 AND {s} <= 59 AND ({total}) * 1000000 + {fraction} <= 86400000000"
        f" AND {_number('oh')} <= {MAX_OFFSET_H} AND {_number('om')} <= 59"
    )
    return f"CASE WHEN {ok} THEN ({total}) * 1000000 + {fraction} END"


def _moment(zone: str) -> str:
    local = f"MAKE_TIMESTAMP(EPOCH_US({_day()}) + {_micros()})"
    minutes = f"({_number('oh')} * 60 + {_number('om')})"
    offset = f"CASE WHEN g.sign = '-' THEN -{minutes} ELSE {minutes} END"
    return sql.with_each(
        local,
        "l",
        f"CASE WHEN g.z || g.sign = '' THEN {from_local('l', zone)}"
        f" ELSE MAKE_TIMESTAMPTZ(EPOCH_US(l) - ({offset}) * 60000000) END",
    )
