"""Every connector that CityLoop brings, by the name that a source writes."""

from collections.abc import Mapping
from typing import Any

from cityloop.foundation.clock import Clock
from cityloop.sources.addresses import AddressGuard
from cityloop.sources.connectors.base import Connector
from cityloop.sources.connectors.database import DatabaseConnector
from cityloop.sources.connectors.delimited import CsvConnector
from cityloop.sources.connectors.excel import ExcelConnector
from cityloop.sources.connectors.internal import InternalConnector, InternalTables
from cityloop.sources.connectors.parquet import ParquetConnector
from cityloop.sources.connectors.records import JsonConnector
from cityloop.sources.connectors.web import HttpConnector

AnyConnector = Connector[Any, Any]
"""A connector whatever its options are; Any because each has its own."""
STANDARD: Mapping[str, type[AnyConnector]] = {
    each.name: each
    for each in (
        CsvConnector,
        ExcelConnector,
        JsonConnector,
        ParquetConnector,
        DatabaseConnector,
        HttpConnector,
        InternalConnector,
    )
}
"""The classes: what sources may name, and which options each understands."""


def standard_connectors(
    *, private_addresses: str, clock: Clock, tables: InternalTables
) -> Mapping[str, AnyConnector]:
    """Return the connectors of a running city.

    Args:
        private_addresses: hosts and networks inside that HTTP sources may call, comma-separated.
        clock: reads dates of answers.
        tables: what features offer as internal tables.
    """
    made: tuple[AnyConnector, ...] = (
        CsvConnector(),
        ExcelConnector(),
        JsonConnector(),
        ParquetConnector(),
        DatabaseConnector(),
        HttpConnector(AddressGuard(private_addresses), clock),
        InternalConnector(tables),
    )
    return {each.name: each for each in made}
