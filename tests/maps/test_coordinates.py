import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.maps.coordinates import from_wgs84, in_china, to_wgs84

KNOWN = {
    # Published test vectors of eviltransform (WGS84 → GCJ-02) and coordtransform (116.404, 39.915).
    (121.5272106, 31.1774276): (121.531541859215, 31.17530398364597),
    (113.912316, 22.543847): (113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954): (116.38404722455657, 39.91334545536069),
    (116.404, 39.915): (116.41024449916938, 39.91640428150164),
}
CHINA = st.tuples(st.floats(73.0, 137.0), st.floats(1.0, 55.0))


@pytest.mark.parametrize(("wgs", "gcj"), KNOWN.items())
def test_gcj02_agrees_with_the_published_points(wgs, gcj):
    assert from_wgs84(np.array([wgs]), "gcj02")[0] == pytest.approx(gcj, abs=1e-9)
    assert to_wgs84(np.array([gcj]), "gcj02")[0] == pytest.approx(wgs, abs=1e-9)


def test_bd09_agrees_with_the_published_point():
    # GCJ-02 (116.404, 39.915) is BD-09 (116.41036949371029, 39.92133699351022).
    gcj = to_wgs84(np.array([[116.404, 39.915]]), "gcj02")
    assert from_wgs84(gcj, "bd09")[0] == pytest.approx(
        (116.41036949371029, 39.92133699351022), abs=1e-9
    )


@pytest.mark.parametrize("system", ["wgs84", "cgcs2000", "gcj02", "bd09"])
@given(place=CHINA)
def test_there_and_back_again_within_a_millionth_of_a_degree(system, place):
    point = np.array([place])
    assert to_wgs84(from_wgs84(point, system), system) == pytest.approx(point, abs=1e-6)


def test_the_offset_is_hundreds_of_metres_and_only_inside_china():
    places = np.array([[114.4, 29.4], [2.35, 48.85]])
    moved = from_wgs84(places, "gcj02") - places
    assert in_china(places).tolist() == [True, False]
    assert 100 < np.hypot(*moved[0]) * 111_200 < 1_000
    assert moved[1].tolist() == [0.0, 0.0]


def test_nothing_comes_of_nothing():
    assert to_wgs84(np.empty((0, 2)), "bd09").shape == (0, 2)
