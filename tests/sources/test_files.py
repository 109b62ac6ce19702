"""Files that people made: delimiters, titles, two-line headers, patterns of files, and where files may be."""

import gzip
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from source_town import make_feed, one, rows_of

from cityloop.sources.connectors.base import CsvShape, unique_names
from cityloop.sources.connectors.delimited import CsvConnector, CsvOptions, describe
from cityloop.sources.connectors.excel import ExcelConnector
from cityloop.sources.connectors.files import FolderOptions
from cityloop.sources.connectors.records import JsonConnector
from cityloop.sources.errors import BadFile, NoFile, NoHeader, NoRecords, OutsideCity, UnknownTable
from cityloop.sources.inbox import FolderInbox

CSV = CsvConnector()


def described(text: str, *expected: str, **options: object) -> tuple[CsvShape, tuple[str, ...]]:
    read = CsvOptions.model_validate({"path": "x.csv", **options})
    return describe(text, read, frozenset(expected), file="x.csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    rows = [["编号", "说明"], ["1", "a"], ["2", '"含,;|之类"']]
    text = "\n".join(delimiter.join(row) for row in rows)
    assert described(text) == (CsvShape(delimiter, '"', 1), ("编号", "说明"))


def test_title_rows_are_skipped_by_the_names_that_are_expected() -> None:
    text = '"停车场\n月报",,\n填报：张三,,2026年9月\n编号,车位,占用\n1,2,3\n'
    assert described(text, "编号", "车位") == (CsvShape(",", '"', 4), ("编号", "车位", "占用"))


def test_title_rows_are_skipped_by_their_width_when_nothing_is_expected() -> None:
    assert described("停车场月报\n\n编号,车位\n1,2\n3,4\n") == (CsvShape(",", '"', 3), ("编号", "车位"))  # fmt: skip


def test_declared_skip_wins() -> None:
    shape, columns = described("编号,车位\nno,lots\n1,2\n", "编号", "车位", skip=1)
    assert (shape.skip, columns) == (2, ("no", "lots"))


def test_file_without_header_takes_the_given_names() -> None:
    shape, columns = described("1,2,3\n4,5,6\n", header=False, names=["编号", "车位"])
    assert (shape.skip, columns) == (0, ("编号", "车位", "column_3"))


@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=12))
def test_column_names_are_usable_whatever_the_header_says(header: list[str | None]) -> None:
    names = unique_names(header)
    folded = {name.casefold() for name in names}
    assert len(folded) == len(header)
    assert "row_number" not in folded
    assert all(names)
    assert not any("\0" in name for name in names)


def test_files_in_order_are_read_on_from_the_last_one(city: Path, inbox: FolderInbox) -> None:
    for name in ("110", "110_0815", "110_0820"):
        (city / f"{name}.csv").write_text(f"a\n{name}\n")
    feed = make_feed(CSV, city, {"path": "110*.csv", "in_order": True})
    first = list(CSV.deliveries(feed, None, inbox))
    (city / "110_0820.csv").write_text("a\n110_0820\nmore\n")
    (city / "110_0825.csv").write_text("a\n110_0825\n")
    again = [rows_of(each) for each in CSV.deliveries(feed, first[-1].cursor, inbox)]
    assert [each.cursor for each in first] == ["110.csv", "110_0815.csv", "110_0820.csv"]
    assert again == [[("110_0820",), ("more",)], [("110_0825",)]]


def test_every_file_of_a_pattern_is_a_delivery_in_order(city: Path, inbox: FolderInbox) -> None:
    (city / "日报" / "九月").mkdir(parents=True)
    for name in ("2", "1", "3"):
        (city / "日报" / "九月" / f"{name}.csv").write_text(f"a\n{name}\n")
    feed = make_feed(CSV, city, {"path": "**/*.csv"}, {"folder": "日报"})
    found = [rows_of(each) for each in CSV.deliveries(feed, None, inbox)]
    assert found == [[("1",)], [("2",)], [("3",)]]


def test_no_file_is_said_with_its_pattern(city: Path, inbox: FolderInbox) -> None:
    feed = make_feed(CSV, city, {"path": "月报*.csv"})
    with pytest.raises(NoFile, match=r"月报\*\.csv"):
        one(CSV, feed, inbox)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.csv", "a/../../x.csv", ".cityloop/state.db", "x/.cityloop/y"])  # fmt: skip
def test_path_may_not_leave_the_city(city: Path, inbox: FolderInbox, path: str) -> None:
    with pytest.raises(OutsideCity):
        one(CSV, make_feed(CSV, city, {"path": path}), inbox)


def test_folder_may_not_leave_the_city(city: Path, inbox: FolderInbox) -> None:
    with pytest.raises(OutsideCity):
        one(CSV, make_feed(CSV, city, {"path": "x.csv"}, {"folder": "../.."}), inbox)


def test_empty_file_has_no_header(city: Path, inbox: FolderInbox) -> None:
    (city / "x.csv").write_text("")
    with pytest.raises(NoHeader):
        one(CSV, make_feed(CSV, city, {"path": "x.csv"}), inbox)


def test_packed_csv_is_read(city: Path, inbox: FolderInbox) -> None:
    (city / "x.csv.gz").write_bytes(gzip.compress("编号;值\n1;2,5\n".encode("gbk")))
    delivery = one(CSV, make_feed(CSV, city, {"path": "x.csv.gz"}), inbox)
    assert (delivery.columns, rows_of(delivery)) == (("编号", "值"), [("1", "2,5")])
    assert delivery.files[0].encoding == "gb18030"


