"""What a visitor can make happen in the demo city, and what it does to the world for some hours.

A happening changes what departments see, never what the platform stores: an accident slows the detectors beside it, a
storm raises the gauges. Each function takes what the simulator says and returns it changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, TypeVar, get_args

import numpy as np

from cityloop.demo.noise import BoolArray, IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY, SLOT_MINUTES
from cityloop.demo.world import City
from cityloop.demo.world.calls import HOTLINE_CATEGORIES, HotlineCalls, PoliceCalls
from cityloop.demo.world.climate import Weather
from cityloop.demo.world.health import DIAGNOSES, Visits
from cityloop.demo.world.parking import Parking
from cityloop.demo.world.services import Applications
from cityloop.demo.world.streets import SEVERITIES, Incidents, Traffic
from cityloop.foundation.definition import Bilingual

Kind = Literal["accident", "storm", "outbreak", "failure"]
KINDS: tuple[Kind, ...] = get_args(Kind)
TITLES = {
    "accident": Bilingual(zh="严重交通事故", en="Serious accident"),
    "storm": Bilingual(zh="短时暴雨", en="Downpour"),
    "outbreak": Bilingual(zh="聚集性腹泻", en="Outbreak at a school"),
    "failure": Bilingual(zh="检测器故障", en="Detectors fail"),
}
"""What each kind is called."""
ALERTS = {
    "accident": "severe_accident",
    "storm": "downpour",
    "outbreak": "infectious_cluster",
    "failure": "faulty_equipment",
}
"""The alert that each kind sets off first."""
NUMBERS_EACH = 500
"""Running numbers that each happening has for its records."""
LASTS_MIN = {"accident": 90, "storm": 150, "outbreak": 240, "failure": 120}
"""How long each kind lasts, city minutes."""
FIRST_NUMBER = 5000
"""Running number of the first record that a happening adds on a day; the world itself stays far below."""
FAULT_ROWS = 36
"""Fault reports that a failing gateway sends at once when it fails."""
_ACCIDENT_LEAVES, _STORM_LEAVES = 0.25, 0.5
_ACCIDENT_DETECTORS = 8
_BROUGHT_AT_ONCE, _PATIENTS_A_MINUTE = 26, 0.4
_FLOOD_CALLS_A_MINUTE = 0.5
_WATERLOGGED = [c[0] for c in HOTLINE_CATEGORIES].index("道路积水")
_DIARRHOEA = [d[0] for d in DIAGNOSES].index("A09.9")

Arrays = TypeVar(
    "Arrays", Applications, HotlineCalls, Incidents, Parking, PoliceCalls, Traffic, Visits
)
"""What happened, as the world tells it: arrays of the same length."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happens: where (an index into what its kind is about) and from when until when.

    ``started`` and ``ends`` are minutes since 1970-01-01 local time; ``number`` counts the happenings of the city.
    """

    number: int
    kind: Kind
    district: int
    place: int
    started: int
    ends: int

    @property
    def id(self) -> str:
        """Name of the happening."""
        return f"{self.kind}-{self.number}"

    def overlaps(self, start: int, end: int) -> bool:
        """Return whether it goes on in the minutes ``start`` to before ``end``."""
        return self.started < end and start < self.ends

    def document(self) -> dict[str, Any]:
        """Return it as JSON values; Any: numbers and words."""
        return asdict(self)


def begin(
    city: City,
    kind: Kind,
    district: int | None,
    number: int,
    at: int,
    before: Sequence[Happening] = (),
) -> Happening:
    """Return a happening that begins ``at``; without a district, the city's noise chooses one that has a place for it.

    A place where the same happened ``before`` is chosen again only when there is no other: its alert may still be
    firing, and who makes something happen wants to see what it leads to.
    """
    where = _places(city, kind)
    taken = {place_name(city, each) for each in before if each.kind == kind}
    names = [_name(city, kind, place) for place in range(where.size)]
    is_fresh = np.array([name not in taken for name in names])
    if district is None or district not in where:
        known = np.unique(where[is_fresh] if is_fresh.any() else where)
        district = int(known[city.noise.pick("happening", np.ones(known.size), number)[0]])
    is_there = where == district
    places = np.flatnonzero(is_there & is_fresh if (is_there & is_fresh).any() else is_there)
    place = int(places[city.noise.pick("happening.place", np.ones(places.size), number)[0]])
    return Happening(number, kind, district, place, at, at + LASTS_MIN[kind])


def place_name(city: City, happening: Happening) -> str:
    """Return the road, district or hospital that a happening is about."""
    return _name(city, happening.kind, happening.place)


def _name(city: City, kind: Kind, place: int) -> str:
    if kind == "outbreak":
        return city.hospitals.names[place]
    if kind == "storm":
        return city.geography.districts[int(city.weather_stations.district[place])].name
    return city.geography.roads[int(city.detector_road[place])].name


def with_accidents(seen: Incidents, going: Iterable[Happening]) -> Incidents:
    """Return the incidents with those that happenings add."""
    rows = [each for each in going if each.kind == "accident"]
    if not rows:
        return seen
    started = np.array([each.started for each in rows])
    day = started // MINUTES_A_DAY
    number = FIRST_NUMBER + np.array([each.number for each in rows])
    extra = Incidents(
        (day, number),
        started,
        np.array([LASTS_MIN["accident"]] * len(rows)),
        np.array([each.place for each in rows]),
        np.zeros(len(rows), dtype=np.int64),
        np.full(len(rows), SEVERITIES.index("严重")),
        np.full(len(rows), 3),
    )
    return joined(seen, extra)


def slowed(city: City, seen: Traffic, going: Iterable[Happening]) -> Traffic:
    """Return the traffic with its speed beside accidents and in storms."""
    speed = seen.speed_kmh.copy()
    for each in going:
        slots = (seen.minute < each.ends) & (seen.minute + SLOT_MINUTES > each.started)
        if each.kind == "accident":
            near = city.detectors.nearest(city.detectors, count=_ACCIDENT_DETECTORS)[each.place]
            speed[np.ix_(slots, near)] *= _ACCIDENT_LEAVES
        elif each.kind == "storm":
            speed[np.ix_(slots, city.detectors.district == each.district)] *= _STORM_LEAVES
    return replace(seen, speed_kmh=np.clip(speed, 4.0, 118.0))


def rained_on(city: City, minute: IntArray, seen: Weather, going: Iterable[Happening]) -> Weather:
    """Return the weather with the rain of storms: 24 to 40 mm in an hour where they are."""
    rain, sight = seen.rain_mm.copy(), seen.visibility_km.copy()
    for each in going:
        if each.kind == "storm":
            at = (minute >= each.started) & (minute < each.ends)
            where = city.weather_stations.district == each.district
            fresh = 24.0 + 16.0 * city.noise.uniform("storm", minute[at][:, None], np.flatnonzero(where)[None])  # fmt: skip
            rain[np.ix_(at, where)] = fresh
            sight[np.ix_(at, where)] = 1.5
    return replace(seen, rain_mm=rain, visibility_km=sight)


def flooded_calls(
    city: City, seen: HotlineCalls, going: Iterable[Happening], span: tuple[int, int]
) -> HotlineCalls:
    """Return the calls of the minutes ``span`` with those about flooded streets."""
    for each in going:
        minutes = np.arange(max(each.started + 1, span[0]), min(each.ends, span[1]))
        if each.kind != "storm" or not minutes.size:
            continue
        rings = city.noise.uniform("storm.call", minutes, each.number) < _FLOOD_CALLS_A_MINUTE
        created = minutes[rings]
        key, same = (created, each.number), np.ones_like(created)
        district = same * each.district
        extra = HotlineCalls(
            created // MINUTES_A_DAY,
            _numbers(each, created, LASTS_MIN["storm"]),
            created,
            created + 240 + (city.noise.uniform("storm.closed", *key) * 600).astype(np.int64),
            same * _WATERLOGGED,
            district,
            district * 6 + city.noise.pick("storm.street", [5, 4, 3, 3, 2, 2], *key),
            city.noise.pick("storm.caller", np.ones(len(city.residents)), *key),
            city.noise.uniform("storm.pleased", *key) < 0.7,
        )
        seen = joined(seen, extra)
    return seen


def sick_pupils(
    city: City, seen: Visits, going: Iterable[Happening], span: tuple[int, int]
) -> Visits:
    """Return the visits of the minutes ``span`` with the patients of outbreaks: a bus full, then one by one."""
    for each in going:
        minutes = np.arange(max(each.started, span[0]), min(each.ends, span[1]))
        if each.kind != "outbreak" or not minutes.size:
            continue
        comes = city.noise.uniform("outbreak", minutes, each.number) < _PATIENTS_A_MINUTE
        bus = [each.started] * _BROUGHT_AT_ONCE if each.started >= span[0] else []
        arrived = np.concatenate([np.array(bus, dtype=np.int64), minutes[comes]])
        number = np.concatenate(
            [
                _numbers(each, np.arange(len(bus)), 400) + 250,
                _numbers(each, minutes[comes], LASTS_MIN["outbreak"]),
            ]
        )
        key, same = (number, each.number), np.ones_like(arrived)
        extra = Visits(
            arrived // MINUTES_A_DAY,
            same * each.place,
            number,
            np.zeros(arrived.size, dtype=np.bool_),
            arrived,
            arrived,
            same * _DIARRHOEA,
            city.noise.pick("outbreak.patient", np.ones(len(city.residents)), *key),
            (60.0 + 80.0 * city.noise.uniform("outbreak.fee", *key)).round(2),
        )
        seen = joined(seen, extra)
    return seen


def failing(city: City, going: Iterable[Happening]) -> tuple[BoolArray, Sequence[Happening]]:
    """Return which detectors fail, shape (detectors,), and the failures themselves."""
    failures = [each for each in going if each.kind == "failure"]
    fails = np.zeros(len(city.detectors), dtype=np.bool_)
    for each in failures:
        fails |= city.detectors.district == each.district
    return fails, failures


def those(seen: Arrays, rows: IntArray) -> Arrays:
    """Return the given rows of what happened."""
    picked: dict[str, Any] = {}  # Any: arrays of several types, or a tuple of them
    for name in (each.name for each in fields(seen)):
        value = getattr(seen, name)
        picked[name] = tuple(v[rows] for v in value) if isinstance(value, tuple) else value[rows]
    return type(seen)(**picked)


def joined(one: Arrays, other: Arrays) -> Arrays:
    """Return what happened in both, one after the other."""
    whole: dict[str, Any] = {}  # Any: as above
    for name in (each.name for each in fields(one)):
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, tuple):
            whole[name] = tuple(np.concatenate(pair) for pair in zip(left, right, strict=True))
        else:
            whole[name] = np.concatenate([left, right])
    return type(one)(**whole)


def _numbers(each: Happening, position: IntArray, most: int) -> IntArray:
    """Return running numbers that no other happening has, for positions below about ``most``."""
    return FIRST_NUMBER + each.number * NUMBERS_EACH + position % most


def _places(city: City, kind: Kind) -> IntArray:
    """Return the district of each place where something of this kind can happen."""
    if kind == "outbreak":
        return city.hospitals.district
    if kind == "storm":
        return city.weather_stations.district
    return city.detectors.district
