"""HTTP face of datasets: the catalogue, batches and versions; release, rebuild, repair, replay, roll back.

Rows are never served here, neither good ones nor those in quarantine: that is ``policies``' business.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from cityloop.datasets.model import BatchReport, DatasetSummary, QuarantineSummary, Version
from cityloop.datasets.service import Datasets
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import NotFound, closest
from cityloop.foundation.principal import Principal
from cityloop.foundation.web import Caller

Known = Callable[[Principal], Mapping[str, Collection[str]]]
"""Which datasets somebody may know of, each with the columns that may be known; ``policies`` decides."""

_FIELD: JsonDict = {
    "name": "speed", "title": {"zh": "车速", "en": "Speed"}, "type": "number", "unit": {"zh": "km/h", "en": "km/h"}, "level": 2,
    "required": False, "codes": None, "format": None, "pattern": None, "lowest": "0", "highest": "200",
}  # fmt: skip
_DATASET: JsonDict = {
    "name": "flows", "title": {"zh": "流量", "en": "Flows"}, "description": None, "owner": "transport", "level": 2,
    "sharing": "conditional", "time": "observed_at", "key": ["id"], "fields": [_FIELD], "rows": 997000, "version": 3,
    "as_of": "2026-09-30T04:00:00Z", "newest": "2026-09-30T03:55:00Z", "quality": 0.998, "quarantined": 2101,
    "sources": ["traffic_police"],
    "rules": [{"name": "plate_known", "title": {"zh": "有车牌", "en": "Plate known"}, "on_fail": "flag"}],
}  # fmt: skip
_BATCH: JsonDict = {
    "number": 7, "batch": "72d7272498b9", "dataset": "flows", "source": "traffic_police", "kind": "load",
    "status": "published", "redelivered": False, "version": 3, "read": 9, "good": 2, "quarantined": 6, "duplicate": 1,
    "inserted": 2, "updated": 0, "rules": {"range": 1, "type": 5}, "flags": {}, "repaired": 4,
    "missing": [], "extra": ["remark"], "files": ["2026-09-30.csv"], "seconds": 0.4,
    "started_at": "2026-09-30T04:00:00Z", "finished_at": "2026-09-30T04:00:01Z",
}  # fmt: skip
_VERSION: JsonDict = {
    "number": 3, "parent": 2, "rows": 997000, "quarantined": 2101, "batch": "72d7272498b9", "reason": "load",
    "actor": "service:loader", "at": "2026-09-30T04:00:01Z", "cleared": False,
}  # fmt: skip
_EDITS: JsonDict = {"edits": {"72d7272498b9bb19-1": {"车速": "99"}}}


class FieldBody(BaseModel):
    """One field with its data level (1–6) and its contract's rules; ``lowest`` and ``highest`` as written there."""

    name: str
    title: Bilingual
    type: str
    unit: Bilingual | None
    level: int
    required: bool
    codes: str | None
    format: str | None
    pattern: str | None
    lowest: str | None
    highest: str | None


class RuleBody(BaseModel):
    """A rule over one row; ``on_fail`` quarantine keeps the row out, flag only counts it."""

    name: str
    title: Bilingual
    on_fail: str


class DatasetBody(BaseModel):
    """A dataset; ``quality`` is the share of recent rows that kept all rules, null before the first batch."""

    model_config = ConfigDict(json_schema_extra={"example": _DATASET})
    name: str
    title: Bilingual
    description: Bilingual | None
    owner: str | None
    level: int
    sharing: str
    time: str | None
    key: list[str]
    fields: list[FieldBody]
    rows: int
    version: int
    as_of: datetime | None
    newest: datetime | None
    quality: float | None
    quarantined: int
    sources: list[str]
    rules: list[RuleBody]


