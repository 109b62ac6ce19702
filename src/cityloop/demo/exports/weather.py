"""气象局: hourly observations, kept as JSON lines behind a paged HTTP service (`weather_api`)."""

import numpy as np

from cityloop.demo.dates import moment_iso_zoned
from cityloop.demo.defects import Plan, breaks, by_turns, lacks
from cityloop.demo.exports.desk import Desk, Sheet, coordinates
from cityloop.demo.exports.writers import write_json_lines
from cityloop.demo.noise import IntArray
from cityloop.demo.text import decimal, words
from cityloop.demo.world.climate import Weather, weather

OBSERVATIONS, STATIONS = "weather/observations.jsonl", "weather/stations.jsonl"
"""The service's data, below the folder `inbound`."""
NUMBERS = ("temperature", "humidity", "rain", "wind_speed", "pressure", "visibility")
"""Columns that hold bare numbers."""


def export(desk: Desk) -> None:
    """Write stations and observations below `weather/`."""
    stations = desk.city.weather_stations
    index = np.arange(len(stations))
    place = coordinates(stations.points)
    columns = {
        "station_id": words(stations.ids, index),
        "name": words(stations.names, index),
        "district": words(desk.district_names, stations.district),
        "longitude": place["经度"],
        "latitude": place["纬度"],
    }
    messy = desk.mess("weather_stations", columns)
    write_json_lines(desk.inbound / STATIONS, messy, unquoted=("longitude", "latitude"))
    desk.note("weather_stations", messy, STATIONS)

    minute = desk.window.minutes(60)
    seen = weather(desk.city.noise, minute, stations=len(stations))
    messy = desk.mess("weather_observations", *observations(desk, minute, seen))
    write_json_lines(desk.inbound / OBSERVATIONS, messy, unquoted=NUMBERS)
    desk.note("weather_observations", messy, OBSERVATIONS)


def observations(desk: Desk, minute: IntArray, seen: Weather) -> Sheet:
    """Return a row for each of the given moments and each station, moment by moment."""
    stations = desk.city.weather_stations
    index = np.arange(len(stations))
    values = (
        seen.temperature_c,
        seen.humidity_percent,
        seen.rain_mm,
        seen.wind_m_s,
        seen.pressure_hpa,
        seen.visibility_km,
    )
    columns = {
        "station_id": words(stations.ids, np.tile(index, minute.size)),
        "observed_at": moment_iso_zoned(np.repeat(minute, index.size)),
        **{n: decimal(v.reshape(-1), 1) for n, v in zip(NUMBERS, values, strict=True)},
    }
    plan = Plan(
        edits=(
            breaks("range", "temperature", 0.8, by_turns("999.9", "-99.9")),
            breaks("range", "rain", 0.3, by_turns("-9999")),
            lacks("temperature", 0.9),
        ),
        duplicate_per_mille=2,
        conflict_per_mille=0.5,
        conflict=("visibility", by_turns("0.0")),
    )
    return columns, plan
