"""HTTP face of sources: list them with their state, look at one, load it now. Trying one shows rows: see ``policies``."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from fastapi import APIRouter, status
from pydantic import BaseModel

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller
from cityloop.sources.model import FeedDefinition, SourceDefinition
from cityloop.sources.service import LoadState, Sources

VIEW = "definitions.view"
"""Permission to see how a source connects; its name and state need none."""
Known = Callable[[Principal], Collection[str]]
"""Which datasets somebody may know of; ``policies`` decides."""


class FeedBody(BaseModel):
    """One feed: which dataset it fills, its column mapping and cursor column; ``read`` as written."""

    dataset: str
    read: dict[str, Any]
    columns: dict[str, str]
    cursor: str | None


class StateBody(BaseModel):
    """How loading stands: ``status`` of the newest load (waiting, running, done, failed), why it failed, what comes next."""

    status: str
    finished_at: datetime | None
    error: str | None
    next_at: datetime | None


class SourceSummary(BaseModel):
    """One line of the list of sources; ``state`` is null before the first load."""

    name: str
    title: Bilingual
    owner: str | None
    connector: str
    datasets: list[str]
    every: str | None
    state: StateBody | None


class SourceDetail(SourceSummary):
    """Everything about one source; secrets stand as ``${env:NAME}``."""

    description: Bilingual | None
    connection: dict[str, Any]
    feeds: list[FeedBody]


class Queued(BaseModel):
    """The load waits for a worker."""

    source: str
    queued: bool


def router(sources: Sources, known: Known) -> APIRouter:
    """Return the routes of sources; ``known`` says which datasets a caller may know of."""
    routes = APIRouter(prefix="/api/sources", tags=["sources"])

    @routes.get("", operation_id="list_sources", summary="All sources with their state")
    def list_sources(caller: Caller) -> list[SourceSummary]:
        datasets, states = known(caller), sources.states()
        return [
            SourceSummary(**_summary(each, states.get(each.name), datasets))
            for each in sources.known_to(caller, datasets)
        ]

    @routes.get("/{name}", operation_id="get_source", summary="One source")
    def get_source(name: str, caller: Caller) -> SourceDetail:
        caller.require(VIEW, f"source:{name}")
        source = sources.one(name)
        return SourceDetail(
            **_summary(source, sources.states().get(name), known(caller)),
            description=source.description,
            connection=source.connection,
            feeds=[_feed(feed) for feed in source.feeds],
        )

    @routes.post(
        "/{name}/load",
        operation_id="load_source",
        summary="Load every feed of a source soon",
        status_code=status.HTTP_202_ACCEPTED,
    )
    def load_source(name: str, caller: Caller) -> Queued:
        sources.load_soon(caller, name)
        return Queued(source=name, queued=True)

    return routes


def _summary(
    source: SourceDefinition, state: LoadState | None, known: Collection[str]
) -> dict[str, Any]:
    # Any: keyword arguments of a model that checks them.
    datasets = [feed.dataset for feed in source.feeds if feed.dataset in known]
    shown = StateBody.model_validate(state, from_attributes=True) if state else None
    if shown and len(datasets) < len(source.feeds):
        shown.error = None  # it may be about a dataset that is not known
    return {
        "name": source.name,
        "title": source.title,
        "owner": source.owner,
        "connector": source.connector,
        "datasets": datasets,
        "every": source.schedule.every if source.schedule else None,
        "state": shown,
    }


def _feed(feed: FeedDefinition) -> FeedBody:
    return FeedBody.model_validate(feed, from_attributes=True)
