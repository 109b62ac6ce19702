"""What a dashboard is: tiles, each one query and one chart, on a grid."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cityloop.foundation.definition import Bilingual, Definition, Name, Reference
from cityloop.metrics import Query

Chart = Literal["kpi", "line", "bar", "stacked", "heat", "table", "map", "pie"]
"""How a tile shows its answer."""

Tone = Literal["good", "notice", "warning", "bad"]
"""How serious a state is; drawn as colour, width or shape, always beside its words."""

MOST_TILES = 60
"""Tiles of one dashboard; more cannot be read and take long."""
MOST_STATES = 6
"""States of one tile; a reader cannot tell more apart."""
GRID_COLUMNS = 24
"""Columns of the grid that ``layout`` counts in, at most."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


class Layout(_Part):
    """Place and size on the grid, in cells from the upper left corner."""

    x: int = Field(default=0, ge=0, lt=GRID_COLUMNS)
    y: int = Field(default=0, ge=0)
    w: int = Field(default=6, ge=1, le=GRID_COLUMNS)
    h: int = Field(default=4, ge=1, le=100)


class State(_Part):
    """What values mean in words: from ``from`` (included) up to the next state's; the lowest one may have none."""

    from_: float | None = Field(default=None, alias="from", allow_inf_nan=False)
    title: Bilingual
    tone: Tone


class Tile(_Part):
    """One query, one chart.

    Args:
        map: which map is drawn; None lets the page choose one of the query's dimension.
        states: words for the first metric's values, from low to high, e.g. clear, slow, congested.
    """

    name: Name
    title: Bilingual
    chart: Chart
    query: Query
    layout: Layout = Layout()
    map: Name | None = None
    states: tuple[State, ...] = Field(default=(), max_length=MOST_STATES)

    @model_validator(mode="after")
    def _states_rise(self) -> Self:
        bounds = [state.from_ for state in self.states]
        known = [bound for bound in bounds if bound is not None]
        if None in bounds[1:] or known != sorted(set(known)):
            message = "states rise: each but the first says from which value it holds, and each from a higher one"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _only_maps_name_a_map(self) -> Self:
        if self.map is not None and self.chart != "map":
            message = f"only a tile with chart 'map' names a map, not one with chart '{self.chart}'"
            raise ValueError(message)
        return self


class DashboardDefinition(Definition):
    """A page of tiles that are filtered together.

    Args:
        filters: dimensions offered as filters of the whole page.
        screen: whether it is also shown over the whole screen, as cockpit: figures above, the first map in the middle,
            the other tiles left and right of it as their ``layout`` says.
        tiles: what is shown; names are unique.
    """

    filters: tuple[Name, ...] = ()
    screen: bool = False
    tiles: tuple[Tile, ...] = Field(min_length=1, max_length=MOST_TILES)

    @model_validator(mode="after")
    def _tiles_have_names_of_their_own(self) -> Self:
        names = [tile.name for tile in self.tiles]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"two tiles are called {', '.join(twice)}"
            raise ValueError(message)
        return self


def dashboard_references(dashboard: DashboardDefinition) -> Iterator[Reference]:
    """Yield every metric and map that a tile names."""
    for i, tile in enumerate(dashboard.tiles):
        if tile.map is not None:
            yield Reference("map", tile.map, ("tiles", i, "map"))
        for j, metric in enumerate(tile.query.metrics):
            yield Reference("metric", metric, ("tiles", i, "query", "metrics", j))
