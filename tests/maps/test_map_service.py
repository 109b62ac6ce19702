"""Maps are published whole or not at all, drawn in WGS84, and say what is wrong with them."""

import json

import numpy as np
import pytest
from places import CLOUD, LAKE, SHORE, collection, districts, feature, shapefile_zip

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import CityError, Forbidden, NotFound
from cityloop.foundation.principal import Principal, operator
from cityloop.maps import MapDefinition, NewMap, Wish, errors
from cityloop.maps.coordinates import from_wgs84
from cityloop.maps.geojson import read_geojson
from cityloop.maps.importing import Upload
from cityloop.maps.model import Label

NOBODY = Principal(id="user:x", name="x", kind="person", permissions=frozenset(), level=1)
UPLOAD = Upload("区划.geojson", districts())


def new(**more) -> NewMap:
    said = {
        "name": "districts",
        "title": Bilingual(zh="区划", en="Districts"),
        "coordinates": "wgs84",
        "key": "name",
    }
    return NewMap(**{**said, **more})


def shown(city, name="districts") -> list[dict]:
    return json.loads(city.maps.drawn(name).body)["features"]


def moved(data: bytes, system: str) -> bytes:
    """Return a file as somebody would have it in another system."""
    found = read_geojson(data)
    places = iter(from_wgs84(found.points, system).round(7).tolist())
    document = json.loads(data)
    for each in document["features"]:
        rings = each["geometry"]["coordinates"]
        each["geometry"]["coordinates"] = [[next(places) for _ in ring] for ring in rings]
    return json.dumps(document).encode()


def test_a_published_map_is_drawn_with_keys_and_names_and_nothing_else(city):
    label = Label(zh="name", en="en")
    done = city.maps.publish(operator(), UPLOAD, new(dimension="district", label=label))

    assert [each["properties"] for each in shown(city)] == [
        {"key": LAKE, "label": LAKE, "label_en": "Linhu"},
        {"key": CLOUD, "label": CLOUD, "label_en": "Yunzhong"},
        {"key": SHORE, "label": SHORE, "label_en": "Bei'an"},
    ]
    [listed] = city.maps.all()
    assert (listed.drawn.bounds, listed.version) == ((114.3, 29.3, 114.6, 29.4), 1)
    stored = (city.settings.city / done.file).read_text(encoding="utf-8")
    assert "139" not in stored
    assert done.file in {listed.definition.file}


def test_codes_and_aliases_of_a_dimension_become_its_values(city):
    city.maps.publish(operator(), UPLOAD, new(dimension="district", key="code"))
    assert [each["properties"]["key"] for each in shown(city)] == [LAKE, CLOUD, SHORE]


@pytest.mark.parametrize("system", ["gcj02", "bd09", "cgcs2000"])
def test_a_map_is_stored_in_wgs84_whatever_it_came_in(city, system):
    upload = Upload("a.json", moved(districts(), system))
    city.maps.publish(operator(), upload, new(coordinates=system))
    places = np.array(shown(city)[0]["geometry"]["coordinates"][0])
    assert places == pytest.approx(
        np.array(read_geojson(districts()).features[0].parts[0][0]), abs=2e-6
    )


def test_publishing_is_audited_versioned_and_can_be_rolled_back(city):
    first = city.maps.publish(operator(), UPLOAD, new(), note="2026 survey")
    again = Upload("b.json", collection(feature("Point", [114.3, 29.3], name="only")))
    second = city.maps.publish(operator(), again, new())
    assert first.file != second.file
    assert len(shown(city)) == 1
    city.definitions.roll_back(operator(), ("map", "districts"), 1)
    assert len(shown(city)) == 3
    entries = [each for each in city.trail.list(operator()) if each.target == "map/districts"]
    assert [each.verb for each in entries] == [
        "definitions.roll_back", "definitions.change", "definitions.create",
    ]  # fmt: skip
    history = city.definitions.history("map", "districts")
    assert history[-1].note == "2026 survey (区划.geojson, wgs84, 3 features)"


