"""HTTP of city as code: look at definitions, check a text while it is typed, plan and apply it, look back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from cityloop.definitions.model import Action, Change, Draft, Key, Plan, Status, Stored, Version
from cityloop.definitions.problems import DraftHasProblems, Finding, PlanOutdated
from cityloop.definitions.service import Definitions
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Lang
from cityloop.foundation.web import Caller, Language

EXAMPLE = "name: lakeside\ntitle: {zh: 临湖区, en: Lakeside}\n"
"""A text that examples use."""


class KindOut(BaseModel):
    """One kind and how many definitions of it are published."""

    name: str
    title: Bilingual | None
    folder: str
    count: int


class KindsOut(BaseModel):
    """Every kind, as of ``revision``."""

    revision: int
    kinds: list[KindOut]


class Named(BaseModel):
    """Kind and name of a definition."""

    model_config = ConfigDict(frozen=True)

    kind: str
    name: str


class SummaryOut(BaseModel):
    """One definition in a list."""

    kind: str
    name: str
    title: Bilingual
    owner: str | None
    version: int
    file: str
    at: datetime
    """When its newest version was applied."""
    author_name: str


class DefinitionOut(SummaryOut):
    """One definition: its value, its YAML as written, what it names and what names it."""

    text: str
    value: dict[str, Any]  # Any: each kind has its own keys
    uses: list[Named]
    used_by: list[Named]


class VersionOut(BaseModel):
    """One version of one definition."""

    version: int
    action: Action | Literal["roll_back"]
    status: Status
    revision: int
    author: str
    author_name: str
    at: datetime
    note: str


class VersionTextOut(VersionOut):
    """One version with its YAML."""

    text: str


class DiffOut(BaseModel):
    """A unified diff; empty when both say the same."""

    diff: str


class TemplateOut(BaseModel):
    """A text to begin a new definition with."""

    text: str


class Base(Named):
    """The version that a definition had when its text was begun; 0: there was none."""

    version: int = Field(ge=0)


class DraftIn(BaseModel):
    """Definitions as somebody wrote them, and those to delete."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"text": EXAMPLE, "kind": "district"}}
    )

    text: str = Field(default="", max_length=1_000_000)
    kind: str | None = None
    """Kind of documents that do not say; None: they all say."""
    remove: list[Named] = []
    base: list[Base] = []
    """What the text was begun from: planning and applying refuse it when one was changed since."""


class ApplyIn(DraftIn):
    """A draft, and the revision of the plan that somebody looked at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"text": EXAMPLE, "kind": "district", "revision": 7, "note": "why"}
        },
    )

    revision: int
    note: str = Field(default="", max_length=2_000)


class RollBackIn(BaseModel):
    """Which version to publish again."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"example": {"version": 3, "revision": 7, "note": "why"}},
    )

    version: int
    revision: int | None = None
    """Of the plan that was looked at; without it things are taken as they are."""
    note: str = Field(default="", max_length=2_000)


