"""城市管理局: car parks every quarter of an hour as plain CSV, and their register."""

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, plus, wide
from cityloop.demo.exports.desk import Desk, Sheet, coordinates
from cityloop.demo.exports.writers import Dialect, write_delimited
from cityloop.demo.noise import IntArray
from cityloop.demo.text import plain, words
from cityloop.demo.world.parking import Parking, parking

_FILE, _REGISTER_FILE = "parking/停车场余位.csv", "parking/停车场名录.csv"
_KINDS = ("写字楼", "商场", "医院", "住宅小区", "场馆")
_FEES_YUAN = (5, 6, 4, 2, 8)


def export(desk: Desk) -> None:
    """Write the register and the occupancy of car parks below `parking/`."""
    city = desk.city
    parks = np.arange(len(city.car_parks))
    columns = {
        "停车场编号": words(city.car_parks.ids, parks),
        "停车场名称": words(city.car_parks.names, parks),
        "类型": words(_KINDS, city.car_park_kind),
        "所属区": words(desk.district_names, city.car_parks.district),
        "总泊位": plain(city.car_park_spaces),
        "收费标准(元/小时)": plain(np.array(_FEES_YUAN)[city.car_park_kind]),
        **coordinates(city.car_parks.points),
    }
    messy = desk.mess("car_parks", columns)
    write_delimited(desk.inbound / _REGISTER_FILE, messy, Dialect())
    desk.note("car_parks", messy, _REGISTER_FILE)

    seen = parking(city, desk.window)
    messy = desk.mess("parking_occupancy", *occupancy(desk, seen))
    write_delimited(desk.inbound / _FILE, messy, Dialect())
    desk.note("parking_occupancy", messy, _FILE)


def occupancy(desk: Desk, seen: Parking) -> Sheet:
    """Return a row for each slot and car park, slot by slot."""
    city = desk.city
    parks = np.arange(len(city.car_parks))
    at, park = np.repeat(seen.minute, parks.size), np.tile(parks, seen.minute.size)
    columns = {
        "停车场编号": words(city.car_parks.ids, park),
        "采集时间": moment_text(at),
        "总泊位": plain(city.car_park_spaces[park]),
        "占用泊位": plain(seen.occupied.reshape(-1)),
    }
    return columns, _plan(at, city.car_park_spaces[park])


def _plan(at: IntArray, spaces: IntArray) -> Plan:
    return Plan(
        edits=(
            breaks(
                "within_spaces",
                "占用泊位",
                0.6,
                lambda _old, rows: plain(spaces[rows] + 1 + rows % 90),
            ),
            breaks("range", "占用泊位", 0.3, by_turns("-5", "-1")),
            breaks("type", "占用泊位", 0.15, by_turns("离线", "设备故障")),
            lacks("占用泊位", 0.4),
            mends("full_width", "占用泊位", 0.6, wide),
            mends("unit", "占用泊位", 0.5, around("", "个")),
            mends("date_style", "采集时间", 2.2, lambda _old, rows: mixed_moments(at[rows])),
            mends("spaces", "停车场编号", 0.5, around(" ", " ")),
        ),
        duplicate_per_mille=0.8,
        conflict_per_mille=0.2,
        conflict=("总泊位", plus(10)),
        shape_per_mille=0.15,
    )
