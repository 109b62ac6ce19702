"""HTTP of the read path: rows of a dataset, SQL, exports, why one can (not) see something, and the audit log."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

import orjson
import pyarrow as pa
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sqlglot import exp

from cityloop.contracts.model import FieldType
from cityloop.foundation.web import Caller, Language
from cityloop.policies.exports import MEDIA_TYPES, ExportFile, Format, export
from cityloop.policies.model import BadQuery, Explanation, Purpose, Result
from cityloop.policies.quarantine import Page, Quarantines, read_quarantine
from cityloop.policies.reader import Reader
from cityloop.policies.trail import AuditTrail
from cityloop.policies.trail import api as trail_api

MOST_PAGE = 10_000
"""Rows of one page of the rows route."""

_FILTER = re.compile(r"^\s*(?P<column>\w+)\s*(?P<op>!=|<=|>=|=|<|>|~)\s*(?P<value>.*)$", re.DOTALL)
_OPERATORS: Mapping[str, type[exp.Binary]] = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}  # fmt: skip


_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": dict.fromkeys(MEDIA_TYPES.values(), _BYTES)}
}
"""How the document describes a download."""


class ColumnShown(BaseModel):
    """One column of an answer; ``treatment`` is raw or mask where the column is a dataset's own, else null."""

    name: str
    type: str
    treatment: str | None = None


class RowsShown(BaseModel):
    """An answer, column by column: ``data[i]`` holds the values of ``columns[i]``, each ``rows`` long."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "columns": [{"name": "district", "type": "string", "treatment": "raw"}],
                    "data": [["临湖区"]],
                    "rows": 1,
                    "sql": "SELECT district FROM visits",
                    "versions": {"visits": 7},
                    "as_of": "2026-09-30T04:00:00Z",
                    "cached": False,
                    "limited": ["visits"],
                }
            ]
        }
    )

    columns: list[ColumnShown]
    data: list[list[object]]
    rows: int
    sql: str
    versions: dict[str, int]
    as_of: datetime | None
    cached: bool
    limited: list[str] = Field(description="Datasets of which the caller sees only some rows.")


class RowsAsked(BaseModel):
    """Which rows and columns of a dataset; no columns means all readable ones."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    columns: list[str] = []
    where: list[str] = Field(
        default=[],
        alias="filter",
        description="`column op value`, op one of = != < <= > >= ~ (contains); all must hold.",
    )
    order: list[str] = Field(default=[], description="Columns; a leading - sorts downwards.")
    limit: int = Field(default=100, ge=1, le=MOST_PAGE)
    offset: int = Field(default=0, ge=0, le=10_000_000)
    purpose: Purpose = "preview"
    lang: Literal["zh", "en"] | None = Field(default=None, description="Language of texts.")


