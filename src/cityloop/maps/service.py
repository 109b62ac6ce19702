"""The verbs of maps: list, draw, look at a file that somebody brings, and publish it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

import orjson

from cityloop.contracts.spelling import folded
from cityloop.definitions import Definitions, Draft
from cityloop.definitions.canonical import write
from cityloop.definitions.yaml_tree import Plain
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.errors import CityError, closest
from cityloop.foundation.principal import Principal
from cityloop.maps.coordinates import Coordinates, to_wgs84
from cityloop.maps.drawing import Bounds, Drawn, bounds_of, problems
from cityloop.maps.errors import BrokenMap, NoSuchDimension
from cityloop.maps.features import Features, Scalar, thinned, words
from cityloop.maps.files import FOLDER, MapFiles, Spellings
from cityloop.maps.geojson import Document, write_geojson
from cityloop.maps.importing import (
    Notice,
    Property,
    Upload,
    guess_coordinates,
    guess_key,
    notices_of,
    properties_of,
    read_upload,
)
from cityloop.maps.model import Label, Look, MapDefinition, Shape
from cityloop.metrics import Metrics, ModelDefinition
from cityloop.metrics.catalogue import Dimension

PERMISSION = "definitions.apply"
"""Who may publish definitions may publish maps, which are definitions with a file."""
PICTURE_POSITIONS = 20_000
"""Positions of a preview's picture; more cannot be seen at its size."""
MOST_VALUES = 2_000
"""Values of a dimension that keys are compared with; one with more is no dimension of a map."""
EXAMPLES = 5
"""Keys without data that a notice names."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A published map: drawn, or the problem that keeps it from being drawn."""

    definition: MapDefinition
    version: int
    dimension: Bilingual | None
    drawn: Drawn | None
    problem: BrokenMap | None


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file should be read; None leaves the choice to CityLoop."""

    coordinates: Coordinates | None = None
    key: str | None = None
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds, how it would be read, what looks wrong, and a picture of it (GeoJSON in WGS84).

    ``dimensions`` are all that the city has, by name.
    """

    shape: Shape
    features: int
    encoding: str
    bounds: Bounds
    coordinates: Coordinates
    key: str | None
    dimension: str | None
    properties: tuple[Property, ...]
    dimensions: Mapping[str, Bilingual]
    notices: tuple[Notice, ...]
    picture: Document


@dataclass(frozen=True, slots=True)
class NewMap:
    """A map to publish: what its definition will say, apart from what the file tells."""

    name: str
    title: Bilingual
    coordinates: Coordinates
    key: str
    label: Label = field(default_factory=Label)
    dimension: str | None = None
    class_: str | None = None
    look: Look | None = None
    base: bool = False
    order: int = 0
    owner: str | None = None
    description: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """A published map and the revision of the definitions that has it."""

    name: str
    file: str
    features: int
    revision: int


