"""The kind ``map``: its dimension must exist, its file must be there and fit."""

from collections.abc import Iterator
from dataclasses import replace

from cityloop.foundation.definition import Bilingual, Kind, Problem, Snapshot
from cityloop.foundation.errors import closest
from cityloop.maps.errors import NoSuchDimension
from cityloop.maps.files import MapFiles
from cityloop.maps.model import MapDefinition
from cityloop.metrics import ModelDefinition


def check_dimension(definition: MapDefinition, snapshot: Snapshot) -> Iterator[Problem]:
    """Yield a dimension that no model has."""
    models = snapshot.all(ModelDefinition).values()
    known = {each.name for model in models for each in model.dimensions}
    wanted = definition.dimension
    if wanted is not None and wanted not in known:
        close = closest(wanted, known)
        yield Problem(("dimension",), NoSuchDimension(name=wanted, close=close))


MAP = Kind(
    name="map",
    folder="maps",
    model=MapDefinition,
    check=check_dimension,
    title=Bilingual(zh="地图", en="Map"),
)
"""The kind ``map`` without a city; :func:`map_kind` also looks into the files."""


def map_kind(files: MapFiles) -> Kind[MapDefinition]:
    """Return the kind ``map`` of the city that has these files."""

    def check(definition: MapDefinition, snapshot: Snapshot) -> Iterator[Problem]:
        yield from check_dimension(definition, snapshot)
        for error in files.problems(definition):
            yield Problem((error.at,), error)

    return replace(MAP, check=check)
