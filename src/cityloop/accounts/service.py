"""Who are you? Sign-in, sessions and passwords; people and keys hang on it as ``.people`` and ``.keys``."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy.engine import Connection

from cityloop.accounts import store
from cityloop.accounts.keys import Keys
from cityloop.accounts.model import (
    FORGET_FAILURES,
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    IDLE,
    TOUCH_EVERY,
    BadSignIn,
    Inactive,
    LockedOut,
    OpenSession,
    Person,
    Session,
    SignedIn,
    WrongPassword,
    user_name_of,
)
from cityloop.accounts.passwords import Passwords, check_password
from cityloop.accounts.people import People
from cityloop.accounts.principals import Principals
from cityloop.accounts.tokens import csrf_of, digest_of, new_token
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError, NotFound
from cityloop.foundation.principal import Principal

SESSION_ID = 16
"""Characters of a session's digest that name it to its owner: enough to be unique, useless for getting in."""


class Accounts:
    """The accounts of one city.

    Args:
        db: the state store.
        clock: dates sessions and lockouts.
        audit: records sign-ins and changes, never a secret.
        snapshot: gives the published roles and departments, e.g. ``definitions.current``.
        session_hours: how long a sign-in lasts at most.
        passwords: keeps passwords; None takes argon2 with its recommended costs.
    """

    def __init__(
        self,
        db: Database,
        clock: Clock,
        audit: AuditLog,
        *,
        snapshot: Callable[[], Snapshot],
        session_hours: int = 12,
        passwords: Passwords | None = None,
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._passwords = passwords or Passwords()
        self._longest = timedelta(hours=session_hours)
        self.principals = Principals(snapshot)
        """Turns people and keys into principals."""
        self.people = People(
            db, clock, audit, passwords=self._passwords, principals=self.principals
        )
        """Everybody who can sign in."""
        self.keys = Keys(db, clock, audit, principals=self.principals)
        """API keys of programs."""

    def sign_in(
        self,
        user_name: str,
        password: str,
        *,
        address: str,
        agent: str | None = None,
        old_token: str | None = None,
    ) -> SignedIn:
        """Return a fresh session; the one that came with the request (``old_token``) ends.

        Args:
            user_name: as typed.
            password: as typed.
            address: whence; failures are counted for it.
            agent: what the browser says of itself, shown to its owner later.
            old_token: of a session that came with the request.

        Raises:
            BadSignIn: name and password do not belong together, or the person is inactive.
            LockedOut: too many failures of this person, or of anybody, from ``address``; ``wait_s`` says how long.
        """
        name = user_name_of(user_name)
        person, kept = self._attempt(name, address)
        matches = self._passwords.matches(kept, password)
        if person is None or not matches or not person.active:
            with self._db.begin() as tx:
                self._record_failure(tx, person, "failed")
            raise BadSignIn
        outdated = kept is not None and self._passwords.is_outdated(kept)
        fresh = self._passwords.keep(password) if outdated else kept
        with self._db.begin() as tx:
            store.forgive_attempts(tx, _who(name), address)
            if old_token is not None:
                store.drop_session(tx, digest_of(old_token))
            changed = {"last_sign_in_at": self._clock.now(), "password_hash": fresh}
            store.change_person(tx, name, changed)
            self._audit.record(tx, Act(person.id, "accounts.sign_in", f"people/{name}"))
            return self._start(tx, person, address, agent)

    def sign_out(self, token: str) -> None:
        """End the session of this token; nothing happens when there is none."""
        with self._db.begin() as tx:
            name = store.drop_session(tx, digest_of(token))
            if name is not None:
                self._audit.record(tx, Act(f"person:{name}", "accounts.sign_out", f"people/{name}"))

    def session_of(self, token: str) -> Session | None:
        """Return the session of this token, None when there is none that is still good; one query."""
        digest = digest_of(token)
        with self._db.read() as connection:
            found = store.session(connection, digest)
        now = self._clock.now()
        if found is None or not found.person.active or _is_over(found, now):
            return None
        if now - found.seen_at >= TOUCH_EVERY:
            with self._db.begin() as tx:
                store.touch_session(tx, digest, now)
        return found

    def sessions(self, user_name: str, *, token: str) -> Sequence[OpenSession]:
        """Return one's own sessions that are still good; ``token`` is that of the one that asks."""
        now, current = self._clock.now(), digest_of(token)
        with self._db.read() as connection:
            rows = store.sessions_of(connection, user_name)
        return [
            OpenSession(
                id=row["token_hash"][:SESSION_ID],
                created_at=row["created_at"],
                seen_at=row["seen_at"],
                expires_at=row["expires_at"],
                address=row["address"],
                agent=row["agent"],
                is_current=row["token_hash"] == current,
            )
            for row in rows
            if now < row["expires_at"] and now - row["seen_at"] < IDLE
        ]

    def end_session(self, user_name: str, session_id: str) -> None:
        """End one of one's own sessions.

        Raises:
            NotFound: one has no such session.
        """
        with self._db.begin() as tx:
            found = [row["token_hash"] for row in store.sessions_of(tx, user_name)]
            hashes = [each for each in found if each[:SESSION_ID] == session_id]
            if not hashes:
                raise NotFound(kind="session", name=session_id, close=[])
            self._end(tx, user_name, hashes)

    def end_other_sessions(self, user_name: str, *, token: str) -> int:
        """End all of one's own sessions but that of ``token``; return how many ended."""
        with self._db.begin() as tx:
            found = [row["token_hash"] for row in store.sessions_of(tx, user_name)]
            hashes = [each for each in found if each != digest_of(token)]
            if hashes:
                self._end(tx, user_name, hashes)
        return len(hashes)

    def names_of(self, actors: Collection[str]) -> Mapping[str, str]:
        """Return how people and keys are called, by their ids (``person:mei``): for those who may read the audit log."""
        keys = {each.removeprefix("key:") for each in actors if each.startswith("key:")}
        with self._db.read() as connection:
            keyed = store.key_names(connection, keys) if keys else {}
        named = {f"key:{key_id}": name for key_id, name in keyed.items()}
        return {**self.people.names(actors), **named}

    def change_password(
        self, user_name: str, *, current: str, new: str, address: str, agent: str | None = None
    ) -> SignedIn:
        """Change somebody's own password; every session of theirs ends and a fresh one begins.

        Raises:
            LockedOut: too many wrong passwords.
            WrongPassword: ``current`` is not the present password.
            WeakPassword: ``new`` is too easy to guess, or the same as before.
        """
        name = user_name_of(user_name)
        person, kept = self._attempt(name, address)
        if person is None or not self._passwords.matches(kept, current):
            raise WrongPassword
        check_password(new, [name, person.display_name, current])
        changed = {"password_hash": self._passwords.keep(new), "must_change": False}
        with self._db.begin() as tx:
            store.forgive_attempts(tx, _who(name), address)
            store.change_person(tx, name, changed)
            store.drop_sessions_of(tx, name)
            self._audit.record(tx, Act(person.id, "accounts.change_password", f"people/{name}"))
            fresh = store.person(tx, name)
            return self._start(tx, fresh[0] if fresh else person, address, agent)

    def principal_of(self, user_name: str) -> Principal:
        """Return as whom a person acts, without any sign-in: for the command line's ``--as`` only.

        Raises:
            NotFound: there is nobody of this name.
            Inactive: the person may not sign in any more.
        """
        with self._db.read() as connection:
            found = store.person(connection, user_name_of(user_name))
        if found is None:
            raise NotFound(kind="person", name=user_name, close=[])
        if not found[0].active:
            raise Inactive(user=found[0].user_name)
        return self.principals.of_person(found[0])

    def _attempt(self, name: str, address: str) -> tuple[Person | None, str | None]:
        """Count an attempt before its outcome is known; return who is meant and what is kept of the password."""
        now = self._clock.now()
        with self._db.begin() as tx:
            store.forget_attempts(tx, now - FORGET_FAILURES)
            found = store.person(tx, name)
            wait = store.count_attempt(tx, _who(name), address, at=now, free=FREE_FAILURES)
            if wait is None:
                wait = store.count_attempt(tx, "", address, at=now, free=FREE_FAILURES_OF_ADDRESS)
            if wait is not None:
                self._record_failure(tx, found[0] if found else None, "locked")
        if wait is not None:
            raise _locked(wait)
        return found or (None, None)

    def _record_failure(self, tx: Connection, person: Person | None, outcome: str) -> None:
        # A name that is nobody's is not written down: people type their password into the wrong field.
        actor = person.id if person else "unknown"
        target = f"people/{person.user_name}" if person else "people/unknown"
        self._audit.record(tx, Act(actor, "accounts.sign_in", target, outcome=outcome))

    def _end(self, tx: Connection, user_name: str, hashes: Collection[str]) -> None:
        for each in hashes:
            store.drop_session(tx, each)
        details = {"sessions": len(hashes)}
        target = f"people/{user_name}"
        act = Act(f"person:{user_name}", "accounts.end_sessions", target, details=details)
        self._audit.record(tx, act)

    def _start(self, tx: Connection, person: Person, address: str, agent: str | None) -> SignedIn:
        token, now = new_token(), self._clock.now()
        values = {
            "token_hash": digest_of(token),
            "user_name": person.user_name,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + self._longest,
            "address": address,
            "agent": agent[:200] if agent else None,
        }
        store.add_session(tx, values)
        return SignedIn(person, token, csrf_of(token), self._longest)


def _is_over(session: Session, now: datetime) -> bool:
    return now >= session.expires_at or now - session.seen_at >= IDLE


def _locked(wait: timedelta) -> CityError:
    return LockedOut(wait_s=max(1, ceil(wait.total_seconds())))


def _who(name: str) -> str:
    """Return under which name attempts are counted; a digest, since people type passwords into the wrong field."""
    return digest_of(name)
