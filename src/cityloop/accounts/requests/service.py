"""Role requests: people ask for a role, whoever manages people grants or declines it, with a word of why."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy.engine import Connection

from cityloop.accounts import store
from cityloop.accounts.model import (
    AlreadyAsked,
    OwnAccount,
    RequestClosed,
    RequestState,
    RoleHeld,
    RoleRequest,
)
from cityloop.accounts.people import PERSON_ID
from cityloop.accounts.service import Accounts
from cityloop.foundation.audit import Act, AuditLog
from cityloop.foundation.clock import Clock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Forbidden, Invalid, NotFound
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal

DECIDE = "people.manage"
"""Permission to decide: the one that lets people change roles."""
LONGEST_WORDS = 500
"""Characters of a reason or note: enough to say why, short enough to be read."""
VERBS: dict[RequestState, str] = {
    "open": "ask",
    "granted": "grant",
    "declined": "decline",
    "withdrawn": "withdraw",
}
"""What led to each state, as the audit log calls it."""


class RoleRequests:
    """The role requests of one city.

    Args:
        db: the state store.
        clock: the city's: requests stand among its alerts and orders.
        audit: records who asked for and decided what.
        outbox: tells requesters and deciders.
        accounts: knows people and roles, and gives the role.
    """

    def __init__(
        self, db: Database, clock: Clock, audit: AuditLog, outbox: Outbox, accounts: Accounts
    ) -> None:
        self._db = db
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._accounts = accounts

    def own(self, principal: Principal) -> Sequence[RoleRequest]:
        """Return one's own requests, newest first.

        Raises:
            Forbidden: the principal is no person.
        """
        with self._db.read() as connection:
            return store.role_requests(connection, user_name=_user_of(principal))

    def open(self, principal: Principal) -> Sequence[RoleRequest]:
        """Return everybody's requests that wait for a decision, the oldest first.

        Raises:
            Forbidden: the principal lacks ``people.manage``.
        """
        principal.require(DECIDE, "role_requests")
        with self._db.read() as connection:
            return store.role_requests(connection)

    def ask(self, principal: Principal, role: str, *, reason: str) -> RoleRequest:
        """Ask for a role.

        Raises:
            Forbidden: the principal is no person.
            NotFound: there is no such role.
            Invalid: the reason is empty or too long.
            RoleHeld: the person has the role.
            AlreadyAsked: the person has an open request for it.
        """
        name = _user_of(principal)
        self._accounts.principals.require_known(department=None, roles=[role], level=1)
        values = {
            "id": uuid4().hex[:12],
            "user_name": name,
            "role": role,
            "reason": _words("reason", reason, least=1),
            "state": "open",
            "asked_at": self._clock.now(),
            "note": "",
        }
        with self._db.begin() as tx:
            found = store.person(tx, name)
            if found is not None and role in found[0].roles:
                raise RoleHeld(role=role)
            if not store.add_request(tx, values):
                raise AlreadyAsked(role=role)
            return self._told(tx, principal, str(values["id"]))

    def grant(self, principal: Principal, request_id: str, *, note: str = "") -> RoleRequest:
        """Give the role that was asked for, as the page of people does.

        Raises:
            Forbidden: the principal lacks ``people.manage``, or is a program.
            NotFound: there is no such request, or the role is gone.
            Invalid: the note is too long.
            OwnAccount: it is the principal's own request.
            RequestClosed: it was decided or withdrawn before.
            BeyondOwn: the person would hold more than the principal does.
        """
        with self._db.begin() as tx:
            granted = self._decide(tx, principal, request_id, "granted", _words("note", note))
            self._accounts.people.give(tx, principal, granted.user_name, granted.role)
        return granted

    def decline(self, principal: Principal, request_id: str, *, note: str) -> RoleRequest:
        """Decline a request; ``note`` says why.

        Raises:
            Forbidden: the principal lacks ``people.manage``, or is a program.
            NotFound: there is no such request.
            Invalid: the note is empty or too long.
            OwnAccount: it is the principal's own request.
            RequestClosed: it was decided or withdrawn before.
        """
        with self._db.begin() as tx:
            words = _words("note", note, least=1)
            return self._decide(tx, principal, request_id, "declined", words)

    def withdraw(self, principal: Principal, request_id: str) -> RoleRequest:
        """Take back one's own request.

        Raises:
            Forbidden: the principal is no person.
            NotFound: one has no such request.
            RequestClosed: it was decided or withdrawn before.
        """
        name = _user_of(principal)
        with self._db.begin() as tx:
            found = self._require(tx, request_id)
            if found.user_name != name:
                raise NotFound(kind="role request", name=request_id, close=[])
            return self._close(tx, principal, found, "withdrawn", "")

    def _decide(
        self, tx: Connection, principal: Principal, request_id: str, state: RequestState, note: str
    ) -> RoleRequest:
        target = f"role_requests/{request_id}"
        principal.require(DECIDE, target)
        if principal.kind == "key":  # a personal key would let its holder decide their own request
            raise Forbidden(act="role_requests.decide", object=target)
        found = self._require(tx, request_id)
        if principal.id == PERSON_ID + found.user_name:
            raise OwnAccount(user=found.user_name)
        return self._close(tx, principal, found, state, note)

    def _close(
        self,
        tx: Connection,
        principal: Principal,
        found: RoleRequest,
        state: RequestState,
        note: str,
    ) -> RoleRequest:
        now = self._clock.now()
        values = {"state": state, "note": note, "decided_at": now, "decided_by": principal.id}
        if not store.close_request(tx, found.id, values):
            raise RequestClosed(user=found.display_name, role=found.role)
        return self._told(tx, principal, found.id)

    def _require(self, tx: Connection, request_id: str) -> RoleRequest:
        found = store.role_requests(tx, request_id=request_id)
        if not found:
            raise NotFound(kind="role request", name=request_id, close=[])
        return found[0]

    def _told(self, tx: Connection, principal: Principal, request_id: str) -> RoleRequest:
        """Record and tell what the request has come to; return it as it is now."""
        request = self._require(tx, request_id)
        words = {"reason": request.reason} if request.state == "open" else {"note": request.note}
        details = {"role": request.role, "request": request.id, **words}
        verb = VERBS[request.state]
        target = f"people/{request.user_name}"
        self._audit.record(tx, Act(principal.id, f"role_requests.{verb}", target, details=details))
        payload = {"user": request.user_name, "role": request.role, "state": request.state}
        self._outbox.emit(tx, f"request.{request.state}", request.id, payload)
        return request


def _user_of(principal: Principal) -> str:
    if principal.kind != "person":
        raise Forbidden(act="role_requests.ask", object="role_requests")
    return principal.id.removeprefix(PERSON_ID)


def _words(field: str, words: str, *, least: int = 0) -> str:
    kept = words.strip()
    if not least <= len(kept) <= LONGEST_WORDS:
        raise Invalid(field=field, value=f"{len(kept)}", reason=f"{least}–{LONGEST_WORDS}")
    return kept
