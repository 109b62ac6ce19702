"""HTTP face of alerts: what there is, how it stands, what happened; acknowledge, silence, preview."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from cityloop.alerts.model import (
    AlertDefinition,
    Episode,
    Overview,
    Preview,
    Silence,
    Standing,
    Wanted,
)
from cityloop.alerts.service import Alerts
from cityloop.foundation.web import Caller
from cityloop.metrics import Range

PlaceBody = dict[str, str | int | float | bool | None]
"""Dimension → value."""

_EPISODE: JsonDict = {
    "id": "0f8c0d5b8f0e4c5e9d0a1b2c3d4e5f60", "alert": "pm25_high", "place": {"station": "S1"}, "severity": "warning",
    "fired_at": "2026-09-30T04:00:00Z", "value": 91.5, "worst": 120.0, "told_at": "2026-09-30T04:00:00Z",
    "resolved_at": None, "reason": None, "acknowledged_by": None, "acknowledged_at": None,
}  # fmt: skip
_SILENCE: JsonDict = {
    "until": "2026-10-01T04:00:00Z",
    "reason": "Sensor is being replaced",
    "place": {"station": "S1"},
}
_MADE: JsonDict = {
    "id": "5d1c7be2a90f4a7c8a5e0b6f3d2c1e40", "alert": "pm25_high", **_SILENCE, "by": "wang",
    "made_at": "2026-09-30T04:00:00Z",
}  # fmt: skip
_STANDING: JsonDict = {
    "place": {"station": "S1"},
    "state": "firing",
    "value": 91.5,
    "since": "2026-09-30T04:00:00Z",
}
_ALERT: JsonDict = {
    "definition": {"name": "pm25_high", "title": {"zh": "PM2.5 超标", "en": "PM2.5 too high"}, "owner": "ecology",
                   "query": {"metrics": ["pm25_mean"], "by": ["station"], "range": {"last": "1h"}},
                   "when": {"above": 75}, "clear": 60, "for": 2, "severity": "warning", "every": "5m"},
    "evaluated_at": "2026-09-30T04:00:00Z", "error": None, "counts": {"firing": 1, "ok": 11},
    "standings": [_STANDING], "silences": [],
}  # fmt: skip


class StandingBody(BaseModel):
    """How one place stands; ``value`` is null where there is no data."""

    model_config = ConfigDict(json_schema_extra={"example": _STANDING})
    place: PlaceBody
    state: str
    value: float | None
    since: datetime


class SilenceBody(BaseModel):
    """Nobody is told until then, at the places that have all these values; one that was ended says when."""

    model_config = ConfigDict(json_schema_extra={"example": _MADE})
    id: str
    alert: str
    place: PlaceBody
    until: datetime
    by: str
    reason: str
    made_at: datetime


class AlertBody(BaseModel):
    """An alert with how it stands; ``evaluated_at`` is null when it never was, ``error`` a code when that failed."""

    model_config = ConfigDict(json_schema_extra={"example": _ALERT})
    definition: AlertDefinition
    evaluated_at: datetime | None
    error: str | None
    counts: dict[str, int]
    standings: list[StandingBody]
    silences: list[SilenceBody]


class EpisodeBody(BaseModel):
    """From firing to resolved, at one place; ``resolved_at`` is null while it lasts, ``told_at`` while silenced."""

    model_config = ConfigDict(json_schema_extra={"example": _EPISODE})
    id: str
    alert: str
    place: PlaceBody
    severity: str
    fired_at: datetime
    value: float
    worst: float
    told_at: datetime | None
    resolved_at: datetime | None
    reason: str | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None


class SilenceRequest(BaseModel):
    """Until when, why, and where (empty: everywhere)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _SILENCE})
    until: AwareDatetime
    reason: str = Field(min_length=1, max_length=1_000)
    place: PlaceBody = {}


