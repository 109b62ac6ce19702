"""The map of 云江市: eight districts on both banks of a river, a lake, forty roads, and the places on them.

Everything is drawn on a plan first, the unit disc: roads are rings, spokes and short streets between them, borders run
from node to node. One smooth, invertible bend (`_located`) then makes a city of it. Everything is invented; codes
start with 99, which GB/T 2260 does not use. Coordinates are WGS84 degrees and only say where to draw: no real place is
meant.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cityloop.demo.noise import BoolArray, FloatArray, IntArray, Noise

CENTRE = (114.45, 29.4275)
"""Middle of the city, degrees WGS84."""
REACH_DEG = (0.172, 0.118)
"""Half the city's width and height, degrees: about 16.6 km and 13.1 km, wider than high as screens are."""
KM_PER_DEGREE_LAT = 111.2
KM_PER_DEGREE_LON = 96.8
"""Kilometres per degree of longitude at the city's latitude."""
CITY_CODE = "990100"

_DISTRICTS = (
    ("云中区", "Yunzhong"), ("望江区", "Wangjiang"), ("临湖区", "Linhu"), ("青岚区", "Qinglan"),
    ("北岸区", "Bei'an"), ("星河区", "Xinghe"), ("梅岭区", "Meiling"), ("东津区", "Dongjin"),
)  # fmt: skip
_SUBDISTRICT_HEADS = "云望临青北星梅东"
_SUBDISTRICT_TAILS = ("桥", "塘", "门", "园", "亭", "埠")

_CORE_REACH = 0.36
"""Where 云中区 ends and the other districts begin, as a share of the way from the middle to the city's border."""
_AROUND = ("临湖区", "北岸区", "星河区", "望江区", "青岚区", "梅岭区", "东津区")
"""The districts around 云中区, counter-clockwise; the n-th lies between the borders n and n + 1."""
_BORDERS = (
    (0.040, -0.045), (0.190, 0.180), (0.320, 0.330), (0.420, 0.475),
    (0.560, 0.585), (0.700, 0.715), (0.830, 0.815), (1.040, 0.955),
)  # fmt: skip
"""Where the borders between them start at 云中区 and end at the city's border, as shares of a turn from east."""
_RIVER_FROM, _RIVER_TO = 3, 0
"""The river comes in along this border, passes north of 云中区, and goes out along the other."""
_LAKE = (0.088, 0.545)
"""Turn and reach of the lake's middle, in 临湖区."""
_LAKE_SIZE = 0.075
_HOMES = {"临湖区": (0.66, 0.90)}
"""Reaches between which the places of a district lie, where not those below: 临湖区 has its lake further in."""
_HOMES_ELSEWHERE = (0.42, 0.82)

