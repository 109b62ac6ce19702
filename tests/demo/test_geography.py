import json
from datetime import date

import numpy as np

from cityloop.demo.geography import (
    build_geography,
    district_codes,
    district_names,
    geojson,
    subdistricts,
)
from cityloop.demo.rhythm import day_number
from cityloop.demo.world import build_city

CITY = build_geography(20260901)


def test_eight_districts_share_their_borders():
    assert len(CITY.districts) == 8
    assert "临湖区" in district_names()
    corners = [tuple(p) for d in (*CITY.districts,) for p in d.outline[:-1].tolist()]
    shared = [c for c in set(corners) if corners.count(c) > 1]
    assert len(shared) > 100


def test_codes_are_fictional_and_distinct():
    codes = [*district_codes(), *(code for code, _, _ in subdistricts())]
    assert len(set(codes)) == len(codes) == 8 + 48
    assert {c[:2] for c in codes} == {"99"}
    assert len({name for _, name, _ in subdistricts()}) == 48


def test_a_district_holds_its_own_centre():
    centres = np.stack([d.centre for d in CITY.districts])
    assert CITY.district_at(centres).tolist() == list(range(8))


def test_forty_roads_have_names_of_their_own():
    assert len({r.name for r in CITY.roads}) == len(CITY.roads) == 40


def test_the_map_is_geojson_with_closed_rings():
    features = json.loads(geojson(CITY))["features"]
    kinds = [f["properties"]["kind"] for f in features]
    assert {k: kinds.count(k) for k in set(kinds)} == {
        "district": 8,
        "lake": 1,
        "river": 1,
        "road": 40,
    }
    rings = [
        f["geometry"]["coordinates"][0] for f in features if f["geometry"]["type"] == "Polygon"
    ]
    assert all(ring[0] == ring[-1] for ring in rings)


def test_the_full_city_has_its_furniture():
    city = build_city(20260901, scale=1.0, until_day=day_number(date(2026, 7, 1)))
    sizes = [
        len(p) for p in (city.detectors, city.weather_stations, city.hospitals, city.car_parks)
    ]
    assert sizes == [200, 10, 6, 40]
    assert set(city.detectors.district.tolist()) == set(range(8))
    near = city.venues.nearest(city.detectors, count=4)
    assert near.shape == (3, 4)
