"""Car parks: how many spaces are taken, every quarter of an hour."""

from dataclasses import dataclass

import numpy as np

from cityloop.demo.noise import FloatArray, IntArray
from cityloop.demo.rhythm import (
    MINUTES_A_DAY,
    SLOT_MINUTES,
    SLOTS_A_DAY,
    Window,
    big_events,
    is_day_off,
)
from cityloop.demo.world.places import CAR_PARK_KINDS, City

# Share of spaces taken at 0, 3, 6 … 24 o'clock on working days and on days off.
_HOURS = np.arange(0, 27, 3)
_WORKING = {
    "office": (8, 6, 10, 78, 86, 88, 70, 24, 8), "mall": (6, 4, 5, 16, 48, 44, 62, 66, 6),
    "hospital": (18, 16, 28, 90, 82, 84, 50, 30, 18), "residential": (92, 94, 90, 56, 48, 46, 58, 80, 92),
    "venue": (5, 4, 6, 22, 26, 24, 30, 26, 5),
}  # fmt: skip
_FREE = {
    "office": (7, 6, 7, 16, 20, 20, 18, 12, 7), "mall": (8, 4, 5, 34, 78, 84, 86, 74, 8),
    "hospital": (18, 16, 24, 66, 60, 54, 44, 30, 18), "residential": (93, 94, 93, 82, 72, 68, 72, 84, 93),
    "venue": (5, 4, 6, 30, 38, 36, 40, 30, 5),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parking:
    """Car parks over time."""

    minute: IntArray
    """Shape (slots,)."""
    occupied: IntArray
    """Spaces taken at that minute, shape (slots, car parks), 0 to the car park's spaces."""


def parking(city: City, window: Window) -> Parking:
    """Return the taken spaces of every car park in every quarter of an hour of the window."""
    noise, minute = city.noise, window.minutes(SLOT_MINUTES)
    at, park = minute[:, None], np.arange(len(city.car_parks))[None, :]
    share = _usual_share(minute)[:, city.car_park_kind]
    share = share * (1.0 + 0.10 * noise.normal("car_park.level", 0, park))
    share = share + 0.05 * noise.smooth("car_park.drift", at / 180.0, park)
    share = share + 0.012 * noise.normal("car_park.jitter", at, park) + _event_share(city, window)
    taken = np.clip(share, 0.0, 1.0) * city.car_park_spaces
    return Parking(minute, np.rint(taken).astype(np.int64))


def _usual_share(minute: IntArray) -> FloatArray:
    """Return the share taken by kind of car park, shape (slots, kinds)."""
    hour = (minute % MINUTES_A_DAY) / 60.0
    free = is_day_off(minute // MINUTES_A_DAY)
    curves = [
        np.where(free, np.interp(hour, _HOURS, _FREE[k]), np.interp(hour, _HOURS, _WORKING[k]))
        for k in CAR_PARK_KINDS
    ]
    return np.stack(curves, axis=1) / 100.0


def _event_share(city: City, window: Window) -> FloatArray:
    """Return the extra share taken on event evenings in the venue's district."""
    events = big_events(city.noise, window, venues=len(city.venues))
    extra = np.zeros((window.days * SLOTS_A_DAY, len(city.car_parks)))
    at_venue = city.car_park_kind == CAR_PARK_KINDS.index("venue")
    for day, venue in zip(events.day - window.day_numbers()[0], events.venue, strict=True):
        beside = city.car_parks.district == city.venues.district[venue]
        slots = extra[day * SLOTS_A_DAY : (day + 1) * SLOTS_A_DAY]
        slots[17 * 4 : 23 * 4, beside] = 0.15
        slots[17 * 4 : 23 * 4, beside & at_venue] = 0.62
    return extra
