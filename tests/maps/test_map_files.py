"""What a foreign file may hold, and every way in which it may be wrong or hostile."""

import io
import zipfile

import numpy as np
import pytest
from places import CLOUD, LAKE, SHORE, collection, districts, feature, shapefile_zip, square

from cityloop.maps import errors, features
from cityloop.maps.geojson import read_geojson, write_geojson
from cityloop.maps.importing import Upload, guess_key, properties_of, read_upload, system_said
from cityloop.maps.shapefiles import read_zip

POINT = feature("Point", [114.3, 29.3], name="a")


def read(data: bytes):
    return read_upload(Upload("file", data))


def names(found) -> list[object]:
    return [each.properties.get("名称", each.properties.get("name")) for each in found.features]


def test_geojson_of_every_shape_is_read_and_written_as_it_was():
    hole = [[114.32, 29.32], [114.34, 29.32], [114.34, 29.34], [114.32, 29.32]]
    for given in (
        feature("Polygon", [square(), hole]),
        feature("MultiPolygon", [[square()], [square(0.2), hole]]),
        feature("LineString", [[114.3, 29.3], [114.4, 29.4]]),
        feature(
            "MultiLineString", [[[114.3, 29.3], [114.4, 29.4]], [[114.5, 29.3], [114.6, 29.4]]]
        ),
        feature("Point", [114.3, 29.3]),
        feature("MultiPoint", [[114.3, 29.3], [114.4, 29.4]]),
    ):
        assert write_geojson(read(collection(given)), [{}])["features"] == [given]


def test_heights_and_a_byte_order_mark_do_not_matter():
    found = read(b"\xef\xbb\xbf" + collection(feature("Point", [114.3, 29.3, 55.0], name="a")))
    assert found.points.tolist() == [[114.3, 29.3]]


def test_a_shapefile_in_gbk_is_read_with_and_without_its_cpg():
    for cpg in ("GBK", "936", "ANSI 936", "gb2312", None, "no such code page"):
        found = read(shapefile_zip(cpg=cpg))
        assert (found.shape, names(found)) == ("area", [LAKE, CLOUD, SHORE]), cpg
    assert names(read(shapefile_zip(encoding="utf-8", cpg=None))) == [LAKE, CLOUD, SHORE]
    assert read(shapefile_zip()).encoding == "GB18030"


def test_a_shapefile_has_the_geometry_that_was_written():
    found = read(shapefile_zip())
    assert sorted(found.features[1].parts[0][0].tolist()) == sorted(square(0.1))
    assert read(shapefile_zip(kind="point")).points.tolist() == [
        square(n / 10)[0] for n in range(3)
    ]


def test_a_prj_says_its_system_unless_it_is_projected():
    geographic = 'GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000"]]'
    assert system_said(read(shapefile_zip(prj=geographic)).said) == "cgcs2000"
    assert system_said('GEOGCS["GCS_WGS_1984"]') == "wgs84"
    assert system_said('PROJCS["CGCS2000_3_Degree_GK_CM_114E"]') is None
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert system_said(read(districts(crs=crs)).said) == "cgcs2000"


def test_features_without_geometry_are_counted_apart():
    empty = {"type": "Feature", "properties": {"name": "b"}, "geometry": None}
    found = read(collection(POINT, empty))
    assert (len(found.features), found.without_geometry) == (1, (2,))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", errors.UnknownFormat),
        (b"\x00\x00\x27\x0a", errors.UnknownFormat),
        (b"{", errors.NotGeoJson),
        (b'{"type":"FeatureCollection","features":[NaN]}', errors.NotGeoJson),
        (b"[" * 100_000, errors.NotGeoJson),
        (b"[]", errors.NotACollection),
        (b'{"type":"Topology"}', errors.NotACollection),
        (b'{"type":"FeatureCollection","features":{}}', errors.NotACollection),
        (b'{"type":"FeatureCollection","features":[1]}', errors.NotACollection),
        (collection(), errors.NoFeatures),
        (collection({"type": "Feature", "properties": {}, "geometry": None}), errors.NoFeatures),
        (collection({"type": "Feature", "geometry": 5}), errors.BadPositions),
        (collection(feature("GeometryCollection", [])), errors.MixedShapes),
        (collection({"type": "Feature", "geometry": {"type": ["Point"]}}), errors.MixedShapes),
        (collection(POINT, feature("LineString", [[1, 2], [3, 4]])), errors.MixedShapes),
        (collection(feature("Point", None)), errors.BadPositions),
        (collection(feature("Point", [])), errors.BadPositions),
        (collection(feature("Point", [1])), errors.BadPositions),
        (collection(feature("Point", ["1", "2"])), errors.BadPositions),
        (collection(feature("Point", [True, False])), errors.BadPositions),
        (collection(feature("Point", [None, 2])), errors.BadPositions),
        (collection(feature("Point", [[1, 2], [3, 4]])), errors.BadPositions),
        (collection(feature("Point", {"x": 1})), errors.BadPositions),
        (collection(feature("MultiPoint", [])), errors.BadPositions),
        (collection(feature("MultiPolygon", [])), errors.BadPositions),
        (collection(feature("Polygon", [[]])), errors.BadPositions),
        (collection(feature("Polygon", [[[1, 2], [3]]])), errors.BadPositions),
        (collection(feature("Polygon", [[[[[1, 2]]]]])), errors.BadPositions),
        (collection(feature("Point", [10**400, 2])), errors.NotGeoJson),
        (collection(feature("Point", [10**30, 2])), errors.OutOfRange),
        (collection(feature("Point", [38_512_345.6, 3_255_123.4])), errors.OutOfRange),
        (collection(feature("Point", [29.3, 114.3])), errors.OutOfRange),
        (collection(feature("LineString", [[1, 2]])), errors.LineTooShort),
        (collection(feature("Polygon", [square()[:-1]])), errors.RingOpen),
        (collection(feature("Polygon", [[[1, 2], [3, 4], [1, 2]]])), errors.RingOpen),
        (b"PK\x03\x04 and nothing more", errors.NotPacked),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_named_in_both_languages(data, error):
    with pytest.raises(error) as caught:
        read(data)
    texts = {
        text
        for lang in ("zh", "en")
        for text in (caught.value.message(lang), caught.value.hint(lang))
    }
    assert len(texts) == 4
    assert not [text for text in texts if "{" in text.replace("{'", "")]


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()


