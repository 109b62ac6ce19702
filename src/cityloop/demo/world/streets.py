"""Traffic on the streets: accidents, and what the detectors see every quarter of an hour.

Speed falls with demand, by up to a quarter in heavy rain, and to about half near an accident for
about an hour; near a big event it falls in the evening.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from cityloop.demo.geography import KM_PER_DEGREE_LAT, KM_PER_DEGREE_LON
from cityloop.demo.noise import FloatArray, IntArray
from cityloop.demo.rhythm import (
    MINUTES_A_DAY,
    SLOT_MINUTES,
    SLOTS_A_DAY,
    Window,
    big_events,
    is_day_off,
    traffic_demand,
)
from cityloop.demo.world.climate import city_rain_mm
from cityloop.demo.world.places import City

RAIN_SLOWS_BY = 0.27
"""Share of speed lost in an endless downpour; half of it is lost at 2 mm/h."""
ACCIDENT_LEAVES = 0.5
"""Share of its speed that traffic keeps beside an accident."""
ACCIDENT_DETECTORS = 4
"""How many of the nearest detectors feel an accident."""

INCIDENT_KINDS = ("追尾", "剐蹭", "抛锚", "侧翻", "撞护栏", "行人事故")
SEVERITIES = ("轻微", "一般", "严重")
_INCIDENTS_A_DAY = 26.0
_FEWEST_INCIDENTS = 0.6
"""Share of the full city's incidents that even a tiny city has, so that there are some to look at."""
_LONGEST_EFFECT_SLOTS = 8
_ORDINARY_MONDAY, _ORDINARY_SUNDAY = date(2026, 9, 7), date(2026, 9, 6)
"""Days whose traffic says at what time incidents happen, whichever window is asked for."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """Traffic incidents in the order of their start, all arrays of the same length."""

    ids: tuple[IntArray, IntArray]
    """Day number and running number within the day."""
    started: IntArray
    """Minutes since 1970-01-01 local time."""
    duration_min: IntArray
    detector: IntArray
    kind: IntArray
    severity: IntArray
    injured: IntArray


@dataclass(frozen=True, slots=True)
class Traffic:
    """What detectors saw, arrays of shape (slots, detectors)."""

    minute: IntArray
    """Start of each slot, shape (slots,)."""
    volume: IntArray
    """Vehicles in a quarter of an hour."""
    speed_kmh: FloatArray
    occupancy_percent: FloatArray


def incidents(city: City, window: Window) -> Incidents:
    """Return the traffic incidents that start in the window: more in rain and in the rush hours."""
    noise, days = city.noise, window.day_numbers()
    quarter_hours = days[:, None] * MINUTES_A_DAY + np.arange(SLOTS_A_DAY) * SLOT_MINUTES
    wet = city_rain_mm(noise, quarter_hours).mean(axis=1)
    mean = (
        _INCIDENTS_A_DAY * max(city.scale, _FEWEST_INCIDENTS) * (1.0 + 0.35 * np.minimum(wet, 3.0))
    )
    cell, k = noise.arrivals("incident", mean, days)
    day = days[cell]
    slot = np.where(
        is_day_off(day),
        noise.pick("incident.slot", _busy_slots(_ORDINARY_SUNDAY), day, k),
        noise.pick("incident.slot", _busy_slots(_ORDINARY_MONDAY), day, k),
    )
    started = (
        day * MINUTES_A_DAY
        + slot * SLOT_MINUTES
        + noise.pick("incident.minute", np.ones(15), day, k)
    )
    severity = noise.pick("incident.severity", [70, 24, 6], day, k)
    minutes = 18 + 45 * noise.uniform("incident.duration", day, k) + 35 * severity
    return Incidents(
        ids=(day, k),
        started=started,
        duration_min=minutes.astype(np.int64),
        detector=noise.pick("incident.place", np.ones(len(city.detectors)), day, k),
        kind=noise.pick("incident.kind", [34, 30, 20, 3, 8, 5], day, k),
        severity=severity,
        injured=np.where(
            severity == 0, 0, noise.pick("incident.injured", [5, 3, 1], day, k) + severity - 1
        ),
    )


def traffic(city: City, window: Window) -> Traffic:
    """Return what every detector saw in every quarter of an hour of the window."""
    noise, minute = city.noise, window.minutes(SLOT_MINUTES)
    at, detector = minute[:, None], np.arange(len(city.detectors))[None, :]
    roads = city.geography.roads
    free_flow = city.of_detectors([r.free_flow_kmh for r in roads]) * (
        1.0 + 0.05 * noise.normal("detector.free_flow", detector[0])
    )
    lanes = city.of_detectors([float(r.lanes) for r in roads])
    busy = 0.80 + 0.35 * noise.uniform("detector.busy", detector[0])
    demand = traffic_demand(minute)[:, None] * busy
    demand = demand * (1.0 + 0.09 * noise.smooth("demand", at / 120.0, detector))
    demand *= 1.0 + _event_crowd(city, window)
    rain = city_rain_mm(noise, minute)
    keeps = (1.0 - RAIN_SLOWS_BY * rain / (rain + 2.0))[:, None] * _accident_keeps(city, window)
    wobble = 1.0 + 0.035 * noise.normal("speed", at, detector)
    speed = free_flow * (1.0 - 0.52 * np.minimum(demand, 1.25) ** 2) * keeps * wobble
    speed = np.clip(speed, 4.0, 118.0)
    volume = demand * (0.55 + 0.45 * keeps) * lanes * 270.0
    volume = volume * (1.0 + 0.05 * noise.normal("volume", at, detector))
    density = volume * 4.0 / (speed * lanes)
    return Traffic(
        minute,
        np.maximum(np.rint(volume), 0.0).astype(np.int64),
        speed,
        np.clip(density * 0.62, 0.0, 96.0),
    )


def _busy_slots(day: date) -> FloatArray:
    return traffic_demand(Window(day, 1).minutes(SLOT_MINUTES)) + 0.05


def _accident_keeps(city: City, window: Window) -> FloatArray:
    """Return the share of speed left by accidents, shape (slots, detectors)."""
    begun = window.earlier(1)
    happened = incidents(city, begun)
    near = city.detectors.nearest(city.detectors, count=ACCIDENT_DETECTORS)[happened.detector]
    first = (happened.started - begun.minutes(SLOT_MINUTES)[0]) // SLOT_MINUTES
    lasts = np.minimum(-(-happened.duration_min // SLOT_MINUTES), _LONGEST_EFFECT_SLOTS)
    step = np.arange(_LONGEST_EFFECT_SLOTS)
    keeps = np.ones(((begun.days * SLOTS_A_DAY) + _LONGEST_EFFECT_SLOTS, len(city.detectors)))
    left = np.where(step[None, :] < lasts[:, None], ACCIDENT_LEAVES, 1.0)
    # Farther detectors feel less: 0.5 at the place itself, 0.8 at the fourth nearest.
    weaker = np.arange(near.shape[1]) * 0.1
    value = np.minimum(left[:, :, None] + weaker[None, None, :], 1.0)
    slot = (first[:, None] + step[None, :])[:, :, None]
    slot, where, value = np.broadcast_arrays(slot, near[:, None, :], value)
    np.minimum.at(keeps, (slot, where), value)
    return keeps[SLOTS_A_DAY : SLOTS_A_DAY * (window.days + 1)]


def _event_crowd(city: City, window: Window) -> FloatArray:
    """Return extra demand near venues on event evenings, shape (slots, detectors)."""
    events = big_events(city.noise, window, venues=len(city.venues))
    extra = np.zeros((window.days * SLOTS_A_DAY, len(city.detectors)))
    gap = (city.venues.points[:, None] - city.detectors.points[None]) * [
        KM_PER_DEGREE_LON,
        KM_PER_DEGREE_LAT,
    ]
    close = np.sqrt((gap**2).sum(axis=2)) < 4.0
    evening = slice(17 * 4, 23 * 4)
    for day, venue, visitors in zip(
        events.day - window.day_numbers()[0], events.venue, events.visitors, strict=True
    ):
        slots = extra[day * SLOTS_A_DAY : (day + 1) * SLOTS_A_DAY]
        slots[evening, close[venue]] = 0.28 * visitors / 30_000.0
    return extra
