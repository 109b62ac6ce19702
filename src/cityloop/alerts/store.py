"""Tables of alerts: how each place stands, every episode, silences, and the last evaluation."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from cityloop.alerts.model import Episode, Place, Run, Silence, Standing, Wanted
from cityloop.foundation.db import UtcDateTime, metadata

alert_runs = sa.Table(
    "alert_runs",
    metadata,
    sa.Column("alert", sa.String, primary_key=True),
    sa.Column("evaluated_at", UtcDateTime, nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
    sa.Column("error", sa.String),
)
alert_states = sa.Table(
    "alert_states",
    metadata,
    sa.Column("alert", sa.String, primary_key=True),
    sa.Column("place_key", sa.String, primary_key=True),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("value", sa.Float),
    sa.Column("since", UtcDateTime, nullable=False),
    sa.Column("streak", sa.Integer, nullable=False),
    sa.Column("episode", sa.String(32)),
)
alert_events = sa.Table(
    "alert_events",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("alert", sa.String, nullable=False),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("severity", sa.String(16), nullable=False),
    sa.Column("fired_at", UtcDateTime, nullable=False),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("worst", sa.Float, nullable=False),
    sa.Column("told_at", UtcDateTime),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("reason", sa.String),
    sa.Column("acknowledged_by", sa.String),
    sa.Column("acknowledged_at", UtcDateTime),
    sa.Column("updated_at", UtcDateTime, nullable=False, index=True),
    sa.Index("ix_alert_events_alert", "alert", "fired_at"),
)
"""One row per episode."""
alert_silences = sa.Table(
    "alert_silences",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("alert", sa.String, nullable=False, index=True),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("until", UtcDateTime, nullable=False),
    sa.Column("by", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("made_at", UtcDateTime, nullable=False),
)

OVERLAP = timedelta(minutes=1)
"""Records this much older than the cursor are given again (loading them twice changes nothing): on PostgreSQL a row may
become visible later than its own time says. Longer than any transaction lasts."""
MOST_SILENCES = 500
"""Silences of one list; people make them by hand, so that more are hardly found in any range."""

_b = sa.bindparam
_episode_columns = [column for column in alert_events.c if column.name != "updated_at"]
_silence_columns = [alert_silences.c[name] for name in Silence.__dataclass_fields__]
_CHANGE_STATE = (
    alert_states.update()
    .where(alert_states.c.alert == _b("of_alert"), alert_states.c.place_key == _b("of_key"))
    .values({name: _b(name) for name in ("state", "value", "since", "streak", "episode")})
)
_MOMENT: pa.DataType = pa.timestamp("us", "UTC")
_RECORD_TYPES: dict[str, pa.DataType] = {
    "event_id": pa.string(), "alert": pa.string(), "place": pa.string(), "severity": pa.string(),
    "fired_at": _MOMENT, "value": pa.float64(), "worst": pa.float64(), "resolved_at": _MOMENT,
    "acknowledged_at": _MOMENT, "status": pa.string(), "updated_at": _MOMENT,
}  # fmt: skip
_RECORD_SCHEMA = pa.schema(list(_RECORD_TYPES.items()))


def place_key(place: Place) -> str:
    """Return the one text that stands for these dimension values."""
    return orjson.dumps(dict(place), option=orjson.OPT_SORT_KEYS).decode()


def lock_run(tx: Connection, alert: str) -> Run | None:
    """Return the last evaluation, kept for this transaction; None when there was none."""
    query = sa.select(alert_runs).where(alert_runs.c.alert == alert).with_for_update()
    row = tx.execute(query).mappings().first()
    return Run(**row) if row else None


def save_run(tx: Connection, run: Run, *, fresh: bool) -> None:
    """Write the last evaluation.

    Raises:
        IntegrityError: ``fresh``, but another worker's first evaluation came in between.
    """
    values = {"evaluated_at": run.evaluated_at, "versions": dict(run.versions), "error": run.error}
    if fresh:
        tx.execute(alert_runs.insert().values(alert=run.alert, **values))
    else:
        tx.execute(alert_runs.update().where(alert_runs.c.alert == run.alert).values(**values))


def runs(connection: Connection) -> dict[str, Run]:
    """Return the last evaluation of every alert."""
    rows = connection.execute(sa.select(alert_runs)).mappings()
    return {row["alert"]: Run(**row) for row in rows}


def standings(connection: Connection, alert: str | None = None) -> dict[tuple[str, str], Standing]:
    """Return (alert, place key) → how it stands."""
    query = sa.select(alert_states)
    if alert is not None:
        query = query.where(alert_states.c.alert == alert)
    return {
        (row.alert, row.place_key): Standing(
            row.place, row.state, row.value, row.since, row.streak, row.episode
        )
        for row in connection.execute(query)
    }


def save_standings(
    tx: Connection, alert: str, fresh: Sequence[Standing], changed: Sequence[Standing]
) -> None:
    """Insert and update how places stand."""
    if fresh:
        rows = [{"alert": alert, "place": dict(each.place), **_state(each), "place_key": place_key(each.place)} for each in fresh]  # fmt: skip
        tx.execute(alert_states.insert(), rows)
    if changed:
        updates = [{"of_alert": alert, "of_key": place_key(each.place), **_state(each)} for each in changed]  # fmt: skip
        tx.execute(_CHANGE_STATE, updates)


def forget(tx: Connection, alert: str, keys: Sequence[str]) -> None:
    """Delete how these places stand."""
    for key in keys:
        tx.execute(
            alert_states.delete().where(
                alert_states.c.alert == alert, alert_states.c.place_key == key
            )
        )


def insert_episodes(tx: Connection, episodes: Sequence[Episode]) -> None:
    """Insert fresh episodes."""
    if episodes:
        rows = [
            {**{name: getattr(each, name) for name in Episode.__dataclass_fields__},
             "place": dict(each.place), "updated_at": each.fired_at}
            for each in episodes
        ]  # fmt: skip
        tx.execute(alert_events.insert(), rows)


def change_episodes(
    tx: Connection, ids: Sequence[str], now: datetime, values: Mapping[str, object]
) -> None:
    """Write some columns of these episodes."""
    if ids:
        statement = alert_events.update().where(alert_events.c.id == _b("of_id"))
        tx.execute(statement.values(**values, updated_at=now), [{"of_id": each} for each in ids])


def worsen(tx: Connection, worst: Mapping[str, float], now: datetime) -> None:
    """Write the worst value of these episodes (id → value)."""
    if worst:
        statement = alert_events.update().where(alert_events.c.id == _b("of_id"))
        rows = [{"of_id": each, "new_worst": value} for each, value in worst.items()]
        tx.execute(statement.values(worst=_b("new_worst"), updated_at=now), rows)


def open_episodes(connection: Connection, alert: str) -> dict[str, Episode]:
    """Return the episodes of an alert that are not over, by id."""
    query = sa.select(*_episode_columns).where(
        alert_events.c.alert == alert, alert_events.c.resolved_at.is_(None)
    )
    return {row.id: Episode(*row) for row in connection.execute(query)}


def episodes(connection: Connection, alerts: Sequence[str], wanted: Wanted) -> list[Episode]:
    """Return episodes of these alerts, newest first."""
    query = sa.select(*_episode_columns).where(alert_events.c.alert.in_(alerts))
    ended = alert_events.c.resolved_at
    if wanted.is_open is not None:
        query = query.where(ended.is_(None) if wanted.is_open else ended.is_not(None))
    if wanted.since is not None:
        query = query.where(sa.or_(ended.is_(None), ended >= wanted.since))
    if wanted.until is not None:
        query = query.where(alert_events.c.fired_at < wanted.until)
    query = query.order_by(alert_events.c.fired_at.desc(), alert_events.c.id.desc())
    return [
        Episode(*row) for row in connection.execute(query.offset(wanted.skip).limit(wanted.most))
    ]


def episode(connection: Connection, episode_id: str) -> Episode | None:
    """Return one episode; None when there is none."""
    query = sa.select(*_episode_columns).where(alert_events.c.id == episode_id)
    row = connection.execute(query.with_for_update()).first()
    return Episode(*row) if row else None


def insert_silence(tx: Connection, silence: Silence) -> None:
    """Insert a silence."""
    values = {name: getattr(silence, name) for name in Silence.__dataclass_fields__}
    tx.execute(alert_silences.insert().values(**{**values, "place": dict(silence.place)}))


def silences(connection: Connection, now: datetime) -> list[Silence]:
    """Return the silences that hold ``now``."""
    query = sa.select(*_silence_columns).where(alert_silences.c.until > now)
    return [Silence(*row) for row in connection.execute(query)]


def past_silences(
    connection: Connection, alert: str, since: datetime | None, until: datetime | None
) -> list[Silence]:
    """Return the silences of an alert that held at some moment between the two, the newest first; at most :data:`MOST_SILENCES`."""
    query = sa.select(*_silence_columns).where(alert_silences.c.alert == alert)
    if since is not None:
        query = query.where(alert_silences.c.until > since)
    if until is not None:
        query = query.where(alert_silences.c.made_at < until)
    query = query.order_by(alert_silences.c.made_at.desc(), alert_silences.c.id.desc())
    return [Silence(*row) for row in connection.execute(query.limit(MOST_SILENCES))]


def silence(connection: Connection, silence_id: str) -> Silence | None:
    """Return one silence; None when there is none."""
    row = connection.execute(
        sa.select(*_silence_columns).where(alert_silences.c.id == silence_id)
    ).first()
    return Silence(*row) if row else None


def end_silence(tx: Connection, silence_id: str, now: datetime) -> None:
    """Let a silence end now."""
    tx.execute(alert_silences.update().where(alert_silences.c.id == silence_id).values(until=now))


def records(connection: Connection, cursor: str | None) -> pa.Table:
    """Return the episodes that changed since ``cursor`` (ISO 8601; None: all), less :data:`OVERLAP`, as rows of a dataset."""
    query = sa.select(alert_events).order_by(alert_events.c.updated_at)
    if cursor is not None:
        since = datetime.fromisoformat(cursor) - OVERLAP
        query = query.where(alert_events.c.updated_at >= since)
    rows: list[dict[str, Any]] = []
    for row in connection.execute(query).mappings():
        values = {name: row[name] for name in _RECORD_SCHEMA.names if name in row}
        status = "resolved" if row["resolved_at"] else "firing"
        rows.append({**values, "event_id": row["id"], "place": place_key(row["place"]), "status": status})  # fmt: skip
    return pa.Table.from_pylist(rows, schema=_RECORD_SCHEMA)


def _state(standing: Standing) -> dict[str, object]:
    names = ("state", "value", "since", "streak", "episode")
    return {name: getattr(standing, name) for name in names}
