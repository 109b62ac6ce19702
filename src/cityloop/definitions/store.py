"""Tables of definitions: the revision, the newest version of each, and every version that ever was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping
from sqlalchemy.exc import IntegrityError

from cityloop.definitions.model import Entry, Key, Version
from cityloop.foundation.db import UtcDateTime, metadata

revision_table = sa.Table(
    "definition_revision",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
)
heads_table = sa.Table(
    "definition_heads",
    metadata,
    sa.Column("kind", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("deleted", sa.Boolean, nullable=False),
    sa.Column("file", sa.String, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)
versions_table = sa.Table(
    "definition_versions",
    metadata,
    sa.Column("kind", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("action", sa.String(16), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, index=True),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("author_name", sa.String, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("value", sa.JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Head:
    """The newest version of one definition and where its text stands; ``deleted`` ones keep their number."""

    kind: str
    name: str
    version: int
    deleted: bool
    file: str
    position: int

    @property
    def key(self) -> Key:
        """Kind and name."""
        return self.kind, self.name


def revision(connection: Connection) -> int:
    """Return the number of the newest apply, 0 when there was none."""
    return connection.execute(sa.select(revision_table.c.revision)).scalar() or 0


def advance(tx: Connection, expected: int) -> bool:
    """Move the revision on by one; False when it is not ``expected`` any more."""
    if expected:
        moved = tx.execute(
            revision_table.update()
            .where(revision_table.c.revision == expected)
            .values(revision=expected + 1)
        )
        return moved.rowcount == 1
    try:
        with tx.begin_nested():
            tx.execute(revision_table.insert().values(id=1, revision=1))
    except IntegrityError:
        return False
    return True


def heads(connection: Connection) -> Sequence[Head]:
    """Return the newest version's number and place of every definition, deleted ones as well."""
    rows = connection.execute(sa.select(heads_table)).mappings()
    return [Head(**row) for row in rows]


def versions_at(connection: Connection, after: int = 0) -> Sequence[Version]:
    """Return the newest version of each definition that an apply later than revision ``after`` wrote."""
    newest = sa.and_(
        heads_table.c.kind == versions_table.c.kind,
        heads_table.c.name == versions_table.c.name,
        heads_table.c.version == versions_table.c.version,
    )
    query = (
        sa.select(versions_table).join(heads_table, newest).where(versions_table.c.revision > after)
    )
    return [_version(row) for row in connection.execute(query).mappings()]


def history(connection: Connection, kind: str, name: str) -> Sequence[Version]:
    """Return every version of one definition, newest first."""
    query = (
        sa.select(versions_table)
        .where(versions_table.c.kind == kind, versions_table.c.name == name)
        .order_by(versions_table.c.version.desc())
    )
    return [_version(row) for row in connection.execute(query).mappings()]


def was_ever_applied(connection: Connection, key: Key, text: str) -> bool:
    """Return whether some version of this definition had exactly this text."""
    query = sa.select(versions_table.c.version).where(
        versions_table.c.kind == key[0],
        versions_table.c.name == key[1],
        versions_table.c.text == text,
    )
    return connection.execute(query.limit(1)).first() is not None


def write_versions(tx: Connection, versions: Iterable[tuple[Version, Entry]]) -> None:
    """Add versions and make each the newest of its definition; the entry says where its text stands."""
    written = list(versions)
    if not written:
        return
    tx.execute(versions_table.insert(), [_row(version) for version, _entry in written])
    fresh = [_head(version, entry) for version, entry in written]
    new = [row for row in fresh if row["version"] == 1]
    old = [row for row in fresh if row["version"] != 1]
    if new:
        tx.execute(heads_table.insert(), new)
    _update_heads(tx, old)


def move(tx: Connection, entries: Iterable[Entry]) -> None:
    """Record that these texts stand in another place now."""
    rows = []
    for each in entries:
        kind, name = each.key
        rows.append({"kind": kind, "name": name, "file": each.file, "position": each.position})
    _update_heads(tx, rows)


def _update_heads(tx: Connection, rows: Sequence[dict[str, Any]]) -> None:
    # Any: values of several column types in one row.
    if not rows:
        return
    values: dict[str, Any] = {
        name: sa.bindparam(f"new_{name}") for name in rows[0] if name not in ("kind", "name")
    }
    change = (
        heads_table.update()
        .where(
            heads_table.c.kind == sa.bindparam("of_kind"),
            heads_table.c.name == sa.bindparam("of_name"),
        )
        .values(values)
    )
    renamed = [
        {"of_kind": row["kind"], "of_name": row["name"]}
        | {f"new_{name}": row[name] for name in values}
        for row in rows
    ]
    tx.execute(change, renamed)


def _head(version: Version, entry: Entry) -> dict[str, Any]:
    # Any: values of several column types in one row.
    return {
        "kind": version.kind,
        "name": version.name,
        "version": version.version,
        "deleted": version.action == "delete",
        "file": entry.file,
        "position": entry.position,
    }


def _row(version: Version) -> dict[str, object]:
    row: dict[str, object] = {
        column.name: getattr(version, column.name) for column in versions_table.c
    }
    return {**row, "at": _second(version.at), "value": dict(version.value)}


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _version(row: RowMapping) -> Version:
    return Version(**{str(name): row[name] for name in row})
