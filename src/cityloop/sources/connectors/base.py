"""What every connector gives: deliveries, whose raw bytes are kept and whose files can be read as UTF-8 text.

A delivery is the unit that is loaded or not loaded. Its id is the SHA-256 of its raw bytes, so the same bytes are
the same delivery however often they arrive. How its files are to be read is its *shape*:

- :class:`CsvShape`: delimited text; :class:`LinesShape`: one JSON object per line; :class:`ParquetShape`: all text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

ROW_NUMBER = "row_number"
"""Column that the stage adds; a source column of this name is delivered as ``row_number_2``."""


class Options(BaseModel):
    """Base of a connector's own ``connection`` and ``read`` options: unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


C = TypeVar("C", bound=Options)
R = TypeVar("R", bound=Options)


@dataclass(frozen=True, slots=True)
class CsvShape:
    """Delimited UTF-8 text without BOM; the first ``skip`` lines (titles and header) hold no data.

    ``skip`` counts physical lines of the file. A doubled ``quote`` stands for itself; ``quote`` is ``""`` when the file
    uses none. An empty unquoted cell is null.
    """

    delimiter: str
    quote: str
    skip: int


@dataclass(frozen=True, slots=True)
class LinesShape:
    """One JSON object per line; ``paths`` gives for each column the keys that lead to its value.

    A line that is not a JSON object is kept as it came: it breaks the rule ``shape``. Values that are not text are
    read as their JSON text; null and absent are null.
    """

    paths: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class ParquetShape:
    """Parquet whose every column is text, null where the source had none."""


Shape = CsvShape | LinesShape | ParquetShape


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file of a delivery: ``raw`` as it came, ``path`` the form that the shape describes (may be the same file).

    ``name`` is the source's own name for it, ``size`` and ``sha256`` are of the raw bytes, ``encoding`` is what the raw
    bytes were decoded with (None: not text).
    """

    name: str
    raw: Path
    path: Path
    sha256: str
    size: int
    encoding: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What arrived at once: loaded as a whole or not at all.

    ``columns`` are the names of the file's columns from left to right, unique without regard to case. ``cursor`` is
    where to go on next time, None when the feed has no cursor; it is remembered by whoever commits the rows.
    """

    id: str
    files: tuple[RawFile, ...]
    shape: Shape
    columns: tuple[str, ...]
    cursor: str | None
    folder: Path = field(compare=False)


@dataclass(frozen=True, slots=True)
class Feed(Generic[C, R]):
    """One feed of a source, ready to be read: options validated, secrets filled in.

    ``columns`` maps source columns to fields; ``cursor`` names the source column that grows; ``expected`` are names
    that the dataset's contract knows (to find a header below title rows). ``roots`` are folders outside the city that
    the environment of the process opened for this feed. Never log or keep a feed: it holds secrets.
    """

    source: str
    dataset: str
    connection: C = field(repr=False)
    read: R = field(repr=False)
    columns: Mapping[str, str]
    cursor: str | None
    expected: frozenset[str]
    city: Path
    roots: tuple[Path, ...] = ()


class Connector(Protocol[C, R]):
    """Reads one kind of system. Holds no state between calls."""

    name: ClassVar[str]
    """What a source writes after ``connector:``."""
    connection_options: ClassVar[type[Options]]
    """What ``connection:`` may hold: a class C."""
    read_options: ClassVar[type[Options]]
    """What ``read:`` of a feed may hold: a class R."""

    def deliveries(
        self, feed: Feed[C, R], cursor: str | None, inbox: "Inbox"
    ) -> Iterator[Delivery]:
        """Yield what the source has since ``cursor`` (None: everything), each delivery kept in ``inbox`` first.

        The same content gives the same delivery id. The row that ``cursor`` points to is delivered again.

        Raises:
            CityError: the source cannot be read; Transient when trying again may help.
        """


def unique_names(header: list[str | None]) -> tuple[str, ...]:
    """Return usable column names: trimmed, never empty, unique without regard to case, otherwise as they came.

    Example:
        >>> unique_names(["编号", "备注", " 备注 ", None, "row_number"])
        ('编号', '备注', '备注_2', 'column_4', 'row_number_2')
    """
    taken = {ROW_NUMBER}
    names = []
    for position, cell in enumerate(header, start=1):
        plain = _INVISIBLE.sub("", cell or "").strip() or f"column_{position}"
        name, copy = plain, 1
        while name.casefold() in taken:
            copy += 1
            name = f"{plain}_{copy}"
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


_INVISIBLE = re.compile("[\0\ufeff\u200b-\u200d\u2060]")


class Parcel(Protocol):
    """A delivery that is being received; use as a context manager, leaving it unsealed throws it away."""

    def __enter__(self) -> "Parcel": ...

    def __exit__(self, *error: object) -> None: ...

    def raw(self, name: str) -> Path:
        """Return where to write the raw bytes of a file that the source calls ``name``."""

    def readable(self, name: str) -> Path:
        """Return where to write the readable form of the raw file ``name``, when it needs one."""

    def seal(self, contents: "Contents") -> Delivery:
        """Write the manifest, make the delivery visible at once and return it.

        When the same bytes are kept already, the kept files stay.
        """


class Inbox(Protocol):
    """Where deliveries are kept (``sources.inbox.FolderInbox``)."""

    def open(self, source: str, feed: str) -> Parcel:
        """Return a parcel to fill; nothing is visible until it is sealed."""

    def find(self, source: str, feed: str, delivery_id: str) -> Delivery:
        """Return a delivery that was kept before.

        Raises:
            NotFound: there is none of this id.
        """


@dataclass(frozen=True, slots=True)
class Contents:
    """What a connector knows about a filled parcel.

    ``encoding`` of each raw file by name. ``variant`` says which part of the raw bytes was taken (a sheet): other parts
    are other deliveries. ``by_rows``: the id is that of the readable files, for sources whose raw bytes change without
    their rows changing (an envelope with the time of the answer).
    """

    shape: Shape
    columns: tuple[str, ...]
    cursor: str | None = None
    encoding: Mapping[str, str] = field(default_factory=dict)
    variant: str = ""
    by_rows: bool = False
