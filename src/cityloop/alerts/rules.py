"""How a place passes from well to firing and back: pure, so that a preview over history is the same as real life."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from cityloop.alerts.model import AlertDefinition, Place, Standing


@dataclass(frozen=True, slots=True)
class Moment:
    """When an evaluation happens, and whether it counts towards ``for``.

    The same data looked at twice within ``every`` counts once, so that evaluating again changes nothing.
    """

    at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The standing after an evaluation, and whether an episode begins or ends with it."""

    standing: Standing
    change: Literal["fire", "resolve"] | None = None


def judge(
    alert: AlertDefinition,
    place: Place,
    before: Standing | None,
    value: float | None,
    moment: Moment,
) -> Verdict:
    """Return how ``place`` stands with this ``value``.

    Args:
        alert: the definition.
        place: dimension values.
        before: how it stood; None when it was never seen.
        value: of the metric; None when there is none.
        moment: now. The caller gives a fresh episode its name.
    """
    before = before or Standing(place, "ok", value, moment.at)
    if value is None:
        return Verdict(_moved(before, "no_data", None, moment, 0))
    if before.episode is not None:
        if alert.when.is_clear(value, alert.clear):
            return Verdict(replace(_moved(before, "ok", value, moment, 0), episode=None), "resolve")
        return Verdict(_moved(before, "firing", value, moment, before.streak))
    if not alert.when.is_beyond(value):
        return Verdict(_moved(before, "ok", value, moment, 0))
    streak = before.streak + (1 if moment.counts or before.streak == 0 else 0)
    if streak >= alert.for_:
        return Verdict(_moved(before, "firing", value, moment, streak), "fire")
    return Verdict(_moved(before, "pending", value, moment, streak))


def worse(alert: AlertDefinition, one: float, other: float) -> float:
    """Return whichever value is farther beyond the threshold."""
    return max(one, other) if alert.when.above is not None else min(one, other)


def _moved(
    before: Standing,
    state: Literal["ok", "pending", "firing", "no_data"],
    value: float | None,
    moment: Moment,
    streak: int,
) -> Standing:
    since = before.since if before.state == state else moment.at
    return replace(before, state=state, value=value, since=since, streak=streak)
