"""Every connector gives the same rows of text for the same table, knows a repeated delivery, and goes on from a cursor."""

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
import xlsxwriter
from source_town import Service, make_feed, rows_of

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import CityError
from cityloop.sources.addresses import AddressGuard
from cityloop.sources.connectors.base import Delivery, Feed
from cityloop.sources.connectors.database import DatabaseConnector
from cityloop.sources.connectors.delimited import CsvConnector
from cityloop.sources.connectors.excel import ExcelConnector
from cityloop.sources.connectors.internal import InternalConnector, InternalTables
from cityloop.sources.connectors.parquet import ParquetConnector
from cityloop.sources.connectors.records import JsonConnector
from cityloop.sources.connectors.registry import STANDARD
from cityloop.sources.connectors.web import HttpConnector
from cityloop.sources.inbox import FolderInbox

COLUMNS = ("编号", "名称", "备注", "大号码", "日期", "数量", "占比")
ROWS: tuple[tuple[Any, ...], ...] = (
    ("0071", '停车场,一 "东"', "第一行\n第二行", "00123456789012345678", date(2026, 9, 1), 12, 0.5),
    ("0072", "㐀𠮷 emoji 🚦; | \t", None, "9007199254740993", date(2024, 2, 29), None, -1.25),
    ("0073", "it's '单'引号 \\n", "null", None, None, 0, None),
)
EXPECTED = [
    ("0071", '停车场,一 "东"', "第一行\n第二行", "00123456789012345678", "2026-09-01", "12", "0.5"),
    ("0072", "㐀𠮷 emoji 🚦; | \t", None, "9007199254740993", "2024-02-29", None, "-1.25"),
    ("0073", "it's '单'引号 \\n", "null", None, None, "0", None),
]
NOT_SUPPORTED = {
    ("csv", "cursor"): "files have no cursor: a file that is known is recognised by its bytes",
    ("excel", "cursor"): "as csv",
    ("json", "cursor"): "as csv",
    ("parquet", "cursor"): "as csv",
    ("csv", "empty text"): "an empty cell is null",
    ("excel", "empty text"): "an empty cell is null",
    ("json", "no rows"): "without a record there are no columns",
    ("http", "no rows"): "without a record there are no columns",
}
"""What a connector cannot give, and why; a test of it expects nothing."""


class Place(Protocol):
    """A real system that holds the table."""

    connector: Any

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None: ...

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]: ...


class CsvPlace:
    connector = CsvConnector()

    def __init__(self, city: Path) -> None:
        self.city = city

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        with (self.city / "表.csv").open("w", encoding="gb18030", newline="") as out:
            csv.writer(out).writerows([columns, *rows])

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        return make_feed(self.connector, self.city, {"path": "表.csv"}, cursor=cursor)


class ExcelPlace(CsvPlace):
    connector = ExcelConnector()

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        # A fixed creation date: the same table gives the same bytes.
        book = xlsxwriter.Workbook(str(self.city / "表.csv"), {"remove_timezone": True})
        book.set_properties({"created": date(2026, 1, 1)})
        sheet = book.add_worksheet("数据")
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, columns)
        for at, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(at, place, value)
                elif isinstance(value, date):
                    sheet.write_datetime(at, place, value, day)
                elif value is not None:
                    sheet.write(at, place, value)
        book.close()


class JsonPlace(CsvPlace):
    connector = JsonConnector()

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        (self.city / "表.csv").write_bytes(orjson.dumps({"data": {"items": records}}))

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        read = {"path": "表.csv", "records": "data.items"}
        return make_feed(self.connector, self.city, read, cursor=cursor)


class LinesPlace(CsvPlace):
    connector = JsonConnector()

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        lines = b"".join(orjson.dumps(each) + b"\n" for each in records)
        (self.city / "表.jsonl").write_bytes(lines)

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        return make_feed(self.connector, self.city, {"path": "表.jsonl"}, cursor=cursor)


