"""HTTP of maps: list them, get one's geometry, look at a file that somebody brings, publish it."""

import base64
import binascii
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from cityloop.foundation import i18n
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Lang
from cityloop.foundation.web import Caller, JsonResponse, Language
from cityloop.maps.coordinates import Coordinates
from cityloop.maps.errors import BadContent
from cityloop.maps.files import MOST_BYTES
from cityloop.maps.importing import Notice, Upload
from cityloop.maps.model import USUAL_LOOK, Label, Look, Shape
from cityloop.maps.service import Listed, Maps, NewMap, Preview, Wish

MEDIA_TYPE = "application/geo+json"
"""Registered type of GeoJSON (RFC 7946)."""
_EXAMPLE_FILE = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},'
    b'"geometry":{"type":"Point","coordinates":[114.4,29.4]}}]}'
)
_EXAMPLE = {"file_name": "hydrants.geojson", "content": base64.b64encode(_EXAMPLE_FILE).decode()}


class ProblemBody(BaseModel):
    """Why a map cannot be drawn."""

    code: str
    message: str
    hint: str


class MapSummary(BaseModel):
    """One map; ``bounds`` are west, south, east, north in WGS84, null with the ``problem`` that keeps it undrawn."""

    name: str
    title: Bilingual
    description: Bilingual | None
    owner: str | None
    version: int
    shape: Shape
    dimension: str | None
    dimension_title: Bilingual | None
    features: int
    bounds: tuple[float, float, float, float] | None
    look: Look
    base: bool
    order: int
    file: str
    coordinates: Coordinates
    key: str
    label: Label
    problem: ProblemBody | None


class FeatureProperties(BaseModel):
    """What a feature says: ``key`` is the dimension's value, ``label`` its Chinese and ``label_en`` its English name."""

    model_config = ConfigDict(extra="allow")

    key: str
    label: str
    label_en: str


class FeatureBody(BaseModel):
    """One GeoJSON feature."""

    type: Literal["Feature"]
    properties: FeatureProperties
    geometry: dict[str, Any]  # Any: RFC 7946 nests by type


class FeatureCollectionBody(BaseModel):
    """GeoJSON (RFC 7946) in WGS84."""

    type: Literal["FeatureCollection"]
    features: list[FeatureBody]


class FileIn(BaseModel):
    """A file: GeoJSON, or a zip with one Shapefile (.shp, .dbf, .prj, .cpg), as Base64."""

    model_config = ConfigDict(extra="forbid")

    file_name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=MOST_BYTES * 4 // 3 + 4)

    @property
    def upload(self) -> Upload:
        """The file's bytes.

        Raises:
            BadContent: they are not Base64.
        """
        try:
            return Upload(self.file_name, base64.b64decode(self.content, validate=True))
        except (binascii.Error, ValueError):
            raise BadContent(field="content", value=self.content[:20]) from None


class PreviewIn(FileIn):
    """A file, and what is decided about reading it; null leaves it to CityLoop."""

    coordinates: Coordinates | None = None
    key: str | None = None
    dimension: str | None = None


class ImportIn(FileIn):
    """A file, and what its definition will say."""

    name: str = Field(max_length=64)
    title: Bilingual
    description: Bilingual | None = None
    owner: str | None = None
    coordinates: Coordinates
    key: str = Field(min_length=1, max_length=200)
    label: Label = Label()
    dimension: str | None = None
    class_: str | None = Field(default=None, alias="class")
    look: Look | None = None
    base: bool = False
    order: int = 0
    note: str = Field(default="", max_length=1_000)


class PropertyBody(BaseModel):
    """A property of the features; ``is_key`` when every feature has its own value."""

    name: str
    samples: list[str]
    distinct: int
    is_key: bool


class NamedDimension(BaseModel):
    """A dimension that keys may belong to."""

    name: str
    title: Bilingual


class NoticeBody(BaseModel):
    """Something to know before publishing; ``what`` is stable."""

    what: str
    message: str


class PreviewBody(BaseModel):
    """What a file holds, how it would be read, and a picture of it in WGS84, with fewer positions where it is large."""

    shape: Shape
    features: int
    encoding: str
    bounds: tuple[float, float, float, float]
    coordinates: Coordinates
    key: str | None
    dimension: str | None
    properties: list[PropertyBody]
    dimensions: list[NamedDimension]
    notices: list[NoticeBody]
    picture: dict[str, Any]  # Any: GeoJSON


