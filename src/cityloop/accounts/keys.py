"""The verbs on API keys: issue, list, revoke, and find out whose call it is. A key is shown once and stored as a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy.engine import Connection

from cityloop.accounts import store
from cityloop.accounts.model import TOUCH_EVERY, ApiKey, BadKey
from cityloop.accounts.principals import Principals
from cityloop.accounts.tokens import digest_of, is_same, new_key, prefix_of
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Invalid, NotFound
from cityloop.foundation.principal import Principal


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key to issue; ``expires_at`` None means never."""

    name: str
    department: str | None = None
    roles: frozenset[str] = frozenset()
    level: int = 1
    expires_at: datetime | None = None


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
        """Return every key, newest first, without what is secret.

        Raises:
            Forbidden: the principal lacks ``keys.manage``.
        """
        principal.require("keys.manage", "keys")
        with self._db.read() as connection:
            return store.keys(connection)

    def issue(self, principal: Principal, new: NewKey) -> tuple[ApiKey, str]:
        """Return a new key and its text, which cannot be shown again.

        Raises:
            Forbidden: the principal lacks ``keys.manage``.
            NotFound: the department or a role does not exist.
            Invalid: the level is not 1–6, or the expiry has passed.
            BeyondOwn: the roles or the level are more than the principal holds.
        """
        principal.require("keys.manage", "keys")
        roles, level, now = new.roles, new.level, self._clock.now()
        if new.expires_at is not None and new.expires_at <= now:
            raise Invalid(field="expires_at", value=new.expires_at.isoformat(), reason="past")
        self._principals.require_known(department=new.department, roles=roles, level=level)
        self._principals.require_within(principal, roles=roles, level=level, target="keys")
        text, prefix = new_key()
        key = ApiKey(
            id=uuid4().hex,
            prefix=prefix,
            name=new.name,
            department=new.department,
            roles=roles,
            level=level,
            created_by=principal.id,
            created_at=now,
            expires_at=new.expires_at,
        )
        with self._db.begin() as tx:
            store.add_key(tx, key, digest_of(text))
            self._record(tx, principal, "issue", key)
        return key, text

    def revoke(self, principal: Principal, key_id: str) -> None:
        """End a key at once; revoking twice changes nothing.

        Raises:
            Forbidden: the principal lacks ``keys.manage``.
            NotFound: there is no such key.
        """
        principal.require("keys.manage", f"keys/{key_id}")
        with self._db.begin() as tx:
            key = next((each for each in store.keys(tx) if each.id == key_id), None)
            if key is None:
                raise NotFound(kind="key", name=key_id, close=[])
            if key.revoked_at is None:
                store.change_key(tx, key_id, {"revoked_at": self._clock.now()})
                self._record(tx, principal, "revoke", key)

    def principal_of(self, text: str) -> Principal:
        """Return as whom the holder of a key acts.

        Raises:
            BadKey: the key is unknown, revoked or expired.
        """
        prefix = prefix_of(text)
        if prefix is None:
            raise BadKey
        with self._db.read() as connection:
            found = store.key(connection, prefix)
        now = self._clock.now()
        if found is None or not is_same(found[1], digest_of(text)) or not found[0].is_good(now):
            raise BadKey
        key = found[0]
        if key.last_used_at is None or now - key.last_used_at >= TOUCH_EVERY:
            with self._db.begin() as tx:
                store.change_key(tx, key.id, {"last_used_at": now})
        return self._principals.of_key(key)

    def _record(self, tx: Connection, principal: Principal, verb: str, key: ApiKey) -> None:
        details = {
            "prefix": key.prefix,
            "department": key.department,
            "roles": sorted(key.roles),
            "level": key.level,
        }
        act = Act(principal.id, f"keys.{verb}", f"keys/{key.id}", details=details)
        self._audit.record(tx, act)