_ROADS = {
    "内环快速路": "Neihuan Expressway", "外环快速路": "Waihuan Expressway",
    "云湖快速路": "Yunhu Expressway", "望江快速路": "Wangjiang Expressway",
    "云江大道": "Yunjiang Avenue", "观澜大道": "Guanlan Avenue",
    "星河大道": "Xinghe Avenue", "梅岭大道": "Meiling Avenue",
    "听雨路": "Tingyu Road", "拾光路": "Shiguang Road", "槿花路": "Jinhua Road",
    "松涛路": "Songtao Road", "鹿鸣路": "Luming Road", "竹影路": "Zhuying Road",
    "白鹭路": "Bailu Road", "桂语路": "Guiyu Road", "风荷路": "Fenghe Road",
    "晴川里路": "Qingchuanli Road", "芦荻路": "Ludi Road", "砚池路": "Yanchi Road",
    "枫桥里路": "Fengqiaoli Road", "渔火路": "Yuhuo Road",
    "云中大道": "Yunzhong Avenue", "东津大道": "Dongjin Avenue",
    "青岚大道": "Qinglan Avenue", "北辰里大道": "Beichenli Avenue",
    "织锦街": "Zhijin Street", "灯市街": "Dengshi Street", "茶马巷街": "Chamaxiang Street",
    "石榴街": "Shiliu Street", "玉带街": "Yudai Street", "银杏街": "Yinxing Street",
    "纸坊街": "Zhifang Street", "画桥街": "Huaqiao Street", "青瓷街": "Qingci Street",
    "锦鲤街": "Jinli Street", "书院里街": "Shuyuanli Street", "豆香街": "Douxiang Street",
    "旧码头街": "Jiumatou Street", "月牙街": "Yueya Street",
}  # fmt: skip
"""Names of the roads. Detectors are dealt out to them in this order, so it must stay."""
_RINGS = {"内环快速路": 0.24, "外环快速路": 0.68}
"""Roads around the middle, and their reach."""
_THROUGH = {
    "云湖快速路": (0.615, 0.135),
    "望江快速路": (0.550, 0.893),
    "云江大道": (0.495, 0.928),
    "云中大道": (0.270, 0.735),
}
"""Roads that cross the city: the turns at which they come in and go out."""
_SPOKES = {
    "观澜大道": 0.330,
    "星河大道": 0.395,
    "梅岭大道": 0.785,
    "东津大道": 0.850,
    "青岚大道": 0.675,
    "北辰里大道": 0.205,
}
"""Avenues from the inner ring to the city's border, and their turns."""
_CORE_STREETS = {
    "听雨路": (0, -0.15),
    "槿花路": (0, -0.07),
    "鹿鸣路": (0, 0.07),
    "白鹭路": (0, 0.15),
    "织锦街": (1, -0.13),
    "灯市街": (1, -0.05),
    "画桥街": (1, 0.09),
}
"""Straight streets within the inner ring: along which axis, and how far from the middle."""
_STREETS = {
    "拾光路": ((0.550, 0.45), (0.615, 0.45)),
    "松涛路": ((0.495, 0.56), (0.615, 0.56)),
    "石榴街": ((0.583, 0.24), (0.583, 0.68)),
    "竹影路": ((0.615, 0.48), (0.735, 0.48)),
    "茶马巷街": ((0.645, 0.48), (0.645, 0.84)),
    "桂语路": ((0.615, 0.84), (0.675, 0.84)),
    "风荷路": ((0.735, 0.44), (0.850, 0.44)),
    "晴川里路": ((0.735, 0.55), (0.893, 0.55)),
    "玉带街": ((0.760, 0.44), (0.760, 0.68)),
    "芦荻路": ((0.850, 0.47), (0.928, 0.47)),
    "银杏街": ((0.910, 0.47), (0.910, 0.80)),
    "锦鲤街": ((0.893, 0.80), (0.928, 0.80)),
    "砚池路": ((0.045, 0.425), (0.205, 0.425)),
    "旧码头街": ((0.055, 0.24), (0.025, 0.80)),
    "月牙街": ((0.025, 0.80), (0.205, 0.80)),
    "枫桥里路": ((0.205, 0.48), (0.330, 0.48)),
    "渔火路": ((0.135, 0.57), (0.330, 0.57)),
    "青瓷街": ((0.238, 0.24), (0.238, 0.68)),
    "书院里街": ((0.330, 0.52), (0.495, 0.52)),
    "豆香街": ((0.362, 0.52), (0.362, 0.82)),
    "纸坊街": ((0.330, 0.82), (0.395, 0.82)),
}
"""Streets of the other districts from one road to another: turn and reach of both ends."""


@dataclass(frozen=True, slots=True)
class District:
    """A district of the city and its outline."""

    code: str
    name: str
    name_en: str
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
    name_en: str
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
            found[inside(points, district.outline)] = index
        return found

    def places(self, ids: list[str], names: list[str], points: FloatArray) -> Places:
        """Return places with their district looked up on the map."""
        return Places(tuple(ids), tuple(names), points.round(6), self.district_at(points))

    def scattered(self, noise: Noise, stream: str, district: IntArray) -> FloatArray:
        """Return one point inside each of the given districts, shape (n, 2)."""
        index = np.arange(len(district))
        across, out = (noise.uniform(f"{stream}.{axis}", index) for axis in ("lon", "lat"))
        names = np.array([d.name for d in self.districts])[district]
        turn, reach = across, 0.05 + 0.20 * np.sqrt(out)
        for n, name in enumerate(_AROUND):
            near, far = _HOMES.get(name, _HOMES_ELSEWHERE)
            here = names == name
            # The product of the draw with itself puts more places where the city is denser.
            reach[here] = near + (far - near) * out[here] ** 1.4
            left, right = (_border_turn(border, reach[here]) for border in (n, n + 1))
            turn[here] = left + (right - left) * (0.2 + 0.6 * across[here])
        return _located(noise, _polar(turn, reach))