class Maps:
    """The maps of one city.

    Args:
        definitions: where maps are published.
        files: where their features lie.
        metrics: knows dimensions and their values.
    """

    def __init__(self, definitions: Definitions, files: MapFiles, metrics: Metrics) -> None:
        self._definitions = definitions
        self._files = files
        self._metrics = metrics
        self._importing = Lock()

    def all(self) -> tuple[Listed, ...]:
        """Return every published map, in the order of drawing; a broken one says so and hides no other."""
        snapshot = self._definitions.current()
        found = sorted(
            snapshot.all(MapDefinition).values(),
            key=lambda each: (not each.base, each.order, each.name),
        )
        return tuple(self._listed(each, snapshot) for each in found)

    def drawn(self, name: str) -> Drawn:
        """Return one map, ready to be sent.

        Raises:
            NotFound: there is no such map.
            BrokenMap: its file cannot be drawn.
        """
        definition = self._definitions.current().one(MapDefinition, name)
        return self._files.drawn(definition, self._spellings(definition.dimension))

    def preview(self, principal: Principal, upload: Upload, wish: Wish) -> Preview:
        """Return what a file holds and how it would be read; nothing is stored.

        Args:
            principal: who brings it.
            upload: the file.
            wish: what is decided already.

        Raises:
            Forbidden: the principal may not publish definitions.
            NoSuchDimension: the wanted dimension does not exist.
            BrokenMap: the file cannot be read.
        """
        principal.require(PERMISSION, "map")
        features = read_upload(upload)
        values = self._values(principal, wish.dimension)
        key, dimension = guess_key(features, values)
        if wish.key is not None and wish.key in features.properties:
            key = wish.key
        dimension = wish.dimension or dimension
        others = {each.definition.name: each.drawn for each in self.all() if each.drawn is not None}
        system = wish.coordinates or guess_coordinates(features, tuple(others.values()))
        moved = features.moved(to_wgs84(features.points, system))
        notices = [*notices_of(features, system, others)]
        if key is not None and dimension is not None:
            notices += _unmatched(features, key, dimension, values.get(dimension, {}))
        small = thinned(moved, PICTURE_POSITIONS)
        said = [{"key": words(each.properties.get(key or ""))} for each in small.features]
        return Preview(
            shape=features.shape,
            features=len(features.features),
            encoding=features.encoding,
            bounds=bounds_of(moved),
            coordinates=system,
            key=key,
            dimension=dimension,
            properties=properties_of(features),
            dimensions=_dimensions(self._definitions.current()),
            notices=tuple(notices),
            picture=write_geojson(small, said),
        )

    def publish(
        self, principal: Principal, upload: Upload, new: NewMap, *, note: str = ""
    ) -> Imported:
        """Store a file's features in WGS84 below ``maps/`` and publish their definition: both or neither.

        The file's name carries the hash of its content, so that an earlier version of the definition still finds its
        own features. Only the properties that the definition names are stored.

        Args:
            principal: who publishes; recorded with the version.
            upload: the file.
            new: what the definition says.
            note: why.

        Raises:
            Forbidden: the principal may not publish definitions.
            BrokenMap: the file cannot be read, or does not fit the definition.
            CityError: the definition is not sound, or somebody applied others in the same moment.
        """
        principal.require(PERMISSION, f"map/{new.name}")
        read = read_upload(upload)
        moved = read.moved(to_wgs84(read.points, new.coordinates))
        features = Features(moved.shape, moved.features)  # those without geometry stay behind
        kept = tuple(
            dict.fromkeys(
                each
                for each in (new.key, new.label.zh, new.label.en, new.class_)
                if each is not None
            )
        )
        content = _content(features, kept)
        file = f"{FOLDER}/{new.name}.{sha256(content).hexdigest()[:8]}.geojson"
        draft = self._draft(new, features.shape, file)
        for problem in problems(_definition(draft), features):
            raise problem
        said = f"{upload.file_name}, {new.coordinates}, {len(features.features)} features"
        with self._importing:
            revision = self._apply(principal, draft, file, content, f"{note} ({said})".strip())
        return Imported(new.name, file, len(features.features), revision)

    def _apply(
        self, principal: Principal, draft: Draft, file: str, content: bytes, note: str
    ) -> int:
        written = self._files.put(file, content)
        is_done = False
        try:
            planned = self._definitions.plan(draft)
            revision = self._definitions.apply(principal, planned, note=note).revision
            is_done = True
        finally:
            if written and not is_done:
                self._files.remove(file)
        return revision

    def _draft(self, new: NewMap, shape: Shape, file: str) -> Draft:
        said: dict[str, Plain | None] = {
            "kind": "map",
            "name": new.name,
            "title": new.title.model_dump(),
            "description": new.description.model_dump() if new.description else None,
            "owner": new.owner,
            "shape": shape,
            "file": file,
            "coordinates": "wgs84",
            "key": new.key,
            "label": new.label.model_dump(exclude_none=True) or None,
            "dimension": new.dimension,
            "class": new.class_,
            "look": new.look,
            "base": new.base or None,
            "order": new.order or None,
        }
        text = write({key: value for key, value in said.items() if value is not None})
        draft = self._definitions.read_text(text, kind="map")
        if draft.findings:
            raise draft.findings[0].error
        return draft

    def _listed(self, definition: MapDefinition, snapshot: Snapshot) -> Listed:
        drawn: Drawn | None = None
        problem: BrokenMap | None = None
        try:
            drawn = self._files.drawn(definition, self._spellings(definition.dimension))
        except BrokenMap as error:
            problem = error
        version = snapshot.versions.get(("map", definition.name), 1)
        title = _dimensions(snapshot).get(definition.dimension or "")
        return Listed(definition, version, title, drawn, problem)

    def _spellings(self, dimension: str | None) -> Spellings:
        """Return how the values of a dimension with a code table may be written: folded → value."""
        if dimension is None:
            return {}
        catalogue = self._metrics.catalogue()
        for found in self._resolved(dimension):
            if found.codes is not None:
                return catalogue.spellings(found.codes)
        return {}

    def _resolved(self, dimension: str) -> Iterator[Dimension]:
        """Yield a dimension as each model that has it sees it."""
        catalogue = self._metrics.catalogue()
        for model in catalogue.models_with(dimension):
            try:
                found = catalogue.dimension(model, dimension)
            except CityError:
                continue  # a broken model is reported by its own check
            if found is not None:
                yield found

    def _values(self, principal: Principal, wanted: str | None) -> Mapping[str, Spellings]:
        """Return the values that the principal may see of the wanted dimension, else of each: folded → value."""
        known = _dimensions(self._definitions.current())
        if wanted is not None and wanted not in known:
            raise NoSuchDimension(name=wanted, close=closest(wanted, known))
        found: dict[str, Spellings] = {}
        for dimension in [wanted] if wanted is not None else known:
            spellings = self._spellings(dimension)
            if not spellings and all(each.type == "text" for each in self._resolved(dimension)):
                spellings = self._seen(principal, dimension)
            found[dimension] = spellings
        return found

    def _seen(self, principal: Principal, dimension: str) -> Spellings:
        try:
            seen = self._metrics.values(principal, dimension, MOST_VALUES) or ()
        except CityError:
            return {}  # what cannot be read is no help in guessing, and no reason to refuse the file
        return {folded(each): each for each in seen}


def _dimensions(snapshot: Snapshot) -> dict[str, Bilingual]:
    models = snapshot.all(ModelDefinition).values()
    return {each.name: each.title for model in models for each in model.dimensions}


def _definition(draft: Draft) -> MapDefinition:
    definition = draft.entries[0].definition
    if not isinstance(definition, MapDefinition):
        message = "a draft of kind map holds a map"
        raise TypeError(message)
    return definition


def _content(features: Features, kept: tuple[str, ...]) -> bytes:
    said: list[dict[str, Scalar]] = [
        {name: each.properties.get(name) for name in kept} for each in features.features
    ]
    return orjson.dumps(write_geojson(features, said))


def _unmatched(features: Features, key: str, dimension: str, values: Spellings) -> list[Notice]:
    keys = [words(each.properties.get(key)) for each in features.features]
    missing = [each for each in keys if folded(each) not in values]
    if not values or not missing:
        return []
    fields = {"count": len(missing), "dimension": dimension, "examples": missing[:EXAMPLES]}
    return [Notice("unmatched", fields)]
