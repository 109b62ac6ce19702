"""A city for benchmarks: one dataset of city events in a real lake, with codes, policy, metrics, dashboards and people.

Rows are made by DuckDB from their number (seeded by hashing), so every run has the same ones: a year of events in order
of time, twelve districts, twenty kinds, a phone number of level 3. Everything goes through the city's own parts except
that rows are written straight into the lake: loading has its own benchmark (bench/ingest.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

ROWS_A_CHUNK = 1_000_000
FIRST_DAY, DAYS = date(2025, 10, 1), 365
PASSWORD = "heron over the lake"
DISTRICTS = ("临湖区", "山前区", "河东区", "云台区", "高新区", "古城区", "滨江区", "东港区", "西岭区", "南浦区", "北原县", "青溪县")  # fmt: skip
KINDS = tuple(f"{name}{number}" for name in ("占道", "噪声", "积水", "井盖", "照明") for number in range(1, 5))  # fmt: skip
CHANNELS = ("热线", "网格", "随手拍", "视频", "传感器")
ZONE = "Asia/Shanghai"

CITY = """
name: 事件城
settings: {calls_per_minute: 10000000, time_zone: Asia/Shanghai}
"""
DEPARTMENTS = """
kind: department
name: data_bureau
title: {zh: 数据局, en: Data bureau}
---
kind: role
name: analyst
title: {zh: 分析员, en: Analyst}
permissions: [definitions.view]
"""
DATASET = """
kind: dataset
name: events
title: {zh: 城市事件, en: City events}
level: 1
sharing: none
time: happened_at
load: append
fields:
  - {name: event_id, title: {zh: 编号, en: Id}, type: integer}
  - {name: happened_at, title: {zh: 时间, en: Time}, type: timestamp}
  - {name: district, title: {zh: 区, en: District}, type: text}
  - {name: kind, title: {zh: 类别, en: Kind}, type: text}
  - {name: channel, title: {zh: 渠道, en: Channel}, type: text}
  - {name: status, title: {zh: 状态, en: Status}, type: text}
  - {name: minutes, title: {zh: 用时, en: Minutes}, type: number, unit: min}
  - {name: score, title: {zh: 评分, en: Score}, type: integer}
  - {name: reporter, title: {zh: 上报人, en: Reporter}, type: integer}
  - {name: phone, title: {zh: 电话, en: Phone}, type: text, format: phone, level: 3}
---
kind: policy
name: events_for_analysts
title: {zh: 分析员看未封存的事件, en: Analysts see what is not sealed}
dataset: events
allow:
  - {roles: [analyst], rows: "status <> '封存'"}
---
kind: model
name: events
title: {zh: 城市事件, en: City events}
dataset: events
key: [event_id]
time: happened_at
dimensions:
  - {name: district, title: {zh: 区, en: District}}
  - {name: event_kind, title: {zh: 类别, en: Kind}, expression: kind}
  - {name: channel, title: {zh: 渠道, en: Channel}}
  - {name: event_status, title: {zh: 状态, en: Status}, expression: status}
  - {name: score_given, title: {zh: 评分, en: Score}, expression: score}
"""
METRICS = (
    ("event_count", "aggregate: count"),
    ("handling_minutes", "aggregate: avg\nexpression: minutes"),
    ("minutes_p95", "aggregate: percentile\npercentile: 0.95\nexpression: minutes"),
    ("minutes_median", "aggregate: median\nexpression: minutes"),
    ("reporters", "aggregate: count_distinct\nexpression: reporter"),
    ("closed_count", "aggregate: count\nfilter: status = '办结'"),
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its query without the range, and the same in SQL, where ``{where}`` stands for range and filters."""

    name: str
    days: int
    query: dict[str, object]
    sql: str


