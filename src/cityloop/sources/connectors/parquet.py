"""Parquet files of other systems; every column becomes text, so that one contract judges all sources alike."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from cityloop.sources.connectors.base import (
    Contents,
    Delivery,
    Feed,
    Inbox,
    Options,
    Parcel,
    ParquetShape,
    unique_names,
)
from cityloop.sources.connectors.files import FileOptions, FolderOptions, each_file
from cityloop.sources.connectors.wording import TextTable, text_column
from cityloop.sources.errors import BadFile

CHUNK = 50_000
"""Rows held in memory at a time."""


class ParquetConnector:
    """Reads Parquet files."""

    name: ClassVar[str] = "parquet"
    connection_options: ClassVar[type[Options]] = FolderOptions
    read_options: ClassVar[type[Options]] = FileOptions

    def deliveries(
        self, feed: Feed[FolderOptions, FileOptions], cursor: str | None, inbox: Inbox
    ) -> Iterator[Delivery]:
        """Yield one delivery per file.

        Raises:
            NoFile: nothing matches.
            OutsideCity: the path leads out of the city.
            BadFile: a file is no Parquet.
        """

        def take(name: str, parcel: Parcel) -> Contents:
            try:
                with pq.ParquetFile(parcel.raw(name)) as file:
                    columns = unique_names(list(file.schema_arrow.names))
                    with TextTable(parcel.readable(name), columns) as table:
                        for batch in file.iter_batches(CHUNK):
                            whole = pa.Table.from_batches([batch])
                            table.write_columns(text_column(each) for each in whole.columns)
            except (pa.ArrowException, OSError) as error:
                raise BadFile(file=name, expected="Parquet", reason=str(error)) from error
            return Contents(ParquetShape(), columns)

        return each_file(feed, inbox, take, cursor)