class BatchBody(BaseModel):
    """A batch: ``read = good + quarantined + duplicate``; ``repaired`` counts values brought into form."""

    model_config = ConfigDict(json_schema_extra={"example": _BATCH})
    number: int | None
    batch: str
    dataset: str
    source: str
    kind: str
    status: str
    redelivered: bool
    version: int | None
    read: int
    good: int
    quarantined: int
    duplicate: int
    inserted: int
    updated: int
    rules: dict[str, int]
    flags: dict[str, int]
    repaired: int
    missing: list[str]
    extra: list[str]
    files: list[str]
    seconds: float
    started_at: datetime | None
    finished_at: datetime | None


class VersionBody(BaseModel):
    """A published version; ``cleared`` ones can no longer be rolled back to."""

    model_config = ConfigDict(json_schema_extra={"example": _VERSION})
    number: int
    parent: int | None
    rows: int
    quarantined: int
    batch: str | None
    reason: str
    actor: str
    at: datetime
    cleared: bool


class QuarantineBody(BaseModel):
    """Rows in quarantine, by broken rule and by field; a row may break several rules."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"dataset": "flows", "rows": 6, "rules": {"type": 5}, "fields": {"id": 3}}
        }
    )
    dataset: str
    rows: int
    rules: dict[str, int]
    fields: dict[str, int]


class RollBackRequest(BaseModel):
    """The version that readers shall see again."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"version": 2}})
    version: int = Field(ge=1)


class RepairRequest(BaseModel):
    """Row id → source column → new text; null empties the cell."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EDITS})
    edits: dict[str, dict[str, str | None]] = Field(min_length=1, max_length=1_000)


class ReplayRequest(BaseModel):
    """Ids of the rows to judge again; null takes all."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"rows": None}})
    rows: list[str] | None = Field(default=None, max_length=10_000)


def router(datasets: Datasets, known: Known) -> APIRouter:
    """Return the routes of datasets; what somebody may not know of answers as if it did not exist."""
    routes = APIRouter(prefix="/api/datasets", tags=["datasets"])
    _batches(routes, datasets, known)
    _catalogue(routes, datasets, known)
    _versions(routes, datasets, known)
    _quarantine(routes, datasets)
    return routes


def _batches(routes: APIRouter, datasets: Datasets, known: Known) -> None:
    @routes.get("/batches", operation_id="list_batches", summary="Batches, newest first")
    def list_batches(
        caller: Caller,
        dataset: str | None = None,
        before: Annotated[int | None, Parameter(description="older than this number")] = None,
        limit: Annotated[int, Parameter(ge=1, le=1_000)] = 50,
    ) -> list[BatchBody]:
        names = [name for name in known(caller) if dataset in (None, name)]
        return [_batch(each) for each in datasets.batches(names, most=limit, before=before)]

    @routes.post(
        "/batches/{batch}/release",
        operation_id="release_batch",
        summary="Load a held batch in spite of its limits",
    )
    def release_batch(batch: str, caller: Caller) -> BatchBody:
        return _batch(datasets.release(caller, batch))

    @routes.post(
        "/batches/{batch}/discard",
        operation_id="discard_batch",
        summary="Give a held batch up; its raw files are kept",
        status_code=204,
    )
    def discard_batch(batch: str, caller: Caller) -> None:
        datasets.discard(caller, batch)


def _catalogue(routes: APIRouter, datasets: Datasets, known: Known) -> None:
    @routes.get(
        "", operation_id="list_datasets", summary="The datasets that the caller may know of"
    )
    def list_datasets(caller: Caller) -> list[DatasetBody]:
        columns = known(caller)
        return [
            _dataset(each, columns[each.name])
            for each in datasets.catalogue()
            if each.name in columns
        ]

    @routes.get("/{dataset}", operation_id="get_dataset", summary="One dataset")
    def get_dataset(dataset: str, caller: Caller) -> DatasetBody:
        columns = _columns(known(caller), dataset)
        return _dataset(datasets.describe(dataset), columns)

    @routes.post(
        "/{dataset}/reload",
        operation_id="reload_dataset",
        summary="Build the dataset anew from the deliveries kept in the inbox",
    )
    def reload_dataset(dataset: str, caller: Caller) -> list[BatchBody]:
        return [_batch(each) for each in datasets.reload(caller, dataset)]


