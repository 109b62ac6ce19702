"""What can be wrong with a map: its file, its geometries, its properties."""

from typing import ClassVar

from cityloop.foundation.errors import Invalid, NotFound


class BrokenMap(Invalid):
    """A map cannot be drawn; every error of a file derives from this.

    ``key`` is the definition's key at fault, unless the field ``at`` names another.
    """

    key: ClassVar[str] = "file"

    @property
    def at(self) -> str:
        """The definition's key at fault."""
        return str(self.fields.get("at", self.key))


class FileMissing(BrokenMap):
    """The file that a definition names is not there."""

    code = "maps.file_missing"


class FileOutside(BrokenMap):
    """A definition names a file that is no map's: outside the city, hidden, or a raw delivery."""

    code = "maps.file_outside"


class TooLarge(BrokenMap):
    """A file, what is packed in it, or what it draws is larger than a map needs to be."""

    code = "maps.too_large"


class UnknownFormat(BrokenMap):
    """A file is neither GeoJSON nor a zip."""

    code = "maps.unknown_format"


class NotGeoJson(BrokenMap):
    """A file is not JSON."""

    code = "maps.not_geojson"


class NotACollection(BrokenMap):
    """A file is JSON, but no collection of features."""

    code = "maps.not_a_collection"


class NoFeatures(BrokenMap):
    """A collection is empty."""

    code = "maps.no_features"


class NoGeometry(BrokenMap):
    """Features have no geometry."""

    code = "maps.no_geometry"


class MixedShapes(BrokenMap):
    """Features are of different shapes, or of one that is not drawn."""

    code = "maps.mixed_shapes"


class BadPositions(BrokenMap):
    """A geometry holds something else than numbers, or numbers that are no place."""

    code = "maps.bad_positions"


class OutOfRange(BrokenMap):
    """A position is not on the globe; most often it is in metres or has latitude first."""

    code = "maps.out_of_range"
    key = "coordinates"


class LineTooShort(BrokenMap):
    """A line has fewer than two positions."""

    code = "maps.line_too_short"


class RingOpen(BrokenMap):
    """A ring does not end where it begins, or has fewer than four positions."""

    code = "maps.ring_open"


class NoSuchShape(BrokenMap):
    """The features have another shape than the definition says."""

    code = "maps.wrong_shape"
    key = "shape"


class NoSuchProperty(BrokenMap):
    """No feature has the property that the definition names."""

    code = "maps.no_such_property"
    key = "key"


class KeyMissing(BrokenMap):
    """A feature has no value of the key property."""

    code = "maps.key_missing"
    key = "key"


class KeyTwice(BrokenMap):
    """Two features have the same key."""

    code = "maps.key_twice"
    key = "key"


class NoSuchDimension(NotFound):
    """No model has the dimension that the definition names."""

    code, status = "maps.no_such_dimension", 422


class NotPacked(BrokenMap):
    """A zip cannot be unpacked: broken, encrypted, or with names that lead elsewhere."""

    code = "maps.not_packed"


class PartsMissing(BrokenMap):
    """A zipped Shapefile lacks one of its parts, or holds several Shapefiles."""

    code = "maps.parts_missing"


class BadShapefile(BrokenMap):
    """A part of a Shapefile cannot be read."""

    code = "maps.bad_shapefile"


class BadEncoding(BrokenMap):
    """The texts of a Shapefile are in no encoding that is known."""

    code = "maps.bad_encoding"


class BadContent(Invalid):
    """The content of a request is not Base64."""

    code = "maps.bad_content"
