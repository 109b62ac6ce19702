"""What the read path costs; run ``python bench/policy.py`` (1 M rows, about a minute). Compare the ratios of one run.

1. Execution: the same aggregates through the reader and with the filter written by hand, interleaved, on one engine and
   one table. Bar: ratio ≤ 1.1.
2. Rewriting a query that was never seen (parse, check, decide, rewrite, render the cache key). Bar: median ≤ 3 ms.
3. A repeated read: cached plan and cached rows, with its audit entry.
4. Audit: CPU of the hash-chained entry over a plain insert of the same row, both in one transaction per 100 entries.
5. Masks: CPU of each over a raw scan of the column.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import sqlalchemy as sa
from sqlglot import parse_one

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.audit import Act, audit_head, audit_log
from cityloop.foundation.db import Database, metadata
from cityloop.foundation.prepared import Prepared
from cityloop.policies import PolicyDefinition

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "policies"))

from little_city import ANALYST, CALLER, DOCTOR, City, Published, build, column, person, title

ROWS = 1_000_000
ROUNDS = 15
DISTRICTS = ("临湖区", "山前区", "河东区", "云台区", "高新区")
VISITS = DatasetDefinition(
    name="visits", title=title("visits"), sharing="none", level=1, time="seen_at",
    fields=[
        column("visit", "integer"), column("district"), column("seen_at", "timestamp"), column("cost", "number"),
        column("patient", level=3), column("phone", level=3, format="phone"),
        column("home", level=3), column("born_on", "date", level=3),
    ],
)  # fmt: skip
POLICY = PolicyDefinition(
    name="p", title=title("p"), dataset="visits",
    allow=[{"roles": ["doctor"], "rows": "district = principal.district", "columns": {"patient": "name", "phone": "phone"}}],
)  # fmt: skip
MASKS = {"phone": ("phone", "name", "hash", "partial:2,2"), "home": ("address",), "born_on": ("year",), "cost": ("bucket:10",)}  # fmt: skip
READER = person("reader", "doctor", department="clinic", level=1, district="临湖区")
AGGREGATES = {
    "count and mean by day": "SELECT date_trunc('day', seen_at) AS d, count(*) AS n, avg(cost) AS c FROM visits{W} GROUP BY 1 ORDER BY 1",
    "one week": "SELECT count(*) AS n, sum(cost) AS c FROM visits WHERE seen_at >= '2026-09-08' AND seen_at < '2026-09-15'{A}",
    "distinct patients": "SELECT count(DISTINCT patient) AS n FROM visits{W}",
}


def rows() -> pa.Table:
    """Return the table: a million visits of ninety days, in order of time."""
    rng = np.random.default_rng(7)
    start = np.datetime64("2026-07-01T00:00:00", "us")
    number = np.arange(ROWS)
    phones = pa.array([f"138{value:08d}" for value in rng.integers(0, 10**8, ROWS)])
    return pa.table(
        {
            "visit": number,
            "district": pa.array(DISTRICTS).take(pa.array(rng.integers(0, 5, ROWS))),
            "seen_at": pa.array(start + (number * 7_776_000_000_000 // ROWS).astype("timedelta64[us]")).cast(pa.timestamp("us", "UTC")),
            "cost": rng.gamma(2.0, 120.0, ROWS),
            "patient": pa.array([f"张{value}" for value in rng.integers(0, 200_000, ROWS)]),
            "phone": phones,
            "home": pa.array([f"云江市临湖区望江街道{value}号" for value in rng.integers(0, 900, ROWS)]),
            "born_on": pa.array((rng.integers(-10_000, 15_000, ROWS)).astype("datetime64[D]")),
        }
    )  # fmt: skip


def interleaved(*acts: Callable[[], object]) -> list[float]:
    """Return the median CPU time of each act, milliseconds; they take turns, so that load meets them alike."""
    times: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS):
        for place, act in enumerate(acts):
            start = time.process_time()
            act()
            times[place].append(time.process_time() - start)
    return [1_000 * statistics.median(each) for each in times]


def execution(city: City) -> None:
    """Print how the same aggregate runs by hand and through the reader."""
    pin, engine = city.shelf.lake.table("data", "visits").pin(), city.reader.engine
    for name, template in AGGREGATES.items():
        by_hand = parse_one(
            template.format(W=" WHERE district = '临湖区'", A=" AND district = '临湖区'"),
            dialect="duckdb",
        )
        asked = template.format(W="", A="")
        if name == "distinct patients":  # the mask is part of the work
            by_hand = parse_one(
                "SELECT count(DISTINCT CASE WHEN length(patient) >= 2 THEN substring(patient, 1, 1) || '**' "
                "WHEN patient IS NOT NULL THEN '****' END) AS n FROM visits WHERE district = '临湖区'",
                dialect="duckdb",
            )
        plan = city.reader.rewritten(READER, "analysis", asked)
        same = (
            engine.query(by_hand, {"visits": pin}).to_pylist()
            == engine.query(plan.tree, {"cl__visits": pin}).to_pylist()
        )

        def through(asked: str = asked) -> object:
            city.reader.cache.clear()
            return city.reader.read(READER, "analysis", asked)

        hand, view, whole = interleaved(
            lambda tree=by_hand: engine.query(tree, {"visits": pin}),
            lambda tree=plan.tree: engine.query(tree, {"cl__visits": pin}),
            through,
        )
        print(
            f"  {name:24} by hand {hand:6.1f} ms CPU · view {view:6.1f} ms = {view / hand:4.2f}x · whole read {whole:6.1f} ms = {whole / hand:4.2f}x · same rows: {same}"
        )


class Pinned:
    """Published versions that are looked up once: pinning is not part of rewriting."""

    def __init__(self, city: City) -> None:
        self._found = {name: city.shelf.published([name])[name] for name in ("visits", "trips")}

    def published(self, names: Collection[str]) -> Mapping[str, Published]:
        """Return the versions found at the start."""
        return {name: self._found[name] for name in names}


def rewriting(city: City) -> None:
    """Print the median time of rewriting a query that was never seen."""
    city.reader.datasets = Pinned(city)
    shapes = {
        "one dataset, 1 rule": (DOCTOR, "SELECT district, count(*) AS n, avg(cost) FROM visits WHERE seen_at >= '2026-09-01' AND cost > {n} GROUP BY district ORDER BY n DESC LIMIT 10"),
        "every column masked": (ANALYST, "SELECT * FROM visits WHERE cost > {n}"),
        "per-row masks": (CALLER, "SELECT * FROM visits WHERE cost > {n}"),
        "join of two, 2 CTEs": (ANALYST, "WITH a AS (SELECT district, patient, phone FROM visits WHERE cost > {n}), b AS (SELECT district, avg(speed) AS s FROM trips GROUP BY 1) SELECT a.district, count(DISTINCT patient), max(s) FROM a JOIN b ON a.district = b.district GROUP BY 1"),
    }  # fmt: skip
    for name, (who, template) in shapes.items():
        times = []
        for number in range(200):
            text = template.format(n=number)
            start = time.process_time()
            city.reader.rewritten(who, "analysis", text)
            times.append(1_000 * (time.process_time() - start))
        times.sort()
        print(
            f"  {name:24} median {statistics.median(times):5.2f} ms · p95 {times[190]:5.2f} ms CPU"
        )


def repeated(city: City) -> None:
    """Print what a read costs that was made before."""
    sql = "SELECT district, count(*) AS n FROM visits GROUP BY district"
    city.reader.read(ANALYST, "analysis", sql)
    (cpu,) = interleaved(lambda: [city.reader.read(ANALYST, "analysis", sql) for _ in range(20)])
    print(f"  repeated read, cached, audited (fsync): {cpu / 20:5.2f} ms CPU")


def auditing(database: Database, city: City) -> None:
    """Print the CPU of chained entries over plain inserts of the same rows."""
    plain = audit_log.to_metadata(sa.MetaData(), name="plain_log")
    plain.create(database.engine)
    details = {
        "query": "SELECT COUNT(*) FROM visits WHERE district = ?",
        "rows": 5,
        "versions": {"visits": 7},
        "cached": False,
    }
    act = Act("analyst", "read", "visits", purpose="analysis", details=details)
    row = {"at": city.reader.clock.now(), "actor": "analyst", "verb": "read", "target": "visits", "purpose": "analysis", "outcome": "done", "details": details, "hash": "0" * 64}  # fmt: skip
    numbers = iter(range(10**9))
    insert = Prepared(plain.insert(), columns=[each.name for each in plain.columns])

    def chained() -> None:
        for _ in range(20):
            with database.begin() as tx:
                city.audit.record(tx, *([act] * 100))

    def fresh() -> list[dict[str, object]]:
        return [{**row, "seq": next(numbers)} for _ in range(100)]

    def unchained() -> None:
        for _ in range(20):
            with database.begin() as tx:
                tx.execute(plain.insert(), fresh())

    def prepared() -> None:
        for _ in range(20):
            with database.begin() as tx:
                insert.run_many(tx, fresh())

    chain, bare, fast = interleaved(chained, unchained, prepared)
    print(
        f"  2,000 entries: chained {chain:6.1f} ms CPU = {chain / bare:4.2f}x a plain insert ({bare:5.1f} ms), {chain / fast:4.2f}x a prepared one ({fast:5.1f} ms)"
    )


def masks(city: City) -> None:
    """Print the CPU of each mask over a raw scan of its column."""
    pin = city.shelf.lake.table("data", "visits").pin()
    for name, kinds in MASKS.items():
        trees = []
        for mask in ("raw", *kinds):
            policy = PolicyDefinition(
                name="p", title=title("p"), dataset="visits", allow=[{"columns": {name: mask}}]
            )
            city.apply(VISITS, policy)
            who = replace(READER, level=5)
            trees.append(
                city.reader.rewritten(who, "analysis", f"SELECT min({name}) AS m FROM visits").tree
            )
        costs = interleaved(
            *(
                lambda tree=tree: city.reader.engine.query(tree, {"cl__visits": pin})
                for tree in trees
            )
        )
        shown = " · ".join(
            f"{mask} {cost / costs[0]:4.1f}x" for mask, cost in zip(kinds, costs[1:], strict=True)
        )
        print(f"  {name:8} raw {costs[0]:5.1f} ms CPU · {shown}")


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        database = Database(f"sqlite:///{home / 'state.db'}")
        metadata.create_all(database.engine, tables=[audit_log, audit_head])
        small, large = (
            build(home / "small", database),
            build(home / "large", database, {"visits": rows()}),
        )
        large.apply(VISITS, POLICY)
        print(f"execution, {ROWS:,} rows, one fifth visible")
        execution(large)
        print("rewriting, uncached")
        rewriting(small)
        repeated(small)
        print("audit")
        auditing(database, small)
        print("masks")
        masks(large)


if __name__ == "__main__":
    main()