def test_the_same_file_again_changes_nothing(city):
    first = city.maps.publish(operator(), UPLOAD, new())
    assert city.maps.publish(operator(), UPLOAD, new()) == first


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": "no name"}, CityError),
        ({"name": "../../etc/x"}, CityError),
        ({"key": "phones"}, errors.NoSuchProperty),
        ({"label": Label(zh="nothing")}, errors.NoSuchProperty),
        ({"class_": "nothing"}, errors.NoSuchProperty),
        ({"dimension": "districts"}, CityError),
        ({"owner": "nobody"}, CityError),
    ],
)
def test_what_is_wrong_leaves_neither_a_definition_nor_a_file(city, wrong, error):
    with pytest.raises(error):
        city.maps.publish(operator(), UPLOAD, new(**wrong))
    assert city.maps.all() == ()
    assert list((city.settings.city / "maps").iterdir()) == []


def test_who_may_not_publish_may_not_bring_a_file_either(city):
    for act in (
        lambda: city.maps.publish(NOBODY, UPLOAD, new()),
        lambda: city.maps.preview(NOBODY, UPLOAD, Wish()),
    ):
        with pytest.raises(Forbidden):
            act()


def test_an_unknown_map_is_not_found(city):
    with pytest.raises(NotFound):
        city.maps.drawn("nothing")


def test_a_preview_guesses_key_dimension_and_stores_nothing(city):
    found = city.maps.preview(operator(), Upload("a.zip", shapefile_zip()), Wish())
    assert (found.shape, found.features, found.encoding) == ("area", 3, "GB18030")
    assert (found.key, found.dimension, found.coordinates) == ("名称", "district", "wgs84")
    assert [each.is_key for each in found.properties] == [True, True]
    assert found.picture["features"][0]["properties"] == {"key": LAKE}
    assert found.notices == ()
    assert city.maps.all() == ()


def test_a_preview_names_keys_that_no_figure_has(city):
    data = collection(
        *json.loads(districts())["features"],
        feature("Polygon", [[[1, 2], [3, 2], [3, 4], [1, 2]]], name="别处"),
    )
    found = city.maps.preview(operator(), Upload("a.json", data), Wish(dimension="district"))
    [notice] = [each for each in found.notices if each.what == "unmatched"]
    assert notice.fields == {"count": 1, "dimension": "district", "examples": ["别处"]}


def test_a_file_in_another_system_than_said_is_told_by_the_citys_own_maps(city):
    city.maps.publish(operator(), UPLOAD, new())
    shifted = Upload("a.json", moved(districts(), "gcj02"))
    assert city.maps.preview(operator(), shifted, Wish()).coordinates == "gcj02"
    [notice] = city.maps.preview(operator(), shifted, Wish(coordinates="wgs84")).notices
    assert (notice.what, notice.fields["map"], notice.fields["system"]) == (
        "shifted",
        "districts",
        "GCJ02",
    )
    assert city.maps.preview(operator(), shifted, Wish(coordinates="gcj02")).notices == ()


def test_what_lies_elsewhere_is_told(city):
    city.maps.publish(operator(), UPLOAD, new())
    paris = Upload("a.json", collection(feature("Point", [2.35, 48.85], name="x")))
    notices = city.maps.preview(operator(), paris, Wish(coordinates="gcj02")).notices
    assert {each.what for each in notices} == {"outside_china", "far_away"}


MAP = """kind: map
name: parts
title: {zh: 片区, en: Parts}
shape: area
file: maps/parts.geojson
key: name
"""


def findings(city, text: str) -> list[tuple[str, int, str]]:
    (city.settings.city / "maps" / "parts.yaml").write_text(text, encoding="utf-8")
    found = city.definitions.check(city.definitions.read_folder(city.settings.city))
    assert all(each.message("zh") and each.hint("en") for each in found)
    return [(each.file, each.line, each.code) for each in found]


@pytest.mark.parametrize(
    ("old", "written", "line", "code"),
    [
        ("parts.geojson", "part.geojson", 5, "maps.file_missing"),
        ("maps/parts.geojson", "../parts.geojson", 5, "maps.file_outside"),
        ("maps/parts.geojson", "/etc/passwd", 5, "maps.file_outside"),
        ("maps/parts.geojson", ".cityloop/state.db", 5, "maps.file_outside"),
        ("maps/parts.geojson", "inbound/parts.geojson", 5, "maps.file_outside"),
        ("maps/parts.geojson", "city.yaml", 5, "maps.not_geojson"),
        ("area", "line", 4, "maps.wrong_shape"),
        ("key: name", "key: names", 6, "maps.no_such_property"),
        ("key: name", "key: none", 6, "maps.no_such_property"),
        ("key: name", "key: name\ndimension: districts", 7, "maps.no_such_dimension"),
        ("key: name", "key: name\nlabel: {en: english}", 7, "maps.no_such_property"),
        ("key: name", "key: name\nclass: kind", 7, "maps.no_such_property"),
    ],
)
def test_check_names_file_line_and_fault(city, old, written, line, code):
    (city.settings.city / "maps" / "parts.geojson").write_bytes(districts())
    assert findings(city, MAP) == []
    assert findings(city, MAP.replace(old, written)) == [("maps/parts.yaml", line, code)]