class ImportedBody(BaseModel):
    """A published map and the revision that has it."""

    name: str
    file: str
    features: int
    revision: int


def router(maps: Maps) -> APIRouter:
    """Return the routes of maps."""
    routes = APIRouter(prefix="/api/maps", tags=["maps"])

    @routes.get("", operation_id="list_maps", summary="All maps, in the order of drawing")
    def list_maps(_caller: Caller, lang: Language) -> list[MapSummary]:
        return [_summary(each, lang) for each in maps.all()]

    @routes.get(
        "/{name}/geometry",
        operation_id="get_map_geometry",
        summary="A map's features as GeoJSON in WGS84; 304 when the caller has them",
        response_model=FeatureCollectionBody,
        responses={304: {"description": "Unchanged since the ETag that was sent."}},
    )
    def get_map_geometry(_caller: Caller, name: str, request: Request) -> Response:
        drawn = maps.drawn(name)
        tag = f'"{drawn.tag}"'
        # Private: only who is signed in may see it. Always asked again, which costs one 304.
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(drawn.packed, media_type=MEDIA_TYPE, headers=headers)
        return Response(drawn.body, media_type=MEDIA_TYPE, headers=headers)

    @routes.post(
        "/preview",
        operation_id="preview_map",
        summary="What a file holds and how it would be read; nothing is stored",
        response_model=PreviewBody,
    )
    def preview_map(
        caller: Caller, lang: Language, given: Annotated[PreviewIn, Body(examples=[_EXAMPLE])]
    ) -> Response:
        wish = Wish(given.coordinates, given.key, given.dimension)
        return JsonResponse(_preview(maps.preview(caller, given.upload, wish), lang))

    @routes.post(
        "/import",
        operation_id="import_map",
        summary="Store a file's features in WGS84 and publish them as a map",
    )
    def import_map(
        caller: Caller, given: Annotated[ImportIn, Body(examples=[_IMPORT_EXAMPLE])]
    ) -> ImportedBody:
        named = given.model_dump(
            exclude={"file_name", "content", "note", "title", "label", "description"}
        )
        new = NewMap(title=given.title, label=given.label, description=given.description, **named)
        done = maps.publish(caller, given.upload, new, note=given.note)
        return ImportedBody.model_validate(done, from_attributes=True)

    return routes


_IMPORT_EXAMPLE = {
    **_EXAMPLE,
    "name": "hydrants",
    "title": {"zh": "消火栓", "en": "Hydrants"},
    "coordinates": "gcj02",
    "key": "name",
}


def _summary(listed: Listed, lang: Lang) -> MapSummary:
    definition, drawn, problem = listed.definition, listed.drawn, listed.problem
    return MapSummary(
        **definition.model_dump(exclude={"class_", "look"}),
        version=listed.version,
        dimension_title=listed.dimension,
        features=len(drawn.keys) if drawn else 0,
        bounds=drawn.bounds if drawn else None,
        look=definition.look or USUAL_LOOK[definition.shape],
        problem=None
        if problem is None
        else ProblemBody(code=problem.code, message=problem.message(lang), hint=problem.hint(lang)),
    )


def _preview(found: Preview, lang: Lang) -> dict[str, object]:
    return {
        "shape": found.shape,
        "features": found.features,
        "encoding": found.encoding,
        "bounds": found.bounds,
        "coordinates": found.coordinates,
        "key": found.key,
        "dimension": found.dimension,
        "properties": [
            {
                "name": each.name,
                "samples": each.samples,
                "distinct": each.distinct,
                "is_key": each.is_key,
            }
            for each in found.properties
        ],
        "dimensions": [
            {"name": name, "title": title.model_dump()} for name, title in found.dimensions.items()
        ],
        "notices": [{"what": each.what, "message": words_of(each, lang)} for each in found.notices],
        "picture": found.picture,
    }


def words_of(notice: Notice, lang: Lang) -> str:
    """Return a notice's text."""
    return i18n.text(f"maps.warning.{notice.what}", lang, notice.fields)
