"""Tables of work orders: the orders, and the counter of numbers per day."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, RowMapping

from cityloop.foundation.db import UtcDateTime, metadata
from cityloop.foundation.definition import Bilingual
from cityloop.workorders.model import Location, Order, Wanted

OPEN = ("open", "accepted")
"""Statuses of an order that somebody still has to finish."""
ALERT_KEY = "alert:"
"""Begins the key of an order that an alert opened; the episode's id follows."""
_IS_OPEN = sa.text("status IN ('open', 'accepted') AND dedup_key IS NOT NULL")

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("number", sa.String(32), nullable=False, unique=True),
    sa.Column("case_id", sa.String(32), nullable=False, unique=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("dedup_key", sa.String),
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("alert", sa.String),
    sa.Column("place", sa.JSON, nullable=False),
    sa.Column("title_zh", sa.String, nullable=False),
    sa.Column("title_en", sa.String, nullable=False),
    sa.Column("description", sa.String, nullable=False),
    sa.Column("description_en", sa.String),  # None: the words of a person, in one language
    sa.Column("department", sa.String, nullable=False),
    sa.Column("priority", sa.String(16), nullable=False),
    sa.Column("location", sa.String),
    sa.Column("longitude", sa.Float),
    sa.Column("latitude", sa.Float),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("repeats", sa.Integer, nullable=False),
    sa.Column("opened_by", sa.String, nullable=False),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("accepted_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("due_at", UtcDateTime),
    sa.Column("result", sa.String),
    sa.Column("updated_at", UtcDateTime, nullable=False, index=True),
    sa.Index("ix_orders_board", "department", "status", "opened_at"),
    sa.Index(
        "uq_orders_dedup",
        "dedup_key",
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)
order_numbers = sa.Table(
    "order_numbers",
    metadata,
    sa.Column("day", sa.String(8), primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

OVERLAP = timedelta(minutes=1)
"""Records this much older than the cursor are given again (loading them twice changes nothing): on PostgreSQL a row may
become visible later than its own time says. Longer than any transaction lasts."""

_MOMENT: pa.DataType = pa.timestamp("us", "UTC")
_TYPES: dict[str, pa.DataType] = {
    "order_id": pa.string(), "number": pa.string(), "source": pa.string(), "alert": pa.string(),
    "department": pa.string(), "priority": pa.string(), "status": pa.string(), "location": pa.string(),
    "longitude": pa.float64(), "latitude": pa.float64(), "opened_at": _MOMENT, "accepted_at": _MOMENT,
    "finished_at": _MOMENT, "due_at": _MOMENT, "accept_minutes": pa.float64(), "handling_minutes": pa.float64(),
    "on_time": pa.bool_(), "repeats": pa.int64(), "updated_at": _MOMENT,
}  # fmt: skip
RECORD_SCHEMA = pa.schema(list(_TYPES.items()))
"""Columns of the internal table ``orders``; no words that people wrote, no names."""


def next_number(tx: Connection, day: date) -> int:
    """Return the next count of this local day, from 1."""
    insert = postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert
    statement = insert(order_numbers).values(day=f"{day:%Y%m%d}", last=1)
    statement = statement.on_conflict_do_update(
        index_elements=["day"], set_={"last": order_numbers.c.last + 1}
    )
    return int(tx.execute(statement.returning(order_numbers.c.last)).scalar_one())


def insert_order(tx: Connection, order: Order, *, key: str, dedup_key: str | None) -> None:
    """Insert an order."""
    tx.execute(
        orders.insert().values(
            id=order.id, number=order.number, case_id=order.case_id, key=key, dedup_key=dedup_key,
            source=order.source, alert=order.alert, place=dict(order.place), title_zh=order.title.zh,
            title_en=order.title.en, department=order.department, **_described(order.description),
            priority=order.priority, location=order.location.text, longitude=order.location.longitude,
            latitude=order.location.latitude, status=order.status, repeats=order.repeats,
            opened_by=order.opened_by, opened_at=order.opened_at, due_at=order.due_at, updated_at=order.updated_at,
        )
    )  # fmt: skip


def change_order(tx: Connection, order_id: str, now: datetime, **values: object) -> None:
    """Write some columns of an order."""
    tx.execute(orders.update().where(orders.c.id == order_id).values(**values, updated_at=now))


def one(
    connection: Connection, where: sa.ColumnElement[bool], *, lock: bool = False
) -> Order | None:
    """Return the order that fits; None when there is none. ``lock`` keeps it for this transaction."""
    query = sa.select(orders).where(where)
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    return _order(row) if row else None


def by_name(name: str) -> sa.ColumnElement[bool]:
    """Return the condition that an order has this id or number."""
    return sa.or_(orders.c.id == name, orders.c.number == name)


def by_key(key: str) -> sa.ColumnElement[bool]:
    """Return the condition that an order was opened under this key."""
    return orders.c.key == key


def by_dedup(dedup_key: str) -> sa.ColumnElement[bool]:
    """Return the condition that an open order is about this alert and place."""
    return sa.and_(orders.c.dedup_key == dedup_key, orders.c.status.in_(OPEN))


def seen_by(department: str | None, involved: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
    """Return the condition that an order belongs to this department, or a task of its case does or did."""
    return sa.or_(orders.c.department == department, orders.c.case_id.in_(involved))


def of_cases(cases: sa.Select[tuple[str]]) -> sa.ColumnElement[bool]:
    """Return the condition that an order's case is one of these."""
    return orders.c.case_id.in_(cases)


def many(
    connection: Connection, wanted: Wanted, now: datetime, also: Sequence[sa.ColumnElement[bool]]
) -> list[Order]:
    """Return the wanted orders: open ones first, by deadline, then those that ended last."""
    is_open = orders.c.status.in_(OPEN)
    query = (
        sa.select(orders)
        .where(*_wanted(wanted, now), *also)
        .order_by(
            is_open.desc(),
            sa.case((is_open, orders.c.due_at)).asc().nulls_last(),
            sa.func.coalesce(orders.c.finished_at, orders.c.opened_at).desc(),
            orders.c.id,
        )
        .offset(wanted.skip)
        .limit(wanted.most)
    )
    return [_order(row) for row in connection.execute(query).mappings()]


def total(
    connection: Connection, wanted: Wanted, now: datetime, also: Sequence[sa.ColumnElement[bool]]
) -> int:
    """Return how many orders are wanted, on all pages."""
    query = sa.select(sa.func.count()).select_from(orders).where(*_wanted(wanted, now), *also)
    return int(connection.execute(query).scalar_one())


def _wanted(wanted: Wanted, now: datetime) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    for column, value in (
        ("department", wanted.department),
        ("alert", wanted.alert),
        ("priority", wanted.priority),
    ):
        if value is not None:
            where.append(orders.c[column] == value)
    if wanted.statuses is not None:
        where.append(orders.c.status.in_(wanted.statuses))
    if wanted.is_overdue is not None:
        late = sa.and_(
            orders.c.status.in_(OPEN), orders.c.due_at.is_not(None), orders.c.due_at < now
        )
        where.append(late if wanted.is_overdue else sa.not_(late))
    if wanted.text:
        searched = ("number", "title_zh", "title_en", "description", "description_en", "location")
        where.append(
            sa.or_(*(orders.c[name].icontains(wanted.text, autoescape=True) for name in searched))
        )
    if wanted.updated_since is not None:
        where.append(orders.c.updated_at >= wanted.updated_since)
    return where


def counts(
    connection: Connection, also: Sequence[sa.ColumnElement[bool]]
) -> list[tuple[str, str, int]]:
    """Return (department, status, number of orders)."""
    query = sa.select(orders.c.department, orders.c.status, sa.func.count()).where(*also)
    query = query.group_by(orders.c.department, orders.c.status)
    rows = connection.execute(query.order_by(orders.c.department, orders.c.status))
    return [(row[0], row[1], row[2]) for row in rows]


def records(connection: Connection, cursor: str | None) -> pa.Table:
    """Return the orders that changed since ``cursor`` (ISO 8601; None: all), less :data:`OVERLAP`, as rows of a dataset."""
    query = sa.select(orders).order_by(orders.c.updated_at)
    if cursor is not None:
        since = datetime.fromisoformat(cursor) - OVERLAP
        query = query.where(orders.c.updated_at >= since)
    rows = [_record(row) for row in connection.execute(query).mappings()]
    return pa.Table.from_pylist(rows, schema=RECORD_SCHEMA)


def _record(row: RowMapping) -> Mapping[str, Any]:
    # Any: one row of mixed types on its way into Arrow, whose schema checks them.
    end = row["finished_at"] if row["status"] == "finished" else None
    own = {name: row[name] for name in RECORD_SCHEMA.names if name in row}
    return {
        **own,
        "order_id": row["id"],
        "accept_minutes": _minutes(row["opened_at"], row["accepted_at"]),
        "handling_minutes": _minutes(row["opened_at"], end),
        "on_time": None if end is None or row["due_at"] is None else end <= row["due_at"],
    }


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 60


def _order(row: RowMapping) -> Order:
    own = {name: row[name] for name in Order.__dataclass_fields__ if name in row}
    title = Bilingual(zh=row["title_zh"], en=row["title_en"])
    location = Location(row["location"], row["longitude"], row["latitude"])
    episode = row["key"].removeprefix(ALERT_KEY) if row["source"] == "alert" else None
    zh, en = row["description"], row["description_en"]
    description = zh if en is None else Bilingual(zh=zh, en=en)
    rest = {"title": title, "description": description, "location": location, "episode": episode}
    return Order(**{**own, **rest})


def _described(words: str | Bilingual) -> dict[str, str | None]:
    if isinstance(words, str):
        return {"description": words, "description_en": None}
    return {"description": words.zh, "description_en": words.en}
