"""生态环境局: hourly air quality as CSV with a byte-order mark and units inside the numbers."""

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Edit, Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk, Sheet, coordinates
from cityloop.demo.exports.writers import Dialect, write_delimited
from cityloop.demo.noise import IntArray
from cityloop.demo.text import Text, decimal, joined, words
from cityloop.demo.world.climate import Air, air

_FILE, _STATIONS_FILE = "environment/空气质量小时值.csv", "environment/空气站点.csv"
DIALECT = Dialect("utf-8-sig")
"""How the bureau writes its files."""
_MICROGRAMS = ("PM2.5", "PM10", "SO2", "NO2", "O3")


def export(desk: Desk) -> None:
    """Write air stations and hourly concentrations below `environment/`."""
    stations = desk.city.air_stations
    index = np.arange(len(stations))
    columns = {
        "站点编号": words(stations.ids, index),
        "站点名称": words(stations.names, index),
        "所属区": words(desk.district_names, stations.district),
        **coordinates(stations.points),
    }
    messy = desk.mess("air_stations", columns)
    write_delimited(desk.inbound / _STATIONS_FILE, messy, DIALECT)
    desk.note("air_stations", messy, _STATIONS_FILE)

    minute = desk.window.minutes(60)
    seen = air(desk.city.noise, minute, stations=index.size)
    messy = desk.mess("air_quality", *hourly(desk, minute, seen))
    write_delimited(desk.inbound / _FILE, messy, DIALECT)
    desk.note("air_quality", messy, _FILE)


def hourly(desk: Desk, minute: IntArray, seen: Air) -> Sheet:
    """Return a row for each of the given hours and each station, hour by hour."""
    stations = desk.city.air_stations
    index = np.arange(len(stations))
    at, station = np.repeat(minute, index.size), np.tile(index, minute.size)
    columns = {
        "站点编号": words(stations.ids, station),
        "站点名称": words(stations.names, station),
        "监测时间": moment_text(at),
        "PM2.5": decimal(seen.pm25_ug_m3.reshape(-1), 0),
        "PM10": decimal(seen.pm10_ug_m3.reshape(-1), 0),
        "SO2": decimal(seen.so2_ug_m3.reshape(-1), 0),
        "NO2": decimal(seen.no2_ug_m3.reshape(-1), 0),
        "CO": decimal(seen.co_mg_m3.reshape(-1), 1),
        "O3": decimal(seen.o3_ug_m3.reshape(-1), 0),
    }
    return columns, _plan(at)


def _plan(at: IntArray) -> Plan:
    return Plan(
        edits=(
            breaks("range", "PM2.5", 1.2, by_turns("-999", "9999")),
            breaks("unit", "PM2.5", 0.7, by_turns("35℃", "41km/h")),
            breaks("type", "O3", 0.7, by_turns("校准", "故障")),
            lacks("监测时间", 1.4),
            *_units(360),
            mends("date_style", "监测时间", 20, lambda _old, rows: mixed_moments(at[rows])),
            mends("full_width", "NO2", 5, wide),
            mends("spaces", "站点编号", 5, around(" ", " ")),
            # An optional value written as 无 or / is no defect: it is read as null in a good row.
            *(mends("missing", name, 6, by_turns("无", "/")) for name in ("PM2.5", "SO2", "O3")),
        ),
        duplicate_per_mille=3,
        conflict_per_mille=1,
        conflict=("SO2", lambda old, _rows: joined("1", old)),
        shape_per_mille=1,
    )


def _units(per_mille: float) -> tuple[Edit, ...]:
    """Return the edit that writes units after all six values of a row."""

    def write(old: Text, _rows: IntArray) -> Text:
        # Only CO has decimals, and only CO is given in milligrams.
        has_point = np.array(["." in (cell or "") for cell in old.to_pylist()])
        return joined(old, words(("μg/m³", "mg/m³"), has_point.astype(np.int64)))

    return (mends("unit", (*_MICROGRAMS, "CO"), per_mille, write),)
