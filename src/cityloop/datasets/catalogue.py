"""The catalogue: which datasets there are, whose they are, how fresh and how good."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from cityloop.contracts.model import DatasetDefinition
from cityloop.datasets import store
from cityloop.datasets.ground import DATA, Ground
from cityloop.datasets.ingest.quarantine import summary_of
from cityloop.datasets.model import (
    BatchReport,
    DatasetSummary,
    FieldSummary,
    QuarantineSummary,
    RuleSummary,
    Version,
)
from cityloop.datasets.versions import quarantine_pin
from cityloop.foundation.definition import Snapshot

RECENT = 20
"""Batches whose rows make up the quality shown."""


def list_datasets(ground: Ground) -> Sequence[DatasetSummary]:
    """Return every defined dataset, in order of name."""
    snapshot = ground.definitions()
    return _summaries(ground, snapshot, list(snapshot.all(DatasetDefinition)))


def describe(ground: Ground, dataset: str) -> DatasetSummary:
    """Return one dataset.

    Raises:
        NotFound: it is not defined.
    """
    snapshot = ground.definitions()
    snapshot.one(DatasetDefinition, dataset)
    return _summaries(ground, snapshot, [dataset])[0]


def quarantine_summary(ground: Ground, dataset: str) -> QuarantineSummary:
    """Return how many rows wait in the quarantine of ``dataset`` and why.

    Raises:
        NotFound: it is not defined.
    """
    pin = quarantine_pin(ground, dataset)
    with ground.workspace() as (work, _scratch):
        return summary_of(work, dataset, pin)


def quality(batches: Collection[BatchReport]) -> float | None:
    """Return the share (0–1) of rows read that were not put aside; None when nothing was read.

    Example:
        >>> quality([]) is None
        True
    """
    loads = [each for each in batches if each.kind == "load" and each.status == "published"]
    read = sum(each.read for each in loads)
    return 1 - sum(each.quarantined for each in loads) / read if read else None


def _summaries(
    ground: Ground, snapshot: Snapshot, names: Sequence[str]
) -> Sequence[DatasetSummary]:
    with ground.db.read() as connection:
        versions = store.published_versions(connection, names)
        edges = store.list_lineage(connection)
        batches = {name: store.list_batches(connection, [name], most=RECENT) for name in names}
    sources: dict[str, list[str]] = {}
    for edge in edges:
        sources.setdefault(edge.dataset, []).append(edge.source)
    return [
        _summary(ground, snapshot.one(DatasetDefinition, name), versions, batches[name], sources.get(name, []))
        for name in names
    ]  # fmt: skip


def _summary(
    ground: Ground,
    definition: DatasetDefinition,
    versions: Mapping[str, Version],
    batches: Sequence[BatchReport],
    sources: Sequence[str],
) -> DatasetSummary:
    version = versions.get(definition.name)
    return DatasetSummary(
        name=definition.name,
        title=definition.title,
        description=definition.description,
        owner=definition.owner,
        level=definition.level,
        sharing=definition.sharing,
        time=definition.time,
        key=definition.key,
        fields=tuple(_fields(definition)),
        rows=version.rows if version else 0,
        version=version.number if version else 0,
        as_of=version.at if version else None,
        newest=_newest(ground, definition, version),
        quality=quality(batches),
        quarantined=version.quarantine_rows if version else 0,
        sources=tuple(sources),
        rules=tuple(RuleSummary(each.name, each.title, each.on_fail) for each in definition.rules),
    )


def _fields(definition: DatasetDefinition) -> Sequence[FieldSummary]:
    return [
        FieldSummary(
            name=each.name,
            title=each.title,
            type=each.type,
            unit=each.unit,
            level=definition.level_of(each.name),
            required=each.required,
            codes=each.codes,
            format=each.format,
            pattern=each.pattern,
            lowest=None if each.min is None else str(each.min),
            highest=None if each.max is None else str(each.max),
        )
        for each in definition.fields
    ]


def _newest(
    ground: Ground, definition: DatasetDefinition, version: Version | None
) -> datetime | None:
    if version is None or version.lake_version is None or definition.time is None:
        return None
    pin = ground.lake.table(DATA, definition.name).pin(version.lake_version)
    bounds = [file.highest.get(definition.time) for file in pin.files]
    moments = [_moment(bound) for bound in bounds if bound is not None]
    return max((each for each in moments if each is not None), default=None)


def _moment(bound: object) -> datetime | None:
    if isinstance(bound, datetime):
        return bound if bound.tzinfo else bound.replace(tzinfo=UTC)
    if hasattr(bound, "toordinal"):
        return datetime.fromordinal(bound.toordinal()).replace(tzinfo=UTC)
    return None
