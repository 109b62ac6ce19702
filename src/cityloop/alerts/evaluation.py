"""One evaluation: ask the metric, judge every place, write what changed and tell it, all at once or not at all."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from cityloop.alerts import store
from cityloop.alerts.model import (
    AlertDefinition,
    Episode,
    Evaluation,
    Place,
    Run,
    Silence,
    Standing,
    figure,
    fill,
)
from cityloop.alerts.rules import Moment, judge, worse
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.outbox import Outbox
from cityloop.metrics import Answer

ACTOR = "service:alerts"
"""Who stands in the audit log for what an evaluation did."""


@dataclass(frozen=True, slots=True)
class Words:
    """How an order says things: dimension → value → title where one is known, and the metric's format and unit."""

    labels: Mapping[str, Mapping[str, Bilingual]] = field(default_factory=dict)
    form: str | None = None
    unit: Bilingual | None = None

    def measured(self, value: float) -> Bilingual:
        """Return a value of the metric with its unit.

        Example:
            >>> Words(unit=Bilingual(zh="辆", en="vehicles")).measured(347.0).en, Words(form="percent").measured(0.3).zh
            ('347 vehicles', '30%')
        """
        text = figure(value, self.form)
        unit = None if self.form == "percent" else self.unit
        zh, en = (text, text) if unit is None else (f"{text} {unit.zh}", f"{text} {unit.en}")
        return Bilingual(zh=zh, en=en)


Values = Mapping[str, tuple[Place, float | None]]
"""Place key → dimension values and value."""


def values_of(alert: AlertDefinition, answer: Answer) -> Values:
    """Return the value of each place in an answer; NaN and null are None.

    A query without dimensions has one place, which has no value when the answer has no row.
    """
    found: dict[str, tuple[Place, float | None]] = {}
    # One row per place: the answer is already aggregated.
    for row in answer.rows.select([*alert.query.by, alert.metric]).to_pylist():
        place = {name: _plain(row[name]) for name in alert.query.by}
        found[store.place_key(place)] = (place, _number(row[alert.metric]))
    if not alert.query.by and not found:
        found[store.place_key({})] = ({}, None)
    return found


