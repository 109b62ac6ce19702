"""Pages of tiles: each tile is one query of ``metrics`` and one chart, all filtered together.

``model`` says what a dashboard is, ``checks`` compiles every tile before it is published, ``service`` evaluates: the
page's filters go into the tiles that can take them, equal queries run once, tiles run side by side, and a tile that
fails, or that the reader may not see, says so without touching the others.
"""

from cityloop.dashboards.checks import DASHBOARD
from cityloop.dashboards.model import Chart, DashboardDefinition, Layout, Tile
from cityloop.dashboards.service import Dashboards, Evaluation, TileResult

KINDS = (DASHBOARD,)
"""The kinds of definitions that this feature owns."""

__all__ = [
    "DASHBOARD",
    "KINDS",
    "Chart",
    "DashboardDefinition",
    "Dashboards",
    "Evaluation",
    "Layout",
    "Tile",
    "TileResult",
]
