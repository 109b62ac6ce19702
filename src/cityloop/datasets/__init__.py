"""Datasets: the only way in, and everything that is known about what came in.

``Datasets.ingest(principal, source)`` takes deliveries from a source: raw files stay in the inbox, rows are read as text
(``staging``), judged by the contract, split by set operations (``splitting``), written to the lake with the batch's id
(``writing``) and made visible by one state transaction (``publishing``). Bad rows wait in quarantine with their reasons
(``quarantine``, ``replays``). Readers see published versions only (``versions``). ``read = good + quarantined + duplicate``
holds for every batch; delivering a batch twice changes nothing; a crash at any point is finished on the next start.
"""

from cityloop.datasets.errors import (
    BatchHeld,
    Busy,
    Moved,
    NoFeed,
    NotHeld,
    RowsUnaccounted,
    SchemaChanged,
    StorageFull,
    UnknownBatch,
    UnknownRow,
    UnknownVersion,
    Unreadable,
)
from cityloop.datasets.ground import Deliveries, Ground
from cityloop.datasets.model import (
    BatchReport,
    Counts,
    DatasetSummary,
    Drift,
    FieldSummary,
    LineageEdge,
    Published,
    QuarantineSummary,
    Version,
)
from cityloop.datasets.records import records
from cityloop.datasets.service import Datasets

__all__ = [
    "BatchHeld",
    "BatchReport",
    "Busy",
    "Counts",
    "DatasetSummary",
    "Datasets",
    "Deliveries",
    "Drift",
    "FieldSummary",
    "Ground",
    "LineageEdge",
    "Moved",
    "NoFeed",
    "NotHeld",
    "Published",
    "QuarantineSummary",
    "RowsUnaccounted",
    "SchemaChanged",
    "StorageFull",
    "UnknownBatch",
    "UnknownRow",
    "UnknownVersion",
    "Unreadable",
    "Version",
    "records",
]
