"""GeoJSON (RFC 7946) in and out. Nothing of a file is trusted: sizes, types, nesting and numbers are checked first."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from cityloop.maps.errors import BadPositions, MixedShapes, NotACollection, NotGeoJson
from cityloop.maps.features import Feature, Features, Part, positions, scalars, sound
from cityloop.maps.model import Shape

Document = dict[str, Any]
"""A GeoJSON object; Any: JSON of a foreign file, or of RFC 7946's own nesting."""

DIGITS = 6
"""Decimals of a degree that are written: 0.1 m, finer than any map of a city."""

_SHAPES: Mapping[str, Shape] = {
    "Polygon": "area",
    "MultiPolygon": "area",
    "LineString": "line",
    "MultiLineString": "line",
    "Point": "point",
    "MultiPoint": "point",
}
_DRAWN = {"area": "Polygon", "line": "LineString", "point": "Point"}


def read_geojson(data: bytes) -> Features:
    """Return the features of a GeoJSON file.

    Args:
        data: the file's bytes, UTF-8 with or without byte order mark.

    Raises:
        NotGeoJson: it is no JSON.
        NotACollection: it is no FeatureCollection.
        BrokenMap: a geometry is not sound; see :func:`cityloop.maps.features.sound`.
    """
    try:
        document = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise NotGeoJson(reason=error.msg) from None
    if not isinstance(document, dict):
        raise NotACollection(found=type(document).__name__)
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise NotACollection(found=str(document.get("type"))[:40])
    empty: list[int] = []
    # The generator fills `empty` while `sound` runs through it.
    found = sound(_features(features, empty), said=_said(document))
    return Features(found.shape, found.features, tuple(empty), found.said)


def write_geojson(features: Features, properties: list[dict[str, Any]]) -> Document:
    """Return features as a FeatureCollection with the given properties, one mapping a feature.

    Any: a property is any JSON value.
    """
    shape = _DRAWN[features.shape]
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": said, "geometry": _geometry(shape, each.parts)}
            for each, said in zip(features.features, properties, strict=True)
        ],
    }


def _features(features: list[object], empty: list[int]) -> Iterator[tuple[Shape, Feature]]:
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise NotACollection(found=f"features[{number - 1}]")
        geometry = feature.get("geometry")
        if geometry is None:
            empty.append(number)
            continue
        if not isinstance(geometry, dict):
            raise BadPositions(feature=number)
        kind = geometry.get("type")
        shape = _SHAPES.get(kind) if isinstance(kind, str) else None
        if shape is None:
            raise MixedShapes(feature=number, found=str(kind)[:40], expected="area | line | point")
        properties = feature.get("properties")
        yield (
            shape,
            Feature(
                number,
                _parts(str(kind), geometry.get("coordinates"), number),
                scalars(properties) if isinstance(properties, dict) else {},
            ),
        )


def _parts(kind: str, coordinates: object, number: int) -> tuple[Part, ...]:
    if kind == "Point":
        return ((positions([coordinates], number),),)
    if kind in {"MultiPoint", "LineString"}:
        return ((positions(coordinates, number),),)
    if kind == "MultiLineString":
        return tuple((positions(line, number),) for line in _listed(coordinates, number))
    polygons = [coordinates] if kind == "Polygon" else _listed(coordinates, number)
    return tuple(
        tuple(positions(ring, number) for ring in _listed(polygon, number)) for polygon in polygons
    )


def _listed(value: object, number: int) -> list[object]:
    if not isinstance(value, list) or not value:
        raise BadPositions(feature=number)
    return value


def _said(document: Document) -> str | None:
    """Return what a file of the older standard (2008) says in ``crs``."""
    try:
        return str(document["crs"]["properties"]["name"])[:200]
    except (KeyError, TypeError):
        return None


def _geometry(shape: str, parts: tuple[Part, ...]) -> Document:
    if shape == "Polygon":
        made = [[ring.round(DIGITS).tolist() for ring in part] for part in parts]
    elif shape == "LineString":
        made = [part[0].round(DIGITS).tolist() for part in parts]
    else:
        made = [point for part in parts for point in part[0].round(DIGITS).tolist()]
    if len(made) == 1:
        return {"type": shape, "coordinates": made[0]}
    return {"type": f"Multi{shape}", "coordinates": made}