class SqlAsked(BaseModel):
    """One query in DuckDB's dialect over datasets' names."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"sql": "SELECT district, count(*) AS n FROM visits GROUP BY district"}]
        },
    )

    sql: str = Field(min_length=1, max_length=20_000)
    purpose: Purpose = "analysis"
    most: int = Field(default=MOST_PAGE, ge=1, le=100_000)


class ExplanationShown(BaseModel):
    """Why the caller can, or cannot, see a dataset, with one sentence per rule in his language."""

    dataset: str
    purpose: str
    allowed: bool
    rows: Literal["all", "some", "none"]
    columns: dict[str, str]
    filters: dict[str, str]
    rules: list[dict[str, object]]
    sentences: list[str]


class DatasetKnown(BaseModel):
    """A dataset that the caller may know of; ``columns`` gives raw, a mask or deny for those he may know of."""

    dataset: str
    readable: bool
    rows: Literal["all", "some", "none"]
    columns: dict[str, str]


PurposeAsked = Annotated[Purpose, Query(description="What the data is read for.")]


def router(reader: Reader, trail: AuditTrail, quarantines: Quarantines | None = None) -> APIRouter:
    """Return the routes of the read path.

    Args:
        reader: the read path.
        trail: the audit log.
        quarantines: knows the rows put aside; None leaves that route out.
    """
    routes = APIRouter(tags=["policies"])
    _add_reads(routes, reader)
    _add_exports(routes, reader)
    _add_explanations(routes, reader)
    routes.include_router(trail_api.router(trail))
    if quarantines is not None:
        _add_quarantine(routes, reader, quarantines)
    return routes


def _add_reads(routes: APIRouter, reader: Reader) -> None:
    @routes.get(
        "/api/datasets/{dataset}/rows",
        operation_id="policies_rows",
        summary="Rows of a dataset that the caller may see",
        response_model=RowsShown,
    )
    def rows(caller: Caller, dataset: str, asked: Annotated[RowsAsked, Query()]) -> Response:
        types = reader.types(caller, asked.purpose, dataset)
        query = _page(dataset, asked.columns, asked.order).limit(asked.limit).offset(asked.offset)
        for text in asked.where:
            query = query.where(_condition(text, types))
        return _answer(reader.read(caller, asked.purpose, query, most=MOST_PAGE))

    @routes.post(
        "/api/sql",
        operation_id="policies_sql",
        summary="Run one query over datasets, as far as the caller may see them",
        response_model=RowsShown,
    )
    def sql(caller: Caller, asked: SqlAsked) -> Response:
        return _answer(reader.read(caller, asked.purpose, asked.sql, most=asked.most))


def _add_exports(routes: APIRouter, reader: Reader) -> None:
    @routes.get(
        "/api/datasets/{dataset}/export",
        operation_id="policies_export_dataset",
        summary="Take away a dataset as a file",
        response_class=Response,
        responses=_FILE,
    )
    def export_dataset(
        caller: Caller,
        dataset: str,
        file_format: Annotated[Format, Query(alias="format")] = "csv",
        columns: Annotated[Sequence[str], Query()] = (),
        *,
        watermark: bool = False,
    ) -> Response:
        query = _page(dataset, columns, ())
        return _download(
            export(reader, caller, query, file_format, name=dataset, watermark=watermark)
        )

    @routes.post(
        "/api/sql/export",
        operation_id="policies_export_sql",
        summary="Take away the result of a query as a file",
        response_class=Response,
        responses=_FILE,
    )
    def export_sql(
        caller: Caller,
        asked: SqlAsked,
        file_format: Annotated[Format, Query(alias="format")] = "csv",
        *,
        watermark: bool = False,
    ) -> Response:
        return _download(export(reader, caller, asked.sql, file_format, watermark=watermark))


def _add_explanations(routes: APIRouter, reader: Reader) -> None:
    @routes.get(
        "/api/datasets/{dataset}/access",
        operation_id="policies_explain",
        summary="Why the caller can, or cannot, see a dataset",
        response_model=ExplanationShown,
    )
    def explain(
        caller: Caller, language: Language, dataset: str, purpose: PurposeAsked = "analysis"
    ) -> ExplanationShown:
        return _explained(reader.explain(caller, purpose, dataset), language)

    @routes.get(
        "/api/policies/catalogue",
        operation_id="policies_catalogue",
        summary="Datasets and columns that the caller may know of",
        response_model=list[DatasetKnown],
    )
    def catalogue(caller: Caller, purpose: PurposeAsked = "analysis") -> list[DatasetKnown]:
        return [
            DatasetKnown(
                dataset=each.dataset,
                readable=each.readable,
                rows=each.rows,
                columns=dict(each.columns),
            )
            for each in reader.catalogue_view(caller, purpose).values()
        ]


def _add_quarantine(routes: APIRouter, reader: Reader, quarantines: Quarantines) -> None:
    @routes.get(
        "/api/datasets/{dataset}/quarantine/rows",
        operation_id="policies_quarantine_rows",
        summary="Rows that the dataset's contract put aside, as far as the caller may see them",
        response_model=RowsShown,
    )
    def quarantine_rows(
        caller: Caller,
        dataset: str,
        batch: str | None = None,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    ) -> Response:
        table = read_quarantine(reader, quarantines, caller, dataset, Page(batch, limit, offset))
        return _answer(Result(table, "", {}, {}))


def _page(dataset: str, columns: Sequence[str], order: Sequence[str]) -> exp.Select:
    wanted: list[exp.Expr] = [_column(name) for name in columns]
    query = exp.Select(
        expressions=wanted or [exp.Star()],
        from_=exp.From(this=exp.Table(this=exp.to_identifier(dataset, quoted=True))),
    )
    if order:
        parts = [
            exp.Ordered(this=_column(name.lstrip("-")), desc=name.startswith("-")) for name in order
        ]
        query.set("order", exp.Order(expressions=parts))
    return query


def _condition(text: str, types: Mapping[str, FieldType]) -> exp.Expr:
    match = _FILTER.match(text)
    if match is None:
        raise BadQuery(reason=f"the filter {text[:40]!r} is not `column op value`")
    column, value = _column(match["column"]), match["value"].strip()
    if match["op"] == "~":
        return exp.Contains(this=exp.cast(column, "TEXT"), expression=exp.Literal.string(value))
    kind = types.get(match["column"], "text")
    return _OPERATORS[match["op"]](this=column, expression=_literal(value, kind))


def _literal(value: str, kind: FieldType) -> exp.Expr:
    if kind in {"integer", "number"}:
        if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            raise BadQuery(reason=f"{value[:40]!r} is not a number")
        number = exp.Literal.number(value.lstrip("-"))
        return exp.Neg(this=number) if value.startswith("-") else number
    if kind == "boolean":
        if value not in {"true", "false"}:
            raise BadQuery(reason=f"{value[:40]!r} is not true or false")
        return exp.Boolean(this=value == "true")
    return exp.Literal.string(value)


def _column(name: str) -> exp.Column:
    return exp.Column(this=exp.to_identifier(name, quoted=True))


def _answer(result: Result) -> Response:
    kinds: dict[str, str] = {}
    for decision in result.decisions.values():
        kinds.update({name: kind for name, kind in decision.columns.items() if kind != "deny"})
    body = {
        "columns": [
            {"name": each.name, "type": str(each.type), "treatment": kinds.get(each.name)}
            for each in result.table.schema
        ],
        "data": [_values(column) for column in result.table.columns],
        "rows": result.table.num_rows,
        "sql": result.sql,
        "versions": dict(result.versions),
        "as_of": result.as_of,
        "cached": result.cached,
        "limited": [name for name, each in result.decisions.items() if each.rows == "some"],
    }
    content = orjson.dumps(body, default=str, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_UTC_Z)
    return Response(content, media_type="application/json")


def _values(column: Any) -> object:  # noqa: ANN401 - pa.ChunkedArray of any type
    """Return numbers without nulls as an array (written 5 times faster), anything else as a list."""
    plain = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    return column.to_numpy() if plain and column.null_count == 0 else column.to_pylist()


def _download(file: ExportFile) -> Response:
    name = quote(file.name)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


def _explained(explanation: Explanation, language: Literal["zh", "en"]) -> ExplanationShown:
    return ExplanationShown(
        dataset=explanation.dataset,
        purpose=explanation.purpose,
        allowed=explanation.allowed,
        rows=explanation.rows,
        columns=dict(explanation.columns),
        filters=dict(explanation.filters),
        rules=[
            {"rule": each.rule, "matched": each.matched, "because": each.because}
            for each in explanation.verdicts
        ],
        sentences=list(explanation.sentences(language)),
    )
