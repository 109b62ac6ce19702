"""Tables of accounts: people, sessions, keys, failed sign-ins, role requests. No secret stands in them, only digests."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.exc import IntegrityError

from cityloop.accounts.model import (
    FORGET_FAILURES,
    ApiKey,
    Person,
    RoleRequest,
    Session,
    wait_after,
)
from cityloop.foundation.db import UtcDateTime, metadata

people_table = sa.Table(
    "people",
    metadata,
    sa.Column("user_name", sa.String(64), primary_key=True),
    sa.Column("display_name", sa.String, nullable=False),
    sa.Column("department", sa.String(64)),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("language", sa.String(2)),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("password_hash", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("last_sign_in_at", UtcDateTime),
)
sessions_table = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column(
        "user_name", sa.String(64), sa.ForeignKey("people.user_name"), nullable=False, index=True
    ),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("agent", sa.String(200)),
)
keys_table = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("prefix", sa.String(12), nullable=False, unique=True),
    sa.Column("key_hash", sa.String(64), nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("department", sa.String(64)),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("last_used_at", UtcDateTime),
    sa.Column("holder", sa.String(64), index=True),
)
attempts_table = sa.Table(
    "sign_in_attempts",
    metadata,
    sa.Column("who", sa.String(64), primary_key=True),
    sa.Column("address", sa.String, primary_key=True),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False, index=True),
    sa.Column("locked_until", UtcDateTime),
)

requests_table = sa.Table(
    "role_requests",
    metadata,
    sa.Column("id", sa.String(12), primary_key=True),
    sa.Column(
        "user_name", sa.String(64), sa.ForeignKey("people.user_name"), nullable=False, index=True
    ),
    sa.Column("role", sa.String(64), nullable=False),
    sa.Column("reason", sa.String(500), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", sa.String),
    sa.Column("note", sa.String(500), nullable=False),
)
_OPEN = requests_table.c.state == "open"
sa.Index(
    "uq_role_requests_open",
    requests_table.c.user_name,
    requests_table.c.role,
    unique=True,
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)

_PERSON = [column for column in people_table.c if column.name != "password_hash"]
_KEY = [column for column in keys_table.c if column.name != "key_hash"]

Values = Mapping[str, Any]
"""Column → value; Any because columns have their own types."""


def person(
    connection: Connection, user_name: str, *, lock: bool = False
) -> tuple[Person, str] | None:
    """Return a person and what is kept of the password; None when there is nobody of this name.

    ``lock`` lets nobody else change the person before this transaction ends.
    """
    query = sa.select(people_table).where(people_table.c.user_name == user_name)
    if lock:
        query = query.with_for_update()
    row = connection.execute(query).mappings().first()
    return (_person(row), row["password_hash"]) if row else None


def key_names(connection: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """Return the name of each of these keys."""
    query = sa.select(keys_table.c.id, keys_table.c.name).where(keys_table.c.id.in_(ids))
    return {row.id: row.name for row in connection.execute(query)}


def people(connection: Connection) -> Sequence[Person]:
    """Return everybody, in order of user name."""
    query = sa.select(*_PERSON).order_by(people_table.c.user_name)
    return [_person(row) for row in connection.execute(query).mappings()]


def names(connection: Connection, user_names: Sequence[str]) -> list[tuple[str, str]]:
    """Return (user name, display name) of these people."""
    columns = (people_table.c.user_name, people_table.c.display_name)
    query = sa.select(*columns).where(people_table.c.user_name.in_(user_names))
    return [(row[0], row[1]) for row in connection.execute(query)]


def add_person(tx: Connection, values: Values) -> bool:
    """Add a person; False when the user name is taken."""
    try:
        with tx.begin_nested():
            tx.execute(people_table.insert().values(**values))
    except IntegrityError:
        return False
    return True


def change_person(tx: Connection, user_name: str, values: Values) -> None:
    """Change these columns of one person."""
    change = people_table.update().where(people_table.c.user_name == user_name)
    if values:
        tx.execute(change.values(**values))


def session(connection: Connection, token_hash: str) -> Session | None:
    """Return the session with its person, whether it is still good or not: one query."""
    query = (
        sa.select(*_PERSON, sessions_table.c.seen_at, sessions_table.c.expires_at)
        .join(sessions_table, sessions_table.c.user_name == people_table.c.user_name)
        .where(sessions_table.c.token_hash == token_hash)
    )
    row = connection.execute(query).mappings().first()
    return Session(_person(row), row["seen_at"], row["expires_at"]) if row else None


def add_session(tx: Connection, values: Values) -> None:
    """Add a session and drop everybody's sessions that are over."""
    over = sessions_table.delete().where(sessions_table.c.expires_at <= values["created_at"])
    tx.execute(over)
    tx.execute(sessions_table.insert().values(**values))


def touch_session(tx: Connection, token_hash: str, at: datetime) -> None:
    """Record that the session was used at ``at``."""
    change = sessions_table.update().where(sessions_table.c.token_hash == token_hash)
    tx.execute(change.values(seen_at=at))


def drop_session(tx: Connection, token_hash: str) -> str | None:
    """End one session; return whose it was, None when there was none."""
    ended = sessions_table.delete().where(sessions_table.c.token_hash == token_hash)
    whose: str | None = tx.execute(ended.returning(sessions_table.c.user_name)).scalar()
    return whose


def drop_sessions_of(tx: Connection, user_name: str) -> None:
    """End every session of one person."""
    tx.execute(sessions_table.delete().where(sessions_table.c.user_name == user_name))


