"""What an alert is, as a city writes it, and what an episode, a standing and a silence are.

An alert watches one metric per combination of dimension values (its *place*). While the value is beyond the threshold
the place is firing; from firing to resolved is one *episode*, told once. A place without data is neither well nor ill.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cityloop.cases.durations import Duration
from cityloop.foundation.definition import Bilingual, Definition, Name
from cityloop.metrics import Query

Lang = Literal["zh", "en"]
Severity = Literal["info", "warning", "critical"]
State = Literal["ok", "pending", "firing", "no_data"]
"""``pending``: beyond the threshold, but not yet often enough; ``no_data``: there is no value to judge."""
Place = Mapping[str, str | int | float | bool | None]
"""Dimension → value; empty for an alert that is not split."""

SHORTEST = timedelta(seconds=10)
"""An alert may not be evaluated more often; shorter loads the engine for nothing."""

_FIELD = re.compile(r"\{(\w+)\}")


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


class Threshold(_Part):
    """Beyond which value the alert fires: strictly ``above`` or strictly ``below``."""

    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.above is None) == (self.below is None):
            message = "give either above or below"
            raise ValueError(message)
        return self

    def is_beyond(self, value: float) -> bool:
        """Return whether ``value`` is beyond the threshold."""
        if self.above is not None:
            return value > self.above
        return self.below is not None and value < self.below

    def is_clear(self, value: float, clear: float | None) -> bool:
        """Return whether ``value`` has come back: to ``clear`` or better, or (None) not beyond the threshold."""
        if clear is None:
            return not self.is_beyond(value)
        return value <= clear if self.above is not None else value >= clear


class OrderSpec(_Part):
    """The work order that a firing alert asks for.

    Args:
        procedure: which procedure it follows.
        department: who gets it; ``$dimension`` takes the department's name from that dimension of the query.
        title: with ``{dimension}``, ``{value}``, ``{threshold}`` filled in.
        due: how long it may take; None takes the procedure's own.
        priority: of the order.
    """

    procedure: Name = "work_order"
    department: str = Field(min_length=1)
    title: Bilingual
    due: Duration | None = None
    priority: Literal["low", "normal", "high", "urgent"] = "normal"


class AlertDefinition(Definition):
    """When somebody has to act because of a number.

    Args:
        query: one metric, by dimensions, over its range; no grain, order, limit or totals.
        when: the threshold.
        clear: value at which an episode ends; None: as soon as the threshold is not broken any more. A gap between
            the two keeps a value that wavers around the threshold from firing again and again.
        for_: how many evaluations in a row must be beyond the threshold before it fires.
        severity: how bad it is.
        every: how often it is evaluated, besides after each publication of its datasets.
        order: what to do; None only tells.
    """

    query: Query
    when: Threshold
    clear: float | None = None
    for_: int = Field(default=1, alias="for", ge=1, le=1_000)
    severity: Severity = "warning"
    every: Duration = timedelta(minutes=5)
    order: OrderSpec | None = None

    @property
    def metric(self) -> str:
        """Name of the metric it watches."""
        return self.query.metrics[0]

    @property
    def threshold(self) -> float:
        """The number itself."""
        return self.when.above if self.when.above is not None else self.when.below or 0.0

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        query = self.query
        if len(query.metrics) != 1 or query.grain or query.order or query.limit or query.totals:
            message = "query: exactly one metric, and no grain, order, limit or totals"
            raise ValueError(message)
        if self.every < SHORTEST:
            message = f"every: at least {SHORTEST.seconds}s"
            raise ValueError(message)
        if self.clear is not None and self.when.is_beyond(self.clear):
            message = (
                "clear lies beyond the threshold, so that an episode could end while it is broken"
            )
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Standing:
    """How one place of one alert stands.

    ``value`` None: no data. ``streak`` counts evaluations in a row beyond the threshold. ``episode`` is the open
    episode, None when there is none; it stays open while there is no data, for nobody knows that it is over.
    """

    place: Place
    state: State
    value: float | None
    since: datetime
    streak: int = 0
    episode: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """From firing to resolved, at one place.

    ``told_at`` is when ``alert.fired`` went out (None: silenced so far); ``worst`` the value farthest beyond the
    threshold; ``resolved_at`` None while it lasts.
    """

    id: str
    alert: str
    place: Place
    severity: Severity
    fired_at: datetime
    value: float
    worst: float
    told_at: datetime | None
    resolved_at: datetime | None
    reason: str | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which episodes a list shall show; None does not restrict.

    ``is_open``: only those that last, or only those that ended; ``since``, ``until``: those that lasted at some moment
    between the two. The page begins after ``skip`` episodes.
    """

    alert: str | None = None
    is_open: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    skip: int = 0
    most: int = 200


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is told of this alert from ``made_at`` until then: at the places that have all these values (empty: everywhere)."""

    id: str
    alert: str
    place: Place
    until: datetime
    by: str
    reason: str
    made_at: datetime

    def covers(self, place: Place, now: datetime) -> bool:
        """Return whether it keeps ``place`` quiet ``now``."""
        return now < self.until and all(
            name in place and place[name] == value for name, value in self.place.items()
        )


@dataclass(frozen=True, slots=True)
class Run:
    """The last evaluation of an alert; ``error`` is the code of what went wrong, None when it went well."""

    alert: str
    evaluated_at: datetime
    versions: Mapping[str, int]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """An alert with how it stands; ``run`` None: never evaluated."""

    definition: AlertDefinition
    run: Run | None
    counts: Mapping[State, int]
    standings: tuple[Standing, ...]
    silences: tuple[Silence, ...]


@dataclass(frozen=True, slots=True)
class PastEpisode:
    """What would have been one episode; ``to`` None: still going on at the end."""

    place: Place
    from_: datetime
    to: datetime | None
    worst: float


@dataclass(frozen=True, slots=True)
class PastValue:
    """What one evaluation of a preview saw: of all places the value nearest to firing; None when none had one."""

    at: datetime
    value: float | None


@dataclass(frozen=True, slots=True)
class PastSeries:
    """What the evaluations of a preview saw at one place: one value each, None where there was none."""

    place: Place
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an alert would have done: ``moments`` evaluations, ``step`` apart, and the ``values`` they saw.

    ``series`` are the places that came nearest to firing, the nearest first; ``places`` counts all that had a value.
    """

    episodes: tuple[PastEpisode, ...]
    values: tuple[PastValue, ...]
    series: tuple[PastSeries, ...]
    places: int
    moments: int
    step: timedelta
    no_data: int
    """Evaluations of a known place that found no value."""


