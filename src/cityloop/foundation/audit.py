"""The audit log: who did what to which object, when and why; append-only and hash-chained.

Each entry's hash covers its content and the hash before it, so altering, removing or reordering an entry is found at
its number. The newest hash is kept a second time, signed, in a file (:class:`Anchor`), so that cutting off the end
is found as well. Entries are written in the same transaction as the act they record.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import orjson
import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.engine import Connection, RowMapping

from cityloop.foundation.clock import Clock
from cityloop.foundation.db import UtcDateTime, metadata
from cityloop.foundation.prepared import Prepared

FIRST_HASH = "0" * 64
"""What the first entry names as the hash before it."""

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("actor", sa.String, nullable=False, index=True),
    sa.Column("verb", sa.String, nullable=False, index=True),
    sa.Column("target", sa.String, nullable=False, index=True),
    sa.Column("purpose", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

_LOCK_HEAD = Prepared(sa.select(audit_head.c.seq, audit_head.c.hash).with_for_update())
_MOVE_HEAD = Prepared(
    audit_head.update().values(seq=sa.bindparam("new_seq"), hash=sa.bindparam("new_hash"))
)
_INSERT = Prepared(audit_log.insert().inline(), columns=audit_log.c.keys())


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody did or tried.

    ``details`` holds names, counts and versions; never row values, secrets or personal data.
    """

    actor: str
    verb: str
    target: str
    purpose: str = ""
    outcome: str = "done"
    details: Mapping[str, object] = field(default_factory=dict)


Fault = Literal["signature", "missing", "altered", "anchor", "cut_off", "shorter"]
"""What may be wrong with the log."""
REASONS: Mapping[Fault | None, str] = {
    None: "sound",
    "signature": "the anchor's signature is wrong",
    "missing": "an entry is missing",
    "altered": "an entry was altered",
    "anchor": "the chain differs from its anchor",
    "cut_off": "the end of the log was cut off",
    "shorter": "the log is shorter than its anchor says",
}
"""Each fault in words; None means no fault."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a verification: ``entries`` checked; ``broken_at`` the first wrong entry, None when sound."""

    entries: int
    broken_at: int | None
    fault: Fault | None = None

    @property
    def reason(self) -> str:
        """The fault in words."""
        return REASONS[self.fault]


class AuditLog:
    """The audit log of one city.

    Args:
        clock: gives the time of the entries.
        anchor: where the newest hash is kept a second time; None keeps none (tests only).
    """

    def __init__(self, clock: Clock, anchor: "Anchor | None" = None) -> None:
        self._clock = clock
        self._anchor = anchor

    def record(self, tx: Connection, *acts: Act) -> None:
        """Append ``acts`` in the caller's transaction; when it rolls back, so do they."""
        head = _LOCK_HEAD.first(tx, {})
        if head is None:
            tx.execute(audit_head.insert().values(id=1, seq=0, hash=FIRST_HASH))
        seq, previous = head or (0, FIRST_HASH)
        at = self._clock.now().astimezone(UTC).replace(microsecond=0)
        rows = []
        for act in acts:
            seq += 1
            row = _row(seq, at, act)
            previous = _hash(previous, row)
            rows.append({**row, "hash": previous})
        _INSERT.run_many(tx, rows)
        _MOVE_HEAD.run(tx, {"new_seq": seq, "new_hash": previous})

    def publish_head(self, connection: Connection) -> None:
        """Write the newest hash to the anchor file, signed."""
        head = connection.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).first()
        if head is not None and self._anchor is not None:
            self._anchor.write(head.seq, head.hash)

    def verify(self, connection: Connection) -> Verdict:
        """Recompute the whole chain in bounded memory and compare it with the anchor."""
        anchored = self._anchor.read() if self._anchor else None
        if anchored is not None and not anchored.signed:
            return Verdict(0, 0, "signature")
        entries, previous = 0, FIRST_HASH
        query = sa.select(audit_log).order_by(audit_log.c.seq)
        with connection.execution_options(yield_per=5_000).execute(query) as rows:
            for row in rows.mappings():
                entries += 1
                previous = _hash(previous, {str(name): row[name] for name in row if name != "hash"})
                if fault := _fault(row, entries, previous, anchored):
                    return Verdict(entries, entries, fault)
        return _check_end(connection, entries, previous, anchored)


@dataclass(frozen=True, slots=True)
class Anchored:
    """The anchor's content: number and hash of the newest entry when written; ``signed`` says the signature holds."""

    seq: int
    hash: str
    signed: bool


class Anchor:
    """The newest hash, signed with Ed25519, in a file apart from the state store.

    Args:
        file: the anchor; may lie on another disk or be copied elsewhere.
        key: the private key; made on first use, readable by its owner only.
    """

    def __init__(self, file: Path, key: Path) -> None:
        self._file = file
        self._key = key

    def write(self, seq: int, digest: str) -> None:
        """Replace the anchor atomically; an older number never replaces a newer one."""
        known = self.read()
        if known is not None and known.signed and known.seq >= seq:
            return
        body = f"{seq} {digest}"
        signature = self._private_key().sign(body.encode()).hex()
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{body} {signature}\n", encoding="ascii")
        fresh.replace(self._file)

    def read(self) -> Anchored | None:
        """Return the anchor, or None when none was ever written."""
        if not self._file.exists():
            return None
        parts = self._file.read_text(encoding="ascii").split()
        if len(parts) != 3 or not parts[0].isdigit():
            return Anchored(0, "", signed=False)
        seq, digest, signature = parts
        try:
            self._private_key().public_key().verify(
                bytes.fromhex(signature), f"{seq} {digest}".encode()
            )
        except (InvalidSignature, ValueError):
            return Anchored(int(seq), digest, signed=False)
        return Anchored(int(seq), digest, signed=True)

    def _private_key(self) -> Ed25519PrivateKey:
        if not self._key.exists():
            self._key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._key.touch(mode=0o600)
            self._key.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
        return Ed25519PrivateKey.from_private_bytes(self._key.read_bytes())


def entries(
    connection: Connection, *, most: int, before: int | None = None
) -> Sequence[Mapping[str, object]]:
    """Return up to ``most`` entries, newest first, older than number ``before`` when given."""
    query = sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(most)
    if before is not None:
        query = query.where(audit_log.c.seq < before)
    return [dict(row) for row in connection.execute(query).mappings()]


def _row(seq: int, at: datetime, act: Act) -> dict[str, object]:
    return {
        "seq": seq,
        "at": at,
        "actor": act.actor,
        "verb": act.verb,
        "target": act.target,
        "purpose": act.purpose,
        "outcome": act.outcome,
        "details": orjson.loads(orjson.dumps(dict(act.details))),
    }


def _hash(previous: str, row: Mapping[str, object]) -> str:
    body = orjson.dumps(row, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)
    return hashlib.sha256(previous.encode() + body).hexdigest()


def _fault(row: RowMapping, number: int, digest: str, anchored: Anchored | None) -> Fault | None:
    if row["seq"] != number:
        return "missing"
    if row["hash"] != digest:
        return "altered"
    if anchored and anchored.seq == number and anchored.hash != digest:
        return "anchor"
    return None


def _check_end(
    connection: Connection, count: int, newest: str, anchored: Anchored | None
) -> Verdict:
    head = connection.execute(sa.select(audit_head.c.seq, audit_head.c.hash)).first()
    if head is not None and (head.seq, head.hash) != (count, newest):
        return Verdict(count, count + 1, "cut_off")
    if anchored and anchored.seq > count:
        return Verdict(count, count + 1, "shorter")
    return Verdict(count, None)
