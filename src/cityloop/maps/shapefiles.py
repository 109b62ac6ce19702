"""Zipped Shapefiles, as departments hand over their layers: .shp and .dbf, often with Chinese texts in GBK.

Nothing is written to disk: parts are read from the zip into memory, each up to a limit whatever its header claims.
"""

import codecs
import io
import struct
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import shapefile

from cityloop.maps.errors import (
    BadEncoding,
    BadPositions,
    BadShapefile,
    MixedShapes,
    NotPacked,
    PartsMissing,
    TooLarge,
)
from cityloop.maps.features import Feature, Features, Part, positions, scalars, sound
from cityloop.maps.geojson import read_geojson
from cityloop.maps.model import Shape

MOST_UNPACKED = 100_000_000
"""Bytes of all parts together; twenty times what a zip of this kind holds packed, and far below a zip bomb."""
MOST_ENTRIES = 200
"""Files in the zip; a Shapefile has about seven."""
GUESSES = ("utf-8", "gb18030")
"""Encodings tried in turn when neither .cpg nor .dbf says one; GB 18030 includes GBK and GB 2312."""

_PARTS = (".shp", ".dbf", ".prj", ".cpg")
_CHINESE_DRIVERS = frozenset({0x4D, 0x7A})
# Language drivers of dBASE that mean code page 936.
_SHAPES: Mapping[int, Shape] = {
    shapefile.POINT: "point",
    shapefile.POINTZ: "point",
    shapefile.POINTM: "point",
    shapefile.MULTIPOINT: "point",
    shapefile.MULTIPOINTZ: "point",
    shapefile.MULTIPOINTM: "point",
    shapefile.POLYLINE: "line",
    shapefile.POLYLINEZ: "line",
    shapefile.POLYLINEM: "line",
    shapefile.POLYGON: "area",
    shapefile.POLYGONZ: "area",
    shapefile.POLYGONM: "area",
}
_UNREADABLE = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    LookupError,
    TypeError,
    OSError,
)
# What the reader raises on parts that are cut off or made up.


def read_zip(data: bytes, name: str) -> Features:
    """Return the features of a zip: one Shapefile, or one GeoJSON file.

    Args:
        data: the zip's bytes.
        name: of the file, for errors.

    Raises:
        NotPacked: it cannot be unpacked.
        TooLarge: it holds more than a map needs.
        PartsMissing: it is not exactly one Shapefile.
        BadShapefile: a part cannot be read.
        BadEncoding: its texts are in no known encoding.
        BrokenMap: a geometry is not sound; see :func:`cityloop.maps.features.sound`.
    """
    files = _unpacked(data, name)
    collections = [each for file, each in files.items() if file.endswith((".geojson", ".json"))]
    stems = sorted({file[:-4] for file in files if file.endswith(".shp")})
    if not stems and len(collections) == 1:
        return read_geojson(collections[0])
    if len(stems) != 1 or f"{stems[0]}.dbf" not in files:
        raise PartsMissing(found=", ".join(sorted(files)) or "–")
    return _read(*(files.get(stems[0] + part) for part in _PARTS))


def _unpacked(data: bytes, name: str) -> dict[str, bytes]:
    """Return the files that matter by their lower-case name without folders."""
    left = MOST_UNPACKED
    files: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise TooLarge(
                    what=name, size=f"{len(entries)} files", most=f"{MOST_ENTRIES} files"
                )
            for entry in entries:
                file = PurePosixPath(entry.filename.replace("\\", "/"))
                wanted = file.suffix.lower() in {*_PARTS, ".geojson", ".json"}
                if not wanted or "__MACOSX" in file.parts or file.name.startswith("."):
                    continue
                with archive.open(entry) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    most = f"{MOST_UNPACKED // 1_000_000} MB"
                    raise TooLarge(what=name, size=f"> {most}", most=most)
                files[file.name.lower()] = content
    except (
        zipfile.BadZipFile,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise NotPacked(file=name, reason=str(error)[:200]) from None
    return files


def _read(shp: bytes | None, dbf: bytes | None, prj: bytes | None, cpg: bytes | None) -> Features:
    said = prj.decode("utf-8", "replace")[:2_000] if prj else None
    shp = _whole(shp or b"")
    tried = _encodings(dbf or b"", cpg)
    for encoding in tried:
        try:
            with shapefile.Reader(
                shp=io.BytesIO(shp), dbf=io.BytesIO(dbf or b""), encoding=encoding
            ) as reader:
                empty: list[int] = []
                found = sound(_features(reader, empty), said=said)
                named = codecs.lookup(encoding).name.upper()
                return Features(found.shape, found.features, tuple(empty), said, named)
        except _UNREADABLE as error:
            # The reader has no class of its own for texts that it cannot decode.
            if isinstance(error, UnicodeDecodeError) or "decode" in str(error):
                continue
            raise BadShapefile(reason=f"{type(error).__name__}: {error}"[:200]) from None
    raise BadEncoding(tried=", ".join(tried))


def _whole(shp: bytes) -> bytes:
    """Return as much of a .shp as its header claims.

    Raises:
        BadShapefile: it is shorter.
    """
    claimed = 2 * int.from_bytes(shp[24:28], "big")  # in words of 16 bits
    if len(shp) < max(claimed, 100):
        raise BadShapefile(reason=f".shp: {len(shp)} B < {claimed} B")
    return shp[:claimed]


def _encodings(dbf: bytes, cpg: bytes | None) -> tuple[str, ...]:
    """Return what the texts may be in: what .cpg says, else what .dbf says, else guesses."""
    if cpg is not None:
        named = cpg.decode("ascii", "replace").strip().lower().removeprefix("ansi").strip()
        named = f"cp{named}" if named.isdigit() else named
        # GB 18030 reads everything that GBK does and the characters that GBK lacks.
        named = "gb18030" if named in {"gbk", "gb2312", "cp936"} else named
        try:
            return (codecs.lookup(named).name,)
        except (LookupError, ValueError):
            return GUESSES
    if len(dbf) > 29 and dbf[29] in _CHINESE_DRIVERS:
        return ("gb18030",)
    return GUESSES


def _features(reader: shapefile.Reader, empty: list[int]) -> Iterator[tuple[Shape, Feature]]:
    for number, each in enumerate(reader.iterShapeRecords(), 1):
        drawn = each.shape
        if drawn.shapeType == shapefile.NULL:
            empty.append(number)
            continue
        shape = _SHAPES.get(drawn.shapeType)
        if shape is None:
            raise MixedShapes(
                feature=number, found=drawn.shapeTypeName, expected="area | line | point"
            )
        properties = scalars({k: _plain(v) for k, v in each.record.as_dict().items()})
        yield shape, Feature(number, _parts(shape, drawn.__geo_interface__, number), properties)


def _parts(shape: Shape, geometry: Any, number: int) -> tuple[Part, ...]:  # noqa: ANN401 - pyshp's union of GeoJSON types
    kind, found = geometry["type"], geometry["coordinates"]
    if not found:
        raise BadPositions(feature=number)
    if shape == "point":
        return ((positions([found] if kind == "Point" else found, number),),)
    many = found if kind.startswith("Multi") else [found]
    if shape == "line":
        return tuple((positions(line, number),) for line in many)
    return tuple(tuple(positions(ring, number) for ring in polygon) for polygon in many)


def _plain(value: object) -> object:
    """Return a dBASE value as JSON has it; dates become texts."""
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