@dataclass(slots=True)
class Evaluation:
    """What one evaluation changed: places that began firing, episodes that ended, places without data."""

    fired: list[Episode] = field(default_factory=list)
    resolved: list[Episode] = field(default_factory=list)
    no_data: int = 0
    places: int = 0


def fill(template: Bilingual, values: Mapping[str, object]) -> Bilingual:
    """Return ``template`` with its ``{fields}`` filled in; an unknown field stays as it is written.

    Example:
        >>> fill(Bilingual(zh="{station}超标", en="Too high at {station}"), {"station": "S1"}).en
        'Too high at S1'
    """

    def put(text: str, lang: Lang) -> str:
        return _FIELD.sub(
            lambda match: _shown(values.get(match.group(1), match.group(0)), lang), text
        )

    return Bilingual(zh=put(template.zh, "zh"), en=put(template.en, "en"))


def fields_of(template: Bilingual) -> frozenset[str]:
    """Return the names of the fields that a template uses."""
    return frozenset(_FIELD.findall(template.zh) + _FIELD.findall(template.en))


def figure(value: float, form: str | None) -> str:
    """Return a metric's value for a title: two decimals at most, a share as percent.

    Example:
        >>> figure(56.0155, None), figure(0.3149, "percent"), figure(347.0, "integer")
        ('56.02', '31.5%', '347')
    """
    if form == "percent":
        return f"{_short(value * 100, 1)}%"
    return _short(value, 2)


def _short(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(value: object, lang: Lang) -> str:
    if isinstance(value, Bilingual):
        return value.text(lang)
    return figure(value, None) if isinstance(value, float) else str(value)
