"""Turns a contract into one SQL query that types, judges and fingerprints every row of a delivery.

The query reads the table ``stage(row_number, <source columns, text>)`` in layers: *taken* (safe names), *helped* and
*quick* (a candidate per field by a fast way), *read* (where no candidate can be taken: the thorough way), *valued*
(typed), *judged* (reasons, flags, repairs), *finished*. Clean values cost tens of nanoseconds, the thorough way
about a microsecond, and reasons are built for bad rows only. Nothing is computed row by row in Python.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
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
from cityloop.contracts.quick import quick_query
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
    ``_raw`` is a JSON object of the row's text by source column, only where ``_reasons`` are. ``quick`` clears rows that
    are plainly fine (see ``quick.py``), so that ``judged`` need only see the others. ``fields`` gives the SQL type of each field, ``schema`` the Arrow schema of good rows, ``digest`` changes when the contract or one of its code
    tables does.
    """

    dataset: DatasetDefinition
    match: ColumnMatch
    judged: exp.Select
    quick: exp.Select
    fields: Mapping[str, str]
    schema: pa.Schema
    digest: str


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
    cells = {column: f"_c{place}" for place, column in enumerate(columns)}
    refused = match.extra if dataset.extra_columns == "quarantine" else ()
    stack: list[Layer] = [
        layers.taken(slots, cells, shape_column),
        *layers.helped(slots),
        layers.quick(slots),
        layers.read(slots),
        layers.valued(slots, cells),
        layers.judged(dataset, slots, {column: cells[column] for column in refused}),
        layers.finished(slots, cells),
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
        dataset=dataset,
        match=match,
        judged=tree,
        quick=quick_query(dataset, slots, cells, refused),
        fields={slot.field.name: slot.parser.kind for slot in slots},
        schema=schema,
        digest=contract_digest(dataset, codes),
    )


def contract_digest(dataset: DatasetDefinition, codes: Mapping[str, CodesDefinition]) -> str:
    """Return a SHA-256 of the contract and of the code tables that it names."""
    used = sorted({field.codes for field in dataset.fields if field.codes})
    digest = hashlib.sha256(dataset.model_dump_json(by_alias=True).encode())
    for each in used:
        digest.update(codes[each].model_dump_json(by_alias=True).encode())
    return digest.hexdigest()


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
    parser = _parser(field, spellings, time_zone)
    tokens = {"", *map(sql.plain_trimmed, dataset.nulls)}
    if parser.folds:
        tokens = {*map(sql.plain_folded, tokens)} - {*map(sql.plain_folded, spellings)}
    else:
        tokens |= {*map(sql.plain_widened, tokens)}
    return Slot(
        field=field,
        column=match.columns.get(field.name),
        parts=match.parts.get(field.name, {}),
        parser=parser,
        required=field.required or field.name in dataset.key,
        place=place,
        spellings=spellings,
        nulls=tuple(sorted(tokens)),
        zone=field.time_zone or time_zone,
    )


def _parser(field: FieldDefinition, spellings: Mapping[str, str], time_zone: str) -> Parser:
    if field.type != "text":
        return _TYPED[field.type](field, time_zone)
    if spellings:
        return codes_parser(spellings)
    return format_parser(field.format) if field.format else text_parser()


_TYPED: Mapping[str, Callable[[FieldDefinition, str], Parser]] = {
    "integer": lambda field, _zone: integer_parser(field),
    "number": lambda field, _zone: number_parser(field),
    "boolean": lambda _field, _zone: boolean_parser(),
    "date": lambda field, _zone: date_parser(field),
    "timestamp": timestamp_parser,
}
