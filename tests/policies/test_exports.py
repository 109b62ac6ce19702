"""Exports go through the policies, run no formulas, and open in a spreadsheet."""

import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO

import openpyxl
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from little_city import ANALYST, DOCTOR, SECRET, STRANGER, City

from cityloop.foundation.audit import audit_log
from cityloop.policies.exports import FORMATS, Format, export, neutralise, whole
from cityloop.policies.model import ReadDenied

EVIL = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1", "－cmd", "＠x", "'=1", '"=1', "\n=1", "|cmd", "%0A=1", "\u3000=1"]  # fmt: skip
TAME = ["张三", "12", "-12.5", "+8613812340000", "", "a=b", "2026-09-01"]


def exported(
    city: City, file_format: Format, sql: str = 'SELECT * FROM "公园" ORDER BY area'
) -> bytes:
    return export(city.reader, STRANGER, sql, file_format, name="公园").content


def test_csv_opens_in_a_spreadsheet(city: City) -> None:
    content = exported(city, "csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    assert rows == [
        ["名称", "area", "open"],
        ["东湖", "1.5", "true"],
        ["西园", "2.5", "false"],
        ["'=1+1", "3.5", ""],
    ]


def test_excel_holds_text_as_text(city: City) -> None:
    sheet = openpyxl.load_workbook(BytesIO(exported(city, "xlsx"))).active
    cells = list(sheet.iter_rows())
    assert [cell.value for cell in cells[3]] == ["=1+1", 3.5, None]
    assert cells[3][0].data_type == "s"
    assert cells[3][0].quotePrefix


def test_json_and_parquet_hold_the_same_rows(city: City) -> None:
    body = orjson.loads(exported(city, "json"))
    table = pq.read_table(BytesIO(exported(city, "parquet")))
    assert body["rows"] == table.to_pylist()
    assert body["rows"][0] == {"名称": "东湖", "area": 1.5, "open": True}


def test_times_carry_their_offset(city: City) -> None:
    sql = "SELECT seen_at, born_on FROM visits ORDER BY visit LIMIT 1"
    content = export(city.reader, ANALYST, sql, "csv").content.decode("utf-8-sig")
    assert content.splitlines()[1] == '"2026-09-01T08:00:00+0800",1950-01-01'
    sheet = openpyxl.load_workbook(
        BytesIO(export(city.reader, ANALYST, sql, "xlsx").content)
    ).active
    assert sheet["A2"].value == datetime(2026, 9, 1, 8, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("file_format", FORMATS)
def test_exports_hold_only_what_one_may_see(city: City, file_format: Format) -> None:
    file = export(city.reader, ANALYST, whole("visits"), file_format)
    assert file.rows == 40
    if file_format != "xlsx":
        assert SECRET.encode() not in file.content
    else:
        values = [
            cell.value
            for row in openpyxl.load_workbook(BytesIO(file.content)).active.iter_rows()
            for cell in row
        ]
        assert SECRET not in str(values)


def test_exports_need_a_rule_for_the_purpose(city: City) -> None:
    with pytest.raises(ReadDenied):
        export(city.reader, STRANGER, whole("visits"), "csv")


def test_exports_are_recorded_with_their_format(city: City) -> None:
    export(city.reader, DOCTOR, whole("visits"), "parquet")
    with city.database.read() as connection:
        entry = connection.execute(sa.select(audit_log)).mappings().one()
    assert (entry["verb"], entry["purpose"], entry["target"], entry["details"]["format"], entry["details"]["rows"]) == (
        "export", "export", "visits", "parquet", 20,
    )  # fmt: skip


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_watermark_says_who_took_it(city: City, file_format: Format) -> None:
    content = export(city.reader, STRANGER, whole("公园"), file_format, watermark=True).content
    if file_format == "xlsx":
        sheet = openpyxl.load_workbook(BytesIO(content)).active
        content = str(sheet.cell(sheet.max_row, 1).value).encode()
    if file_format == "parquet":
        content = pq.read_schema(BytesIO(content)).metadata[b"cityloop.export"]
    assert "stranger (stranger) · 2026-09-30T12:00:00+08:00 · 公园" in content.decode("utf-8-sig")


def test_formulas_are_neutralised_and_plain_values_are_not() -> None:
    found = neutralise(pa.chunked_array([pa.array([*EVIL, *TAME, None])])).to_pylist()
    assert found == [*(f"'{each}" for each in EVIL), *TAME, None]


def test_headers_are_neutralised_too(city: City) -> None:
    content = exported(city, "csv", 'SELECT 1 AS "=cmd()" FROM "公园" LIMIT 1').decode("utf-8-sig")
    assert content.splitlines()[0] == '"\'=cmd()"'


@given(st.lists(st.text(max_size=12), max_size=20))
def test_no_cell_begins_like_a_formula(values: list[str]) -> None:
    for cell in neutralise(pa.chunked_array([pa.array(values, pa.string())])).to_pylist():
        first = cell.lstrip()[:1]
        number = cell.lstrip("+-").replace(".", "", 1).isdigit()
        assert first not in tuple("=+-@＝＋－＠") or number
