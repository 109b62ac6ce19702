import json
from datetime import date
from importlib import resources

import numpy as np
import pytest
import yaml

from cityloop.contracts import CodesDefinition
from cityloop.demo.geography import (
    KM_PER_DEGREE_LAT,
    KM_PER_DEGREE_LON,
    build_geography,
    district_codes,
    district_names,
    geojson,
    inside,
    subdistricts,
)
from cityloop.demo.rhythm import day_number
from cityloop.demo.world import build_city

SEEDS = (20260901, 7)
SHARES = np.linspace(0.0, 1.0, 400)
CITY = build_geography(SEEDS[0])


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


def test_roads_are_called_alike_on_maps_and_in_tables():
    file = resources.files("cityloop.demo") / "city/codes/road.yaml"
    table = CodesDefinition.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    named = {each.value: (each.title.zh, each.title.en) for each in table.values}
    assert named == {each.name: (each.name, each.name_en) for each in CITY.roads}


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


@pytest.mark.parametrize("seed", SEEDS)
def test_every_place_lies_in_its_district_and_on_dry_land(seed):
    city = build_city(seed, scale=1.0, until_day=day_number(date(2026, 7, 1)))
    districts, wanted = city.geography.districts, np.arange(8).repeat(500)
    points = city.geography.scattered(city.noise, "test", wanted)
    assert all(
        inside(points[wanted == n], district.outline).all() for n, district in enumerate(districts)
    )
    assert not inside(points, city.geography.lake).any()
    assert not inside(city.detectors.points, city.geography.lake).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_road_ends_at_another_road_or_at_the_border(seed):
    city = build_geography(seed)
    corners = np.concatenate([district.outline[:-1] for district in city.districts])
    found, times = np.unique(corners, axis=0, return_counts=True)
    border = found[times == 1]
    lost = []
    for road in city.roads:
        others = [other.at(SHARES) for other in city.roads if other is not road]
        is_ring = (road.course[0] == road.course[-1]).all()
        for end in road.course[[0, -1]]:
            if not is_ring and gap_km(end, np.concatenate([border, *others])) > 0.5:
                lost.append(road.name)
    assert lost == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_road_runs_through_the_lake(seed):
    city = build_geography(seed)
    assert [r.name for r in city.roads if inside(r.at(SHARES), city.lake).any()] == []


def gap_km(point, others):
    gap = (others - point) * [KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT]
    return np.hypot(gap[:, 0], gap[:, 1]).min()
