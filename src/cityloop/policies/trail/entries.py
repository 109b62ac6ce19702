"""Which entries of the audit log are meant, as SQL, and what an entry is about. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from cityloop.foundation.audit import audit_log

ThingKind = Literal[
    "dataset", "source", "alert", "case", "order", "person", "key", "definition", "audit"
]
"""What an entry may be about."""
THING_KINDS: tuple[ThingKind, ...] = get_args(ThingKind)
"""Every kind of thing."""
Outcome = Literal["done", "refused"]
"""Whether an act was done, or was refused or failed."""

READS = ("read", "export", "quarantine.read")
"""Verbs whose target is the datasets that were read, joined by commas."""
NOT_DONE = ("refused", "failed", "locked")
"""Outcomes of acts that did not come about."""
LOG = "audit log"
"""Target of looks at the log itself."""

_PREFIXES: Mapping[ThingKind, str] = {
    "dataset": "dataset:", "source": "source:", "alert": "alert:", "case": "case:", "order": "order:",
    "person": "people/", "key": "keys/",
}  # fmt: skip
_TEXT_COLUMNS = (audit_log.c.actor, audit_log.c.verb, audit_log.c.target)


@dataclass(frozen=True, slots=True)
class Thing:
    """What an entry is about; ``name`` is that of the dataset, source, person …, ``kind/name`` of a definition."""

    kind: ThingKind
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is empty or None sets no condition.

    ``since`` and ``until`` are days of the city's calendar, the last one included. ``thing`` needs its ``kind``. ``text``
    stands anywhere in actor, verb or target, in capitals or not.
    """

    since: date | None = None
    until: date | None = None
    actor: str = ""
    verb: str = ""
    kind: ThingKind | None = None
    thing: str = ""
    purpose: str = ""
    outcome: Outcome | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``previous`` is the hash of the entry before, which this one's ``hash`` covers."""

    seq: int
    at: datetime
    actor: str
    actor_name: str | None
    verb: str
    target: str
    things: tuple[Thing, ...]
    purpose: str
    outcome: str
    details: Mapping[str, object]
    hash: str
    previous: str | None


def things_of(verb: str, target: str) -> tuple[Thing, ...]:
    """Return what an entry is about.

    Example:
        >>> things_of("read", "visits,trips")
        (Thing(kind='dataset', name='visits'), Thing(kind='dataset', name='trips'))
        >>> things_of("people.edit", "people/mei")
        (Thing(kind='person', name='mei'),)
        >>> things_of("cases.escalate", "cases")
        ()
    """
    if verb in READS:
        return tuple(Thing("dataset", each) for each in target.split(",") if each not in {"", "-"})
    if target == LOG:
        return (Thing("audit", ""),)
    if verb.startswith("definitions.") and "/" in target:
        return (Thing("definition", target),)
    for kind, prefix in _PREFIXES.items():
        if target.startswith(prefix):
            return (Thing(kind, target.removeprefix(prefix)),)
    return ()


def conditions(wanted: Wanted, zone: ZoneInfo) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what an entry must fulfil; ``zone`` says when the city's days begin."""
    table = audit_log.c
    if wanted.since is not None:
        yield table.at >= day_start(wanted.since, zone)
    if wanted.until is not None:
        yield table.at < day_start(wanted.until + timedelta(days=1), zone)
    if wanted.actor:
        yield table.actor == wanted.actor
    if wanted.verb:
        yield table.verb == wanted.verb
    if wanted.purpose:
        yield table.purpose == wanted.purpose
    if wanted.outcome is not None:
        is_missed = table.outcome.in_(NOT_DONE)
        yield is_missed if wanted.outcome == "refused" else sa.not_(is_missed)
    if wanted.kind is not None:
        yield _about(wanted.kind, wanted.thing)
    if wanted.text:
        yield sa.or_(*(each.icontains(wanted.text, autoescape=True) for each in _TEXT_COLUMNS))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day of the city begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _about(kind: ThingKind, name: str) -> sa.ColumnElement[bool]:
    target, verb = audit_log.c.target, audit_log.c.verb
    if kind == "audit":
        return target == LOG
    if kind == "definition":
        of_definitions = verb.startswith("definitions.")
        return sa.and_(of_definitions, target == name) if name else of_definitions
    prefix = _PREFIXES[kind]
    named = target == f"{prefix}{name}" if name else target.startswith(prefix)
    if kind != "dataset":
        return named
    read: sa.ColumnElement[bool] = verb.in_(READS)
    if name:
        among = sa.literal(",").concat(target).concat(",").contains(f",{name},", autoescape=True)
        read = sa.and_(read, among)
    return sa.or_(named, read)
