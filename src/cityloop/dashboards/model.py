"""What a dashboard is: tiles, each one query and one chart, on a grid."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cityloop.foundation.definition import Bilingual, Definition, Name, Reference
from cityloop.metrics import Query

Chart = Literal["kpi", "line", "bar", "stacked", "heat", "table", "map", "pie"]
"""How a tile shows its answer."""

MOST_TILES = 60
"""Tiles of one dashboard; more cannot be read and take long."""
GRID_COLUMNS = 24
"""Columns of the grid that ``layout`` counts in, at most."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Layout(_Part):
    """Place and size on the grid, in cells from the upper left corner."""

    x: int = Field(default=0, ge=0, lt=GRID_COLUMNS)
    y: int = Field(default=0, ge=0)
    w: int = Field(default=6, ge=1, le=GRID_COLUMNS)
    h: int = Field(default=4, ge=1, le=100)


class Tile(_Part):
    """One query, one chart."""

    name: Name
    title: Bilingual
    chart: Chart
    query: Query
    layout: Layout = Layout()


class DashboardDefinition(Definition):
    """A page of tiles that are filtered together.

    Args:
        filters: dimensions offered as filters of the whole page.
        tiles: what is shown; names are unique.
    """

    filters: tuple[Name, ...] = ()
    tiles: tuple[Tile, ...] = Field(min_length=1, max_length=MOST_TILES)

    @model_validator(mode="after")
    def _tiles_have_names_of_their_own(self) -> Self:
        names = [tile.name for tile in self.tiles]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            message = f"two tiles are called {', '.join(twice)}"
            raise ValueError(message)
        return self


def dashboard_references(dashboard: DashboardDefinition) -> Iterator[Reference]:
    """Yield every metric that a tile names."""
    for i, tile in enumerate(dashboard.tiles):
        for j, metric in enumerate(tile.query.metrics):
            yield Reference("metric", metric, ("tiles", i, "query", "metrics", j))
