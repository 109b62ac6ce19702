"""What an alert would have done: the same rules as in real life, over evaluations of the past, and nothing is told."""

from datetime import datetime, timedelta

from cityloop.alerts.evaluation import Values
from cityloop.alerts.model import (
    AlertDefinition,
    PastEpisode,
    PastSeries,
    PastValue,
    Preview,
    Standing,
)
from cityloop.alerts.rules import Moment, judge, worse

MOST_SERIES = 50
"""Places whose values a preview returns; a chart can show far fewer, a person may choose among these."""


class Replay:
    """One alert, evaluated at moment after moment, the oldest first."""

    def __init__(self, alert: AlertDefinition) -> None:
        self._alert = alert
        self._standings: dict[str, Standing] = {}
        self._ended: list[PastEpisode] = []
        self._going: dict[str, PastEpisode] = {}
        self._values: list[PastValue] = []
        self._seen: dict[str, list[float | None]] = {}
        self._no_data = 0

    def at(self, moment: datetime, values: Values) -> None:
        """Judge every place by its value at ``moment``."""
        nearest: float | None = None
        for key in values.keys() | self._standings.keys():
            place, value = values.get(key) or (self._standings[key].place, None)
            self._no_data += value is None
            self._seen.setdefault(key, [None] * len(self._values)).append(value)
            if value is not None:
                nearest = value if nearest is None else worse(self._alert, nearest, value)
            before = self._standings.get(key)
            verdict = judge(self._alert, place, before, value, Moment(moment))
            self._standings[key] = verdict.standing
            if verdict.change == "resolve":
                last = self._going.pop(key)
                self._ended.append(PastEpisode(last.place, last.from_, moment, last.worst))
            elif value is None:
                continue
            elif verdict.change == "fire":
                streak = verdict.standing.streak
                self._standings[key] = Standing(place, "firing", value, moment, streak, "past")
                self._going[key] = PastEpisode(place, moment, None, value)
            elif key in self._going:
                last = self._going[key]
                worst = worse(self._alert, last.worst, value)
                self._going[key] = PastEpisode(last.place, last.from_, None, worst)
        self._values.append(PastValue(moment, nearest))

    def preview(self, step: timedelta) -> Preview:
        """Return what has been found; evaluations were ``step`` apart."""
        found = sorted([*self._ended, *self._going.values()], key=lambda each: each.from_)
        values = tuple(self._values)
        series = self._series()
        return Preview(
            tuple(found), values, series[:MOST_SERIES], len(series),
            moments=len(values), step=step, no_data=self._no_data,
        )  # fmt: skip

    def _series(self) -> tuple[PastSeries, ...]:
        farthest: dict[str, float] = {}
        for key, values in self._seen.items():
            known = [each for each in values if each is not None]
            if known:
                farthest[key] = max(known) if self._alert.when.above is not None else -min(known)
        nearest = sorted(farthest, key=lambda key: (-farthest[key], key))
        return tuple(
            PastSeries(self._standings[key].place, tuple(self._seen[key])) for key in nearest
        )
