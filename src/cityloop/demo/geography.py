"""The map of 云江市: eight districts around a lake, forty roads, and the places on them.

Everything is invented; codes start with 99, which GB/T 2260 does not use. Coordinates are WGS84
degrees and only say where to draw: no real place is meant.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from cityloop.demo.noise import BoolArray, FloatArray, IntArray, Noise

WEST, SOUTH = 114.30, 29.30
"""South-west corner of the city, degrees WGS84."""
CELL_LON, CELL_LAT = 0.100, 0.085
"""Size of one cell of the 3 × 3 district mesh, degrees (about 9.7 × 9.4 km)."""
KM_PER_DEGREE_LAT = 111.2
KM_PER_DEGREE_LON = 96.8
"""Kilometres per degree of longitude at the city's latitude."""
CITY_CODE = "990100"

_CELLS = {
    (1, 1): "云中区", (0, 1): "望江区", (2, 2): "临湖区", (0, 0): "青岚区",
    (1, 2): "北岸区", (0, 2): "星河区", (1, 0): "梅岭区", (2, 0): "东津区",
}  # fmt: skip
_LAKE_CELL = (2, 1)
_SUBDISTRICT_HEADS = "云望临青北星梅东"
_SUBDISTRICT_TAILS = ("桥", "塘", "门", "园", "亭", "埠")
_RINGS = ("内环快速路", "外环快速路")
_EXPRESSWAYS = ("云湖快速路", "望江快速路")
_AVENUES_WEST_EAST = ("云江大道", "观澜大道", "星河大道", "梅岭大道")
_STREETS_WEST_EAST = (
    "听雨路", "拾光路", "槿花路", "松涛路", "鹿鸣路", "竹影路", "白鹭路", "桂语路",
    "风荷路", "晴川里路", "芦荻路", "砚池路", "枫桥里路", "渔火路",
)  # fmt: skip
_AVENUES_NORTH_SOUTH = ("云中大道", "东津大道", "青岚大道", "北辰里大道")
_STREETS_NORTH_SOUTH = (
    "织锦街", "灯市街", "茶马巷街", "石榴街", "玉带街", "银杏街", "纸坊街", "画桥街",
    "青瓷街", "锦鲤街", "书院里街", "豆香街", "旧码头街", "月牙街",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class District:
    """A district of the city and its outline."""

    code: str
    name: str
    outline: FloatArray
    """Closed ring, shape (points, 2), longitude and latitude."""

    @property
    def centre(self) -> FloatArray:
        """Mean of the outline's corners, shape (2,)."""
        return np.asarray(self.outline[:-1].mean(axis=0))


@dataclass(frozen=True, slots=True)
class Road:
    """A road with its course and its class."""

    name: str
    kind: str
    """`expressway`, `avenue` or `street`."""
    course: FloatArray
    """Shape (points, 2), longitude and latitude."""

    @property
    def free_flow_kmh(self) -> float:
        """Speed on the empty road."""
        return {"expressway": 80.0, "avenue": 60.0, "street": 45.0}[self.kind]

    @property
    def lanes(self) -> int:
        """Lanes in one direction."""
        return {"expressway": 4, "avenue": 3, "street": 2}[self.kind]

    def at(self, share: FloatArray) -> FloatArray:
        """Return the points at the given shares (0–1) of the course, shape (n, 2)."""
        knots = np.linspace(0.0, 1.0, len(self.course))
        return np.stack([np.interp(share, knots, axis) for axis in self.course.T], axis=1)


@dataclass(frozen=True, slots=True)
class Places:
    """Points of one kind, all arrays of the same length."""

    ids: tuple[str, ...]
    names: tuple[str, ...]
    points: FloatArray
    """Shape (n, 2), longitude and latitude rounded to 6 decimals."""
    district: IntArray
    """Index into `Geography.districts`."""

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.ids)

    def nearest(self, others: "Places", *, count: int) -> IntArray:
        """Return for each place the indices of the `count` nearest of `others`, nearest first."""
        scale = np.array([KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT])
        gap = (self.points[:, None, :] - others.points[None, :, :]) * scale
        order = np.argsort((gap**2).sum(axis=2), axis=1, kind="stable")
        return np.asarray(order[:, : min(count, len(others))])


@dataclass(frozen=True, slots=True)
class Geography:
    """Districts, lake, river and roads of the city."""

    districts: tuple[District, ...]
    lake: FloatArray
    river: FloatArray
    roads: tuple[Road, ...]

    def district_at(self, points: FloatArray) -> IntArray:
        """Return the index of the district that holds each point (n, 2), else of the nearest."""
        centres = np.stack([d.centre for d in self.districts])
        gap: FloatArray = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2)
        found: IntArray = gap.argmin(axis=1)
        for index, district in enumerate(self.districts):
            found[_inside(points, district.outline)] = index
        return found

    def places(self, ids: list[str], names: list[str], points: FloatArray) -> Places:
        """Return places with their district looked up on the map."""
        return Places(tuple(ids), tuple(names), points.round(6), self.district_at(points))

    def scattered(self, noise: Noise, stream: str, district: IntArray) -> FloatArray:
        """Return one point inside each of the given districts, shape (n, 2)."""
        index = np.arange(len(district))
        centres = np.stack([d.centre for d in self.districts])[district]
        away = [noise.uniform(f"{stream}.{axis}", index) - 0.5 for axis in ("lon", "lat")]
        return np.asarray(centres + np.stack(away, axis=1) * [CELL_LON * 0.6, CELL_LAT * 0.6])


