"""A file that somebody brings: read, described, and its coordinate system and key guessed before it is published."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cityloop.contracts.spelling import folded
from cityloop.maps.coordinates import Coordinates, FloatArray, in_china, to_wgs84
from cityloop.maps.drawing import Bounds, Drawn, centres_of, key_problem
from cityloop.maps.errors import TooLarge, UnknownFormat
from cityloop.maps.features import Features, words
from cityloop.maps.files import MOST_BYTES
from cityloop.maps.geojson import read_geojson
from cityloop.maps.shapefiles import read_zip

SAMPLES = 3
"""Values of each property that a preview shows."""
FAR_KM = 100.0
"""A map further than this from the city's other maps is probably in another coordinate system."""
SHIFT_M = 60.0
"""Features of the same key that lie further apart than this are compared in other systems; GCJ-02 moves by 100–700 m."""
FEW_KEYS = 3
"""Keys that two maps must share before they are compared."""
DEGREE_M = 111_200.0
"""Metres of a degree of latitude."""

_PREFERRED = ("adcode", "code", "district_code", "行政区划代码", "区划代码", "代码", "编码", "id", "gid",
              "fid", "name", "名称", "label")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody brings, and its bytes."""

    file_name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the features: some of its values, how many there are, and whether it can be the key."""

    name: str
    samples: tuple[str, ...]
    distinct: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that whoever imports should know; ``what`` names its text, ``fields`` its values."""

    what: str
    fields: Mapping[str, object]


def read_upload(upload: Upload) -> Features:
    """Return the features of a file, by what it holds, whatever its name.

    Raises:
        TooLarge: it is larger than a map needs to be.
        UnknownFormat: it is neither JSON nor a zip.
        BrokenMap: it cannot be read; the error says why.
    """
    data = upload.data
    if len(data) > MOST_BYTES:
        size, most = f"{len(data):,} B", f"{MOST_BYTES:,} B"
        raise TooLarge(what=upload.file_name, size=size, most=most)
    if data[:4] == b"PK\x03\x04":
        return read_zip(data, upload.file_name)
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
        return read_geojson(data)
    raise UnknownFormat(file=upload.file_name)


def properties_of(features: Features) -> tuple[Property, ...]:
    """Return every property of the features, as a preview shows it."""
    found = []
    for name in features.properties:
        values = dict.fromkeys(words(each.properties.get(name)) for each in features.features)
        values.pop("", None)
        is_key = key_problem(name, features) is None
        found.append(Property(name, tuple(values)[:SAMPLES], len(values), is_key))
    return tuple(found)


def guess_key(
    features: Features, values: Mapping[str, Iterable[str]]
) -> tuple[str | None, str | None]:
    """Return the property that best identifies a feature, and the dimension whose values it has.

    Args:
        features: of the file.
        values: dimension → folded spellings of its values.

    Returns:
        None for the key when no property is unique, None for the dimension when most keys are in none.
    """
    usable = [each for each in features.properties if key_problem(each, features) is None]
    best: tuple[int, str | None, str | None] = (0, None, None)
    for name in usable:
        keys = {folded(words(each.properties[name])) for each in features.features}
        for dimension, known in values.items():
            matched = len(keys.intersection(known))
            if matched > best[0] and matched * 2 >= len(keys):
                best = (matched, name, dimension)
    if best[1] is not None:
        return best[1], best[2]
    rank = {name: place for place, name in enumerate(_PREFERRED)}
    usable.sort(key=lambda name: rank.get(name.casefold(), len(rank)))
    return (usable[0] if usable else None), None


def guess_coordinates(features: Features, others: Sequence[Drawn]) -> Coordinates:
    """Return the likely coordinate system: what the file says, else the one in which it fits the city's other maps."""
    said = system_said(features.said)
    if said is not None:
        return said
    best: Coordinates = "wgs84"
    gap = _gap_m(features, others, best)
    for system in _OFFSET:
        other = _gap_m(features, others, system)
        if gap is not None and other is not None and gap > SHIFT_M and other < gap / 3:
            best, gap = system, other
    return best


def system_said(said: str | None) -> Coordinates | None:
    """Return the system that a .prj or ``crs`` names; None when it names none that is in degrees."""
    text = (said or "").upper().replace(" ", "_")
    if "PROJCS" in text or "PROJCRS" in text:
        return None
    if "CGCS" in text or "CHINA_GEODETIC" in text or "4490" in text:
        return "cgcs2000"
    if "WGS_1984" in text or "WGS_84" in text or "4326" in text or "CRS84" in text:
        return "wgs84"
    return None


def notices_of(
    features: Features, system: Coordinates, others: Mapping[str, Drawn]
) -> Iterator[Notice]:
    """Yield what looks wrong with a file read in ``system``; ``others`` are the city's maps by name."""
    if features.without_geometry:
        yield Notice("without_geometry", {"count": len(features.without_geometry)})
    points = to_wgs84(features.points, system)
    if system in _OFFSET and not in_china(points).any():
        yield Notice("outside_china", {})
    said = system_said(features.said)
    if said is not None and _frame(said) != _frame(system):
        yield Notice("other_system", {"said": said.upper()})
    if others and _distance_km(points, [each.bounds for each in others.values()]) > FAR_KM:
        yield Notice("far_away", {"distance_km": round(FAR_KM)})
    for name, other in others.items():
        gap = _gap_m(features, [other], system)
        if gap is None or gap <= SHIFT_M:
            continue
        for better in ("wgs84", *_OFFSET):
            closer = _gap_m(features, [other], better)
            if closer is not None and closer < gap / 3:
                fields = {"map": name, "distance_m": round(gap), "system": better.upper()}
                yield Notice("shifted", fields)
                return


_OFFSET: tuple[Coordinates, ...] = ("gcj02", "bd09")


def _frame(system: Coordinates) -> Coordinates:
    return "wgs84" if system == "cgcs2000" else system


def _gap_m(features: Features, others: Sequence[Drawn], system: Coordinates) -> float | None:
    """Return the median distance to features of the same key, metres; None when too few keys are shared."""
    known = {
        key: centre
        for other in others
        for key, centre in zip(other.keys, other.centres, strict=True)
    }
    keys = _shared_keys(features, known)
    shared = [place for place, each in enumerate(keys) if each in known]
    if len(shared) < FEW_KEYS:
        return None
    moved = to_wgs84(features.points, system)
    centres = centres_of(features.moved(moved))[shared]
    gaps = centres - np.stack([known[keys[place]] for place in shared])
    return float(np.median(_metres(gaps, centres[:, 1])))


def _shared_keys(features: Features, known: Container[str]) -> list[str]:
    """Return the values of the property that shares most with ``known``."""
    best: list[str] = []
    most = 0
    for name in features.properties:
        values = [words(each.properties.get(name)) for each in features.features]
        shared = sum(each in known for each in values)
        if shared > most:
            best, most = values, shared
    return best


def _metres(gaps: FloatArray, latitude: FloatArray) -> FloatArray:
    return np.asarray(np.hypot(gaps[:, 0] * np.cos(np.radians(latitude)), gaps[:, 1]) * DEGREE_M)


def _distance_km(points: FloatArray, boxes: Sequence[Bounds]) -> float:
    """Return how far the middle of ``points`` lies outside the box around all ``boxes``, km."""
    edges = np.array(boxes)
    low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    outside = np.maximum(np.maximum(low - middle, middle - high), 0.0)[None, :]
    return float(_metres(outside, middle[None, 1])[0]) / 1_000
