"""Evaluates dashboards: the page's filters go into every tile that can take them, tiles run side by side."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from cityloop.dashboards.errors import UnknownTile
from cityloop.dashboards.model import DashboardDefinition, Tile
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.errors import CityError, Forbidden, NotFound
from cityloop.foundation.principal import Principal
from cityloop.metrics import Answer, Filter, Metrics, Query, Range

THREADS = 8
"""Tiles computed at once, over all dashboards; the engine shares its own threads among them."""

Status = Literal["ok", "forbidden", "failed"]
"""Outcome of a tile; ``forbidden`` is said plainly and without naming what is hidden."""


@dataclass(frozen=True, slots=True)
class TileResult:
    """One tile's outcome: an answer, or the error that took its place.

    ``not_applied`` names what the page asked for and this tile cannot take: dimensions, or ``range``.
    """

    tile: Tile
    status: Status
    query: Query
    answer: Answer | None
    error: CityError | None
    not_applied: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageDimension:
    """A dimension that the page can be filtered by; ``metric`` is one of a tile that can take it."""

    name: str
    title: Bilingual
    metric: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A dashboard with all its tiles' outcomes, in order, and every dimension that at least one tile can take."""

    dashboard: DashboardDefinition
    tiles: tuple[TileResult, ...]
    dimensions: tuple[PageDimension, ...] = ()


class Dashboards:
    """The dashboards of one city.

    Args:
        definitions: gives the published definitions; called once a request.
        metrics: computes the tiles.
        threads: tiles computed at once.
    """

    def __init__(
        self, definitions: Callable[[], Snapshot], metrics: Metrics, *, threads: int = THREADS
    ) -> None:
        self._definitions = definitions
        self._metrics = metrics
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tiles")

    def all(self) -> Mapping[str, DashboardDefinition]:
        """Return every published dashboard by name."""
        return self._definitions().all(DashboardDefinition)

    def one(self, name: str) -> DashboardDefinition:
        """Return a dashboard.

        Raises:
            NotFound: there is none of this name.
        """
        return self._definitions().one(DashboardDefinition, name)

    def evaluate(
        self,
        principal: Principal,
        name: str,
        filters: Sequence[Filter] = (),
        range: Range | None = None,  # noqa: A002 - the word of the query object
        tiles: Collection[str] | None = None,
    ) -> Evaluation:
        """Return the dashboard with its tiles computed for ``principal``.

        A tile's own filters stay; the page's come on top. The page's range replaces the tile's own. Equal queries are
        computed once. A tile that fails does not touch the others.

        Args:
            principal: who looks.
            name: of the dashboard.
            filters: of the page.
            range: of the page; None leaves each tile its own.
            tiles: names of those to compute, e.g. whose data has changed; None: all.

        Raises:
            NotFound: there is no such dashboard.
            UnknownTile: the dashboard has no tile of a wanted name.
        """
        dashboard = self.one(name)
        chosen = _chosen(dashboard, tiles)
        merged = [self._merged(tile.query, filters, range) for tile in chosen]
        running: dict[str, Future[Answer | CityError]] = {}
        for query, _missing in merged:
            key = query.model_dump_json()
            if key not in running:
                running[key] = self._pool.submit(self._answer, principal, query)
        results = [
            _result(tile, query, running[query.model_dump_json()].result(), missing)
            for tile, (query, missing) in zip(chosen, merged, strict=True)
        ]
        return Evaluation(dashboard, tuple(results), self._dimensions(dashboard))

    def close(self) -> None:
        """Stop the threads; no evaluation may follow."""
        self._pool.shutdown()

    def _dimensions(self, dashboard: DashboardDefinition) -> tuple[PageDimension, ...]:
        catalogue = self._metrics.catalogue()
        found: dict[str, PageDimension] = {}
        for metric in dict.fromkeys(
            name for tile in dashboard.tiles for name in tile.query.metrics
        ):
            try:
                model = self._metrics.formula(metric).parts[0].model
                usable = self._metrics.usable_dimensions([metric])
            except CityError:
                continue  # a broken metric: its tile says what is wrong
            for name in usable:
                known = catalogue.dimension(model, name)
                if known is not None and name not in found:
                    found[name] = PageDimension(name, known.definition.title, metric)
        return tuple(found.values())

    def _answer(self, principal: Principal, query: Query) -> Answer | CityError:
        try:
            return self._metrics.query(principal, query, "analysis")
        except CityError as error:
            return error

    def _merged(
        self, query: Query, filters: Sequence[Filter], wanted: Range | None
    ) -> tuple[Query, tuple[str, ...]]:
        try:
            usable = set(self._metrics.usable_dimensions(query.metrics))
            timed = all(
                any(part.time is not None for part in self._metrics.formula(metric).parts)
                for metric in query.metrics
            )
        except CityError:
            return query, ()  # a broken metric: the tile's own error says what is wrong
        fitting = tuple(each for each in filters if each.dimension in usable)
        missing = [each.dimension for each in filters if each.dimension not in usable]
        changes: dict[str, object] = {"filters": (*query.filters, *fitting)}
        if wanted is not None and timed:
            changes["range"] = wanted
        elif wanted is not None:
            missing.append("range")
        return query.model_copy(update=changes), tuple(dict.fromkeys(missing))


_HIDDEN = frozenset({"policies.unknown_column"})
"""Codes of errors that mean "not for you" although the query is what they call wrong."""


def _chosen(dashboard: DashboardDefinition, wanted: Collection[str] | None) -> Sequence[Tile]:
    if wanted is None:
        return dashboard.tiles
    known = [tile.name for tile in dashboard.tiles]
    for name in wanted:
        if name not in known:
            raise UnknownTile(dashboard=dashboard.name, tile=name, known=known)
    return [tile for tile in dashboard.tiles if tile.name in wanted]


def _result(
    tile: Tile, query: Query, outcome: Answer | CityError, missing: tuple[str, ...]
) -> TileResult:
    if isinstance(outcome, Answer):
        return TileResult(tile, "ok", query, outcome, None, missing)
    hidden = isinstance(outcome, Forbidden | NotFound) or outcome.code in _HIDDEN
    return TileResult(tile, "forbidden" if hidden else "failed", query, None, outcome, missing)