def subdistricts() -> tuple[tuple[str, str, int], ...]:
    """Return code, name and district index of each subdistrict (街道), six a district."""
    return tuple(
        (f"{district_codes()[d]}{n:03d}", f"{head}{tail}街道", d)
        for d, head in enumerate(_SUBDISTRICT_HEADS)
        for n, tail in enumerate(_SUBDISTRICT_TAILS, start=1)
    )


def district_codes() -> tuple[str, ...]:
    """Return the invented six-digit codes of the districts, in the order of their indices."""
    return tuple(str(int(CITY_CODE) + n) for n in range(2, 2 + len(_CELLS)))


def district_names() -> tuple[str, ...]:
    """Return the Chinese names of the districts, in the order of their indices."""
    return tuple(_CELLS.values())


@lru_cache(maxsize=4)
def build_geography(seed: int) -> Geography:
    """Return the map that belongs to a seed; the same seed gives the same map."""
    noise = Noise(seed)
    rings = {cell: _cell_outline(noise, cell) for cell in (*_CELLS, _LAKE_CELL)}
    districts = tuple(
        District(code, name, rings[cell])
        for code, (cell, name) in zip(district_codes(), _CELLS.items(), strict=True)
    )
    river = np.concatenate([_edge(noise, (x, 2), (x + 1, 2)) for x in range(3)])
    return Geography(districts, rings[_LAKE_CELL], river, tuple(_roads(noise)))


def geojson(geography: Geography) -> str:
    """Return districts, lake, river and roads as one GeoJSON feature collection (RFC 7946)."""
    features = [
        _feature(
            "Polygon", [d.outline.tolist()], {"kind": "district", "code": d.code, "name": d.name}
        )
        for d in geography.districts
    ]
    features.append(
        _feature("Polygon", [geography.lake.tolist()], {"kind": "lake", "name": "云湖"})
    )
    features.append(
        _feature("LineString", geography.river.tolist(), {"kind": "river", "name": "云江"})
    )
    features += [
        _feature("LineString", r.course.tolist(), {"kind": "road", "class": r.kind, "name": r.name})
        for r in geography.roads
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(kind: str, coordinates: object, properties: dict[str, str]) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _corner(noise: Noise, x: int, y: int) -> FloatArray:
    shift = [noise.uniform(f"corner.{axis}", x, y)[0] - 0.5 for axis in ("lon", "lat")]
    cell = np.array([CELL_LON, CELL_LAT])
    return np.asarray(np.array([WEST, SOUTH]) + cell * ([x, y] + 0.35 * np.array(shift)))


def _edge(noise: Noise, start: tuple[int, int], end: tuple[int, int]) -> FloatArray:
    """Return a wavy line between two corners; the same line from both sides."""
    if start > end:
        return _edge(noise, end, start)[::-1]
    a, b = _corner(noise, *start), _corner(noise, *end)
    share = np.linspace(0.0, 1.0, 17)
    line = a + share[:, None] * (b - a)
    sway = noise.smooth("edge", share * 5, *start, *end) * np.sin(np.pi * share)
    across = np.array([-(b - a)[1], (b - a)[0]])
    return np.asarray((line + sway[:, None] * across * 0.045).round(6))


def _cell_outline(noise: Noise, cell: tuple[int, int]) -> FloatArray:
    x, y = cell
    corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y)]
    sides = [_edge(noise, a, b)[:-1] for a, b in pairwise(corners)]
    return np.concatenate([*sides, sides[0][:1]])


def _roads(noise: Noise) -> list[Road]:
    roads = [_ring(name, radius) for name, radius in zip(_RINGS, (0.55, 1.15), strict=True)]
    roads += [
        _straight(noise, name, "expressway", ends)
        for name, ends in zip(
            _EXPRESSWAYS, (((0.1, 0.2), (2.9, 2.8)), ((0.1, 2.8), (2.9, 0.2))), strict=True
        )
    ]
    for along, names in enumerate(
        (_AVENUES_WEST_EAST + _STREETS_WEST_EAST, _AVENUES_NORTH_SOUTH + _STREETS_NORTH_SOUTH)
    ):
        for n, name in enumerate(names):
            kind = "avenue" if n < len(_AVENUES_WEST_EAST) else "street"
            # 7 and 18 share no factor: roads listed together lie apart, and none lie on another.
            level = 0.25 + 2.5 * ((n * 7) % len(names)) / (len(names) - 1)
            ends = ((0.1, level), (2.9, level)) if along == 0 else ((level, 0.1), (level, 2.9))
            roads.append(_straight(noise, name, kind, ends))
    return roads


def _ring(name: str, radius: float) -> Road:
    turn = np.linspace(0.0, 2.0 * np.pi, 49)
    course = np.stack([1.5 + radius * np.cos(turn), 1.5 + radius * np.sin(turn)], axis=1)
    return Road(name, "expressway", _located(course))


def _straight(
    noise: Noise, name: str, kind: str, ends: tuple[tuple[float, float], tuple[float, float]]
) -> Road:
    a, b = np.array(ends[0]), np.array(ends[1])
    share = np.linspace(0.0, 1.0, 13)
    across = np.array([-(b - a)[1], (b - a)[0]]) / 2.8
    sway = noise.smooth(f"road.{name}", share * 4) * 0.03
    return Road(name, kind, _located(a + share[:, None] * (b - a) + sway[:, None] * across))


def _located(cells: FloatArray) -> FloatArray:
    """Turn mesh positions (cells from the south-west corner) into degrees."""
    return np.asarray((np.array([WEST, SOUTH]) + cells * [CELL_LON, CELL_LAT]).round(6))


def _inside(points: FloatArray, ring: FloatArray) -> BoolArray:
    """Even–odd rule: count the ring's sides that a ray to the east crosses."""
    x, y = points[:, 0, None], points[:, 1, None]
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    spans = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)