def sessions_of(connection: Connection, user_name: str) -> Sequence[RowMapping]:
    """Return the sessions of one person, the last used first; some may be over."""
    query = (
        sa.select(sessions_table)
        .where(sessions_table.c.user_name == user_name)
        .order_by(sessions_table.c.seen_at.desc(), sessions_table.c.token_hash)
    )
    return connection.execute(query).mappings().all()


def add_key(tx: Connection, key: ApiKey, key_hash: str) -> None:
    """Add an API key."""
    values = {column.name: getattr(key, column.name) for column in _KEY}
    values["roles"] = sorted(key.roles)
    tx.execute(keys_table.insert().values(**values, key_hash=key_hash))


def key(connection: Connection, prefix: str) -> tuple[ApiKey, str] | None:
    """Return the key of this prefix and the digest that the whole key must have; None when there is none."""
    query = sa.select(keys_table).where(keys_table.c.prefix == prefix)
    row = connection.execute(query).mappings().first()
    return (_key(row), row["key_hash"]) if row else None


def keys(connection: Connection, holder: str | None = None) -> Sequence[ApiKey]:
    """Return every key, or those of one ``holder``, newest first."""
    query = sa.select(*_KEY).order_by(keys_table.c.created_at.desc(), keys_table.c.id)
    if holder is not None:
        query = query.where(keys_table.c.holder == holder)
    return [_key(row) for row in connection.execute(query).mappings()]


def change_key(tx: Connection, key_id: str, values: Values) -> None:
    """Change these columns of one key."""
    tx.execute(keys_table.update().where(keys_table.c.id == key_id).values(**values))


def add_request(tx: Connection, values: Values) -> bool:
    """Add a role request; False when the person has an open one for the role."""
    try:
        with tx.begin_nested():
            tx.execute(requests_table.insert().values(**values))
    except IntegrityError:
        return False
    return True


def role_requests(
    connection: Connection, *, user_name: str | None = None, request_id: str | None = None
) -> Sequence[RoleRequest]:
    """Return one person's role requests, or the one of this id, newest first; without either all that are open, oldest first."""
    query = sa.select(requests_table, people_table.c.display_name).join(people_table)
    newest = requests_table.c.asked_at.desc()
    if user_name is not None:
        query = query.where(requests_table.c.user_name == user_name).order_by(newest)
    elif request_id is not None:
        query = query.where(requests_table.c.id == request_id)
    else:
        query = query.where(_OPEN).order_by(requests_table.c.asked_at, requests_table.c.id)
    return [RoleRequest(**row) for row in connection.execute(query).mappings()]


def close_request(tx: Connection, request_id: str, values: Values) -> bool:
    """Change these columns of one open request; False when it is open no more."""
    change = requests_table.update().where(requests_table.c.id == request_id, _OPEN)
    return tx.execute(change.values(**values)).rowcount == 1


def count_attempt(
    tx: Connection, who: str, address: str, *, at: datetime, free: int
) -> timedelta | None:
    """Count one attempt as failed before its outcome is known; return the wait when none is allowed now.

    Counting first means that a thousand attempts at the same moment are a thousand failures and not one.
    """
    row = _attempt(tx, who, address)
    if row is None:
        try:
            with tx.begin_nested():
                fresh = {"who": who, "address": address, "failures": 0, "last_at": at}
                tx.execute(attempts_table.insert().values(**fresh))
        except IntegrityError:
            pass  # somebody else's attempt came first; count on
        row = _attempt(tx, who, address)
    if row is None:
        message = "an attempt that was just written is gone"
        raise LookupError(message)
    if row["locked_until"] is not None and row["locked_until"] > at:
        wait: timedelta = row["locked_until"] - at
        return wait
    failures = 1 if at - row["last_at"] > FORGET_FAILURES else row["failures"] + 1
    wait_next = wait_after(failures, free)
    until = at + wait_next if wait_next else None
    _change_attempt(tx, who, address, failures=failures, last_at=at, locked_until=until)
    return None


def forgive_attempts(tx: Connection, who: str, address: str) -> None:
    """Forget the failures of one person from one address, and the one attempt counted for the address itself."""
    tx.execute(attempts_table.delete().where(_of(who, address)))
    office = _attempt(tx, "", address)
    if office is not None:
        failures = max(office["failures"] - 1, 0)
        _change_attempt(tx, "", address, failures=failures, locked_until=None)


def forget_attempts(tx: Connection, before: datetime) -> None:
    """Drop attempts that no longer count."""
    tx.execute(attempts_table.delete().where(attempts_table.c.last_at < before))


def _attempt(tx: Connection, who: str, address: str) -> RowMapping | None:
    query = sa.select(attempts_table).where(_of(who, address)).with_for_update()
    return tx.execute(query).mappings().first()


def _change_attempt(tx: Connection, who: str, address: str, **values: object) -> None:
    tx.execute(attempts_table.update().where(_of(who, address)).values(**values))


def _of(who: str, address: str) -> sa.ColumnElement[bool]:
    return sa.and_(attempts_table.c.who == who, attempts_table.c.address == address)


def _person(row: RowMapping) -> Person:
    return Person(**_with_roles(row, _PERSON))


def _key(row: RowMapping) -> ApiKey:
    return ApiKey(**_with_roles(row, _KEY))


def _with_roles(row: RowMapping, columns: Sequence[sa.Column[Any]]) -> dict[str, Any]:
    # Any: columns of several types; the tables mirror the classes.
    return {
        **{column.name: row[column.name] for column in columns},
        "roles": frozenset(row["roles"]),
    }