def test_a_zip_may_hold_one_geojson_file():
    assert names(read(packed(a__geojson=districts()))) == [LAKE, CLOUD, SHORE]


def test_a_zip_that_is_not_one_shapefile_is_refused():
    for data in (
        packed(a__txt=b"x"),
        packed(a__shp=b"x"),
        packed(a__shp=b"", b__shp=b"", a__dbf=b""),
    ):
        with pytest.raises(errors.PartsMissing):
            read(data)


def test_a_zip_bomb_is_not_unpacked(monkeypatch):
    bomb = packed(a__shp=b"\0" * 3_000_000, a__dbf=b"\0")
    assert len(bomb) < 10_000
    monkeypatch.setattr("cityloop.maps.shapefiles.MOST_UNPACKED", 1_000_000)
    with pytest.raises(errors.TooLarge):
        read(bomb)
    monkeypatch.setattr("cityloop.maps.shapefiles.MOST_ENTRIES", 1)
    with pytest.raises(errors.TooLarge):
        read(bomb)


def test_a_shapefile_cut_off_anywhere_is_an_error_and_no_bug():
    whole = zipfile.ZipFile(io.BytesIO(shapefile_zip(cpg=None)))
    parts = {name.rsplit(".", 1)[1]: whole.read(name) for name in whole.namelist()}
    for part in ("shp", "dbf"):
        for length in range(0, len(parts[part]) - 1, 13):
            cut = {**parts, part: parts[part][:length]}
            try:
                found = read_zip(
                    packed(**{f"a__{name}": each for name, each in cut.items()}), "a.zip"
                )
            except errors.BrokenMap:
                continue
            assert len(found.features) <= 3


def test_more_than_can_be_drawn_is_refused(monkeypatch):
    monkeypatch.setattr(features, "MOST_FEATURES", 2)
    with pytest.raises(errors.TooLarge):
        read(districts())
    monkeypatch.setattr(features, "MOST_FEATURES", 9)
    monkeypatch.setattr(features, "MOST_POSITIONS", 9)
    with pytest.raises(errors.TooLarge):
        read(districts())
    monkeypatch.setattr("cityloop.maps.importing.MOST_BYTES", 100)
    with pytest.raises(errors.TooLarge):
        read(districts())


def test_long_and_nested_properties_are_left_out():
    found = read(
        collection(feature("Point", [1, 2], a="x" * 2_000, b={"c": 1}, d=[1], e=" f ", g=1.5))
    )
    assert found.features[0].properties == {"e": "f", "g": 1.5}


def test_a_key_is_unique_and_everywhere():
    given = collection(
        feature("Point", [1, 2], id=1, sort="x", half="a"), feature("Point", [3, 4], id=2, sort="x")
    )
    found = {
        each.name: (each.samples, each.distinct, each.is_key) for each in properties_of(read(given))
    }
    assert found == {
        "id": (("1", "2"), 2, True),
        "sort": (("x",), 1, False),
        "half": (("a",), 1, False),
    }


def test_the_key_is_guessed_from_a_dimension_else_from_its_name():
    found = read(districts())
    assert guess_key(found, {"district": {"临湖区", "云中区", "北岸区"}}) == ("name", "district")
    assert guess_key(found, {"district": {"990104", "990102"}}) == ("code", "district")
    assert guess_key(found, {"district": {"别处"}}) == ("code", None)
    assert guess_key(read(collection(feature("Point", [1, 2]))), {}) == (None, None)


def test_a_picture_has_fewer_positions_and_stays_sound():
    turn = np.linspace(0, 2 * np.pi, 4_001)[:-1]
    ring = np.stack([114 + np.cos(turn), 29 + np.sin(turn)], axis=1).tolist()
    found = features.thinned(read_geojson(collection(feature("Polygon", [[*ring, ring[0]]]))), 100)
    [array] = found.features[0].arrays
    assert 50 <= len(array) <= 102
    assert array[0].tolist() == array[-1].tolist()
