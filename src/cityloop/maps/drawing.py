"""From features and a definition to what is drawn: checked against the definition, in WGS84, ready to be sent."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import orjson

from cityloop.contracts.spelling import folded
from cityloop.maps.coordinates import FloatArray, to_wgs84
from cityloop.maps.errors import (
    BrokenMap,
    KeyMissing,
    KeyTwice,
    NoGeometry,
    NoSuchProperty,
    NoSuchShape,
)
from cityloop.maps.features import Features, Scalar, words
from cityloop.maps.geojson import DIGITS, write_geojson
from cityloop.maps.model import MapDefinition

Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees WGS84."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map ready to be sent: GeoJSON in WGS84, as it is and packed, and what is said of it in lists.

    ``keys`` are those of the features, in order, ``centres`` (shape (features, 2), degrees) the means of their
    positions; ``tag`` changes with the content.
    """

    keys: tuple[str, ...]
    centres: FloatArray
    bounds: Bounds
    body: bytes
    packed: bytes
    tag: str


def problems(definition: MapDefinition, features: Features) -> Iterator[BrokenMap]:
    """Yield everything in which a file does not fit its definition; ``at`` of each says where."""
    if features.without_geometry:
        count, first = len(features.without_geometry), features.without_geometry[0]
        yield NoGeometry(count=count, feature=first)
    if features.shape != definition.shape:
        yield NoSuchShape(shape=definition.shape, found=features.shape)
    known = features.properties
    label = definition.label
    for path, name in (
        ("key", definition.key),
        ("label", label.zh),
        ("label", label.en),
        ("class", definition.class_),
    ):
        if name is not None and name not in known:
            yield NoSuchProperty(at=path, property=name, known=sorted(known))
    if definition.key in known:
        yield from _bad_keys(definition.key, features)


def draw(
    definition: MapDefinition, features: Features, spellings: Mapping[str, str] | None = None
) -> Drawn:
    """Return the map of features that fit the definition.

    Args:
        definition: of the map.
        features: of its file, in its own coordinates.
        spellings: folded key as the file writes it (a code, an alias) → the dimension's value.

    Properties of a feature: ``key``, ``label`` (Chinese), ``label_en``, and ``class`` where the definition names one.
    All others stay behind: a layer may carry what is no business of those who see the map.

    Raises:
        BrokenMap: the features do not fit; the first problem.
    """
    for problem in problems(definition, features):
        raise problem
    moved = features.moved(to_wgs84(features.points, definition.coordinates))
    known = spellings or {}
    said = [_said(definition, each.properties, known) for each in moved.features]
    body = orjson.dumps(write_geojson(moved, said))
    return Drawn(
        keys=tuple(each["key"] for each in said),
        centres=centres_of(moved),
        bounds=bounds_of(moved),
        body=body,
        packed=gzip.compress(body, 6, mtime=0),
        tag=hashlib.sha256(body).hexdigest()[:32],
    )


def bounds_of(features: Features) -> Bounds:
    """Return west, south, east and north of features that are in WGS84."""
    points = features.points
    west, south = points.min(axis=0).round(DIGITS).tolist()
    east, north = points.max(axis=0).round(DIGITS).tolist()
    return west, south, east, north


def centres_of(features: Features) -> FloatArray:
    """Return the mean position of each feature, shape (features, 2), degrees."""
    return np.stack([np.concatenate([*each.arrays]).mean(axis=0) for each in features.features])


def key_problem(name: str, features: Features) -> BrokenMap | None:
    """Return why a property cannot be the key, None when it can."""
    return next(_bad_keys(name, features), None)


def _bad_keys(name: str, features: Features) -> Iterator[BrokenMap]:
    known = sorted(set(features.properties) - {name})
    seen: dict[str, int] = {}
    for each in features.features:
        value = words(each.properties.get(name))
        if not value:
            yield KeyMissing(feature=each.number, property=name, known=known)
            return
        if value in seen:
            yield KeyTwice(
                property=name, value=value, first=seen[value], second=each.number, known=known
            )
            return
        seen[value] = each.number


def _said(
    definition: MapDefinition, properties: Mapping[str, Scalar], spellings: Mapping[str, str]
) -> dict[str, str]:
    def value(name: str | None) -> str:
        return words(properties.get(name)) if name else ""

    written = value(definition.key)
    key = spellings.get(folded(written), written)
    zh, en = value(definition.label.zh), value(definition.label.en)
    said = {"key": key, "label": zh or en or key, "label_en": en or zh or key}
    if definition.class_:
        said["class"] = value(definition.class_)
    return said
