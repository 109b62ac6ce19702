"""Databases are read and nothing else: queries are checked, transactions read-only, cursors typed and inclusive."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from source_town import make_feed, one, rows_of

from cityloop.foundation.errors import CityError
from cityloop.sources.connectors.database import DatabaseConnector, check_query
from cityloop.sources.connectors.tables import read_mark, write_mark
from cityloop.sources.errors import (
    BadOptions,
    NotReadOnly,
    OutsideCity,
    QueryFailed,
    SourceDown,
    UnknownTable,
)
from cityloop.sources.inbox import FolderInbox

CONNECTOR = DatabaseConnector()
URL = {"url": "sqlite:///held.db"}


@pytest.fixture
def held(city: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{city}/held.db", poolclass=sa.NullPool)
    with engine.begin() as tx:
        tx.execute(sa.text('CREATE TABLE "单 子" (编号 INTEGER, 名称 TEXT, 价 NUMERIC)'))
        tx.execute(sa.text("INSERT INTO \"单 子\" VALUES (1, '甲', 1.5), (2, '乙', 2), (2, '丙', 3)"))  # fmt: skip
    return engine


REFUSED = [
    "DELETE FROM t", "INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DROP TABLE t", "SELECT 1; DROP TABLE t", "SELECT * INTO x FROM t",
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x", "COPY t TO '/tmp/x'", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_sleep(100)",
    "SELECT lo_export(1, '/tmp/x')", "SELECT dblink('…', 'DROP TABLE t')", "SELECT set_config('a', 'b', false)", "SELECT * FROM t FOR UPDATE",
    "SET ROLE admin", "CALL p()", "DO $$ BEGIN END $$", "PRAGMA query_only = OFF", "ATTACH 'x' AS y", "VACUUM", "", "hello", "SELECT load_extension('x')",
    "EXPLAIN ANALYZE DELETE FROM t", "SELECT * FROM t WHERE (", "SELECT query_to_xml('DELETE FROM t', true, true, '')",
]  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
@pytest.mark.parametrize("dialect", ["postgresql", "sqlite", "mysql"])
def test_query_that_does_more_than_read_is_refused(query: str, dialect: str) -> None:
    with pytest.raises(NotReadOnly):
        check_query(query, dialect)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM t;",
        "WITH x AS (SELECT 1 a) SELECT a, count(*) FROM x GROUP BY a",
        "SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1 LIMIT 5",
        'SELECT "单 号", CASE WHEN a > 1 THEN \'是\' END FROM s."表" JOIN u ON u.id = "表".id',
    ],
)
def test_query_that_reads_is_taken(query: str) -> None:
    assert check_query(query, "postgresql") == query.rstrip(";")


def test_query_feeds_rows(city: Path, inbox: FolderInbox, held: sa.Engine) -> None:
    query = (
        'SELECT 名称 AS 名, 价 * 2 AS "价:双" FROM "单 子" WHERE 名称 <> \':a\' ORDER BY 编号, 名称'
    )
    delivery = one(CONNECTOR, make_feed(CONNECTOR, city, {"query": query}, URL), inbox)
    assert delivery.columns == ("名", "价:双")
    assert rows_of(delivery) == [("甲", "3"), ("丙", "6"), ("乙", "4")]


def test_rows_that_came_late_with_the_cursors_own_value_are_read(
    city: Path, inbox: FolderInbox, held: sa.Engine
) -> None:
    feed = make_feed(CONNECTOR, city, {"table": "单 子"}, URL, cursor="编号")
    first = one(CONNECTOR, feed, inbox)
    with held.begin() as tx:
        tx.execute(sa.text("INSERT INTO \"单 子\" VALUES (2, '迟到', 0), (10, '丁', 4)"))
    second = one(CONNECTOR, feed, inbox, first.cursor)
    assert (first.cursor, second.cursor) == ("integer:2", "integer:10")
    assert sorted(row[1] or "" for row in rows_of(second)) == ["丁", "丙", "乙", "迟到"]


def test_cursor_that_is_no_column_is_named(city: Path, inbox: FolderInbox, held: sa.Engine) -> None:
    feed = make_feed(CONNECTOR, city, {"query": 'SELECT 名称 FROM "单 子"'}, URL, cursor="编号x")
    with pytest.raises(CityError, match="编号x"):
        one(CONNECTOR, feed, inbox)


def test_postgres_moments_can_be_cursors(city: Path, inbox: FolderInbox, postgres_url: str) -> None:
    url = postgres_url.format(name="postgres")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as tx:
        tx.execute(sa.text("DROP TABLE IF EXISTS 测点"))
        tx.execute(sa.text("CREATE TABLE 测点 (at TIMESTAMPTZ, v NUMERIC(38, 10), 标签 TEXT[], d JSONB)"))  # fmt: skip
        tx.execute(sa.text("INSERT INTO 测点 VALUES ('2026-09-01 08:00+08', 12345678901234567890.5, '{a,b}', '{\"k\": 1}'), ('2026-09-01 09:00+08', NULL, NULL, NULL)"))  # fmt: skip
    feed = make_feed(CONNECTOR, city, {"table": "测点"}, {"url": url}, cursor="at")
    first = one(CONNECTOR, feed, inbox)
    again = one(CONNECTOR, feed, inbox, first.cursor)
    assert rows_of(first)[0][1:] == ("12345678901234567890.5000000000", '["a","b"]', '{"k":1}')
    assert len(rows_of(again)) == 1


def test_postgres_transaction_cannot_write(city: Path, inbox: FolderInbox, postgres_url: str) -> None:  # fmt: skip
    url = postgres_url.format(name="postgres")
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as tx:
        tx.execute(sa.text("CREATE OR REPLACE FUNCTION harmless() RETURNS int LANGUAGE sql AS 'CREATE TABLE hacked (a int); SELECT 1'"))  # fmt: skip
    feed = make_feed(CONNECTOR, city, {"query": "SELECT harmless()"}, {"url": url})
    with pytest.raises(QueryFailed):
        one(CONNECTOR, feed, inbox)


def test_sqlite_file_outside_the_city_is_refused(city: Path, inbox: FolderInbox) -> None:
    for path in ("/etc/passwd", "../x.db", ".cityloop/state.db"):
        feed = make_feed(CONNECTOR, city, {"table": "t"}, {"url": f"sqlite:///{path}"})
        with pytest.raises(OutsideCity):
            one(CONNECTOR, feed, inbox)


def test_database_that_is_down_is_said_without_its_password(city: Path, inbox: FolderInbox) -> None:
    url = "postgresql+psycopg://city:geheim@127.0.0.1:9/x"
    with pytest.raises(SourceDown) as down:
        one(CONNECTOR, make_feed(CONNECTOR, city, {"table": "t"}, {"url": url}), inbox)
    assert "geheim" not in f"{down.value} {down.value.fields} {down.value.__cause__}"


@pytest.mark.parametrize("url", ["nonsense", "oracle+none://u:geheim@h/x", "mysql+pymysql://u:geheim@h/x"])  # fmt: skip
def test_unusable_url_is_refused_without_its_password(
    city: Path, inbox: FolderInbox, url: str
) -> None:
    with pytest.raises(BadOptions) as refused:
        one(CONNECTOR, make_feed(CONNECTOR, city, {"table": "t"}, {"url": url}), inbox)
    assert "geheim" not in f"{refused.value} {refused.value.__cause__}"


def test_unknown_table_is_answered_with_close_ones(city: Path, inbox: FolderInbox, held: sa.Engine) -> None:  # fmt: skip
    with pytest.raises(UnknownTable, match="单 子"):
        one(CONNECTOR, make_feed(CONNECTOR, city, {"table": "单子"}, URL), inbox)


def test_feed_never_shows_its_secrets(city: Path) -> None:
    feed = make_feed(CONNECTOR, city, {"table": "t"}, {"url": "postgresql://u:geheim@h/x"})
    assert "geheim" not in f"{feed!r} {feed.connection!r}"


@given(
    st.one_of(
        st.integers(),
        st.datetimes(),
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.text(),
        st.decimals(allow_nan=False, allow_infinity=False, places=3),
    )
)
def test_cursor_comes_back_as_it_was(mark: Any) -> None:
    assert read_mark(write_mark(mark)) == mark


def test_cursor_says_its_kind() -> None:
    marks = [1, Decimal("1.50"), date(2026, 9, 1), datetime(2026, 9, 1, tzinfo=UTC), "a:b"]
    assert [write_mark(each) for each in marks] == [
        "integer:1",
        "number:1.50",
        "day:2026-09-01",
        "moment:2026-09-01 00:00:00+00:00",
        "text:a:b",
    ]