def workbook(city: Path) -> None:
    book = xlsxwriter.Workbook(str(city / "月报.xlsx"))
    book.add_worksheet("说明").write(0, 0, "填报说明")
    sheet = book.add_worksheet("数据")
    sheet.merge_range(0, 0, 0, 4, "云江市空气质量月报")
    sheet.merge_range(1, 0, 2, 0, "日期")
    sheet.merge_range(1, 1, 1, 2, "空气")
    sheet.write_row(2, 1, ["PM2.5", "PM10"])
    sheet.merge_range(1, 3, 2, 3, "备注")
    sheet.merge_range(1, 4, 2, 4, "编号")
    sheet.write_row(3, 0, ["2026-9-1", 12, 30.5, "", "007"])
    sheet.write_row(5, 0, ["2026-9-2", 13, 31, "无", "008"])
    book.close()


@pytest.mark.parametrize("sheet", ["数据", 2])
def test_two_line_header_of_merged_cells_is_flattened(
    city: Path, inbox: FolderInbox, sheet: str | int
) -> None:
    workbook(city)
    connector = ExcelConnector()
    delivery = one(connector, make_feed(connector, city, {"path": "*.xlsx", "sheet": sheet}), inbox)
    assert delivery.columns == ("日期", "空气/PM2.5", "空气/PM10", "备注", "编号")
    assert rows_of(delivery) == [
        ("2026-9-1", "12", "30.5", None, "007"),
        ("2026-9-2", "13", "31", "无", "008"),
    ]


def test_two_sheets_of_one_workbook_are_two_deliveries(city: Path, inbox: FolderInbox) -> None:
    workbook(city)
    connector = ExcelConnector()
    ids = {
        one(connector, make_feed(connector, city, {"path": "*.xlsx", "sheet": sheet}), inbox).id
        for sheet in (1, 2)
    }
    assert len(ids) == 2


def test_unknown_sheet_is_answered_with_those_there_are(city: Path, inbox: FolderInbox) -> None:
    workbook(city)
    connector = ExcelConnector()
    with pytest.raises(UnknownTable, match="数据"):
        one(connector, make_feed(connector, city, {"path": "*.xlsx", "sheet": "数据表"}), inbox)


def test_file_that_is_no_workbook_is_refused(city: Path, inbox: FolderInbox) -> None:
    (city / "x.xlsx").write_text("编号,名称\n")
    connector = ExcelConnector()
    with pytest.raises(BadFile):
        one(connector, make_feed(connector, city, {"path": "x.xlsx"}), inbox)


def test_nested_json_becomes_dotted_columns(city: Path, inbox: FolderInbox) -> None:
    body = '{"data":{"items":[{"id":"007","at":{"x":1.10,"y":[1,2]}},{"id":12345678901234567890123,"是":true}]}}'
    (city / "x.json").write_text(body)
    connector = JsonConnector()
    feed = make_feed(connector, city, {"path": "x.json", "records": "data.items"})
    delivery = one(connector, feed, inbox)
    assert delivery.columns == ("id", "at.x", "at.y", "是")
    assert rows_of(delivery) == [
        ("007", "1.10", '["1","2"]', None),
        ("12345678901234567890123", None, None, "true"),
    ]


def test_missing_records_are_answered_with_the_keys_there_are(
    city: Path, inbox: FolderInbox
) -> None:
    (city / "x.json").write_text('{"结果": [], "code": 0}')
    connector = JsonConnector()
    with pytest.raises(NoRecords, match="结果"):
        one(connector, make_feed(connector, city, {"path": "x.json", "records": "data"}), inbox)


def test_malformed_line_stays_in_the_readable_file(city: Path, inbox: FolderInbox) -> None:
    body = '{"a":1}\n{"a":\n[1]\n{"a":2,"b":3}\n'
    (city / "x.jsonl").write_text(body)
    connector = JsonConnector()
    delivery = one(connector, make_feed(connector, city, {"path": "x.jsonl"}), inbox)
    assert delivery.columns == ("a", "b")
    assert delivery.files[0].path.read_text() == body


def test_connection_refuses_unknown_options() -> None:
    with pytest.raises(ValueError, match="Extra inputs"):
        FolderOptions.model_validate({"path": "x"})


@pytest.mark.parametrize(
    ("path", "columns", "rows", "encoding"),
    [
        ("governance/parking/birmingham.csv", 4, 35_717, "utf-8"),
        ("governance/wuhan/2020-05-03.gb18030.csv", 11, 0, "gb18030"),
        ("services/la311_2018w52.csv.gz", 39, 0, "utf-8"),
        ("governance/prsa/PRSA_Data_Dongsi.csv", 18, 35_064, "utf-8"),
        ("governance/admin/ok_data_level3.gb18030.csv", 0, 0, "gb18030"),
    ],
)
def test_openly_published_files_are_read(
    real_data: Path, inbox: FolderInbox, path: str, columns: int, rows: int, encoding: str
) -> None:
    delivery = one(CSV, make_feed(CSV, real_data, {"path": path}), inbox)
    found = rows_of(delivery, 10_000_000)
    assert delivery.files[0].encoding == encoding
    assert columns in (0, len(delivery.columns))
    assert rows in (0, len(found))
    assert {len(row) for row in found} == {len(delivery.columns)}


def test_gb18030_copy_of_a_real_file_reads_like_the_original(
    real_data: Path, inbox: FolderInbox
) -> None:
    both = [
        one(
            CSV,
            make_feed(CSV, real_data, {"path": f"governance/wuhan/2020-05-03{kind}.csv"}),
            inbox,
        )
        for kind in ("", ".gb18030")
    ]
    assert both[0].columns == both[1].columns
    assert rows_of(both[0], 10**6) == rows_of(both[1], 10**6)
    assert both[0].files[0].path.read_bytes() == both[1].files[0].path.read_bytes()