class PreviewRequest(BaseModel):
    """A draft of an alert, or (null) the published one, and the past to try it on."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"definition": None, "range": {"last": "7d"}}}
    )
    definition: AlertDefinition | None = None
    range: Range = Range(last="7d")


class PastEpisodeBody(BaseModel):
    """What would have been one episode; ``to`` is null when it still lasts."""

    place: PlaceBody
    from_: datetime = Field(alias="from")
    to: datetime | None
    worst: float


class PastValueBody(BaseModel):
    """What one evaluation saw: of all places the value nearest to firing; null when none had one."""

    at: datetime
    value: float | None


class PastSeriesBody(BaseModel):
    """What the evaluations saw at one place, in the order of ``values``; null where there was no value."""

    place: PlaceBody
    values: list[float | None]


class AlertPreviewBody(BaseModel):
    """What would have happened: ``moments`` evaluations, ``step_s`` seconds apart; ``no_data`` of them without value.

    ``series`` are the places nearest to firing, the nearest first, at most 50 of the ``places`` that had a value.
    """

    episodes: list[PastEpisodeBody]
    values: list[PastValueBody]
    series: list[PastSeriesBody]
    places: int
    moments: int
    step_s: float
    no_data: int


class HeldQuery(BaseModel):
    """Which silences: those that held at some moment in between; what is left out does not restrict."""

    model_config = ConfigDict(extra="ignore")
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class WantedQuery(BaseModel):
    """Which episodes; what is left out does not restrict. ``since``, ``until``: those that lasted in between."""

    model_config = ConfigDict(extra="ignore")
    alert: str | None = None
    is_open: bool | None = Field(
        default=None, description="only those that last, or only those that ended"
    )
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    offset: int = Field(default=0, ge=0, le=1_000_000)
    limit: int = Field(default=200, ge=1, le=1_000)

    def wanted(self) -> Wanted:
        """Return it as the service takes it."""
        return Wanted(self.alert, self.is_open, self.since, self.until, self.offset, self.limit)


def router(alerts: Alerts) -> APIRouter:
    """Return the routes of alerts."""
    routes = APIRouter(prefix="/api/alerts", tags=["alerts"])
    _events(routes, alerts)
    _alerts(routes, alerts)
    return routes


def _events(routes: APIRouter, alerts: Alerts) -> None:
    @routes.get("/events", operation_id="list_alert_events", summary="Episodes, newest first")
    def list_alert_events(
        caller: Caller, wanted: Annotated[WantedQuery, Parameter()]
    ) -> list[EpisodeBody]:
        return [_episode(each) for each in alerts.episodes(caller, wanted.wanted())]

    @routes.get("/events/{event}", operation_id="get_alert_event", summary="One episode")
    def get_alert_event(event: str, caller: Caller) -> EpisodeBody:
        return _episode(alerts.episode(caller, event))

    @routes.post(
        "/events/{event}/acknowledge",
        operation_id="acknowledge_alert_event",
        summary="Say that somebody looks after an episode",
    )
    def acknowledge(event: str, caller: Caller) -> EpisodeBody:
        return _episode(alerts.acknowledge(caller, event))

    @routes.delete(
        "/silences/{silence}",
        operation_id="end_alert_silence",
        summary="Let a silence end now",
        status_code=204,
    )
    def end_silence(silence: str, caller: Caller) -> None:
        alerts.end_silence(caller, silence)


def _alerts(routes: APIRouter, alerts: Alerts) -> None:
    @routes.get("", operation_id="list_alerts", summary="Alerts and how they stand")
    def list_alerts(caller: Caller) -> list[AlertBody]:
        return [_overview(each) for each in alerts.all(caller)]

    @routes.get("/{alert}", operation_id="get_alert", summary="One alert and how it stands")
    def get_alert(alert: str, caller: Caller) -> AlertBody:
        return _overview(alerts.one(caller, alert))

    @routes.get(
        "/{alert}/silences",
        operation_id="list_alert_silences",
        summary="Silences, ended ones too, newest first",
    )
    def list_alert_silences(
        alert: str, caller: Caller, held: Annotated[HeldQuery, Parameter()]
    ) -> list[SilenceBody]:
        found = alerts.silences(caller, alert, since=held.since, until=held.until)
        return [_silence(each) for each in found]

    @routes.post(
        "/{alert}/silences",
        operation_id="silence_alert",
        summary="Tell nobody for a while",
        status_code=201,
    )
    def silence_alert(
        alert: str, caller: Caller, body: Annotated[SilenceRequest, Body()]
    ) -> SilenceBody:
        made = alerts.silence(caller, alert, until=body.until, reason=body.reason, place=body.place)
        return _silence(made)

    @routes.post(
        "/{alert}/preview",
        operation_id="preview_alert",
        summary="What it would have done in the past",
    )
    def preview_alert(
        alert: str, caller: Caller, body: Annotated[PreviewRequest, Body()]
    ) -> AlertPreviewBody:
        definition = body.definition or alerts.one(caller, alert).definition
        return _preview(alerts.preview(caller, definition, body.range))


def _overview(found: Overview) -> AlertBody:
    return AlertBody(
        definition=found.definition,
        evaluated_at=found.run.evaluated_at if found.run else None,
        error=found.run.error if found.run else None,
        counts={str(state): count for state, count in found.counts.items()},
        standings=[_standing(each) for each in found.standings],
        silences=[_silence(each) for each in found.silences],
    )


def _standing(found: Standing) -> StandingBody:
    return StandingBody(
        place=dict(found.place), state=found.state, value=found.value, since=found.since
    )


def _episode(found: Episode) -> EpisodeBody:
    return EpisodeBody.model_validate(found, from_attributes=True)


def _silence(found: Silence) -> SilenceBody:
    return SilenceBody.model_validate(found, from_attributes=True)


def _preview(found: Preview) -> AlertPreviewBody:
    episodes = [
        PastEpisodeBody.model_validate(
            {"place": dict(each.place), "from": each.from_, "to": each.to, "worst": each.worst}
        )
        for each in found.episodes
    ]
    return AlertPreviewBody(
        episodes=episodes,
        values=[PastValueBody.model_validate(each, from_attributes=True) for each in found.values],
        series=[
            PastSeriesBody(place=dict(each.place), values=list(each.values))
            for each in found.series
        ],
        places=found.places,
        moments=found.moments,
        step_s=found.step.total_seconds(),
        no_data=found.no_data,
    )
