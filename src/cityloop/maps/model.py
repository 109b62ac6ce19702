"""What a map is: a file of areas, lines or points, and which property of a feature joins it with figures."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cityloop.foundation.definition import Definition, Name
from cityloop.maps.coordinates import Coordinates

Shape = Literal["area", "line", "point"]
"""What the features of a map are; one map has one shape."""
Look = Literal["land", "water", "green", "road", "place"]
"""How a map is drawn where no figures colour it."""
Property = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""Name of a property of the features, as the file spells it."""

USUAL_LOOK: dict[Shape, Look] = {"area": "land", "line": "road", "point": "place"}
"""The look of a map that does not name one."""


class Label(BaseModel):
    """Which property names a feature in each language; None takes the other language's, else the key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: Property | None = None
    en: Property | None = None


class MapDefinition(Definition):
    """Places of the city that figures can be drawn on.

    Args:
        shape: of all features.
        file: GeoJSON, relative to the city's folder.
        coordinates: what the file's positions are in; drawn is always WGS84.
        key: property that identifies a feature; with ``dimension`` its values are the dimension's.
        label: property with the name of a feature, by language.
        dimension: whose values the keys are, so that metrics split by it can be drawn.
        class_: property by which features are drawn differently, such as a road's class (``class`` in YAML).
        look: how it is drawn without figures; None goes by the shape.
        base: drawn beneath every other map, as ground.
        order: from the lowest, drawn first, to the highest, drawn last.
    """

    shape: Shape
    file: str = Field(min_length=1, max_length=300)
    coordinates: Coordinates = "wgs84"
    key: Property
    label: Label = Label()
    dimension: Name | None = None
    class_: Property | None = Field(default=None, alias="class")
    look: Look | None = None
    base: bool = False
    order: int = 0
