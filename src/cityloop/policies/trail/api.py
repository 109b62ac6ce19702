"""HTTP of the audit log (permission ``audit.view``): entries page by page, its figures, verification, download."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from cityloop.foundation.audit import Fault
from cityloop.foundation.web import Caller
from cityloop.policies.trail.entries import Outcome, ThingKind, Wanted
from cityloop.policies.trail.files import MEDIA_TYPES, FileFormat
from cityloop.policies.trail.service import MOST_ENTRIES, AuditTrail

Word = Annotated[str, Field(max_length=200)]


class Filters(BaseModel):
    """Which entries; what is left out sets no condition."""

    model_config = ConfigDict(extra="forbid")

    since: date | None = Field(default=None, description="First day, of the city's calendar.")
    until: date | None = Field(default=None, description="Last day, counted in.")
    actor: Word = Field(default="", description="As entries name it: person:mei, key:…, service:…")
    verb: Word = ""
    kind: ThingKind | None = Field(default=None, description="What the entry is about.")
    thing: Word = Field(default="", description="Name of the thing; needs its kind.")
    purpose: Word = ""
    outcome: Outcome | None = Field(
        default=None, description="refused: refused, failed or locked; done: all others."
    )
    text: Word = Field(default="", description="Stands in actor, verb or target.")

    def wanted(self) -> Wanted:
        """Return them as the log takes them."""
        return Wanted(**{name: getattr(self, name) for name in Wanted.__dataclass_fields__})


class PageAsked(Filters):
    """Which entries of which page."""

    most: int = Field(default=100, ge=1, le=MOST_ENTRIES)
    before: int | None = Field(default=None, ge=1, description="Only entries older than this one.")
    after: int | None = Field(default=None, ge=0, description="Only newer ones, the nearest.")


class FileAsked(Filters):
    """Which entries in which format."""

    format: FileFormat = "jsonl"


class ThingShown(BaseModel):
    """What an entry is about; a definition's name is ``kind/name``."""

    kind: ThingKind
    name: str


class EntryShown(BaseModel):
    """One entry; ``previous`` is the hash of the entry before, null when that entry is missing."""

    seq: int
    at: datetime
    actor: str
    actor_name: str | None
    verb: str
    target: str
    things: list[ThingShown]
    purpose: str
    outcome: str
    details: dict[str, object]
    hash: str
    previous: str | None


class ActorShown(BaseModel):
    """Somebody who acted at some time; ``name`` is null for parts of CityLoop and for who is gone."""

    id: str
    name: str | None


class OverviewShown(BaseModel):
    """The log at a glance: counts in all and of ``today``, and what filters may name."""

    today: date
    entries: int
    entries_today: int
    refused_today: int
    exports_today: int
    actors_today: int
    actors: list[ActorShown]
    verbs: list[str]
    purposes: list[str]


class VerdictShown(BaseModel):
    """Whether the log is sound; ``broken_at`` is the number of the first wrong entry, ``fault`` what is wrong with it."""

    entries: int
    broken_at: int | None
    fault: Fault | None
    reason: str


def router(trail: AuditTrail) -> APIRouter:
    """Return the routes of the audit log."""
    routes = APIRouter(prefix="/api/audit")

    @routes.get(
        "",
        operation_id="policies_audit_list",
        summary="Entries of the audit log, newest first (permission audit.view)",
    )
    def audit_list(caller: Caller, asked: Annotated[PageAsked, Query()]) -> list[EntryShown]:
        found = trail.list(
            caller, asked.wanted(), most=asked.most, before=asked.before, after=asked.after
        )
        return [EntryShown.model_validate(each, from_attributes=True) for each in found]

    @routes.get(
        "/overview",
        operation_id="policies_audit_overview",
        summary="Figures of the audit log, and what its filters may name (permission audit.view)",
    )
    def audit_overview(caller: Caller) -> OverviewShown:
        found = trail.overview(caller)
        plain = {name: getattr(found, name) for name in OverviewShown.model_fields}
        actors = [ActorShown(id=actor, name=name) for actor, name in found.actors.items()]
        return OverviewShown(**{**plain, "actors": actors})

    @routes.get(
        "/verification",
        operation_id="policies_audit_verify",
        summary="Recompute the audit log's chain and compare it with its anchor (permission audit.view)",
    )
    def audit_verify(caller: Caller) -> VerdictShown:
        return VerdictShown.model_validate(trail.verify(caller), from_attributes=True)

    @routes.get(
        "/export",
        operation_id="policies_audit_export",
        summary="The audit log as a file: JSON lines or CSV (permission audit.view)",
        response_class=StreamingResponse,
        responses={
            200: {
                "content": {each: {"schema": {"type": "string"}} for each in MEDIA_TYPES.values()}
            }
        },
    )
    def audit_export(caller: Caller, asked: Annotated[FileAsked, Query()]) -> StreamingResponse:
        parts = trail.export(caller, asked.wanted(), asked.format)
        headers = {"Content-Disposition": f'attachment; filename="audit.{asked.format}"'}
        return StreamingResponse(parts, media_type=MEDIA_TYPES[asked.format], headers=headers)

    return routes