DAY = f"date_trunc('day', timezone('{ZONE}', happened_at))"
MONTH = f"date_trunc('month', timezone('{ZONE}', happened_at))"
SHARE = "count(*) FILTER (status = '办结')::DOUBLE / nullif(count(*), 0)"
TILES = (
    Tile("count", 30, {"metrics": ["event_count"]}, "SELECT count(*) FROM events {where}"),
    Tile("mean", 30, {"metrics": ["handling_minutes"]}, "SELECT avg(minutes) FROM events {where}"),
    Tile("share", 90, {"metrics": ["closed_share"]}, f"SELECT {SHARE} FROM events {{where}}"),
    Tile("by day", 90, {"metrics": ["event_count"], "grain": "day"}, f"SELECT {DAY}, count(*) FROM events {{where}} GROUP BY 1 ORDER BY 1"),
    Tile("by district", 90, {"metrics": ["event_count"], "by": ["district"]}, "SELECT district, count(*) FROM events {where} GROUP BY 1 ORDER BY 1"),
    Tile("top kinds", 180, {"metrics": ["event_count"], "by": ["event_kind"], "order": [{"by": "event_count", "descending": True}], "limit": 10}, "SELECT kind, count(*) AS n FROM events {where} GROUP BY 1 ORDER BY n DESC LIMIT 10"),
    Tile("day x channel", 90, {"metrics": ["event_count"], "by": ["channel"], "grain": "day"}, f"SELECT {DAY}, channel, count(*) FROM events {{where}} GROUP BY 1, 2 ORDER BY 1, 2"),
    Tile("mean by district", 180, {"metrics": ["handling_minutes"], "by": ["district"]}, "SELECT district, avg(minutes) FROM events {where} GROUP BY 1 ORDER BY 1"),
    Tile("p95 by kind", 30, {"metrics": ["minutes_p95"], "by": ["event_kind"]}, "SELECT kind, quantile_cont(minutes, 0.95) FROM events {where} GROUP BY 1 ORDER BY 1"),
    Tile("distinct reporters", 30, {"metrics": ["reporters"]}, "SELECT count(DISTINCT reporter) FROM events {where}"),
    Tile("by month", 330, {"metrics": ["event_count"], "grain": "month"}, f"SELECT {MONTH}, count(*) FROM events {{where}} GROUP BY 1 ORDER BY 1"),
    Tile("median by channel", 30, {"metrics": ["minutes_median"], "by": ["channel"]}, "SELECT channel, quantile_cont(minutes, 0.5) FROM events {where} GROUP BY 1 ORDER BY 1"),
    Tile("share by district", 90, {"metrics": ["closed_share"], "by": ["district"]}, f"SELECT district, {SHARE} FROM events {{where}} GROUP BY 1 ORDER BY 1"),
    Tile("district x kind", 90, {"metrics": ["event_count"], "by": ["district", "event_kind"]}, "SELECT district, kind, count(*) FROM events {where} GROUP BY 1, 2 ORDER BY 1, 2"),
    Tile("by score", 330, {"metrics": ["event_count"], "by": ["score_given"]}, "SELECT score, count(*) FROM events {where} GROUP BY 1 ORDER BY 1"),
)  # fmt: skip
"""The first ten make the dashboard of ten tiles."""


def span(tile: Tile, shift: int) -> tuple[date, date]:
    """Return the tile's range, ``shift`` days into the year (wrapped), so that each shift is a fresh query."""
    first = FIRST_DAY + timedelta(days=shift % (DAYS - tile.days))
    return first, first + timedelta(days=tile.days)


def where(first: date, end: date, district: str | None = None) -> str:
    """Return the condition that a person would write, policy included."""
    text = f"WHERE happened_at >= timezone('{ZONE}', TIMESTAMP '{first}') AND happened_at < timezone('{ZONE}', TIMESTAMP '{end}') AND status <> '封存'"  # fmt: skip
    return text + (f" AND district = '{district}'" if district else "")


def make_city(home: Path, rows: int) -> None:
    """Make the city in ``home`` with ``rows`` events, people ``analyst`` and ``user0`` … ``user31``."""
    from cityloop.accounts import NewPerson
    from cityloop.app import City
    from cityloop.foundation.principal import operator
    from cityloop.foundation.settings import load_settings

    home.mkdir(parents=True, exist_ok=True)
    (home / "city.yaml").write_text(CITY, encoding="utf-8")
    for name, text in (("people", DEPARTMENTS), ("events", DATASET), ("metrics", _metrics()), ("pages", _pages())):  # fmt: skip
        (home / f"{name}.yaml").write_text(text, encoding="utf-8")
    city = City.open(load_settings(home))
    draft = city.definitions.read_folder(home)
    problems = city.definitions.check(draft)
    if problems:
        message = f"the benchmark's definitions are broken: {problems[0]}"
        raise SystemExit(message)
    city.definitions.apply(operator(), city.definitions.plan(draft), note="bench")
    analysts = NewPerson("analyst", "Analyst", "data_bureau", frozenset({"analyst"}), 1)
    city.accounts.people.add(operator(), NewPerson(analysts.user_name, analysts.display_name, analysts.department, analysts.roles, 1, {}, PASSWORD))  # fmt: skip
    publish(city, rows)
    city.close()


