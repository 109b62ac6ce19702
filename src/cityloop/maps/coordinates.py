"""Coordinate systems that Chinese cities deliver, turned into the one that maps are stored and drawn in: WGS84.

- ``wgs84``: GPS, and GeoJSON by its standard (RFC 7946).
- ``cgcs2000``: the national system (GB 22021-2008). Its ellipsoid differs from WGS84's by 0.1 mm at the pole and its
  frame by centimetres, so on a city map the two are the same and nothing is converted. Projected coordinates
  (metres, Gauss-Krüger) of either are refused elsewhere.
- ``gcj02``: WGS84 with the offset that GB 20263-2006 asks of public maps (Amap, Tencent), 100–700 m. The offset was
  never published by its makers; these are the formulas of the open project *eviltransform*, which every public
  converter repeats.
- ``bd09``: GCJ-02 with Baidu's own second offset, formulas as in the open project *coordtransform*.

The offsets have no closed inverse; :func:`to_wgs84` iterates until both directions agree within :data:`EXACT_DEG`.
Known points: tests/maps/test_coordinates.py.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Coordinates = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]
"""The systems that are understood, all in degrees, longitude first."""

EXACT_DEG = 1e-9
"""The inverse stops when a round moves no point further than this; 1e-9° are 0.1 mm."""
MOST_ROUNDS = 30
"""Rounds of the inverse; each gains two to three digits, so five are usual."""
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box in which GCJ-02 has an offset, degrees; outside it equals WGS84."""

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
# Krasovsky 1940, as the formulas have it.
_BAIDU = np.pi * 3000.0 / 180.0


def to_wgs84(points: FloatArray, system: Coordinates) -> FloatArray:
    """Return points in WGS84.

    Args:
        points: shape (n, 2), longitude and latitude in degrees of ``system``, finite.
        system: what they are given in.

    Returns:
        shape (n, 2), degrees; round trips with :func:`from_wgs84` within 1e-6°.

    Example:
        >>> to_wgs84(np.array([[116.41024449916938, 39.91640428150164]]), "gcj02").round(6)
        array([[116.404,  39.915]])
    """
    if system == "gcj02":
        return _inverse(points, _gcj02)
    if system == "bd09":
        return _inverse(points, lambda wgs: _bd09(_gcj02(wgs)))
    return points


def from_wgs84(points: FloatArray, system: Coordinates) -> FloatArray:
    """Return points of WGS84 in ``system``; shape (n, 2), degrees."""
    if system == "gcj02":
        return _gcj02(points)
    if system == "bd09":
        return _bd09(_gcj02(points))
    return points


def in_china(points: FloatArray) -> BoolArray:
    """Return whether each point, shape (n, 2), lies where GCJ-02 has an offset."""
    west, south, east, north = CHINA
    lon, lat = points[:, 0], points[:, 1]
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _gcj02(points: FloatArray) -> FloatArray:
    x, y = points[:, 0] - 105.0, points[:, 1] - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (
        ripple
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    ) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (
        ripple
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    ) * (2.0 / 3.0)
    latitude = np.radians(points[:, 1])
    magic = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    # Metres to degrees along the meridian and along the parallel.
    north = np.degrees(north / (_AXIS_M * (1.0 - _ECCENTRICITY2) / magic**1.5))
    east = np.degrees(east / (_AXIS_M / np.sqrt(magic) * np.cos(latitude)))
    offset = np.stack([east, north], axis=1)
    return np.asarray(points + np.where(in_china(points)[:, None], offset, 0.0))


def _bd09(points: FloatArray) -> FloatArray:
    x, y = points[:, 0], points[:, 1]
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU)
    moved = np.stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006], axis=1)
    return np.asarray(np.where(in_china(points)[:, None], moved, points))


def _inverse(points: FloatArray, forward: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Return what ``forward`` turns into ``points``: correct a guess by its own error until it stands still."""
    guess = points.copy()
    for _ in range(MOST_ROUNDS):
        error = points - forward(guess)
        guess += error
        if not error.size or np.abs(error).max() < EXACT_DEG:
            break
    return guess
