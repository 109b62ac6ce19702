"""The furniture of the demo city: detectors, stations, hospitals, car parks, venues and residents."""

from dataclasses import dataclass

import numpy as np

from cityloop.demo.geography import Geography, Places, build_geography
from cityloop.demo.noise import FloatArray, IntArray, Noise
from cityloop.demo.people import People, invent_people

DETECTORS, CAR_PARKS, STATIONS, RESIDENTS, COMPANIES = 200, 40, 10, 50_000, 20_000
"""Sizes of the full city (scale 1)."""

CAR_PARK_KINDS = ("office", "mall", "hospital", "residential", "venue")
"""What a car park serves, in the order of `City.car_park_kind`."""
VENUES = ("云江体育中心", "星河会展中心", "临湖大剧院")
HOSPITALS = (
    "云江市第一人民医院", "云江市中医医院", "云江市妇幼保健院",
    "临湖区人民医院", "北岸区人民医院", "青岚区人民医院",
)  # fmt: skip
_HOSPITAL_DISTRICTS = np.array([0, 1, 5, 2, 4, 3])
_VENUE_DISTRICTS = np.array([1, 5, 2])


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Everything in the city that does not change with time; compared by identity, so that answers can be kept by city."""

    noise: Noise
    scale: float
    geography: Geography
    detectors: Places
    detector_road: IntArray
    """Index into `geography.roads`, shape (detectors,)."""
    weather_stations: Places
    air_stations: Places
    hospitals: Places
    venues: Places
    car_parks: Places
    car_park_kind: IntArray
    """Index into `CAR_PARK_KINDS`, shape (car parks,)."""
    car_park_spaces: IntArray
    residents: People
    companies: int

    def of_detectors(self, values_by_road: list[float]) -> FloatArray:
        """Return a value of each detector's road, shape (detectors,)."""
        return np.array(values_by_road)[self.detector_road]


def build_city(seed: int, *, scale: float = 1.0, until_day: int) -> City:
    """Return the city of a seed.

    Args:
        seed: the same seed gives the same city.
        scale: share of the full city's detectors, car parks, people … to build, > 0.
        until_day: no resident is born later (days since 1970-01-01).
    """
    noise, geography = Noise(seed), build_geography(seed)
    sized = _Sizes(scale)
    detectors, road = _detectors(noise, geography, sized.of(DETECTORS, at_least=6))
    car_parks = sized.of(CAR_PARKS, at_least=5)
    stations = sized.of(STATIONS, at_least=3)
    park = np.arange(car_parks)
    return City(
        noise=noise,
        scale=scale,
        geography=geography,
        detectors=detectors,
        detector_road=road,
        weather_stations=_stations(noise, geography, "W", "气象站", stations),
        air_stations=_stations(noise, geography, "A", "空气站", stations),
        hospitals=_named(noise, geography, "H", HOSPITALS, _HOSPITAL_DISTRICTS),
        venues=_named(noise, geography, "V", VENUES, _VENUE_DISTRICTS),
        car_parks=_car_parks(noise, geography, car_parks),
        car_park_kind=park % len(CAR_PARK_KINDS),
        car_park_spaces=120 + 20 * (noise.uniform("car_park.spaces", park) * 40).astype(np.int64),
        residents=invent_people(noise, sized.of(RESIDENTS, at_least=300), until_day=until_day),
        companies=sized.of(COMPANIES, at_least=150),
    )


@dataclass(frozen=True, slots=True)
class _Sizes:
    scale: float

    def of(self, full: int, *, at_least: int) -> int:
        return max(at_least, round(full * self.scale))


def _detectors(noise: Noise, geography: Geography, count: int) -> tuple[Places, IntArray]:
    index = np.arange(count)
    road = index % len(geography.roads)
    per_road = -(-count // len(geography.roads))
    share = (
        index // len(geography.roads) + 0.2 + 0.6 * noise.uniform("detector", index)
    ) / per_road
    points = np.stack(
        [geography.roads[r].at(share[i : i + 1])[0] for i, r in enumerate(road.tolist())]
    )
    ids = [f"DT{n:04d}" for n in range(1, count + 1)]
    names = [
        f"{geography.roads[r].name}{i // len(geography.roads) + 1}号检测器"
        for i, r in enumerate(road.tolist())
    ]
    return geography.places(ids, names, points), road


def _stations(noise: Noise, geography: Geography, letter: str, kind: str, count: int) -> Places:
    district = np.arange(count) % len(geography.districts)
    names = [
        f"{geography.districts[d].name}{kind}{i // 8 + 1}" for i, d in enumerate(district.tolist())
    ]
    ids = [f"{letter}{n:03d}" for n in range(1, count + 1)]
    return geography.places(ids, names, geography.scattered(noise, f"station.{letter}", district))


def _named(
    noise: Noise, geography: Geography, letter: str, names: tuple[str, ...], district: IntArray
) -> Places:
    ids = [f"{letter}{n:02d}" for n in range(1, len(names) + 1)]
    points = geography.scattered(noise, f"place.{letter}", district)
    return geography.places(ids, list(names), points)


def _car_parks(noise: Noise, geography: Geography, count: int) -> Places:
    """Spread car parks over the districts; those for venues stand in the venues' districts."""
    park = np.arange(count)
    kind = park % len(CAR_PARK_KINDS)
    at_venue = _VENUE_DISTRICTS[(park // len(CAR_PARK_KINDS)) % len(VENUES)]
    district = np.where(
        kind == CAR_PARK_KINDS.index("venue"), at_venue, park % len(geography.districts)
    )
    labels = ("写字楼", "商场", "医院", "小区", "场馆")
    names = [
        f"{geography.districts[d].name}{labels[k]}{i + 1}号停车场"
        for i, (d, k) in enumerate(zip(district.tolist(), kind.tolist(), strict=True))
    ]
    ids = [f"P{n:03d}" for n in range(1, count + 1)]
    return geography.places(ids, names, geography.scattered(noise, "car_park", district))
