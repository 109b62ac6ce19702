"""Turns a contract into one SQL query that types, judges and fingerprints every row of a delivery.

The query reads the table ``stage(row_number, <source columns, text>)`` in layers: *taken* (safe names), *helped* and
*quick* (a candidate per field by a fast way), *read* (where no candidate can be taken: the thorough way), *valued*
(typed), *judged* (reasons, flags, repairs), *fingerprinted*. Clean values cost tens of nanoseconds, the thorough way
about a microsecond, and reasons are built for bad rows only. Nothing is computed row by row in Python.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
from sqlglot import exp, parse_one

from cityloop.contracts import layers, sql
from cityloop.contracts.drift import ColumnMatch, match_columns
from cityloop.contracts.formats import format_parser
from cityloop.contracts.layers import Layer, Slot
from cityloop.contracts.model import CodesDefinition, DatasetDefinition, FieldDefinition
from cityloop.contracts.moments import date_parser, timestamp_parser
from cityloop.contracts.numbers import boolean_parser, integer_parser, number_parser
from cityloop.contracts.parsing import Parser
from cityloop.contracts.words import codes_parser, text_parser

STAGE = "stage"
"""Name of the table that a compiled contract reads."""
ARROW = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}
"""Arrow type of each SQL type that a field can have."""


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """A contract ready to judge deliveries with these columns.

    ``judged`` is the query over ``stage``; its columns: ``_row``, the typed fields in the contract's order,
    ``_reasons`` (list of {rule, field, value}; NULL: no rule broken that keeps the row out), ``_flags`` (the same for
    rules that only count), ``_repairs`` (struct of counts full_width, date_style, unit; NULL: none), ``_fingerprint``
    (equal rows have equal ones; rows are equal when all fields and ``_reasons`` are, NULL being equal to NULL).
    ``fields`` gives the SQL type of each field, ``schema`` the Arrow schema of good rows.
    """

    dataset: DatasetDefinition
    match: ColumnMatch
    judged: exp.Select
    fields: Mapping[str, str]
    schema: pa.Schema


def compile_contract(
    dataset: DatasetDefinition,
    codes: Mapping[str, CodesDefinition],
    columns: Sequence[str],
    *,
    time_zone: str,
    mapping: Mapping[str, str] | None = None,
    shape_column: str | None = None,
) -> CompiledContract:
    """Return the query that judges deliveries with these ``columns``.

    Args:
        dataset: the contract; its definition has been checked.
        codes: every code table that its fields name.
        columns: names of the stage's text columns, unique without regard to case.
        time_zone: the city's, for fields that name none.
        mapping: source column → field, where the source says so; other columns are matched by name.
        shape_column: stage column with the text of a row that could not be split into cells, NULL for the others;
            such a row breaks the rule ``shape`` and nothing else. None: there is no such column.

    Raises:
        MissingColumn: a required field has no column.
        ExtraColumns: the contract refuses columns that it does not know, and there are some.
        UnknownField: ``mapping`` names a field that the dataset does not have.
    """
    match = match_columns(dataset, columns, mapping or {})
    slots = [
        _slot(dataset, codes, match, place, time_zone=time_zone)
        for place in range(len(dataset.fields))
    ]
    extras = match.extra if dataset.extra_columns == "quarantine" else ()
    stack: list[Layer] = [
        layers.taken(slots, extras, shape_column),
        *layers.helped(slots),
        layers.quick(slots),
        layers.read(slots),
        layers.valued(slots, extras),
        layers.judged(dataset, slots, extras),
        layers.fingerprinted(slots),
    ]
    source = STAGE
    for layer in stack:
        source = f"({layer(source)})"
    tree = parse_one(source[1:-1], into=exp.Select, dialect="duckdb")
    schema = pa.schema(
        [
            pa.field(slot.field.name, ARROW[slot.parser.kind], nullable=not slot.required)
            for slot in slots
        ]
    )
    return CompiledContract(
        dataset, match, tree, {slot.field.name: slot.parser.kind for slot in slots}, schema
    )


def _slot(
    dataset: DatasetDefinition,
    codes: Mapping[str, CodesDefinition],
    match: ColumnMatch,
    place: int,
    *,
    time_zone: str,
) -> Slot:
    field = dataset.fields[place]
    spellings = codes[field.codes].spellings() if field.codes else {}
    folded = {sql.plain_folded(spelling) for spelling in spellings}
    tokens = {sql.plain_folded(sql.plain_trimmed(token)) for token in dataset.nulls}
    return Slot(
        field=field,
        column=match.columns.get(field.name),
        parser=_parser(field, spellings, time_zone),
        required=field.required or field.name in dataset.key,
        place=place,
        spellings=spellings,
        nulls=tuple(sorted(tokens - folded)),
        zone=field.time_zone or time_zone,
    )


def _parser(field: FieldDefinition, spellings: Mapping[str, str], time_zone: str) -> Parser:
    match field.type:
        case "integer":
            return integer_parser(field)
        case "number":
            return number_parser(field)
        case "boolean":
            return boolean_parser()
        case "date":
            return date_parser(field)
        case "timestamp":
            return timestamp_parser(field, time_zone)
        case "text":
            if spellings:
                return codes_parser(spellings)
            return format_parser(field.format) if field.format else text_parser()