def subdistricts() -> tuple[tuple[str, str, int], ...]:
    """Return code, name and district index of each subdistrict (街道), six a district."""
    return tuple(
        (f"{district_codes()[d]}{n:03d}", f"{head}{tail}街道", d)
        for d, head in enumerate(_SUBDISTRICT_HEADS)
        for n, tail in enumerate(_SUBDISTRICT_TAILS, start=1)
    )


def district_codes() -> tuple[str, ...]:
    """Return the invented six-digit codes of the districts, in the order of their indices."""
    return tuple(str(int(CITY_CODE) + n) for n in range(2, 2 + len(_DISTRICTS)))


def district_names() -> tuple[str, ...]:
    """Return the Chinese names of the districts, in the order of their indices."""
    return tuple(name for name, _ in _DISTRICTS)


@lru_cache(maxsize=4)
def build_geography(seed: int) -> Geography:
    """Return the map that belongs to a seed; the same seed gives the same map."""
    noise = Noise(seed)
    outlines = {name: _outline(noise, n) for n, name in enumerate(_AROUND)}
    core = _outline_core(noise)
    districts = tuple(
        District(code, name, name_en, outlines.get(name, core))
        for code, (name, name_en) in zip(district_codes(), _DISTRICTS, strict=True)
    )
    return Geography(districts, _lake(noise), _river(noise), tuple(_roads(noise)))


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


