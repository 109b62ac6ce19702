"""What can go wrong between a delivery and a published table, each with the next step."""

from collections.abc import Sequence

from cityloop.datasets.model import BatchReport
from cityloop.foundation.errors import Broken, Conflict, Invalid, NotFound, Unavailable


class BatchHeld(Conflict):
    """A delivery breaks the limits of its contract: it is kept, nothing of it is published.

    ``reports`` are all batches of the call; those that could be published are.
    """

    code = "datasets.batch_held"

    def __init__(self, reports: Sequence[BatchReport]) -> None:
        held = next(each for each in reports if each.status == "held")
        super().__init__(
            dataset=held.dataset,
            batch=held.short,
            quarantined=held.quarantined,
            read=held.read,
            rules=[f"{rule}: {rows}" for rule, rows in held.rules.items()],
        )
        self.reports = tuple(reports)


class RowsUnaccounted(Broken):
    """The counts of a batch do not add up; nothing of it was published."""

    code = "datasets.rows_unaccounted"


class Unreadable(Invalid):
    """The reader cannot take a delivery's file apart; the raw file is kept."""

    code = "datasets.unreadable"


class SchemaChanged(Conflict):
    """A field's type differs between the contract and the stored table."""

    code = "datasets.schema_changed"


class UnknownBatch(NotFound):
    """There is no such batch."""

    code = "datasets.unknown_batch"


class DeliveriesGone(Conflict):
    """A dataset cannot be built anew from the inbox: raw deliveries of it were given up after ``inbox_days``."""

    code = "datasets.deliveries_gone"


class UnknownVersion(NotFound):
    """The dataset has no such published version, or its files were cleared away."""

    code = "datasets.unknown_version"


class UnknownRow(NotFound):
    """The quarantine of the dataset has no such row."""

    code = "datasets.unknown_row"


class NotHeld(Conflict):
    """Only a held batch can be released or discarded."""

    code = "datasets.not_held"


class NoFeed(NotFound):
    """The source has no feed into this dataset."""

    code = "datasets.no_feed"


class Busy(Unavailable):
    """Another process writes this dataset right now."""

    code = "datasets.busy"


class Moved(Unavailable):
    """The dataset was published by somebody else in the middle of this batch; nothing was published."""

    code = "datasets.moved"


class StorageFull(Unavailable):
    """The disk is full, or a file may not grow; nothing was published."""

    code, status = "datasets.storage_full", 507
