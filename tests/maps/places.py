"""Files of maps for tests: GeoJSON and zipped Shapefiles, made in memory."""

import io
import json
import zipfile

import shapefile

SQUARE = [[114.30, 29.30], [114.40, 29.30], [114.40, 29.40], [114.30, 29.40], [114.30, 29.30]]
LAKE, CLOUD, SHORE = "临湖区", "云中区", "北岸区"


def square(east: float = 0.0, north: float = 0.0) -> list[list[float]]:
    return [[round(x + east, 6), round(y + north, 6)] for x, y in SQUARE]


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object, **more: object) -> bytes:
    document = {"type": "FeatureCollection", "features": list(features), **more}
    return json.dumps(document, ensure_ascii=False).encode()


def districts(**more: object) -> bytes:
    """Three districts, each with its code, its names and what is nobody's business."""
    return collection(
        feature("Polygon", [square()], code="990104", name=LAKE, en="Linhu", phone="139"),
        feature("Polygon", [square(0.1)], code="990102", name=CLOUD, en="Yunzhong", phone="138"),
        feature("Polygon", [square(0.2)], code="990106", name=SHORE, en="Bei'an", phone="137"),
        **more,
    )


def shapefile_zip(
    *, encoding: str = "gbk", cpg: str | None = "GBK", prj: str | None = None, kind: str = "area"
) -> bytes:
    """Three districts (or points) as a zipped Shapefile."""
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    shape = {"area": shapefile.POLYGON, "point": shapefile.POINT}[kind]
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, shapeType=shape, encoding=encoding) as writer:
        writer.field("名称", "C", size=40)
        writer.field("CODE", "N", size=10, decimal=0)
        for place, (name, code) in enumerate([(LAKE, 990104), (CLOUD, 990102), (SHORE, 990106)]):
            ring = square(place / 10)
            if kind == "area":
                writer.poly([ring[::-1]])  # clockwise, as Shapefiles have it
            else:
                writer.point(*ring[0])
            writer.record(name, code)
    files = {"区划.shp": shp, "区划.shx": shx, "区划.dbf": dbf}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"layer/{name}", content.getvalue())
        if cpg is not None:
            archive.writestr("layer/区划.cpg", cpg)
        if prj is not None:
            archive.writestr("layer/区划.prj", prj)
    return packed.getvalue()
