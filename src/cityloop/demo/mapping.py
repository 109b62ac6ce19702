"""The demo city's maps: what a surveying office would hand over, one GeoJSON file a layer (WGS84)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from cityloop.demo.geography import Geography, Places
from cityloop.demo.noise import FloatArray
from cityloop.demo.world import City

RIVER_DEG = 0.0026
"""Half the width of the river, degrees of latitude: 290 m, so that it can be seen on a map of the whole city."""

Feature = dict[str, object]


def write_maps(city: City, folder: Path) -> None:
    """Write every map of the city into ``folder``, which is made when it does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    geography = city.geography
    layers = {
        "districts": _districts(geography),
        "water": _water(geography),
        "roads": _roads(geography),
        "detectors": _points(city.detectors, road=_road_names(city)),
        "air_stations": _points(city.air_stations),
        "hospitals": _points(city.hospitals),
        "car_parks": _points(city.car_parks),
    }
    for name, features in layers.items():
        document = {"type": "FeatureCollection", "features": [*features]}
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        (folder / f"{name}.geojson").write_text(text + "\n", encoding="utf-8")


def _districts(geography: Geography) -> Iterable[Feature]:
    for each in geography.districts:
        names = {"code": each.code, "name": each.name, "name_en": each.name_en}
        yield _feature("Polygon", [each.outline.tolist()], names)


def _water(geography: Geography) -> Iterable[Feature]:
    lake = {"name": "云湖", "name_en": "Cloud Lake"}
    yield _feature("Polygon", [geography.lake.tolist()], lake)
    river = {"name": "云江", "name_en": "Cloud River"}
    yield _feature("Polygon", [_banks(geography.river).tolist()], river)


def _roads(geography: Geography) -> Iterable[Feature]:
    for each in geography.roads:
        said = {"name": each.name, "name_en": each.name_en, "class": each.kind}
        yield _feature("LineString", each.course.tolist(), said)


def _points(places: Places, **more: Sequence[str]) -> Iterable[Feature]:
    for row, (code, name, point) in enumerate(
        zip(places.ids, places.names, places.points.tolist(), strict=True)
    ):
        said = {"id": code, "name": name, **{key: values[row] for key, values in more.items()}}
        yield _feature("Point", point, said)


def _road_names(city: City) -> list[str]:
    roads = city.geography.roads
    return [roads[road].name for road in city.detector_road.tolist()]


def _banks(course: FloatArray) -> FloatArray:
    """Return the ring around a river: its course moved to both sides, wider and narrower on the way."""
    along = np.gradient(course, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    across /= np.hypot(across[:, 0], across[:, 1])[:, None]
    width = RIVER_DEG * (1.0 + 0.3 * np.sin(np.linspace(0.0, 9.0, len(course))))[:, None]
    ring = np.concatenate([course + across * width, (course - across * width)[::-1]])
    return np.asarray(np.concatenate([ring, ring[:1]]).round(6))


def _feature(kind: str, coordinates: object, properties: Mapping[str, str]) -> Feature:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}
