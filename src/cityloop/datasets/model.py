"""What ingest tells about itself: batches with their counts, published versions, and what is in a dataset.

The identity of every batch: ``read = good + quarantined + duplicate``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from cityloop.engine import Pin
from cityloop.foundation.definition import Bilingual

Mode = Literal["incremental", "full"]
"""``incremental`` reads on from the cursor; ``full`` reads everything and builds the table anew."""
Status = Literal[
    "started", "published", "held", "abandoned", "rolled_back", "superseded", "discarded"
]
"""Where a batch stands; only the rows of ``published`` batches are in the table."""
Kind = Literal["load", "replay"]
"""Where a batch's rows come from: a source, or the quarantine."""
Reason = Literal["load", "replay", "repair", "rollback", "compact"]
"""Why a version was published."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one batch.

    ``inserted + updated = good``. ``rules`` counts, for each broken quarantine rule, the rows read that break it,
    duplicates included; ``flags`` the same for rules that only flag; ``repaired`` the values that were brought into form
    (full-width digits, date styles, units).
    """

    read: int = 0
    good: int = 0
    quarantined: int = 0
    duplicate: int = 0
    inserted: int = 0
    updated: int = 0
    rules: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, int] = field(default_factory=dict)
    repaired: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether no row was lost and none counted twice."""
        return (
            self.read == self.good + self.quarantined + self.duplicate
            and self.good == self.inserted + self.updated
        )


@dataclass(frozen=True, slots=True)
class Drift:
    """How a delivery's columns differ from the contract: fields nobody delivers, columns nobody asked for."""

    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchReport:
    """One delivery into one dataset and what became of its rows.

    ``redelivered``: the delivery was here before, nothing was done; its rows all count as ``duplicate``.
    ``version`` is the published version that holds it, None when none does. ``seconds`` is wall time.
    ``number`` counts all tries at batches of the city, None while the batch is not recorded.
    """

    dataset: str
    source: str
    batch: str
    delivery: str
    kind: Kind
    status: Status
    counts: Counts
    drift: Drift = Drift()
    seconds: float = 0.0
    redelivered: bool = False
    version: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    files: tuple[str, ...] = ()
    number: int | None = None

    @property
    def short(self) -> str:
        """The first 12 characters of the batch id: enough to name it."""
        return self.batch[:12]

    @property
    def read(self) -> int:
        """Rows in the delivery, broken lines included."""
        return self.counts.read

    @property
    def good(self) -> int:
        """Rows that are in the table now."""
        return self.counts.good

    @property
    def quarantined(self) -> int:
        """Rows that were put aside with their reasons."""
        return self.counts.quarantined

    @property
    def duplicate(self) -> int:
        """Rows that said nothing new."""
        return self.counts.duplicate

    @property
    def inserted(self) -> int:
        """Good rows with a new key (all of them when the dataset has no key)."""
        return self.counts.inserted

    @property
    def updated(self) -> int:
        """Good rows that replaced a stored row of their key."""
        return self.counts.updated

    @property
    def rules(self) -> Mapping[str, int]:
        """Broken quarantine rules → rows read."""
        return self.counts.rules

    @property
    def repaired(self) -> int:
        """Values that were brought into form."""
        return self.counts.repaired


@dataclass(frozen=True, slots=True)
class Published:
    """The version of a dataset that readers see.

    ``as_of`` is when it was published, None when nothing was ever loaded (``pin`` is then empty and ``version`` 0).
    """

    dataset: str
    version: int
    pin: Pin
    rows: int
    as_of: datetime | None
    batch: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One published state of a dataset and its quarantine.

    ``parent`` is the version it builds on, None when it was built from nothing. ``lake_version`` and ``quarantine_version`` are versions of the Delta tables; None: no such table yet.
    """

    dataset: str
    number: int
    parent: int | None
    lake_version: int | None
    rows: int
    quarantine_version: int | None
    quarantine_rows: int
    batch: str | None
    reason: Reason
    actor: str
    at: datetime
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class FieldSummary:
    """One field as the catalogue shows it; ``level`` is its data level 1–6, the rest are its contract's rules."""

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


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule over one row; ``on_fail`` quarantine keeps the row out, flag only counts it."""

    name: str
    title: Bilingual
    on_fail: str


@dataclass(frozen=True, slots=True)
class DatasetSummary:
    """A dataset in the catalogue.

    ``quality`` is the share (0–1) of rows read in the last batches that were not quarantined, None before the first.
    ``newest`` is the highest value of the dataset's time field, None when it has none or no rows.
    """

    name: str
    title: Bilingual
    description: Bilingual | None
    owner: str | None
    level: int
    sharing: str
    time: str | None
    key: tuple[str, ...]
    fields: tuple[FieldSummary, ...]
    rows: int
    version: int
    as_of: datetime | None
    newest: datetime | None
    quality: float | None
    quarantined: int
    sources: tuple[str, ...] = ()
    rules: tuple[RuleSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class QuarantineSummary:
    """How many rows wait in a dataset's quarantine, and how many break each rule (a row may break several)."""

    dataset: str
    rows: int
    rules: Mapping[str, int]
    fields: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """Data flows from ``source`` into ``dataset``; ``mapping`` says which source column feeds which field."""

    source: str
    dataset: str
    mapping: Mapping[str, str]
    batch: str
    at: datetime


def batch_id(delivery: str, contract: str, mapping: Mapping[str, str]) -> str:
    """Return the id of one delivery under one contract and one mapping: 64 hexadecimal digits.

    Example:
        >>> batch_id("d", "c", {"编号": "id"})[:12] == batch_id("d", "c", {})[:12]
        False
    """
    digest = sha256()
    for part in (delivery, contract, *(text for pair in sorted(mapping.items()) for text in pair)):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()