def _versions(routes: APIRouter, datasets: Datasets, known: Known) -> None:
    @routes.get(
        "/{dataset}/versions",
        operation_id="list_dataset_versions",
        summary="Published versions, newest first",
    )
    def list_dataset_versions(dataset: str, caller: Caller) -> list[VersionBody]:
        _columns(known(caller), dataset)
        return [_version(each) for each in datasets.history(dataset)]

    @routes.post(
        "/{dataset}/roll-back",
        operation_id="roll_back_dataset",
        summary="Let readers see an earlier version again",
    )
    def roll_back_dataset(
        dataset: str, caller: Caller, body: Annotated[RollBackRequest, Body()]
    ) -> VersionBody:
        return _version(datasets.roll_back(caller, dataset, body.version))


def _quarantine(routes: APIRouter, datasets: Datasets) -> None:
    @routes.get(
        "/{dataset}/quarantine",
        operation_id="get_quarantine",
        summary="How many rows wait in quarantine, and why",
    )
    def get_quarantine(dataset: str, caller: Caller) -> QuarantineBody:
        return _summary(datasets.quarantine_summary(caller, dataset))

    @routes.post(
        "/{dataset}/quarantine/repair",
        operation_id="repair_quarantine",
        summary="Change raw cells of rows in quarantine",
    )
    def repair_quarantine(
        dataset: str, caller: Caller, body: Annotated[RepairRequest, Body()]
    ) -> VersionBody:
        return _version(datasets.repair(caller, dataset, body.edits))

    @routes.post(
        "/{dataset}/quarantine/replay",
        operation_id="replay_quarantine",
        summary="Judge rows in quarantine again and load the good ones",
    )
    def replay_quarantine(
        dataset: str, caller: Caller, body: Annotated[ReplayRequest, Body()]
    ) -> list[BatchBody]:
        return [_batch(each) for each in datasets.replay(caller, dataset, body.rows)]


def _columns(known: Mapping[str, Collection[str]], dataset: str) -> Collection[str]:
    try:
        return known[dataset]
    except KeyError:
        close = closest(dataset, list(known))
        raise NotFound(kind="dataset", name=dataset[:80], close=close) from None


def _dataset(found: DatasetSummary, columns: Collection[str]) -> DatasetBody:
    whole = DatasetBody.model_validate(found, from_attributes=True)
    return whole.model_copy(
        update={
            "fields": [each for each in whole.fields if each.name in columns],
            "key": [each for each in whole.key if each in columns],
            "time": whole.time if whole.time in columns else None,
        }
    )


def _batch(found: BatchReport) -> BatchBody:
    counts = found.counts
    return BatchBody(
        number=found.number, batch=found.short, dataset=found.dataset, source=found.source, kind=found.kind,
        status=found.status, redelivered=found.redelivered, version=found.version, read=counts.read, good=counts.good,
        quarantined=counts.quarantined, duplicate=counts.duplicate, inserted=counts.inserted, updated=counts.updated,
        rules=dict(counts.rules), flags=dict(counts.flags), repaired=counts.repaired,
        missing=list(found.drift.missing), extra=list(found.drift.extra), files=list(found.files),
        seconds=found.seconds, started_at=found.started_at, finished_at=found.finished_at,
    )  # fmt: skip


def _version(found: Version) -> VersionBody:
    return VersionBody(
        number=found.number, parent=found.parent, rows=found.rows, quarantined=found.quarantine_rows,
        batch=found.batch[:12] if found.batch else None, reason=found.reason, actor=found.actor, at=found.at,
        cleared=found.cleared,
    )  # fmt: skip


def _summary(found: QuarantineSummary) -> QuarantineBody:
    return QuarantineBody(
        dataset=found.dataset,
        rows=found.rows,
        rules=dict(found.rules),
        fields=dict(found.fields),
    )
