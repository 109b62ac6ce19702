"""The verbs on API keys: issue, list, revoke, and find out whose call it is. A key is shown once and stored as a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from cityloop.accounts import store
from cityloop.accounts.model import TOUCH_EVERY, ApiKey, BadKey, BeyondOwn
from cityloop.accounts.principals import Principals
from cityloop.accounts.tokens import digest_of, is_same, new_key, prefix_of
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Invalid, NotFound
from cityloop.foundation.principal import Principal

MANAGE = "keys.manage"
"""Permission to see, issue and revoke everybody's keys."""
ISSUE = "keys.issue"
"""Permission to issue keys for oneself."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to issue; ``expires_at`` None means never.

    ``personal`` makes it act for whoever issues it, in their department and with their attributes.
    """

    name: str
    department: str | None = None
    roles: frozenset[str] = frozenset()
    level: int = 1
    expires_at: datetime | None = None
    personal: bool = False


class Keys:
    """The API keys of one city."""

    def __init__(
        self, db: Database, clock: Clock, audit: AuditLog, *, principals: Principals
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._principals = principals

    def all(self, principal: Principal) -> Sequence[ApiKey]:
        """Return the keys without what is secret, newest first: one's own, with ``keys.manage`` everybody's.

        Raises:
            Forbidden: the principal is no person and lacks ``keys.manage``.
        """
        own = None if principal.may(MANAGE) else _holder(principal)
        with self._db.read() as connection:
            return store.keys(connection, own)

    def issue(self, principal: Principal, new: NewKey) -> tuple[ApiKey, str]:
        """Return a new key and its text, which cannot be shown again.

        Raises:
            Forbidden: the principal lacks ``keys.manage``; for a personal key ``keys.issue`` is enough, and needs a person.
            NotFound: the department or a role does not exist.
            Invalid: the level is not 1–6, or the expiry has passed.
            BeyondOwn: the roles or the level are more than the principal holds.
        """
        if not (new.personal and principal.may(ISSUE)):
            principal.require(MANAGE, "keys")
        holder = _holder(principal) if new.personal else None
        department = principal.department if new.personal else new.department
        roles, level, now = new.roles, new.level, self._clock.now()
        if new.expires_at is not None and new.expires_at <= now:
            raise Invalid(field="expires_at", value=new.expires_at.isoformat(), reason="past")
        self._principals.require_known(department=department, roles=roles, level=level)
        self._principals.require_within(principal, roles=roles, level=level, target="keys")
        if new.personal and not roles <= principal.roles:
            raise BeyondOwn(beyond=sorted(roles - principal.roles), target="keys")
        text, prefix = new_key()
        key = ApiKey(
            id=uuid4().hex,
            prefix=prefix,
            name=new.name,
            department=department,
            roles=roles,
            level=level,
            created_by=principal.id,
            created_at=now,
            expires_at=new.expires_at,
            holder=holder,
        )
        with self._db.begin() as tx:
            store.add_key(tx, key, digest_of(text))
            self._record(tx, principal, "issue", key)
        return key, text

    def revoke(self, principal: Principal, key_id: str) -> None:
        """End a key at once, one's own or, with ``keys.manage``, anybody's; revoking twice changes nothing.

        Raises:
            Forbidden: the principal is no person and lacks ``keys.manage``.
            NotFound: there is no such key, or it is somebody else's.
        """
        own = None if principal.may(MANAGE) else _holder(principal)
        with self._db.begin() as tx:
            key = next((each for each in store.keys(tx, own) if each.id == key_id), None)
            if key is None:
                raise NotFound(kind="key", name=key_id, close=[])
            if key.revoked_at is None:
                store.change_key(tx, key_id, {"revoked_at": self._clock.now()})
                self._record(tx, principal, "revoke", key)

    def principal_of(self, text: str) -> Principal:
        """Return as whom the holder of a key acts.

        Raises:
            BadKey: the key is unknown, revoked or expired, or its holder may not sign in any more.
        """
        prefix = prefix_of(text)
        if prefix is None:
            raise BadKey
        with self._db.read() as connection:
            found = store.key(connection, prefix)
            name = found[0].holder if found else None
            holder = store.person(connection, name) if name is not None else None
        now = self._clock.now()
        if found is None or not is_same(found[1], digest_of(text)) or not found[0].is_good(now):
            raise BadKey
        key = found[0]
        if key.holder is not None and (holder is None or not holder[0].active):
            raise BadKey
        if key.last_used_at is None or now - key.last_used_at >= TOUCH_EVERY:
            with self._db.begin() as tx:
                store.change_key(tx, key.id, {"last_used_at": now})
        return self._principals.of_key(key, holder[0] if holder else None)

    def _record(self, tx: Connection, principal: Principal, verb: str, key: ApiKey) -> None:
        details = {
            "prefix": key.prefix,
            "department": key.department,
            "roles": sorted(key.roles),
            "level": key.level,
            "holder": key.holder,
        }
        act = Act(principal.id, f"keys.{verb}", f"keys/{key.id}", details=details)
        self._audit.record(tx, act)


def _holder(principal: Principal) -> str:
    """Return whose own keys are meant; only people have some."""
    if principal.kind != "person":
        principal.require(MANAGE, "keys")
    return principal.id.removeprefix("person:")
