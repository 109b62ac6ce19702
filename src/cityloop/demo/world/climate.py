"""Weather and air of the city: what rain, heat and smog there was at any hour.

Rain falls in spells of some hours, smog builds up in still and dry weeks. Both drive the rest of
the simulation: rain slows traffic, smog fills the respiratory wards a day or two later.
"""

from dataclasses import dataclass

import numpy as np

from cityloop.demo.noise import FloatArray, IntArray, Noise
from cityloop.demo.rhythm import MINUTES_A_DAY

SMOG_STARTS_UG_M3 = 75.0
"""Daily mean PM2.5 above which wards fill: the 24-hour limit of GB 3095-2012, class 2."""

_SPELL_HOURS = 9.0


@dataclass(frozen=True, slots=True)
class Weather:
    """Hourly weather, every array of shape (hours, stations)."""

    temperature_c: FloatArray
    humidity_percent: FloatArray
    rain_mm: FloatArray
    wind_m_s: FloatArray
    pressure_hpa: FloatArray
    visibility_km: FloatArray


@dataclass(frozen=True, slots=True)
class Air:
    """Hourly concentrations, every array of shape (hours, stations)."""

    pm25_ug_m3: FloatArray
    pm10_ug_m3: FloatArray
    so2_ug_m3: FloatArray
    no2_ug_m3: FloatArray
    co_mg_m3: FloatArray
    o3_ug_m3: FloatArray


def city_rain_mm(noise: Noise, minute: IntArray) -> FloatArray:
    """Return the hourly rain over the city at each minute, 0 to about 30 mm, mostly 0."""
    hours = minute / 60.0
    wet = noise.smooth("rain.spell", hours / _SPELL_HOURS) + 0.7 * noise.smooth(
        "rain.week", hours / 75.0
    )
    gust = 0.7 + 0.6 * noise.uniform("rain.gust", minute // 60)
    return np.maximum(wet - 1.05, 0.0) ** 1.5 * 9.0 * gust


def city_pm25_ug_m3(noise: Noise, minute: IntArray) -> FloatArray:
    """Return the PM2.5 over the city at each minute: about 30, in a smog 90 to 180."""
    days = minute / MINUTES_A_DAY
    still = noise.smooth("smog.week", days / 4.0) + 0.35 * noise.smooth("smog.day", days)
    smog = np.maximum(still - 0.6, 0.0) * 62.0
    base = 28.0 + 7.0 * noise.smooth("pm25.day", days * 2.0) + 4.0 * np.cos(days * 2 * np.pi)
    washed = 1.0 / (1.0 + city_rain_mm(noise, minute) / 4.0)
    return np.maximum((base + smog) * (0.35 + 0.65 * washed), 4.0)


def daily_pm25_ug_m3(noise: Noise, day: IntArray) -> FloatArray:
    """Return the mean PM2.5 over the city on each day number, from its 24 hours."""
    hours = day[:, None] * MINUTES_A_DAY + 60 * np.arange(24)[None, :]
    return np.asarray(city_pm25_ug_m3(noise, hours).mean(axis=1))


def weather(noise: Noise, minute: IntArray, *, stations: int) -> Weather:
    """Return the weather at each of `stations` stations and each given (whole) hour."""
    at, station = minute[:, None], np.arange(stations)[None, :]
    days, hours = at / MINUTES_A_DAY, at / 60.0
    rain = city_rain_mm(noise, at) * (0.6 + 0.8 * noise.uniform("rain.local", at // 180, station))
    rain = np.where(rain < 0.1, 0.0, rain)
    year = np.cos((days % 365.25 - 200.0) / 365.25 * 2 * np.pi)
    daily = np.cos((hours % 24.0 - 15.0) / 24.0 * 2 * np.pi)
    heat = 17.5 + 11.5 * year + 4.2 * daily + 2.0 * noise.smooth("heat", days / 3.0)
    heat = heat - 2.5 * np.minimum(rain, 1.0) + 0.6 * noise.normal("heat.local", 0, station)
    heat = heat + 0.25 * noise.normal("heat.hour", at // 60, station)
    humidity = (
        68.0 - 11.0 * daily + 18.0 * np.minimum(rain, 1.0) + 6.0 * noise.smooth("damp", days / 2.0)
    )
    wind = 1.2 + np.abs(
        1.3 * noise.smooth("wind", hours / 6.0) + 0.8 * noise.normal("gust", at // 60, station)
    )
    haze = city_pm25_ug_m3(noise, at) / 12.0 + rain * 1.4
    return Weather(
        heat,
        np.clip(humidity + noise.normal("damp.local", at // 60, station), 15.0, 100.0),
        rain,
        wind,
        np.broadcast_to(
            1009.0 - 3.0 * year + 2.5 * noise.smooth("pressure", days / 3.0), heat.shape
        ),
        np.clip(24.0 - haze + 0.5 * noise.normal("visibility", at // 60, station), 0.3, 30.0),
    )


def air(noise: Noise, minute: IntArray, *, stations: int) -> Air:
    """Return the air quality at each of `stations` stations and each given (whole) hour."""
    at, station = minute[:, None], np.arange(stations)[None, :]
    hour, day = at // 60, at / MINUTES_A_DAY
    place = 1.0 + 0.08 * noise.normal("air.place", 0, station)
    pm25 = (
        city_pm25_ug_m3(noise, at) * place * (1.0 + 0.06 * noise.normal("air.pm25", hour, station))
    )
    rush = 1.0 + 0.3 * np.cos((at / 60.0 % 12.0 - 8.0) / 12.0 * 2 * np.pi)
    sun = np.maximum(np.cos((at / 60.0 % 24.0 - 15.0) / 24.0 * 2 * np.pi), 0.0)
    dull = np.minimum(city_rain_mm(noise, at), 3.0) / 3.0
    return Air(
        pm25,
        pm25 * 1.45 + 12.0 * np.abs(noise.normal("air.pm10", hour, station)),
        7.0 + 0.03 * pm25 + 1.5 * np.abs(noise.normal("air.so2", hour, station)),
        (22.0 + 0.12 * pm25) * rush * place + 3.0 * noise.uniform("air.no2", hour, station),
        0.45 + 0.006 * pm25 + 0.08 * np.abs(noise.normal("air.co", hour, station)),
        np.maximum(
            45.0 + (85.0 + 25.0 * noise.smooth("air.sun", day / 3.0)) * sun * (1.0 - 0.6 * dull)
            + 5.0 * noise.normal("air.o3", hour, station),
            6.0,
        ),
    )  # fmt: skip
