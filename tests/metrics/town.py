"""A very small town for tests: five datasets, their models and metrics, and a reader that runs on DuckDB.

The rows are invented; each is there for a reason named beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import duckdb
import pyarrow as pa
from sqlglot import exp

from cityloop.contracts.model import CodesDefinition, DatasetDefinition
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.principal import Principal
from cityloop.metrics.model import MetricDefinition, ModelDefinition
from cityloop.policies.model import Result

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 9, 30, 4, 0, tzinfo=UTC)

Rows = Sequence[Mapping[str, object]]


def both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def fields(**types: str) -> list[dict[str, object]]:
    made = []
    for name, kind in types.items():
        base, _, codes = kind.partition(":")
        made.append({"name": name, "title": both(name, name), "type": base, "codes": codes or None})
    return made


DISTRICTS = CodesDefinition(
    name="district",
    title=both("区", "District"),
    values=[
        {"value": "临湖区", "title": both("临湖区", "Linhu District"), "aliases": ["990102", "临湖"]},
        {"value": "云台区", "title": both("云台区", "Yuntai District"), "aliases": ["990103"]},
        {"value": "古城区", "title": both("古城区", "Gucheng District"), "aliases": ["990104"]},
    ],
)  # fmt: skip

DATASETS = [
    DatasetDefinition(
        name="visits", title=both("就诊", "Visits"), key=["visit_id"], load="merge", time="arrived_at",
        fields=fields(visit_id="text", hospital_id="text", arrived_at="timestamp", left_on="date", triage="integer",
                      wait_min="number", insured="boolean", patient="text"),
    ),
    DatasetDefinition(
        name="hospitals", title=both("医院", "Hospitals"), key=["hospital_id"], load="merge",
        fields=fields(hospital_id="text", name="text", district="text:district", beds="integer"),
    ),
    DatasetDefinition(
        name="areas", title=both("片区", "Areas"), key=["district"], load="merge",
        fields=fields(district="text:district", side="text"),
    ),
    DatasetDefinition(
        name="readings", title=both("空气", "Air"), time="measured_at",
        fields=fields(station="text", district="text:district", measured_at="timestamp", pm25="number"),
    ),
    DatasetDefinition(
        name="budgets", title=both("预算", "Budgets"), time="day",
        fields=fields(district="text:district", day="date", amount="number"),
    ),
]  # fmt: skip


def dimension(name: str, zh: str, en: str, **more: object) -> dict[str, object]:
    return {"name": name, "title": both(zh, en), **more}


MODELS = [
    ModelDefinition(
        name="visits", title=both("就诊", "Visits"), dataset="visits", key=["visit_id"], time="arrived_at",
        joins=[{"name": "hospital", "model": "hospitals", "on": {"hospital_id": "hospital_id"}}],
        dimensions=[
            dimension("triage", "分诊级别", "Triage level"),
            dimension("insured", "是否参保", "Insured"),
            dimension("hour_of_day", "小时", "Hour of day", expression="HOUR(arrived_at)"),
            dimension("arrived", "到达时间", "Arrival", expression="arrived_at"),
            dimension("wait_class", "等候分档", "Wait class",
                      expression="CASE WHEN wait_min >= 60 THEN 'long' WHEN wait_min < 60 THEN 'short' END"),
        ],
    ),
    ModelDefinition(
        name="hospitals", title=both("医院", "Hospitals"), dataset="hospitals", key=["hospital_id"],
        joins=[{"name": "area", "model": "areas", "on": {"district": "district"}}],
        dimensions=[
            dimension("hospital", "医院", "Hospital", expression="name"),
            dimension("district", "区", "District"),
        ],
        hierarchies=[{"name": "place", "levels": ["side", "district", "hospital"]}],
    ),
    ModelDefinition(
        name="areas", title=both("片区", "Areas"), dataset="areas", key=["district"],
        dimensions=[dimension("side", "岸", "Side")],
    ),
    ModelDefinition(
        name="readings", title=both("空气", "Air"), dataset="readings", time="measured_at",
        joins=[{"name": "area", "model": "areas", "on": {"district": "district"}}],
        dimensions=[
            dimension("station", "站点", "Station"),
            dimension("district", "区", "District"),
        ],
    ),
    ModelDefinition(
        name="budgets", title=both("预算", "Budgets"), dataset="budgets", time="day",
        dimensions=[dimension("district", "区", "District")],
    ),
]  # fmt: skip


def metric(name: str, zh: str, en: str, **more: object) -> MetricDefinition:
    return MetricDefinition(name=name, title=both(zh, en), **more)


def simple(name: str, zh: str, en: str, model: str, aggregate: str, **more: object):
    return metric(name, zh, en, type="simple", model=model, aggregate=aggregate, **more)


METRICS = [
    simple("visit_count", "就诊人次", "Visits", "visits", "count", unit=both("人次", "visits")),
    simple("timed", "有等候记录的人次", "Timed visits", "visits", "count", expression="wait_min"),
    simple("wait", "总等候时长", "Total wait", "visits", "sum", expression="wait_min", unit=both("分钟", "min")),
    simple("avg_wait", "平均等候", "Average wait", "visits", "avg", expression="wait_min", unit=both("分钟", "min")),
    simple("median_wait", "等候中位数", "Median wait", "visits", "median", expression="wait_min"),
    simple("p90_wait", "等候九成位", "90th percentile", "visits", "percentile", percentile=0.9, expression="wait_min"),
    simple("longest", "最长等候", "Longest wait", "visits", "max", expression="wait_min"),
    simple("patients", "患者数", "Patients", "visits", "count_distinct", expression="patient"),
    simple("triage_sum", "级别合计", "Triage sum", "visits", "sum", expression="triage"),
    simple("urgent", "危急人次", "Urgent visits", "visits", "count", filter="triage <= 2"),
    simple("north_wait", "北岸等候", "Northern wait", "visits", "sum", expression="wait_min",
           filter="hospital.side = 'north'"),
    simple("departures", "离院人次", "Departures", "visits", "count", time="left_on"),
    simple("hospital_count", "医院数", "Hospitals", "hospitals", "count"),
    simple("beds", "床位数", "Beds", "hospitals", "sum", expression="beds", unit=both("张", "beds")),
    simple("pm25", "细颗粒物", "PM2.5", "readings", "avg", expression="pm25", unit="μg/m³"),
    simple("spend", "支出", "Spending", "budgets", "sum", expression="amount", unit=both("元", "CNY")),
    metric("urgent_share", "危急占比", "Urgent share", type="ratio", numerator="urgent", denominator="visit_count"),
    metric("visits_per_bed", "每床就诊", "Visits per bed", type="ratio", numerator="visit_count", denominator="beds"),
    metric("spend_per_visit", "每次支出", "Spending per visit", type="ratio", numerator="spend", denominator="visit_count"),
    metric("calm", "非危急人次", "Other visits", type="derived", expression="visit_count - urgent"),
    metric("calm_share", "非危急占比", "Other share", type="derived", expression="calm / visit_count * 100"),
]  # fmt: skip

SNAPSHOT = Snapshot.of(DISTRICTS, *DATASETS, *MODELS, *METRICS)


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def visit(
    visit_id: str, hospital_id: str | None, arrived: str, **more: object
) -> dict[str, object]:
    row = {"visit_id": visit_id, "hospital_id": hospital_id, "arrived_at": at(arrived), "left_on": None, "triage": 3,
           "wait_min": None, "insured": True, "patient": visit_id}  # fmt: skip
    return row | more


TABLES: dict[str, Rows] = {
    "visits": [
        visit("v1", "h1", "2026-09-01 00:30", triage=1, wait_min=10.0, patient="p1", left_on=date(2026, 9, 1)),
        visit("v2", "h1", "2026-09-01 15:59", triage=3, wait_min=90.0, patient="p2", left_on=date(2026, 9, 2)),
        # local 2026-09-02 00:00: the next local day although still 1 September in UTC
        visit("v3", "h1", "2026-09-01 16:00", triage=2, wait_min=30.0, patient="p1", left_on=date(2026, 9, 2)),
        visit("v4", "h2", "2026-09-02 03:00", triage=4, wait_min=None, patient="p3", insured=False),
        visit("v5", "h3", "2026-09-02 04:00", triage=2, wait_min=60.0, patient=None),  # h3 has no district
        visit("v6", None, "2026-08-31 20:00", triage=5, wait_min=5.0, patient="p4"),  # no hospital known
        visit("v7", "h9", "2026-08-15 04:00", triage=5, wait_min=7.0, patient="p4"),  # hospital not in the table
    ],
    "hospitals": [
        {"hospital_id": "h1", "name": "第一医院", "district": "临湖区", "beds": 100},
        {"hospital_id": "h2", "name": "第二医院", "district": "云台区", "beds": 50},
        {"hospital_id": "h3", "name": "流动医疗车", "district": None, "beds": 0},
        {"hospital_id": "h4", "name": "新医院", "district": "古城区", "beds": 80},  # no visits
    ],
    "areas": [
        {"district": "临湖区", "side": "north"},
        {"district": "云台区", "side": "south"},
        {"district": "古城区", "side": "south"},
    ],
    "readings": [
        {"station": "s1", "district": "临湖区", "measured_at": at("2026-09-01 01:00"), "pm25": 30.0},
        {"station": "s1", "district": "临湖区", "measured_at": at("2026-09-01 17:00"), "pm25": 50.0},
        {"station": "s2", "district": "古城区", "measured_at": at("2026-09-01 02:00"), "pm25": 20.0},
        {"station": "s3", "district": None, "measured_at": at("2026-09-01 03:00"), "pm25": 70.0},
    ],
    "budgets": [
        {"district": "临湖区", "day": date(2026, 9, 1), "amount": 600.0},
        {"district": "云台区", "day": date(2026, 9, 2), "amount": 50.0},
        {"district": None, "day": date(2026, 9, 2), "amount": 5.0},
    ],
}  # fmt: skip

_ARROW = {
    "text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}  # fmt: skip


def arrow(dataset: DatasetDefinition, rows: Rows) -> pa.Table:
    schema = pa.schema([(each.name, _ARROW[each.type]) for each in dataset.fields])
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)


@dataclass
class DuckReader:
    """Runs trees on DuckDB over Arrow tables; rows may be limited per principal as policies would."""

    tables: Mapping[str, pa.Table]
    limits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    reads: list[tuple[str, str, str]] = field(default_factory=list)

    def read(
        self,
        principal: Principal,
        purpose: str,
        query: exp.Query,
        /,
        *,
        most: int = 100_000,
    ) -> Result:
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("LOAD icu; SET TimeZone = 'UTC'")
            for name, table in self.tables.items():
                connection.register(f"_{name}", table)
                rows = self.limits.get(principal.id, {}).get(name, "TRUE")
                connection.execute(
                    f'CREATE TEMP VIEW "{name}" AS SELECT * FROM "_{name}" WHERE {rows}'
                )
            sql = query.sql(dialect="duckdb")
            self.reads.append((principal.id, purpose, sql))
            found = connection.execute(sql).to_arrow_table()
        assert found.num_rows <= most
        return Result(
            found,
            sql,
            {name: self.versions.get(name, 1) for name in self.tables},
            dict.fromkeys(self.tables, NOW) | self.times,
        )


def reader(tables: Mapping[str, Rows] = TABLES) -> DuckReader:
    return DuckReader({each.name: arrow(each, tables[each.name]) for each in DATASETS})