def publish(city, rows: int) -> None:
    """Write the events and let readers see them."""
    from cityloop.datasets import store
    from cityloop.datasets.model import Version

    written = city.datasets._ground.lake.table("data", "events").append(_rows(rows), "bench")  # noqa: SLF001 - the bench takes ingest's place
    version = Version("events", 1, None, written.version, rows, None, 0, None, "load", "bench", city.clock.now())  # fmt: skip
    with city.db.begin() as tx:
        store.add_version(tx, version)


def _rows(rows: int) -> pa.RecordBatchReader:
    names = (
        ("district", DISTRICTS, 3),
        ("kind", KINDS, 5),
        ("channel", CHANNELS, 7),
    )
    lists = ", ".join(
        f"({list(values)!r})[1 + (hash(i * {prime}) % {len(values)})::INTEGER] AS {name}"
        for name, values, prime in names
    )
    step = DAYS * 86_400_000_000 // rows
    start = f"timezone('{ZONE}', TIMESTAMP '{FIRST_DAY}')"
    query = """
        SELECT i AS event_id, {start} + to_microseconds(i * {step}) AS happened_at, {lists},
            CASE WHEN hash(i * 11) % 100 < 2 THEN '封存' WHEN hash(i * 11) % 100 < 80 THEN '办结' ELSE '在办' END AS status,
            round(-120 * ln((1 + hash(i * 13) % 1000000) / 1000001.0), 2) AS minutes, (1 + hash(i * 17) % 5)::BIGINT AS score,
            (hash(i * 19) % 400000)::BIGINT AS reporter, '138' || lpad((hash(i * 23) % 100000000)::VARCHAR, 8, '0') AS phone
        FROM range({low}, {high}) AS t(i)"""

    def chunks() -> Iterator[pa.RecordBatch]:
        database = duckdb.connect(config={"threads": 2})
        database.execute("SET TimeZone = 'UTC'")
        for low in range(0, rows, ROWS_A_CHUNK):
            text = query.format(start=start, step=step, lists=lists, low=low, high=min(rows, low + ROWS_A_CHUNK))  # fmt: skip
            yield from database.execute(text).to_arrow_table().to_batches()

    stream = chunks()
    first = next(stream)

    def all_chunks() -> Iterator[pa.RecordBatch]:
        yield first
        yield from stream

    return pa.RecordBatchReader.from_batches(first.schema, all_chunks())


def _metrics() -> str:
    simple = [
        f"kind: metric\nname: {name}\ntitle: {{zh: {name}, en: {name}}}\nmodel: events\n{rest}\n"
        for name, rest in METRICS
    ]
    ratio = "kind: metric\nname: closed_share\ntitle: {zh: 办结率, en: Closed share}\ntype: ratio\nnumerator: closed_count\ndenominator: event_count\nformat: percent\n"
    return "---\n".join([*simple, ratio])


def _pages() -> str:
    import json

    pages = []
    for count in (10, 15):
        tiles = [
            {
                "name": f"tile{number}", "title": {"zh": tile.name, "en": tile.name}, "chart": "table",
                "query": {**tile.query, "range": {"from": str(span(tile, 0)[0]), "to": str(span(tile, 0)[1])}},
                "layout": {"x": 0, "y": number, "w": 4, "h": 1},
            }
            for number, tile in enumerate(TILES[:count])
        ]  # fmt: skip
        pages.append(json.dumps({"kind": "dashboard", "name": f"page{count}", "title": {"zh": "页", "en": "page"}, "owner": "data_bureau", "filters": ["district"], "tiles": tiles}))  # fmt: skip
    return "\n---\n".join(pages)