def inside(points: FloatArray, ring: FloatArray) -> BoolArray:
    """Return which of the points (n, 2) a closed ring holds.

    Even–odd rule: count the ring's sides that a ray to the east crosses.
    """
    x, y = points[:, 0, None], points[:, 1, None]
    (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
    spans = (y1 > y) != (y2 > y)
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    return np.asarray((spans & (x < crossing)).sum(axis=1) % 2 == 1)


def _feature(kind: str, coordinates: object, properties: dict[str, str]) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _outline(noise: Noise, n: int) -> FloatArray:
    """Return the closed ring of the n-th district around 云中区."""
    left, right = _border(noise, n), _border(noise, n + 1)
    turn = np.linspace(_BORDERS[n][1], _BORDERS[n + 1][1], 33)
    outer = _located(noise, _polar(turn, np.ones(33)))
    ring = [left[:-1], outer[:-1], right[::-1][:-1], _core_side(noise, n)[::-1]]
    return np.concatenate(ring)


def _outline_core(noise: Noise) -> FloatArray:
    sides = [_core_side(noise, n) for n in range(len(_AROUND))]
    return np.concatenate([*(side[:-1] for side in sides), sides[0][:1]])


def _border(noise: Noise, n: int) -> FloatArray:
    """Return the n-th border from 云中区 outwards; the last is the first, one turn on."""
    n %= len(_AROUND)
    share = np.linspace(0.0, 1.0, 25)
    reach = _CORE_REACH + (1.0 - _CORE_REACH) * share
    sway = 0.007 * noise.smooth("border", share * 5, n) * np.sin(np.pi * share)
    return _located(noise, _polar(_border_turn(n, reach) + sway, reach))


def _border_turn(n: int, reach: FloatArray) -> FloatArray:
    """Return the turn of the n-th border at the given reaches."""
    start, end = _BORDERS[n]
    return np.asarray(start + (end - start) * (reach - _CORE_REACH) / (1.0 - _CORE_REACH))


def _core_side(noise: Noise, n: int) -> FloatArray:
    """Return the border between 云中区 and the n-th district around it, counter-clockwise."""
    share = np.linspace(0.0, 1.0, 17)
    turn = _BORDERS[n][0] + (_BORDERS[n + 1][0] - _BORDERS[n][0]) * share
    sway = 0.018 * noise.smooth("core", share * 4, n) * np.sin(np.pi * share)
    return _located(noise, _polar(turn, _CORE_REACH + sway))


def _river(noise: Noise) -> FloatArray:
    """Return the river from where it enters the city to where it leaves it."""
    north = [_core_side(noise, n)[::-1][:-1] for n in range(_RIVER_FROM - 1, _RIVER_TO - 1, -1)]
    course = np.concatenate(
        [_border(noise, _RIVER_FROM)[::-1][:-1], *north, _border(noise, _RIVER_TO)]
    )
    # Where borders meet there are corners, and water has none: each point moves to the middle of its neighbours.
    for _ in range(12):
        course[1:-1] = (course[:-2] + 2.0 * course[1:-1] + course[2:]) / 4.0
    return course.round(6)


def _lake(noise: Noise) -> FloatArray:
    turn = np.linspace(0.0, 1.0, 65)
    size = np.full(turn.shape, _LAKE_SIZE)
    for wave, share in ((2, 0.16), (3, 0.13), (5, 0.07)):
        phase = noise.uniform("lake", wave)[0]
        size *= 1.0 + share * np.cos(2.0 * np.pi * (wave * turn + phase))
    middle = _polar(*(np.array([each]) for each in _LAKE))
    return _located(noise, middle + _polar(turn, size))


def _roads(noise: Noise) -> list[Road]:
    inner = _RINGS["内环快速路"]
    plans = {name: _from_to((0.0, reach), (1.0, reach)) for name, reach in _RINGS.items()}
    plans |= {name: _through(*turns) for name, turns in _THROUGH.items()}
    plans |= {name: _from_to((turn, inner), (turn, 1.0)) for name, turn in _SPOKES.items()}
    plans |= {name: _chord(*where, inner) for name, where in _CORE_STREETS.items()}
    plans |= {name: _from_to(*ends) for name, ends in _STREETS.items()}
    return [
        Road(name, name_en, _kind(name), _located(noise, plans[name]))
        for name, name_en in _ROADS.items()
    ]


def _kind(name: str) -> str:
    return next(
        (k for end, k in (("快速路", "expressway"), ("大道", "avenue")) if name.endswith(end)),
        "street",
    )


def _from_to(start: tuple[float, float], end: tuple[float, float]) -> FloatArray:
    """Return the course between two turns and reaches: a part of a ring, of a spoke, or a spiral."""
    points = 25 + round(60 * abs(end[0] - start[0]))
    turn, reach = (np.linspace(a, b, points) for a, b in zip(start, end, strict=True))
    return _polar(turn, reach)


def _through(start: float, end: float) -> FloatArray:
    """Return the course that comes in at one turn and leaves at another, bending within the inner ring."""
    inner = _RINGS["内环快速路"]
    coming = _from_to((start, 1.0), (start, inner))
    going = _from_to((end, inner), (end, 1.0))
    share = np.linspace(0.0, 1.0, 13)[1:-1, None]
    # A Bézier curve with both its handles half way to the middle: no corner at the ring.
    a, d = coming[-1], going[0]
    b, c = a * 0.45, d * 0.45
    bend = (
        (1 - share) ** 3 * a
        + 3 * (1 - share) ** 2 * share * b
        + 3 * (1 - share) * share**2 * c
        + share**3 * d
    )
    return np.concatenate([coming, bend, going])


def _chord(axis: int, away: float, reach: float) -> FloatArray:
    half = np.sqrt(reach**2 - away**2)
    along = np.linspace(-half, half, 13)
    points = [along, np.full(13, away)]
    return np.stack(points if axis == 0 else points[::-1], axis=1)


def _polar(turn: FloatArray, reach: FloatArray) -> FloatArray:
    """Return the points of the plan at shares of a turn, counter-clockwise from east, and of the way to the border."""
    angle = 2.0 * np.pi * turn
    return np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)


def _located(noise: Noise, plan: FloatArray) -> FloatArray:
    """Turn points of the plan (unit disc) into degrees.

    Spokes are bent sideways, further out more, and the border is pushed in and out. Both grow slowly enough that no
    two points meet: what lies within something on the plan lies within it on the map.
    """
    reach = np.hypot(plan[:, 0], plan[:, 1])
    angle = np.arctan2(plan[:, 1], plan[:, 0])
    phase = 2.0 * np.pi * noise.uniform("bend", np.arange(8))
    bulge = sum(
        share * np.cos(wave * angle + shift)
        for wave, share, shift in zip(
            (2, 3, 5, 8, 13), (0.045, 0.060, 0.040, 0.020, 0.009), phase[:5], strict=True
        )
    )
    bent = angle + reach * (
        0.13 * np.sin(5.0 * reach + phase[5])
        + 0.07 * np.sin(2.0 * angle + 4.0 * reach + phase[6])
        + 0.03 * np.sin(5.0 * angle - 7.0 * reach + phase[7])
    )
    radius = reach * (1.0 + reach**2 * bulge)
    away = np.stack([radius * np.cos(bent), radius * np.sin(bent)], axis=1)
    return np.asarray((np.array(CENTRE) + away * REACH_DEG).round(6))