def arrow(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.Table:
    kinds = [pa.string(), pa.string(), pa.string(), pa.string(), pa.date32(), pa.int64(), pa.float64()]  # fmt: skip
    arrays = [
        pa.array([row[place] for row in rows], kind)
        for place, kind in zip(range(len(columns)), kinds, strict=True)
    ]
    return pa.table(arrays, names=list(columns))


class ParquetPlace(CsvPlace):
    connector = ParquetConnector()

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        pq.write_table(arrow(columns, rows), self.city / "表.csv")


class DatabasePlace:
    connector = DatabaseConnector()

    def __init__(self, city: Path, url: str) -> None:
        self.city = city
        self.url = url
        self.engine = sa.create_engine(url.replace("sqlite:///", f"sqlite:///{city}/"))
        kinds = [sa.String, sa.String, sa.String, sa.String, sa.Date, sa.Integer, sa.Float]
        columns = [sa.Column(name, kind) for name, kind in zip(COLUMNS, kinds, strict=True)]
        self.table = sa.Table(f"表 {uuid4().hex[:6]}", sa.MetaData(), *columns)
        self.table.create(self.engine)
        self.engine.dispose()

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        with self.engine.begin() as tx:
            tx.execute(self.table.delete())
            for row in rows:
                tx.execute(self.table.insert().values(dict(zip(columns, row, strict=True))))
        self.engine.dispose()

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        read = {"table": self.table.name}
        return make_feed(self.connector, self.city, read, {"url": self.url}, cursor=cursor)


class HttpPlace:
    def __init__(self, city: Path, service: Service, clock: FakeClock) -> None:
        self.city = city
        self.service = service
        self.connector = HttpConnector(AddressGuard("127.0.0.1"), clock)

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        records = [dict(zip(columns, row, strict=True)) for row in rows]

        def respond(path: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            since = path.partition("since=")[2]
            kept = [each for each in records if not since or str(each["编号"]) >= since]
            return 200, {}, orjson.dumps({"at": str(uuid4()), "items": kept})

        self.service.respond = respond

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        read = {"records": "items", "since": "since"}
        connection = {"url": self.service.url}
        return make_feed(self.connector, self.city, read, connection, cursor=cursor)


class InternalPlace:
    def __init__(self, city: Path, database: Database) -> None:
        self.city = city
        self.tables = InternalTables(database)
        self.connector = InternalConnector(self.tables)
        self.tables.register("orders", lambda _connection, cursor: self.since(cursor))

    def hold(self, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.held = arrow(columns, rows)

    def since(self, cursor: str | None) -> pa.Table:
        keep = [cursor is None or each.as_py() >= cursor for each in self.held["编号"]]
        return self.held.filter(pa.array(keep, pa.bool_()))

    def feed(self, cursor: str | None = None) -> Feed[Any, Any]:
        return make_feed(self.connector, self.city, {"table": "orders"}, cursor=cursor)


KINDS = ("csv", "excel", "json", "json lines", "parquet", "sqlite", "postgres", "http", "internal")
CONNECTOR_OF = {"json lines": "json", "sqlite": "database", "postgres": "database"}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    folder.mkdir()
    return folder


@pytest.fixture
def inbox(tmp_path: Path, clock: FakeClock) -> FolderInbox:
    return FolderInbox(tmp_path / "inbox", clock)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(
    kind: str, city: Path, clock: FakeClock, request: pytest.FixtureRequest
) -> Iterator[Place]:
    service = Service() if kind == "http" else None
    state = Database(f"sqlite:///{city}/state.db") if kind == "internal" else None
    makers: dict[str, Callable[[], Any]] = {
        "csv": lambda: CsvPlace(city),
        "excel": lambda: ExcelPlace(city),
        "json": lambda: JsonPlace(city),
        "json lines": lambda: LinesPlace(city),
        "parquet": lambda: ParquetPlace(city),
        "sqlite": lambda: DatabasePlace(city, "sqlite:///held.db"),
        "postgres": lambda: DatabasePlace(
            city, request.getfixturevalue("postgres_url").format(name="postgres")
        ),
        "http": lambda: HttpPlace(city, service, clock),  # type: ignore[arg-type]
        "internal": lambda: InternalPlace(city, state),  # type: ignore[arg-type]
    }
    yield makers[kind]()
    if service is not None:
        service.close()
    if state is not None:
        state.close()


def load(place: Place, inbox: FolderInbox, cursor: str | None = None, *, by: str | None = None) -> list[Delivery]:  # fmt: skip
    return list(place.connector.deliveries(place.feed(by), cursor, inbox))


def skip_if_not_supported(kind: str, ability: str) -> None:
    if reason := NOT_SUPPORTED.get((CONNECTOR_OF.get(kind, kind), ability)):
        pytest.skip(reason)


def test_every_connector_is_in_this_suite() -> None:
    assert {CONNECTOR_OF.get(kind, kind) for kind in KINDS} == set(STANDARD)


def test_same_table_gives_the_same_rows(place: Place, inbox: FolderInbox) -> None:
    place.hold(COLUMNS, ROWS)
    (delivery,) = load(place, inbox)
    assert (delivery.columns, sorted(rows_of(delivery))) == (COLUMNS, EXPECTED)


def test_same_delivery_has_the_same_id_and_a_changed_one_another(
    place: Place, inbox: FolderInbox
) -> None:
    place.hold(COLUMNS, ROWS)
    first, again = load(place, inbox)[0], load(place, inbox)[0]
    place.hold(COLUMNS, ROWS[:2])
    changed = load(place, inbox)[0]
    assert first.id == again.id != changed.id
    assert inbox.kept("s", "d") == {first.id, changed.id}


def test_kept_delivery_can_be_read_again(place: Place, inbox: FolderInbox) -> None:
    place.hold(COLUMNS, ROWS)
    delivery = load(place, inbox)[0]
    kept = inbox.find("s", "d", delivery.id)
    assert (kept, sorted(rows_of(kept))) == (delivery, EXPECTED)


def test_table_without_rows_is_a_delivery_without_rows(
    place: Place, inbox: FolderInbox, kind: str
) -> None:
    skip_if_not_supported(kind, "no rows")
    place.hold(COLUMNS, [])
    (delivery,) = load(place, inbox)
    assert (delivery.columns, rows_of(delivery)) == (COLUMNS, [])


def test_empty_text_is_not_null(place: Place, inbox: FolderInbox, kind: str) -> None:
    skip_if_not_supported(kind, "empty text")
    place.hold(COLUMNS, [("1", "", None, None, None, None, None)])
    assert rows_of(load(place, inbox)[0]) == [("1", "", None, None, None, None, None)]


def test_cursor_goes_on_with_its_own_row_included(
    place: Place, inbox: FolderInbox, kind: str
) -> None:
    skip_if_not_supported(kind, "cursor")
    place.hold(COLUMNS, ROWS[:2])
    (first,) = load(place, inbox, by="编号")
    place.hold(COLUMNS, ROWS)
    (second,) = load(place, inbox, first.cursor, by="编号")
    assert [row[0] for row in rows_of(second)] == ["0072", "0073"]
    assert (first.cursor, second.cursor) == ("text:0072", "text:0073")


def test_nothing_beyond_the_cursor_is_no_delivery(
    place: Place, inbox: FolderInbox, kind: str
) -> None:
    skip_if_not_supported(kind, "cursor")
    place.hold(COLUMNS, ROWS)
    assert load(place, inbox, "text:0074", by="编号") == []


def test_what_is_not_there_is_refused_by_name(place: Place, inbox: FolderInbox, kind: str) -> None:
    if kind in ("http", "internal"):
        pytest.skip("see tests/sources")
    feed = place.feed()
    other = {"table": "没有"} if kind in ("sqlite", "postgres") else {"path": "没有*"}
    missing = make_feed(place.connector, feed.city, other, feed.connection.model_dump())
    with pytest.raises(CityError, match="没有"):
        list(place.connector.deliveries(missing, None, inbox))