class FindingOut(BaseModel):
    """One problem; ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int
    kind: str | None
    name: str | None
    path: list[str | int]
    code: str
    message: str
    hint: str


class CheckOut(BaseModel):
    """Every problem of a draft; none when it is sound."""

    problems: list[FindingOut]


class ChangeOut(BaseModel):
    """One definition that would change, and what depends on it."""

    action: Action
    kind: str
    name: str
    diff: str
    impact: list[Named]


class PlanOut(BaseModel):
    """What applying would do; with problems there are no changes and it cannot be applied."""

    revision: int
    changes: list[ChangeOut]
    unchanged: int
    problems: list[FindingOut]


class AppliedOut(BaseModel):
    """The new revision and what it changed."""

    revision: int
    changed: list[Named]


def router(definitions: Definitions) -> APIRouter:
    """Return the routes below ``/api/definitions``."""
    routes = APIRouter(prefix="/api/definitions", tags=["definitions"])
    _add_looking(routes, definitions)
    _add_kinds(routes, definitions)
    _add_history(routes, definitions)
    _add_changing(routes, definitions)
    return routes


def _add_looking(routes: APIRouter, definitions: Definitions) -> None:
    @routes.get("", operation_id="definitions_kinds", summary="List the kinds of definitions")
    def kinds(caller: Caller) -> KindsOut:
        caller.require("definitions.view", "definitions")
        snapshot = definitions.current()
        found = [
            KindOut(
                name=kind.name,
                title=kind.title,
                folder=kind.folder,
                count=len(snapshot.kinds.get(kind.name, {})),
            )
            for kind in definitions.kinds.values()
        ]
        return KindsOut(revision=snapshot.revision, kinds=found)

    @routes.get(
        "/all", operation_id="definitions_all", summary="List the definitions of every kind"
    )
    def everything(caller: Caller) -> list[SummaryOut]:
        caller.require("definitions.view", "definitions")
        return [_summary(each) for each in definitions.all_stored()]

    @routes.get(
        "/archive",
        operation_id="definitions_archive",
        summary="Every definition of the city as a zip of YAML files",
        response_class=Response,
        responses={
            200: {
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
            }
        },
    )
    def archive(caller: Caller) -> Response:
        caller.require("definitions.view", "definitions")
        name = f"definitions-{definitions.current().revision}.zip"
        return Response(
            definitions.archive(),
            media_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


def _add_kinds(routes: APIRouter, definitions: Definitions) -> None:
    @routes.get(
        "/{kind}", operation_id="definitions_of_kind", summary="List the definitions of one kind"
    )
    def of_kind(caller: Caller, kind: str) -> list[SummaryOut]:
        caller.require("definitions.view", kind)
        names = definitions.current().kinds.get(definitions.kind(kind).name, {})
        return [_summary(definitions.stored(kind, name)) for name in names]

    @routes.get(
        "/{kind}/schema", operation_id="definitions_schema", summary="JSON Schema of one kind"
    )
    def schema(caller: Caller, language: Language, kind: str) -> dict[str, Any]:
        caller.require("definitions.view", kind)
        return definitions.schema(kind, language)

    @routes.get(
        "/{kind}/template",
        operation_id="definitions_template",
        summary="A text to begin a new definition with",
    )
    def template(caller: Caller, kind: str) -> TemplateOut:
        caller.require("definitions.view", kind)
        return TemplateOut(text=definitions.template(kind))

    @routes.get(
        "/{kind}/{name}", operation_id="definitions_one", summary="One definition with its YAML"
    )
    def one(caller: Caller, kind: str, name: str) -> DefinitionOut:
        caller.require("definitions.view", f"{kind}/{name}")
        stored = definitions.stored(kind, name)
        references = definitions.references()
        key = stored.entry.key
        return DefinitionOut(
            **_summary(stored).model_dump(),
            text=stored.entry.text,
            value=dict(stored.entry.value),
            uses=_named((each.kind, each.name) for each in references.of(key)),
            used_by=_named(references.users_of(key)),
        )


def _add_history(routes: APIRouter, definitions: Definitions) -> None:
    @routes.get(
        "/{kind}/{name}/versions",
        operation_id="definitions_versions",
        summary="Every version of one definition, newest first",
    )
    def versions(caller: Caller, kind: str, name: str) -> list[VersionOut]:
        caller.require("definitions.view", f"{kind}/{name}")
        return [_version(each) for each in definitions.history(definitions.kind(kind).name, name)]

    @routes.get(
        "/{kind}/{name}/versions/{version}",
        operation_id="definitions_version",
        summary="One version with its YAML",
    )
    def version(caller: Caller, kind: str, name: str, version: int) -> VersionTextOut:
        caller.require("definitions.view", f"{kind}/{name}")
        found = definitions.version(kind, name, version)
        return VersionTextOut(**_version(found).model_dump(), text=found.text)

    @routes.get(
        "/{kind}/{name}/diff",
        operation_id="definitions_diff",
        summary="Difference between two versions",
    )
    def diff(
        caller: Caller,
        kind: str,
        name: str,
        before: Annotated[int, Query(description="version number", examples=[1])],
        after: Annotated[int, Query(description="version number", examples=[2])],
    ) -> DiffOut:
        caller.require("definitions.view", f"{kind}/{name}")
        return DiffOut(diff=definitions.diff(kind, name, before=before, after=after))

    @routes.post(
        "/{kind}/{name}/roll-back",
        operation_id="definitions_roll_back",
        summary="Publish an earlier version again",
    )
    def roll_back(caller: Caller, kind: str, name: str, wanted: RollBackIn) -> AppliedOut:
        applied = definitions.roll_back(
            caller, (kind, name), wanted.version, revision=wanted.revision, note=wanted.note
        )
        return AppliedOut(revision=applied.revision, changed=_named(applied.changed))


def _add_changing(routes: APIRouter, definitions: Definitions) -> None:
    def read(given: DraftIn) -> Draft:
        removed = [(each.kind, each.name) for each in given.remove]
        return definitions.read_text(given.text, kind=given.kind, removed=removed)

    @routes.post(
        "/check", operation_id="definitions_check", summary="Find every problem of a draft"
    )
    def check(caller: Caller, language: Language, given: DraftIn) -> CheckOut:
        caller.require("definitions.view", "definitions")
        return CheckOut(problems=_findings(definitions.check(read(given)), language))

    @routes.post(
        "/plan", operation_id="definitions_plan", summary="Show what applying a draft would do"
    )
    def plan(caller: Caller, language: Language, given: DraftIn) -> PlanOut:
        caller.require("definitions.view", "definitions")
        try:
            return _plan(definitions.plan(read(given), base=_base(given)))
        except DraftHasProblems as error:
            revision = definitions.current().revision
            found = _findings(error.findings, language)
            return PlanOut(revision=revision, changes=[], unchanged=0, problems=found)

    @routes.post("/apply", operation_id="definitions_apply", summary="Apply a draft")
    def apply(
        caller: Caller,
        given: ApplyIn,
    ) -> AppliedOut:
        caller.require("definitions.apply", "definitions")
        planned = definitions.plan(read(given), base=_base(given))
        if planned.revision != given.revision:
            raise PlanOutdated(revision=given.revision)
        applied = definitions.apply(caller, planned, note=given.note)
        return AppliedOut(revision=applied.revision, changed=_named(applied.changed))


def _base(given: DraftIn) -> dict[Key, int]:
    return {(each.kind, each.name): each.version for each in given.base}


def _summary(stored: Stored) -> SummaryOut:
    definition = stored.entry.definition
    return SummaryOut(
        kind=definition.kind_name,
        name=definition.name,
        title=definition.title,
        owner=definition.owner,
        version=stored.version,
        file=stored.entry.file,
        at=stored.at,
        author_name=stored.author_name,
    )


def _version(version: Version) -> VersionOut:
    return VersionOut.model_validate(version, from_attributes=True)


def _plan(planned: Plan) -> PlanOut:
    return PlanOut(
        revision=planned.revision,
        changes=[_change(each) for each in planned.changes],
        unchanged=planned.unchanged,
        problems=[],
    )


def _change(change: Change) -> ChangeOut:
    return ChangeOut(
        action=change.action,
        kind=change.kind,
        name=change.name,
        diff=change.diff,
        impact=_named(change.impact),
    )


def _findings(findings: Sequence[Finding], lang: Lang) -> list[FindingOut]:
    return [
        FindingOut(
            file=each.file,
            line=each.line,
            column=each.column,
            kind=each.kind,
            name=each.name,
            path=list(each.path),
            code=each.code,
            message=each.message(lang),
            hint=each.hint(lang),
        )
        for each in findings
    ]


def _named(keys: Iterable[Key]) -> list[Named]:
    return [Named(kind=kind, name=name) for kind, name in dict.fromkeys(keys)]
