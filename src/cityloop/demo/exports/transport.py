"""交通运输局: detector readings in monthly CSV files with titles above, incidents as JSON lines."""

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, plus, wide
from cityloop.demo.exports.desk import Desk, Sheet, coordinates, daily_id
from cityloop.demo.exports.writers import Dialect, write_delimited, write_json_lines
from cityloop.demo.noise import BoolArray
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.text import blank_where, decimal, plain, words
from cityloop.demo.world.streets import (
    INCIDENT_KINDS,
    SEVERITIES,
    Incidents,
    Traffic,
    incidents,
    traffic,
)

_GB18030 = "gb18030"


def export(desk: Desk) -> None:
    """Write detectors, detector readings and incidents below `transport/`."""
    _export_detectors(desk)
    _export_readings(desk)
    _export_incidents(desk)


def _export_detectors(desk: Desk) -> None:
    city, roads = desk.city, desk.city.geography.roads
    road = city.detector_road
    columns = {
        "检测器编号": words(city.detectors.ids, np.arange(road.size)),
        "名称": words(city.detectors.names, np.arange(road.size)),
        "道路名称": words([r.name for r in roads], road),
        "道路等级": words(
            [
                {"expressway": "快速路", "avenue": "主干路", "street": "次干路"}[r.kind]
                for r in roads
            ],
            road,
        ),
        "所属区": words(desk.district_names, city.detectors.district),
        "车道数": plain(np.array([r.lanes for r in roads])[road]),
        **coordinates(city.detectors.points),
    }
    messy = desk.mess("detectors", columns)
    write_delimited(desk.inbound / "transport" / "检测器台账.csv", messy, Dialect(_GB18030))
    desk.note("detectors", messy, "transport/检测器台账.csv")


def readings(desk: Desk, seen: Traffic) -> Sheet:
    """Return a row for each slot and detector, slot by slot."""
    city = desk.city
    slots, detectors = seen.volume.shape
    slot = np.repeat(np.arange(slots), detectors)
    detector = np.tile(np.arange(detectors), slots)
    roads = [r.name for r in city.geography.roads]
    columns = {
        "检测器编号": words(city.detectors.ids, detector),
        "道路名称": words([roads[r] for r in city.detector_road.tolist()], detector),
        "采集时间": words(moment_text(seen.minute).to_pylist(), slot),
        "流量(辆)": plain(seen.volume.reshape(-1)),
        "平均速度(km/h)": decimal(seen.speed_kmh.reshape(-1), 1),
        "占有率(%)": decimal(seen.occupancy_percent.reshape(-1), 1),
    }
    plan = Plan(
        edits=(
            breaks("range", "平均速度(km/h)", 0.10, by_turns("999", "999.0", "-1")),
            breaks("range", "流量(辆)", 0.06, by_turns("-5", "-120")),
            breaks("range", "占有率(%)", 0.06, by_turns("135.0", "200")),
            breaks("type", "平均速度(km/h)", 0.05, by_turns("故障", "离线")),
            lacks("流量(辆)", 0.2),
            mends("full_width", "流量(辆)", 0.3, wide),
            mends(
                "date_style",
                "采集时间",
                1.2,
                lambda _old, rows: mixed_moments(seen.minute[slot[rows]]),
            ),
            mends("spaces", "检测器编号", 0.3, around(" ", "  ")),
            mends("unit", "平均速度(km/h)", 0.25, around("", "km/h")),
        ),
        duplicate_per_mille=0.7,
        conflict_per_mille=0.15,
        conflict=("流量(辆)", plus(7)),
        shape_per_mille=0.12,
    )
    return columns, plan


def readings_dialect(desk: Desk) -> Dialect:
    """Return how files of readings are written."""
    issued = f"导出时间：{desk.issued}　导出单位：交通运输局"
    return Dialect(_GB18030, titles=("云江市交通检测器数据", issued))


def _export_readings(desk: Desk) -> None:
    seen = traffic(desk.city, desk.window)
    columns, plan = readings(desk, seen)
    detectors = seen.volume.shape[1]
    part, months = desk.months(seen.minute // MINUTES_A_DAY)
    messy = desk.mess("detector_readings", columns, plan, part=np.repeat(part, detectors))
    dialect = readings_dialect(desk)
    files = [f"transport/交通检测器_{month}.csv" for month in months]
    for stale in (desk.inbound / "transport").glob("交通检测器_*.csv"):
        stale.unlink()
    for number, file in enumerate(files):
        write_delimited(desk.inbound / file, messy, dialect, part=number)
    desk.note("detector_readings", messy, *files)


def reports(desk: Desk, seen: Incidents, is_open: BoolArray) -> Sheet:
    """Return a row for each incident; an open one has no time of clearance yet."""
    city = desk.city
    roads = [r.name for r in city.geography.roads]
    ended = seen.started + seen.duration_min
    columns = {
        "incident_id": daily_id("SG", *seen.ids),
        "detector_id": words(city.detectors.ids, seen.detector),
        "road": words(roads, city.detector_road[seen.detector]),
        "district": words(desk.district_names, city.detectors.district[seen.detector]),
        "kind": words(INCIDENT_KINDS, seen.kind),
        "severity": words(SEVERITIES, seen.severity),
        "started_at": moment_text(seen.started),
        "cleared_at": blank_where(moment_text(ended), is_open),
        "injured": plain(seen.injured),
    }
    plan = Plan(
        edits=(
            lacks("kind", 4),
            breaks("codes", "district", 3, by_turns("云外区", "南岭区")),
            breaks("range", "injured", 2, by_turns("-1", "999")),
            mends(
                "date_style", "started_at", 25, lambda _old, rows: mixed_moments(seen.started[rows])
            ),
            mends("spaces", "road", 8, around(" ", " ")),
        ),
        duplicate_per_mille=7,
        conflict_per_mille=2,
        conflict=("severity", by_turns("未定")),
    )
    return columns, plan


def _export_incidents(desk: Desk) -> None:
    seen = incidents(desk.city, desk.window)
    columns, plan = reports(desk, seen, np.zeros(seen.started.size, dtype=np.bool_))
    messy = desk.mess("traffic_incidents", columns, plan)
    write_json_lines(desk.inbound / "transport" / "交通事件.jsonl", messy, unquoted=("injured",))
    desk.note("traffic_incidents", messy, "transport/交通事件.jsonl")
