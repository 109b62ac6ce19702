"""The verbs of alerts: evaluate, preview, acknowledge, silence; and the lists that people look at."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from cityloop.accounts import DepartmentDefinition
from cityloop.alerts import store
from cityloop.alerts.errors import NoEpisode, NoSilence, OpenRange, Over, PastMoment, UnknownPlace
from cityloop.alerts.evaluation import Values, Words, Writing, does_count, values_of
from cityloop.alerts.model import (
    AlertDefinition,
    Episode,
    Evaluation,
    Overview,
    Place,
    Preview,
    Run,
    Silence,
    Wanted,
)
from cityloop.alerts.replay import Replay
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError, NotFound
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal, service
from cityloop.metrics import Answer, Metrics, Query, Range
from cityloop.metrics.periods import resolve

VIEW = "alerts.view"
"""Permission to see every department's alerts without acting on them: a city's leaders."""
MANAGE = "alerts.manage"
"""Permission to acknowledge and silence every department's alerts."""
MOST_MOMENTS = 120
"""Evaluations of one preview; a longer range is looked at in longer steps."""


class Alerts:
    """The alerts of one city.

    Args:
        db: the state store.
        clock: gives the time.
        audit: where acts are recorded.
        outbox: where ``alert.fired`` and ``alert.resolved`` go.
        definitions: returns what is published now.
        metrics: answers queries.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        outbox: Outbox,
        definitions: Callable[[], Snapshot],
        *,
        metrics: Metrics,
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._definitions = definitions
        self._metrics = metrics

    def definitions(self) -> Mapping[str, AlertDefinition]:
        """Return every published alert by name."""
        return self._definitions().all(AlertDefinition)

    def evaluate(self, name: str) -> Evaluation:
        """Evaluate one alert for its owner's department; evaluating again with nothing new changes nothing.

        Raises:
            NotFound: there is no such alert.
            CityError: the metric cannot be read; the alert's run says so until the next one.
        """
        alert = self._definitions().one(AlertDefinition, name)
        started = self._clock.now()
        reader = service("alerts", department=alert.owner)
        try:
            answer = self._metrics.query(reader, alert.query, "alert")
        except CityError as error:
            with self._db.begin() as tx:
                known = store.lock_run(tx, name)
                kept = known.versions if known else {}
                store.save_run(tx, Run(name, started, kept, error.code), fresh=known is None)
            raise
        values, words = values_of(alert, answer), self._words(alert, answer)
        run = Run(name, started, answer.versions)
        try:
            return self._write(alert, values, words, run)
        except IntegrityError:
            # Two workers made the very first evaluation at once; now there is a row to wait for.
            return self._write(alert, values, words, run)

    def evaluate_all(self) -> dict[str, Evaluation | CityError]:
        """Evaluate every alert; return what changed, or what went wrong, for each."""
        found: dict[str, Evaluation | CityError] = {}
        for name in self._definitions().all(AlertDefinition):
            try:
                found[name] = self.evaluate(name)
            except CityError as error:
                found[name] = error
        return found

    def close(self, tx: Connection, name: str) -> None:
        """End all episodes of an alert whose definition is gone, in the caller's transaction."""
        store.lock_run(tx, name)
        stub = _stub(name)
        writing = Writing(tx, stub, self._clock.now(), ())
        writing.end_all("the alert was deleted")
        writing.tell(self._audit, self._outbox)

    def preview(self, principal: Principal, alert: AlertDefinition, over: Range) -> Preview:
        """Return what ``alert`` would have done over a past range, as far as ``principal`` may see; nothing is told.

        Args:
            principal: whose view of the data counts.
            alert: published or only a draft.
            over: with two ends.

        Raises:
            OpenRange: the range has an open end.
            CityError: the query cannot be answered.
        """
        start, end = self._ends(over)
        # A whole number of its own steps: as if the rule had been looked at less often.
        step = alert.every * max(1, -((start - end) // (alert.every * MOST_MOMENTS)))
        replay = Replay(alert)
        for moment in _moments(start, end, step):
            replay.at(moment, self._values_at(principal, alert, moment))
        return replay.preview(step)

    def names(self, principal: Principal) -> frozenset[str]:
        """Return the names of the alerts that the principal may see."""
        return frozenset(each.name for each in self._visible(principal))

    def all(self, principal: Principal) -> Sequence[Overview]:
        """Return the alerts that the principal may see, each with how it stands."""
        with self._db.read() as connection:
            runs = store.runs(connection)
            standings = store.standings(connection)
            silences = store.silences(connection, self._clock.now())
        found = []
        for alert in self._visible(principal):
            own = tuple(each for (name, _key), each in standings.items() if name == alert.name)
            quiet = tuple(each for each in silences if each.alert == alert.name)
            counts = Counter(each.state for each in own)
            found.append(Overview(alert, runs.get(alert.name), counts, own, quiet))
        return found

    def one(self, principal: Principal, name: str) -> Overview:
        """Return one alert with how it stands.

        Raises:
            NotFound: there is none that the principal may see.
        """
        for overview in self.all(principal):
            if overview.definition.name == name:
                return overview
        raise NotFound(kind="alert", name=name, close=[])

    def episodes(self, principal: Principal, wanted: Wanted | None = None) -> Sequence[Episode]:
        """Return episodes that the principal may see, newest first."""
        wanted = wanted or Wanted()
        names = [
            each.name for each in self._visible(principal) if wanted.alert in (None, each.name)
        ]
        with self._db.read() as connection:
            return store.episodes(connection, names, wanted)

    def episode(self, principal: Principal, episode_id: str) -> Episode:
        """Return one episode.

        Raises:
            NoEpisode: there is none that the principal may see.
        """
        with self._db.read() as connection:
            found = store.episode(connection, episode_id)
        if found is None or found.alert not in {each.name for each in self._visible(principal)}:
            raise NoEpisode(id=episode_id)
        return found

    def acknowledge(self, principal: Principal, episode_id: str) -> Episode:
        """Say that somebody looks after an episode; saying it again changes nothing.

        Raises:
            Forbidden: neither the owner's department with the permission, nor allowed for all.
            NoEpisode: there is none that the principal may see.
            Over: it has ended.
        """
        principal.require(MANAGE, f"event:{episode_id}")
        with self._db.begin() as tx:
            episode = store.episode(tx, episode_id)
            if episode is None:
                raise NoEpisode(id=episode_id)
            if episode.resolved_at is not None:
                raise Over(id=episode_id, at=episode.resolved_at.isoformat())
            if episode.acknowledged_by is not None:
                return episode
            now = self._clock.now()
            values = {"acknowledged_by": principal.id, "acknowledged_at": now}
            store.change_episodes(tx, [episode_id], now, values)
            self._record(tx, principal, "acknowledge", episode.alert, {"event": episode_id})
            known = self.definitions().get(episode.alert)
            payload = {
                "alert": episode.alert, "event": episode_id, "by": principal.id,
                "owner": known.owner if known else None,
            }  # fmt: skip
            self._outbox.emit(tx, "alert.acknowledged", episode_id, payload)
            found = store.episode(tx, episode_id)
        if found is None:
            raise NoEpisode(id=episode_id)
        return found

    def silence(
        self,
        principal: Principal,
        alert: str,
        *,
        until: datetime,
        reason: str,
        place: Place | None = None,
    ) -> Silence:
        """Tell nobody of an alert until then, at the places that have these dimension values (None: everywhere).

        What still fires when the silence ends is told with the next evaluation.

        Raises:
            Forbidden: the principal may not manage alerts.
            NotFound: there is no such alert.
            PastMoment: ``until`` is not in the future.
            UnknownPlace: ``place`` names a dimension that the alert is not split by, so it would silence nothing.
        """
        principal.require(MANAGE, f"alert:{alert}")
        definition = self._definitions().one(AlertDefinition, alert)
        owner, place = definition.owner, dict(place or {})
        now = self._clock.now()
        if until <= now:
            raise PastMoment(until=until.isoformat())
        for dimension in place:
            if dimension not in definition.query.by:
                raise UnknownPlace(
                    alert=alert, dimension=dimension, known=", ".join(definition.query.by) or "–"
                )
        made = Silence(uuid4().hex, alert, place, until, principal.id, reason, now)
        with self._db.begin() as tx:
            store.insert_silence(tx, made)
            details = {"silence": made.id, "until": until.isoformat(), "place": place}
            self._record(tx, principal, "silence", alert, details)
            self._outbox.emit(
                tx, "alert.silenced", alert, {"alert": alert, "owner": owner, **details}
            )
        return made

    def silences(
        self,
        principal: Principal,
        alert: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Silence]:
        """Return the silences of an alert that held at some moment between the two, ended ones too, the newest first.

        Raises:
            NotFound: there is no alert of this name that the principal may see.
        """
        if alert not in {each.name for each in self._visible(principal)}:
            raise NotFound(kind="alert", name=alert, close=[])
        with self._db.read() as connection:
            return store.past_silences(connection, alert, since, until)

    def end_silence(self, principal: Principal, silence_id: str) -> None:
        """Let a silence end now.

        Raises:
            Forbidden: the principal may not manage alerts.
            NoSilence: there is none.
        """
        principal.require(MANAGE, f"silence:{silence_id}")
        with self._db.begin() as tx:
            found = store.silence(tx, silence_id)
            if found is None:
                raise NoSilence(id=silence_id)
            store.end_silence(tx, silence_id, self._clock.now())
            details = {"silence": silence_id}
            self._record(tx, principal, "end_silence", found.alert, details)
            known = self.definitions().get(found.alert)
            payload = {"alert": found.alert, "owner": known.owner if known else None, **details}
            self._outbox.emit(tx, "alert.silenced", found.alert, payload)

    def _write(self, alert: AlertDefinition, values: Values, words: Words, run: Run) -> Evaluation:
        with self._db.begin() as tx:
            known = store.lock_run(tx, alert.name)
            if known is not None and known.evaluated_at > run.evaluated_at:
                return Evaluation()
            quiet = [
                each for each in store.silences(tx, run.evaluated_at) if each.alert == alert.name
            ]
            writing = Writing(tx, alert, run.evaluated_at, quiet, words)
            counts = does_count(known, run.evaluated_at, run.versions, alert)
            writing.judge_all(values, counts=counts)
            if counts or known is None or known.error is not None:
                store.save_run(tx, run, fresh=known is None)
            writing.tell(self._audit, self._outbox)
            return writing.done

    def _words(self, alert: AlertDefinition, answer: Answer) -> Words:
        labels = dict(answer.labels)
        if alert.order is not None and alert.order.department.startswith("$"):
            known = self._definitions().all(DepartmentDefinition)
            titles = {name: each.title for name, each in known.items()}
            labels.setdefault(alert.order.department.removeprefix("$"), titles)
        [column] = [each for each in answer.columns if each.name == alert.metric]
        return Words(labels, column.format, column.unit)

    def _values_at(self, principal: Principal, alert: AlertDefinition, moment: datetime) -> Values:
        query = alert.query
        if query.range is not None:
            period = resolve(query.range, moment, ZoneInfo(self._metrics.time_zone))
            fixed = Range.model_validate({"from": period.start, "to": period.end})
            query = Query.model_validate({**query.model_dump(), "range": fixed})
        return values_of(alert, self._metrics.query(principal, query, "preview"))

    def _ends(self, over: Range) -> tuple[datetime, datetime]:
        zone = ZoneInfo(self._metrics.time_zone)
        now = self._clock.now()
        start, end = resolve(over, now, zone).moments(zone)
        if start is None or end is None:
            raise OpenRange(range=over.model_dump(exclude_none=True, by_alias=True))
        return start, min(end, now)

    def _visible(self, principal: Principal) -> Iterator[AlertDefinition]:
        sees_all = principal.may(MANAGE) or principal.may(VIEW)
        for alert in self._definitions().all(AlertDefinition).values():
            if sees_all or (alert.owner and alert.owner == principal.department):
                yield alert

    def _record(
        self,
        tx: Connection,
        principal: Principal,
        verb: str,
        alert: str,
        details: Mapping[str, object],
    ) -> None:
        act = Act(principal.id, f"alerts.{verb}", f"alert:{alert}", details=details)
        self._audit.record(tx, act)


def records(connection: Connection, cursor: str | None) -> pa.Table:
    """Return the episodes that changed since ``cursor``, for the internal table ``alert_events``."""
    return store.records(connection, cursor)


def _moments(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    # Counted back from the end, so that the last one is now: what fired a minute ago is part of the picture.
    for back in reversed(range((end - start) // step)):
        yield end - back * step


def _stub(name: str) -> AlertDefinition:
    title = {"zh": name, "en": name}
    body = {"name": name, "title": title, "query": {"metrics": ["x"]}, "when": {"above": 0}}
    return AlertDefinition.model_validate(body)
