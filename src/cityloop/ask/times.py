"""Time as people say it, in Chinese and English: 最近7天, 去年9月, Q3, from September 1 to 5.

A phrase becomes a :class:`Range`; relative ones stay relative, so that a saved question moves with time. A month or day
without a year is the latest one that has begun. What is not listed here is not read, and the question is refused.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cityloop.ask.numerals import NUMERAL, WORD_END, number
from cityloop.metrics import Grain, Range
from cityloop.metrics.periods import shifted, start_of

_GRAINS: dict[str, Grain] = {
    "小时": "hour", "天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "季度": "quarter",
    "季": "quarter", "年": "year", "年度": "year",
    "hour": "hour", "day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
}  # fmt: skip
_LETTERS: dict[Grain, str] = {
    "hour": "h", "day": "d", "week": "w", "month": "m", "quarter": "q", "year": "y",
}  # fmt: skip
_MONTHS = ("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?",
           "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?")  # fmt: skip
_MONTH_EN = rf"(?P<month>{'|'.join(_MONTHS)})\.?"
_DAY_EN = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR_EN = r"(?:,? (?:of )?(?P<year>(?:19|20)\d\d))"
_YEAR = r"(?P<year>(?:19|20)\d\d|今|本|去|前)年"
_YEAR_ZH = rf"{_YEAR}的?"
_ZH = r"(?P<unit>小时|天|日|周|星期|礼拜|季度|季|年度?|月)"
_EN = r"(?P<unit>hour|day|week|month|quarter|year)s?"
_ORDINAL = {"first": 1, "second": 2, "third": 3, "fourth": 4}


@dataclass(frozen=True, slots=True)
class _Point:
    """A stretch of local days that ends in the text at ``end``; ``range`` is its relative form, None for dates."""

    end: int
    first: date
    after: date
    range: Range | None = None


_Build = Callable[["re.Match[str]", datetime], tuple[date, date] | Range | None]


def grain_of(word: str) -> Grain:
    """Return the grain that a unit's word names.

    Raises:
        KeyError: it names none.
    """
    return _GRAINS[word]


def times_at(text: str, place: int, now: datetime) -> Iterator[tuple[int, Range]]:
    """Yield each time phrase that starts at ``place``: where it ends, and what it means.

    Args:
        text: normalised question.
        place: where to look.
        now: local wall-clock time, without zone.
    """
    for pattern, build in _SPANS:
        if (match := pattern.match(text, place)) and isinstance(found := build(match, now), Range):
            yield match.end(), found
    for point in _points(text, place, now):
        yield point.end, point.range or Range.of(point.first, point.after)
        yield from _since_after(text, point)
        yield from _until(text, point, now)
    yield from _between(text, place, now)
    yield from _since(text, place, now)


def _points(text: str, place: int, now: datetime) -> Iterator[_Point]:
    for pattern, build in _POINTS:
        match = pattern.match(text, place)
        if match is None:
            continue
        found = build(match, now)
        if isinstance(found, Range):
            yield _Point(match.end(), *_days(found, now), found)
        elif found is not None:
            yield _Point(match.end(), *found)


def _since_after(text: str, point: _Point) -> Iterator[tuple[int, Range]]:
    if match := _SINCE_AFTER.match(text, point.end):
        yield match.end(), point.range or Range.of(point.first)


def _until(text: str, point: _Point, now: datetime) -> Iterator[tuple[int, Range]]:
    match = _TO.match(text, point.end)
    if match is None:
        return
    for other in _points(text, match.end(), now):
        if other.after > point.first:
            yield other.end, Range.of(point.first, other.after)
    if day := _BARE_DAY.match(text, match.end()):
        found = _valid(point.first.year, point.first.month, number(day["day"]))
        if found is not None and found > point.first and point.after - point.first == _ONE_DAY:
            yield day.end(), Range.of(point.first, found + _ONE_DAY)


def _between(text: str, place: int, now: datetime) -> Iterator[tuple[int, Range]]:
    match = _BETWEEN.match(text, place)
    if match is None:
        return
    for first in _points(text, match.end(), now):
        found = list(_until(text, first, now))
        if joint := _JOINT.match(text, first.end):
            found += [
                (last.end, Range.of(first.first, last.after))
                for last in _points(text, joint.end(), now)
                if last.after > first.first
            ]
        for end, span in found:
            tail = _BETWEEN_END.match(text, end)
            yield (tail.end() if tail else end), span


def _since(text: str, place: int, now: datetime) -> Iterator[tuple[int, Range]]:
    match = _SINCE.match(text, place)
    if match is None:
        return
    for first in _points(text, match.end(), now):
        if match["zh"] is None:
            yield first.end, Range.of(first.first)
        elif tail := _SINCE_AFTER.match(text, first.end):
            yield tail.end(), Range.of(first.first)


def _days(wanted: Range, now: datetime) -> tuple[date, date]:
    if wanted.this is not None:
        start = start_of(wanted.this, now)
        return start.date(), shifted(start, 1, wanted.this).date()
    grain = wanted.previous or "day"
    end = start_of(grain, now)
    return shifted(end, -1, grain).date(), end.date()


def _last(match: "re.Match[str]", _now: datetime) -> Range | None:
    count = number(match["count"]) if match["count"] else 1
    if not count:
        return None
    return Range(last=f"{count}{_LETTERS[_GRAINS[match['unit']]]}")


def _whole(grain: Grain, count: int, now: datetime) -> tuple[date, date]:
    start = shifted(start_of(grain, now), count, grain)
    return start.date(), shifted(start, 1, grain).date()


def _fixed(grain: Grain, count: int) -> _Build:
    return lambda _match, now: _whole(grain, count, now)


def _this(match: "re.Match[str]", _now: datetime) -> Range:
    return Range(this=_GRAINS[match["unit"]])


def _previous(match: "re.Match[str]", _now: datetime) -> Range:
    return Range(previous=_GRAINS[match["unit"]])


def _ymd(match: "re.Match[str]", now: datetime) -> tuple[date, date] | None:
    day = number(match["day"])
    month = _month(match["month"])
    year = _year(match, now)
    found = _valid(year or now.year, month, day)
    if found is not None and year is None and found > now.date():
        found = _valid(now.year - 1, month, day)
    return None if found is None else (found, found + _ONE_DAY)


def _ym(match: "re.Match[str]", now: datetime) -> tuple[date, date] | None:
    month, year = _month(match["month"]), _year(match, now)
    if month is None or not 1 <= month <= 12:
        return None
    if year is None:
        year = now.year if month <= now.month else now.year - 1
    start = datetime(year, month, 1)  # noqa: DTZ001 - local days
    return start.date(), shifted(start, 1, "month").date()


def _yq(match: "re.Match[str]", now: datetime) -> tuple[date, date] | None:
    word = match["quarter"]
    quarter = _ORDINAL.get(word) or number(word)
    if quarter is None or not 1 <= quarter <= 4:
        return None
    year = _year(match, now)
    if year is None:
        year = now.year if quarter * 3 - 2 <= now.month else now.year - 1
    start = datetime(year, quarter * 3 - 2, 1)  # noqa: DTZ001 - local days
    return start.date(), shifted(start, 1, "quarter").date()


def _half(match: "re.Match[str]", now: datetime) -> tuple[date, date]:
    year = _year(match, now) or now.year
    if match["half"] == "上":
        return date(year, 1, 1), date(year, 7, 1)
    return date(year, 7, 1), date(year + 1, 1, 1)


def _y(match: "re.Match[str]", now: datetime) -> tuple[date, date] | Range:
    word = match["year"]
    if word in {"今", "本"}:
        return Range(this="year")
    if word == "去":
        return Range(previous="year")
    year = _year(match, now) or now.year
    return date(year, 1, 1), date(year + 1, 1, 1)


def _year(match: "re.Match[str]", now: datetime) -> int | None:
    word = match.groupdict().get("year")
    if word is None:
        return None
    back = {"今": 0, "本": 0, "去": 1, "前": 2}
    return now.year - back[word] if word in back else int(word)


def _month(word: str) -> int | None:
    for i, pattern in enumerate(_MONTHS, start=1):
        if re.fullmatch(pattern, word):
            return i
    return number(word)


def _valid(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _compile(*rules: tuple[str, _Build]) -> tuple[tuple["re.Pattern[str]", _Build], ...]:
    return tuple((re.compile(f"(?:{pattern}){WORD_END}"), build) for pattern, build in rules)


_ONE_DAY = timedelta(days=1)
_WITHIN = r"(?:以内|之内|内|期间|以来)?"
_SPANS = _compile(
    (rf"(?:最近|近|过去|过去的)(?P<count>{NUMERAL})个?{_ZH}{_WITHIN}", _last),
    (rf"(?:最近|近|过去)半年{_WITHIN}", lambda _match, _now: Range(last="6m")),
    (rf"(?:within |over |during |in |for )?(?:the )?(?:last|past|previous|recent) (?P<count>{NUMERAL}) {_EN}", _last),
    (r"(?:within |over |during |in )?(?:the )?past(?P<count>) (?P<unit>hour|day|week|month|quarter|year)", _last),
)  # fmt: skip
_POINTS = _compile(
    (r"今天|今日|当天|today", lambda _match, _now: Range(this="day")),
    (r"昨天|昨日|yesterday", lambda _match, _now: Range(previous="day")),
    (r"前天|前日|the day before yesterday", _fixed("day", -2)),
    (r"大前天", _fixed("day", -3)),
    (r"(?:本|这个?|这一|当)(?P<unit>小时|周|星期|礼拜|季度|季|月|年度?)(?:份|内|以来)?", _this),
    (r"(?:this|the current|current) (?P<unit>hour|week|month|quarter|year)(?: so far| to date)?", _this),
    (r"(?P<unit>year|month|week|quarter) to date", _this),
    (r"(?:上个?|上一个?|前一个?)(?P<unit>小时|周|星期|礼拜|季度|季|月|年度?)份?", _previous),
    (r"(?:the )?(?:last|previous|prior) (?P<unit>hour|week|month|quarter|year)", _previous),
    (r"上上个?(?:周|星期)", _fixed("week", -2)),
    (r"上上个?月", _fixed("month", -2)),
    (rf"{_YEAR}(?:以来|内|度)?", _y),
    (rf"(?:{_YEAR_ZH})?(?P<half>[上下])半年", _half),
    (rf"(?:{_YEAR_ZH})?第?(?P<quarter>[一二三四1-4])季度?", _yq),
    (rf"(?:{_YEAR_ZH})?(?P<month>{NUMERAL})月份?", _ym),
    (rf"(?:{_YEAR_ZH})?(?P<month>{NUMERAL})月(?P<day>{NUMERAL})[日号]", _ymd),
    (r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})", _ymd),
    (r"(?P<year>(?:19|20)\d\d)[-/.](?P<month>\d{1,2})", _ym),
    (rf"q(?P<quarter>[1-4]){_YEAR_EN}?", _yq),
    (r"(?P<year>(?:19|20)\d\d) ?q(?P<quarter>[1-4])", _yq),
    (rf"the (?P<quarter>first|second|third|fourth) quarter{_YEAR_EN}?", _yq),
    (rf"{_MONTH_EN}{_YEAR_EN}", _ym),
    (rf"(?!may){_MONTH_EN}", _ym),
    (r"in (?P<month>may)", _ym),
    (rf"{_MONTH_EN} {_DAY_EN}{_YEAR_EN}?", _ymd),
    (rf"(?:the )?{_DAY_EN} (?:of )?{_MONTH_EN}{_YEAR_EN}?", _ymd),
    (r"(?P<year>(?:19|20)\d\d)", _y),
)  # fmt: skip
_TO = re.compile(r"\s?(?:到|至|-|~|—|–|to|until|through)\s?")
_JOINT = re.compile(r"\s?(?:到|至|-|~|—|–|to|until|through|and|和|与)\s?")
_BARE_DAY = re.compile(rf"(?P<day>{NUMERAL})[日号]")
_BETWEEN = re.compile(r"between |from |从|自")
_BETWEEN_END = re.compile(r"之间|期间|间")
_SINCE = re.compile(r"since |(?P<zh>自从|从|自)")
_SINCE_AFTER = re.compile(r"以来|至今|起|开始|以后|之后")
