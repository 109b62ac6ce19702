"""Features as numbers: what every format is read into, checked once, before anything is done with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cityloop.maps.coordinates import FloatArray
from cityloop.maps.errors import (
    BadPositions,
    LineTooShort,
    MixedShapes,
    NoFeatures,
    OutOfRange,
    RingOpen,
    TooLarge,
)
from cityloop.maps.model import Shape

Scalar = str | int | float | bool | None
Part = tuple[FloatArray, ...]
"""One polygon's rings, outer first; one line; or one array of points. Each array has the shape (positions, 2)."""

MOST_FEATURES = 50_000
"""Features of one map; a browser draws as many without stutter."""
MOST_POSITIONS = 1_000_000
"""Positions of one map, 20 MB as GeoJSON; a province's districts to 10 m need 300,000."""
MOST_PROPERTIES = 200
"""Properties of a feature that are looked at."""
LONGEST_TEXT = 1_000
"""Characters of a property; longer ones, and nested ones, are left out: no key or name is so long."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its geometry in parts, its properties, and its number in the file, from 1."""

    number: int
    parts: tuple[Part, ...]
    properties: Mapping[str, Scalar]

    @property
    def arrays(self) -> Iterable[FloatArray]:
        """Every array of the geometry, in order."""
        return (array for part in self.parts for array in part)


@dataclass(frozen=True, slots=True)
class Features:
    """All features of one file, of one shape and sound.

    ``without_geometry`` counts those that were left out; ``said`` is what the file itself says about its coordinates,
    None when it says nothing; ``encoding`` is that of its texts.
    """

    shape: Shape
    features: tuple[Feature, ...]
    without_geometry: tuple[int, ...] = ()
    said: str | None = None
    encoding: str = "UTF-8"

    @property
    def points(self) -> FloatArray:
        """Every position, shape (n, 2)."""
        return np.concatenate([array for each in self.features for array in each.arrays])

    @property
    def properties(self) -> tuple[str, ...]:
        """Names of the properties that features have, in order of appearance."""
        return tuple(dict.fromkeys(name for each in self.features for name in each.properties))

    def moved(self, points: FloatArray) -> "Features":
        """Return the same features at other positions, shape (n, 2), in the order of :attr:`points`."""
        lengths = [len(array) for each in self.features for array in each.arrays]
        arrays = iter(np.split(points, np.cumsum(lengths)[:-1]))
        features = tuple(
            Feature(
                each.number,
                tuple(tuple(next(arrays) for _ in part) for part in each.parts),
                each.properties,
            )
            for each in self.features
        )
        return Features(self.shape, features, self.without_geometry, self.said, self.encoding)


def positions(value: object, number: int) -> FloatArray:
    """Return a list of positions as an array, shape (n, 2); heights are left out.

    Raises:
        BadPositions: it is no list of pairs of numbers.
    """
    if not isinstance(value, list | tuple):
        raise BadPositions(feature=number)
    try:
        found = np.asarray([position[:2] for position in value])
    except (TypeError, ValueError, IndexError, OverflowError):
        raise BadPositions(feature=number) from None
    if found.dtype.kind not in "if" or found.ndim != 2 or found.shape[1] != 2:
        raise BadPositions(feature=number)
    return found.astype(np.float64)


def sound(
    found: Iterable[tuple[Shape, Feature]],
    *,
    without_geometry: Sequence[int] = (),
    said: str | None = None,
    encoding: str = "UTF-8",
) -> Features:
    """Return features after every check that does not depend on a definition.

    Raises:
        NoFeatures: there are none.
        TooLarge: there are more features or positions than can be drawn.
        MixedShapes: they are not of one shape.
        BadPositions: a position is not finite.
        OutOfRange: a position is not on the globe.
        LineTooShort: a line has no course.
        RingOpen: a ring is not closed.
    """
    read = _few_enough(found)
    if not read:
        raise NoFeatures
    shape = read[0][0]
    for other, feature in read:
        if other != shape:
            raise MixedShapes(feature=feature.number, found=other, expected=shape)
    features = tuple(feature for _shape, feature in read)
    _check_places(features)
    for feature in features:
        _check_course(shape, feature)
    return Features(shape, features, tuple(without_geometry), said, encoding)


def scalars(properties: Mapping[str, object]) -> dict[str, Scalar]:
    """Return the properties that may be a key, a name or a class."""
    kept: dict[str, Scalar] = {}
    for name, value in list(properties.items())[:MOST_PROPERTIES]:
        if isinstance(value, str) and len(value) <= LONGEST_TEXT:
            kept[name] = value.strip()
        elif value is None or isinstance(value, bool | int | float):
            kept[name] = value
    return kept


def words(value: Scalar) -> str:
    """Return a property's value as a key or name: ``990102.0`` is ``990102``; nothing is the empty text."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _few_enough(found: Iterable[tuple[Shape, Feature]]) -> list[tuple[Shape, Feature]]:
    read: list[tuple[Shape, Feature]] = []
    total = 0
    for shape, feature in found:
        read.append((shape, feature))
        total += sum(len(array) for array in feature.arrays)
        if len(read) > MOST_FEATURES:
            raise TooLarge(what="features", size=f"> {MOST_FEATURES}", most=MOST_FEATURES)
        if total > MOST_POSITIONS:
            raise TooLarge(what="positions", size=f"> {MOST_POSITIONS}", most=MOST_POSITIONS)
    return read


def _check_places(features: Sequence[Feature]) -> None:
    """Check all positions at once and name the first bad one."""
    arrays = [(feature.number, array) for feature in features for array in feature.arrays]
    if any(not len(array) for _number, array in arrays):
        raise BadPositions(feature=next(number for number, array in arrays if not len(array)))
    points = np.concatenate([array for _number, array in arrays])
    owner = np.repeat([number for number, _array in arrays], [len(array) for _n, array in arrays])
    if len(bad := np.flatnonzero(~np.isfinite(points).all(axis=1))):
        raise BadPositions(feature=int(owner[bad[0]]))
    outside = (np.abs(points[:, 0]) > 180.0) | (np.abs(points[:, 1]) > 90.0)
    if len(bad := np.flatnonzero(outside)):
        first, second = points[bad[0]].round(6).tolist()
        raise OutOfRange(feature=int(owner[bad[0]]), first=first, second=second)


def _check_course(shape: Shape, feature: Feature) -> None:
    for array in feature.arrays:
        if shape == "line" and len(array) < 2:
            raise LineTooShort(feature=feature.number)
        if shape == "area" and (len(array) < 4 or not np.array_equal(array[0], array[-1])):
            raise RingOpen(feature=feature.number)


def thinned(features: Features, most: int) -> Features:
    """Return features with at most about ``most`` positions, for a picture: every nth is kept, ends and shape stay."""
    total = len(features.points)
    step = -(-total // most)
    if step == 1:
        return features
    least = {"area": 4, "line": 2, "point": 1}[features.shape]

    def thin(array: FloatArray) -> FloatArray:
        if features.shape == "point" or len(array) // step < least:
            return array
        kept = np.unique([*range(0, len(array), step), len(array) - 1])
        return np.asarray(array[kept])

    made = tuple(
        Feature(each.number, tuple(tuple(map(thin, part)) for part in each.parts), each.properties)
        for each in features.features
    )
    return Features(
        features.shape, made, features.without_geometry, features.said, features.encoding
    )
