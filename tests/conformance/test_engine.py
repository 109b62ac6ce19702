"""Same query, same answer on every engine: each shape is computed in plain Python and asked of each engine.

A new engine is one line in ``ENGINES``; what it cannot do is one line each in ``NOT_SUPPORTED`` with the expected error.
Rows are compared in order where the query orders them all, else as sets; numbers to 9 digits.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from engine_city import build, hospitals, visits
from sqlglot import parse_one

from cityloop.engine import DuckDbEngine, Engine, Lake, Pin
from cityloop.foundation.errors import CityError

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "duckdb": lambda folder: DuckDbEngine(folder / "lake", temp=folder / "spill", memory="500MB"),
}
NOT_SUPPORTED: dict[tuple[str, str], type[CityError]] = {}
"""``(engine, shape)`` → the error that it raises instead of an answer."""

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
"""A zone whose clocks change inside the data (29 March 2026, 01:00 UTC)."""


@dataclass(frozen=True)
class Shape:
    """One kind of query: its neutral text and its answer in plain Python."""

    name: str
    query: str
    answer: Callable[[], Iterable[tuple[Any, ...]]]
    ordered: bool = False


def groups(
    key: Callable[[dict[str, Any]], Any], rows: Iterable[dict[str, Any]] = visits
) -> dict[Any, list[dict[str, Any]]]:
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def values(rows: Iterable[dict[str, Any]], column: str) -> list[Any]:
    return [row[column] for row in rows if row[column] is not None]


def total(found: list[Any]) -> Any:
    return sum(found) if found else None


def percentile(found: list[float], share: float) -> float | None:
    if not found:
        return None
    found = sorted(found)
    place = share * (len(found) - 1)
    low = math.floor(place)
    high = math.ceil(place)
    return found[low] + (found[high] - found[low]) * (place - low)


def bucket(at: datetime | None, grain: str, zone: ZoneInfo) -> datetime | None:
    if at is None:
        return None
    there = at.astimezone(zone).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    if grain == "hour":
        return there
    there = there.replace(hour=0)
    if grain == "week":
        return there - timedelta(days=there.weekday())
    if grain == "month":
        return there.replace(day=1)
    if grain == "quarter":
        return there.replace(day=1, month=there.month - (there.month - 1) % 3)
    return there.replace(day=1, month=1) if grain == "year" else there


def counted_by(key: Callable[[dict[str, Any]], Any]) -> Callable[[], list[tuple[Any, int]]]:
    return lambda: [(name, len(rows)) for name, rows in groups(key).items()]


def by_bucket(grain: str, zone: ZoneInfo) -> Shape:
    return Shape(
        f"bucket {grain} in {zone.key}",
        f"SELECT city_bucket(at, '{grain}', '{zone.key}') AS b, count(*) AS n FROM visits GROUP BY 1",
        counted_by(lambda row: bucket(row["at"], grain, zone)),
    )


def nulls_last(row: dict[str, Any], column: str) -> tuple[bool, Any]:
    return row[column] is None, row[column] if row[column] is not None else 0


def joined() -> list[tuple[Any, Any]]:
    names = {row["id"]: row["名称"] for row in hospitals}
    return [(row["编号"], names.get(row["hospital"])) for row in visits]


def running() -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for district, rows in groups(lambda row: row["district"]).items():
        so_far = 0.0
        for place, row in enumerate(rows, 1):
            so_far += row["wait"] or 0
            before = rows[place - 2]["编号"] if place > 1 else None
            found.append((district, row["编号"], place, so_far, before))
    return found


NOON = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)

SHAPES = [
    Shape("filter by number", "SELECT 编号 FROM visits WHERE wait >= 20", lambda: [(r["编号"],) for r in visits if r["wait"] is not None and r["wait"] >= 20]),
    Shape("filter by half-open range", "SELECT 编号 FROM visits WHERE at >= TIMESTAMPTZ '2026-03-30 00:00:00+08' AND at < TIMESTAMPTZ '2026-03-31 00:00:00+08'",
          lambda: [(r["编号"],) for r in visits if r["at"] and r["at"].astimezone(SHANGHAI).date() == date(2026, 3, 30)]),
    Shape("filter by instant", "SELECT count(*) AS n FROM visits WHERE at < '2026-03-30 04:00:00'", lambda: [(sum(bool(r["at"] and r["at"] < NOON) for r in visits),)]),
    Shape("filter by day", "SELECT count(*) AS n FROM visits WHERE day BETWEEN DATE '2026-03-29' AND DATE '2026-03-30'", lambda: [(sum(date(2026, 3, 29) <= r["day"] <= date(2026, 3, 30) for r in visits),)]),
    Shape("filter by text with quotes", "SELECT count(*) AS n FROM visits WHERE district IN ('O''Hara \"东\"', '临湖区')", lambda: [(sum(r["district"] in ("O'Hara \"东\"", "临湖区") for r in visits),)]),
    Shape("not in skips nulls", "SELECT count(*) AS n FROM visits WHERE hospital NOT IN (1, 2)", lambda: [(sum(r["hospital"] not in (1, 2, None) for r in visits),)]),
    Shape("null is neither", "SELECT count(*) AS n FROM visits WHERE urgent OR NOT urgent", lambda: [(len(values(visits, "urgent")),)]),
    Shape("is null", "SELECT count(*) AS n FROM visits WHERE hospital IS NULL AND at IS NOT NULL", lambda: [(sum(r["hospital"] is None and r["at"] is not None for r in visits),)]),
    Shape("is distinct from", "SELECT count(*) AS n FROM visits WHERE hospital IS DISTINCT FROM 1", lambda: [(sum(r["hospital"] != 1 for r in visits),)]),
    Shape("like", "SELECT count(*) AS n FROM hospitals WHERE 名称 LIKE '第_医院' AND NOT 名称 LIKE '%2%'", lambda: [(3,)]),
    Shape("count and count column", "SELECT count(*) AS a, count(wait) AS b, count(DISTINCT district) AS c, count(DISTINCT hospital) AS d FROM visits", lambda: [(200, len(values(visits, "wait")), 3, 5)]),
    Shape("group by with null group", "SELECT district, count(*) AS n, sum(wait) AS s, min(wait) AS lo, max(at) AS hi FROM visits GROUP BY district",
          lambda: [(d, len(g), total(values(g, "wait")), min(values(g, "wait")), max(values(g, "at"))) for d, g in groups(lambda r: r["district"]).items()]),
    Shape("sum of whole numbers stays whole", "SELECT sum(编号) AS s FROM visits", lambda: [(20100,)]),
    Shape("average of whole numbers", "SELECT avg(编号) AS a, sum(编号) / count(*) AS b FROM visits WHERE 编号 <= 2", lambda: [(1.5, 1.5)]),
    Shape("decimals add exactly", "SELECT sum(fee) AS s, max(fee) AS m FROM visits", lambda: [(sum(values(visits, "fee")), max(values(visits, "fee")))]),
    Shape("having", "SELECT hospital, count(*) AS n FROM visits GROUP BY hospital HAVING count(*) > 36", lambda: [(h, len(g)) for h, g in groups(lambda r: r["hospital"]).items() if len(g) > 36]),
    Shape("filtered aggregate", "SELECT count(*) FILTER (WHERE urgent) AS u, sum(CASE WHEN wait > 10 THEN 1 ELSE 0 END) AS w FROM visits", lambda: [(sum(bool(r["urgent"]) for r in visits), sum((r["wait"] or 0) > 10 for r in visits))]),
    Shape("division by zero is null", "SELECT 编号, 10 / (编号 - 1) AS a, 编号 / 2 AS b, 编号 % 2 AS c FROM visits WHERE 编号 <= 3", lambda: [(1, None, 0.5, 1), (2, 10.0, 1.0, 0), (3, 5.0, 1.5, 1)]),
    Shape("ratio of sums by group", "SELECT district, sum(wait) / count(wait) AS r FROM visits GROUP BY district", lambda: [(d, total(values(g, "wait")) / len(values(g, "wait"))) for d, g in groups(lambda r: r["district"]).items()]),
    Shape("exact percentiles", "SELECT district, city_percentile(wait, 0.95) AS p, city_median(编号) AS m FROM visits GROUP BY district",
          lambda: [(d, percentile(values(g, "wait"), 0.95), median(values(g, "编号"))) for d, g in groups(lambda r: r["district"]).items()]),
    Shape("standard percentiles", "SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY wait) AS p, quantile_cont(CAST(编号 AS DOUBLE), 0.25) AS q, median(wait) AS m FROM visits",
          lambda: [(percentile(values(visits, "wait"), 0.95), percentile(values(visits, "编号"), 0.25), median(values(visits, "wait")))]),
    Shape("standard local days", "SELECT CAST(at AT TIME ZONE 'Asia/Shanghai' AS DATE) AS d, count(*) AS n FROM visits GROUP BY 1", counted_by(lambda r: r["at"] and r["at"].astimezone(SHANGHAI).date())),
    Shape("standard local weeks", "SELECT CAST(date_trunc('WEEK', at AT TIME ZONE 'Asia/Shanghai') AS DATE) AS d, count(*) AS n FROM visits GROUP BY 1", counted_by(lambda r: (b := bucket(r["at"], "week", SHANGHAI)) and b.date())),
    Shape("percentile of nothing", "SELECT city_percentile(wait, 0.5) AS p, city_median(fee) AS m FROM empty", lambda: [(None, None)]),
    by_bucket("hour", SHANGHAI), by_bucket("day", SHANGHAI), by_bucket("week", SHANGHAI), by_bucket("month", SHANGHAI), by_bucket("quarter", SHANGHAI), by_bucket("year", SHANGHAI),
    by_bucket("hour", BERLIN), by_bucket("day", BERLIN),
    Shape("bucket of a day", "SELECT city_bucket(day, 'month', '') AS b, count(*) AS n FROM visits GROUP BY 1", counted_by(lambda r: datetime(r["day"].year, r["day"].month, 1))),  # noqa: DTZ001
    Shape("local hour", "SELECT extract(hour FROM city_local(at, 'Asia/Shanghai')) AS h, count(*) AS n FROM visits WHERE at IS NOT NULL GROUP BY 1",
          lambda: [(h, len(g)) for h, g in groups(lambda r: r["at"] and r["at"].astimezone(SHANGHAI).hour).items() if h is not None]),
    Shape("ascending puts nulls last", "SELECT wait, 编号 FROM visits ORDER BY wait, 编号", lambda: [(r["wait"], r["编号"]) for r in sorted(visits, key=lambda r: (*nulls_last(r, "wait"), r["编号"]))], ordered=True),
    Shape("descending puts nulls last", "SELECT wait, 编号 FROM visits ORDER BY wait DESC, 编号", lambda: [(r["wait"], r["编号"]) for r in sorted(visits, key=lambda r: (r["wait"] is None, -(r["wait"] or 0), r["编号"]))], ordered=True),
    Shape("nulls first when told", "SELECT 编号 FROM visits ORDER BY hospital NULLS FIRST, 编号 LIMIT 5", lambda: [(r["编号"],) for r in visits if r["hospital"] is None][:5], ordered=True),
    Shape("text is ordered by code point", "SELECT DISTINCT district FROM visits WHERE district IS NOT NULL ORDER BY district", lambda: [(d,) for d in sorted({r["district"] for r in visits if r["district"]})], ordered=True),
    Shape("top and offset", "SELECT 编号 FROM visits ORDER BY 编号 DESC LIMIT 3 OFFSET 2", lambda: [(198,), (197,), (196,)], ordered=True),
    Shape("inner join", "SELECT v.编号, h.名称 FROM visits AS v JOIN hospitals AS h ON v.hospital = h.id", lambda: [pair for pair in joined() if pair[1] is not None]),
    Shape("left join keeps all", "SELECT v.编号, h.名称 FROM core.visits AS v LEFT JOIN core.hospitals AS h ON v.hospital = h.id", joined),
    Shape("left join then filter", "SELECT v.编号 FROM visits AS v LEFT JOIN hospitals AS h ON v.hospital = h.id WHERE h.id IS NULL", lambda: [(number,) for number, name in joined() if name is None]),
    Shape("full join", "SELECT e.编号, h.id FROM empty AS e FULL JOIN hospitals AS h ON e.hospital = h.id", lambda: [(None, r["id"]) for r in hospitals]),
    Shape("cross join", "SELECT count(*) AS n FROM visits CROSS JOIN hospitals", lambda: [(800,)]),
    Shape("exists", "SELECT h.id FROM hospitals AS h WHERE EXISTS (SELECT 1 FROM visits AS v WHERE v.hospital = h.id AND v.wait > 24.5)", lambda: [(i,) for i in range(4) if any(r["hospital"] == i and (r["wait"] or 0) > 24.5 for r in visits)]),
    Shape("in a sub-query", "SELECT count(*) AS n FROM visits WHERE hospital IN (SELECT id FROM hospitals WHERE beds >= 100)", lambda: [(sum(r["hospital"] in (1, 2) for r in visits),)]),
    Shape("scalar sub-query", "SELECT count(*) AS n FROM visits WHERE wait > (SELECT avg(wait) FROM visits)", lambda: [(sum((r["wait"] or 0) > sum(values(visits, "wait")) / len(values(visits, "wait")) for r in visits),)]),
    Shape("with hides a table", "WITH visits AS (SELECT * FROM visits WHERE 编号 <= 10) SELECT count(*) AS n FROM visits", lambda: [(10,)]),
    Shape("union all keeps twins", "SELECT hospital FROM visits WHERE 编号 <= 5 UNION ALL SELECT id FROM hospitals", lambda: [(r["hospital"],) for r in visits[:5]] + [(r["id"],) for r in hospitals]),
    Shape("union removes twins", "SELECT hospital FROM visits UNION SELECT id FROM hospitals", lambda: [(h,) for h in (None, 0, 1, 2, 3, 4)]),
    Shape("except and intersect", "(SELECT hospital FROM visits EXCEPT SELECT id FROM hospitals) UNION ALL (SELECT hospital FROM visits INTERSECT SELECT id FROM hospitals)", lambda: [(h,) for h in (None, 4, 0, 1, 2, 3)]),
    Shape("window functions", "SELECT district, 编号, row_number() OVER (PARTITION BY district ORDER BY 编号) AS r, sum(coalesce(wait, 0)) OVER (PARTITION BY district ORDER BY 编号) AS s, "
          "lag(编号) OVER (PARTITION BY district ORDER BY 编号) AS b FROM visits", running),
    Shape("moving average", "SELECT 编号, avg(编号) OVER (ORDER BY 编号 ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS m FROM visits WHERE 编号 <= 4", lambda: [(1, 1.0), (2, 1.5), (3, 2.0), (4, 3.0)]),
    Shape("rollup gives totals", "SELECT hospital, count(*) AS n FROM visits WHERE hospital IS NOT NULL GROUP BY ROLLUP (hospital)", lambda: [*((h, len(g)) for h, g in groups(lambda r: r["hospital"]).items() if h is not None), (None, len(values(visits, "hospital")))]),
    Shape("empty table", "SELECT * FROM empty", list),
    Shape("aggregates of nothing", "SELECT count(*) AS n, sum(wait) AS s, max(at) AS m FROM empty", lambda: [(0, None, None)]),
    Shape("groups of nothing", "SELECT district, count(*) AS n FROM visits WHERE 编号 < 0 GROUP BY district", list),
    Shape("text functions", "SELECT length(名称) AS l, substring(名称, 2, 1) AS s, city_position('医', 名称) AS p, 名称 || '!' AS c, upper('aé') AS u, concat('a', NULL, 'b') AS k FROM hospitals WHERE id = 1", lambda: [(4, "1", 3, "第1医院!", "AÉ", "ab")]),
    Shape("conditions and defaults", "SELECT id, CASE WHEN beds IS NULL THEN '?' WHEN beds > 100 THEN 'big' ELSE 'small' END AS c, coalesce(beds, -1) AS b, nullif(beds, 100) AS z FROM hospitals",
          lambda: [(0, "small", 0, 0), (1, "small", 100, None), (2, "big", 200, 200), (3, "?", -1, None)]),
    Shape("rounding half away from zero", "SELECT round(2.5) AS a, round(-2.5) AS b, round(CAST(0.125 AS DOUBLE), 2) AS c, floor(-1.5) AS d, ceil(1.2) AS e", lambda: [(3, -3, 0.13, -2, 2)]),
    Shape("casts", "SELECT CAST('12' AS BIGINT) AS a, TRY_CAST('x' AS BIGINT) AS b, CAST(TIMESTAMPTZ '2026-03-29 23:30:00+00' AS DATE) AS c, CAST(1.5 AS VARCHAR) AS d", lambda: [(12, None, date(2026, 3, 29), "1.5")]),
    Shape("arithmetic on days", "SELECT day + INTERVAL 1 DAY AS a, date_diff('day', DATE '2026-03-01', day) AS b FROM visits WHERE 编号 = 1", lambda: [(datetime(2026, 3, 29), 27)]),  # noqa: DTZ001
    Shape("approximately distinct", "SELECT city_approx_distinct(编号) BETWEEN 140 AND 260 AS ok FROM visits", lambda: [(True,)]),
]  # fmt: skip


@pytest.fixture(scope="module", params=sorted(ENGINES))
def asked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Engine, dict[str, Pin]]]:
    folder = tmp_path_factory.mktemp(request.param)
    pins = build(Lake(folder / "lake"))
    engine = ENGINES[request.param](folder)
    yield request.param, engine, pins
    engine.close()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_every_engine_gives_the_answer(
    asked: tuple[str, Engine, dict[str, Pin]], shape: Shape
) -> None:
    name, engine, pins = asked
    tree = parse_one(shape.query, dialect="duckdb")
    error = NOT_SUPPORTED.get((name, shape.name))
    if error is not None:
        with pytest.raises(error):
            engine.query(tree, pins)
        return
    found = [tuple(row.values()) for row in engine.query(tree, pins).to_pylist()]
    expected = [tuple(row) for row in shape.answer()]
    assert told(found, ordered=shape.ordered) == told(expected, ordered=shape.ordered)


def test_every_gap_is_still_a_gap() -> None:
    names = {shape.name for shape in SHAPES}
    assert all(engine in ENGINES and shape in names for engine, shape in NOT_SUPPORTED)


def told(rows: list[tuple[Any, ...]], *, ordered: bool) -> list[tuple[Any, ...]]:
    plain = [tuple(_plain(value) for value in row) for row in rows]
    return plain if ordered else sorted(plain, key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, float | Decimal) and not isinstance(value, bool):
        return float(f"{value:.9g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).isoformat()
    return value
