"""Where things are in the city: areas, lines and points that figures are drawn on.

``model`` says what a map is; ``features`` holds geometry as numbers, checked once; ``geojson`` and ``shapefiles`` read
foreign files into it; ``coordinates`` turns GCJ-02 and BD-09 into WGS84; ``drawing`` fits features to a definition;
``files`` keeps them; ``importing`` guesses what a file means; ``service`` publishes it.
"""

from cityloop.maps.checks import MAP, map_kind
from cityloop.maps.files import MapFiles
from cityloop.maps.model import MapDefinition
from cityloop.maps.service import Imported, Listed, Maps, NewMap, Preview, Wish

KINDS = (MAP,)
"""The kinds of definitions that this feature owns."""

__all__ = [
    "KINDS",
    "MAP",
    "Imported",
    "Listed",
    "MapDefinition",
    "MapFiles",
    "Maps",
    "NewMap",
    "Preview",
    "Wish",
    "map_kind",
]