class Writing:
    """Writes one evaluation of one alert in the caller's transaction.

    Args:
        tx: the transaction; it holds the alert's run, so that no second worker evaluates it meanwhile.
        alert: the definition.
        now: the moment.
        silences: of this alert.
        words: for the titles of orders.
    """

    def __init__(
        self,
        tx: Connection,
        alert: AlertDefinition,
        now: datetime,
        silences: Sequence[Silence],
        words: Words | None = None,
    ) -> None:
        self._words = words or Words()
        self._tx = tx
        self._alert = alert
        self._now = now
        self._silences = silences
        self._episodes = store.open_episodes(tx, alert.name)
        self._worst: dict[str, float] = {}
        self.done = Evaluation()

    def judge_all(self, values: Values, *, counts: bool) -> None:
        """Judge every place that has a value or is known, and write what changed."""
        known = {
            key: each for (_name, key), each in store.standings(self._tx, self._alert.name).items()
        }
        self._drop_misfits(known)
        moment = Moment(self._now, counts)
        fresh, changed = [], []
        for key in values.keys() | known.keys():
            before = known.get(key)
            place, value = values.get(key) or ((before.place if before else {}), None)
            after = self._judge(place, before, value, moment)
            if before is None:
                fresh.append(after)
            elif after != before:
                changed.append(after)
            self.done.places += 1
            self.done.no_data += after.state == "no_data"
        store.save_standings(self._tx, self._alert.name, fresh, changed)
        store.insert_episodes(self._tx, self.done.fired)
        store.worsen(self._tx, self._worst, self._now)
        self._end([each.id for each in self.done.resolved], None)

    def end_all(self, reason: str) -> None:
        """End every episode and forget every place, when the alert itself is gone."""
        known = store.standings(self._tx, self._alert.name)
        self.done.resolved += self._episodes.values()
        self._end(list(self._episodes), reason)
        store.forget(self._tx, self._alert.name, [key for _name, key in known])

    def tell(self, audit: AuditLog, outbox: Outbox) -> None:
        """Emit ``alert.fired`` for episodes not told yet and not silenced, ``alert.resolved`` for told ones that ended."""
        ended = {each.id for each in self.done.resolved}
        open_now = [
            each for key, each in self._episodes.items() if key not in ended
        ] + self.done.fired
        untold = [
            each for each in open_now if each.told_at is None and not self._is_silent(each.place)
        ]
        told = [each for each in self.done.resolved if each.told_at is not None]
        for verb, changed in (("fire", self.done.fired), ("resolve", self.done.resolved)):
            if changed:
                act = Act(
                    ACTOR,
                    f"alerts.{verb}",
                    f"alert:{self._alert.name}",
                    details={"places": len(changed)},
                )
                audit.record(self._tx, act)
        store.change_episodes(
            self._tx, [each.id for each in untold], self._now, {"told_at": self._now}
        )
        outbox.emit_many(self._tx, "alert.fired", [(each.id, self._fired(each)) for each in untold])
        outbox.emit_many(
            self._tx, "alert.resolved", [(each.id, self._payload(each)) for each in told]
        )

    def _judge(
        self, place: Place, before: Standing | None, value: float | None, moment: Moment
    ) -> Standing:
        verdict = judge(self._alert, place, before, value, moment)
        if verdict.change == "fire" and value is not None:
            episode = self._fresh(place, value)
            self.done.fired.append(episode)
            return replace(verdict.standing, episode=episode.id)
        mine = self._episodes.get(before.episode) if before and before.episode else None
        if verdict.change == "resolve" and mine is not None:
            self.done.resolved.append(mine)
        elif mine is not None and value is not None:
            worst = worse(self._alert, mine.worst, value)
            if worst != mine.worst:
                self._worst[mine.id] = worst
        return verdict.standing

    def _drop_misfits(self, known: dict[str, Standing]) -> None:
        names = set(self._alert.query.by)
        misfits = [key for key, each in known.items() if set(each.place) != names]
        gone = [known.pop(key).episode for key in misfits]
        ids = [each for each in gone if each in self._episodes]
        self.done.resolved += [self._episodes[each] for each in ids if each]
        self._end([each for each in ids if each], "split differently now")
        store.forget(self._tx, self._alert.name, misfits)

    def _end(self, ids: Sequence[str], reason: str | None) -> None:
        store.change_episodes(
            self._tx, ids, self._now, {"resolved_at": self._now, "reason": reason}
        )

    def _fresh(self, place: Place, value: float) -> Episode:
        return Episode(
            id=uuid4().hex, alert=self._alert.name, place=place, severity=self._alert.severity,
            fired_at=self._now, value=value, worst=value, told_at=None, resolved_at=None, reason=None,
            acknowledged_by=None, acknowledged_at=None,
        )  # fmt: skip

    def _is_silent(self, place: Place) -> bool:
        return any(each.covers(place, self._now) for each in self._silences)

    def _payload(self, episode: Episode) -> dict[str, object]:
        return {
            "alert": self._alert.name, "event": episode.id, "dimensions": dict(episode.place),
            "value": episode.value, "severity": episode.severity, "owner": self._alert.owner,
        }  # fmt: skip

    def _fired(self, episode: Episode) -> dict[str, object]:
        alert, spec = self._alert, self._alert.order
        labels, form = self._words.labels, self._words.form
        place = {
            name: labels.get(name, {}).get(str(value), value)
            for name, value in episode.place.items()
        }
        words = {
            **place,
            "value": figure(episode.value, form), "threshold": figure(alert.threshold, form),
        }  # fmt: skip
        order = None
        if spec is not None:
            department: object = spec.department
            if spec.department.startswith("$"):
                department = episode.place.get(spec.department.removeprefix("$")) or alert.owner
            order = {
                "procedure": spec.procedure, "department": department, "priority": spec.priority,
                "title": fill(spec.title, words).model_dump(),
                "due_s": spec.due.total_seconds() if spec.due else None,
            }  # fmt: skip
        said = {
            "alert": alert.title, "value": self._words.measured(episode.value),
            "threshold": self._words.measured(alert.threshold),
        }  # fmt: skip
        return {
            **self._payload(episode), "title": alert.title.model_dump(), "metric": alert.metric,
            "threshold": alert.threshold, "order": order,
            "said": {name: each.model_dump() for name, each in said.items()},
        }  # fmt: skip


def does_count(
    run: Run | None, now: datetime, versions: Mapping[str, int], alert: AlertDefinition
) -> bool:
    """Return whether an evaluation counts towards ``for``: new data, or ``every`` has passed since the last one."""
    if run is None:
        return True
    return dict(run.versions) != dict(versions) or now - run.evaluated_at >= alert.every


def _number(value: object) -> float | None:
    if value is None:
        return None
    number = float(str(value))
    return None if math.isnan(number) else number


def _plain(value: object) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