def test_check_names_the_feature_whose_key_is_missing_or_twice(city):
    file = city.settings.city / "maps" / "parts.geojson"
    features = json.loads(districts())["features"]
    file.write_bytes(collection(*features, features[0]))
    assert findings(city, MAP) == [("maps/parts.yaml", 6, "maps.key_twice")]
    file.write_bytes(collection(*features, {**features[0], "properties": {}}))
    assert findings(city, MAP) == [("maps/parts.yaml", 6, "maps.key_missing")]
    file.write_bytes(collection(*features, {**features[0], "geometry": None}))
    assert findings(city, MAP) == [("maps/parts.yaml", 5, "maps.no_geometry")]


PAGE = """
kind: metric
name: ward_count
title: {zh: 街道数, en: Wards}
format: integer
model: areas
aggregate: sum
expression: wards
---
kind: dashboard
name: page
title: {zh: 页面, en: Page}
tiles:
  - name: wards
    title: {zh: 街道, en: Wards}
    chart: map
    map: partz
    query: {metrics: [ward_count], by: [district]}
    layout: {x: 0, y: 0, w: 6, h: 4}
"""


def test_a_tile_on_an_unknown_map_is_refused_with_the_name_that_is_close(city):
    folder = city.settings.city
    (folder / "maps" / "parts.geojson").write_bytes(districts())
    (folder / "maps" / "parts.yaml").write_text(MAP, encoding="utf-8")
    (folder / "page.yaml").write_text(PAGE, encoding="utf-8")
    [found] = city.definitions.check(city.definitions.read_folder(folder))
    assert (found.file, found.line, found.code) == (
        "page.yaml",
        17,
        "definitions.unknown_reference",
    )
    assert "parts" in found.hint("en")
    (folder / "page.yaml").write_text(PAGE.replace("partz", "parts"), encoding="utf-8")
    assert list(city.definitions.check(city.definitions.read_folder(folder))) == []


def test_a_link_that_leads_out_of_the_city_is_not_followed(city, tmp_path):
    (tmp_path / "outside.geojson").write_bytes(districts())
    (city.settings.city / "maps" / "parts.geojson").symlink_to(tmp_path / "outside.geojson")
    assert findings(city, MAP) == [("maps/parts.yaml", 5, "maps.file_outside")]


def test_a_map_whose_file_went_away_says_so_and_hides_no_other(city):
    city.maps.publish(operator(), UPLOAD, new())
    done = city.maps.publish(operator(), UPLOAD, new(name="parts"))
    (city.settings.city / done.file).unlink()
    found = {each.definition.name: each.problem and each.problem.code for each in city.maps.all()}
    assert found == {"districts": None, "parts": "maps.file_missing"}


def test_a_changed_file_is_drawn_anew(city):
    file = city.settings.city / "maps" / "parts.geojson"
    file.write_bytes(districts())
    assert findings(city, MAP) == []
    city.definitions.apply(
        operator(), city.definitions.plan(city.definitions.read_folder(city.settings.city))
    )
    assert len(shown(city, "parts")) == 3
    assert city.maps.drawn("parts") is city.maps.drawn("parts")
    file.write_bytes(districts().replace(LAKE.encode(), "临湖新区".encode()))
    assert shown(city, "parts")[0]["properties"]["key"] == "临湖新区"


def test_base_maps_come_first_then_by_order(city):
    for name, order, base in (("c", 2, False), ("b", 1, False), ("a", 9, True)):
        city.maps.publish(operator(), UPLOAD, new(name=name, order=order, base=base))
    assert [each.definition.name for each in city.maps.all()] == ["a", "b", "c"]


def test_a_definition_reads_class_as_yaml_writes_it():
    said = {
        "name": "r",
        "title": {"zh": "路", "en": "r"},
        "shape": "line",
        "file": "a",
        "key": "k",
        "class": "kind",
    }
    assert MapDefinition.model_validate(said).class_ == "kind"
