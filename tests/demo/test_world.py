from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from cityloop.demo.rhythm import MINUTES_A_DAY, Window, big_events, day_number, is_day_off
from cityloop.demo.world import build_city
from cityloop.demo.world.calls import HOTLINE_CATEGORIES, WATER_CUT_ON, hotline_calls, police_calls
from cityloop.demo.world.climate import city_rain_mm, daily_pm25_ug_m3, weather
from cityloop.demo.world.health import visits
from cityloop.demo.world.parking import parking
from cityloop.demo.world.places import CAR_PARK_KINDS
from cityloop.demo.world.services import REFORM_ON, REFORMED_ITEMS, applications
from cityloop.demo.world.streets import incidents, traffic

SEEDS = (20260901, 7)
QUARTER = Window.ending(date(2026, 9, 30), days=92)
LAST_DAY = Window.ending(date(2026, 9, 30), days=1)


@pytest.fixture(scope="module", params=SEEDS)
def city(request):
    return build_city(request.param, scale=0.15, until_day=day_number(QUARTER.first_on))


def by_day(day):
    return np.bincount(day - QUARTER.day_numbers()[0], minlength=QUARTER.days)


@pytest.mark.parametrize(
    "happening", [incidents, visits, hotline_calls, police_calls, applications]
)
def test_a_day_is_the_same_alone_and_within_a_quarter(city, happening):
    whole, alone = happening(city, QUARTER), happening(city, LAST_DAY)
    for column in fields(alone):
        short, long = getattr(alone, column.name), getattr(whole, column.name)
        if isinstance(short, tuple):
            short, long = short[1], long[1]
        np.testing.assert_array_equal(short, long[len(long) - len(short) :])


def test_sensors_are_the_same_alone_and_within_a_quarter(city):
    np.testing.assert_array_equal(
        traffic(city, LAST_DAY).volume, traffic(city, QUARTER).volume[-96:]
    )
    np.testing.assert_array_equal(
        parking(city, LAST_DAY).occupied, parking(city, QUARTER).occupied[-96:]
    )


def test_heavy_rain_slows_rush_hour_traffic_by_an_eighth_to_a_third(city):
    seen = traffic(city, QUARTER)
    rain = city_rain_mm(city.noise, seen.minute)
    hour = seen.minute % MINUTES_A_DAY // 60
    rush = np.isin(hour, [8, 18]) & ~is_day_off(seen.minute // MINUTES_A_DAY)
    dry, wet = (seen.speed_kmh[rush & part].mean() for part in (rain == 0, rain > 5))
    assert 0.13 < 1 - wet / dry < 0.33


def test_rush_hours_are_slower_than_nights(city):
    seen = traffic(city, QUARTER)
    hour = seen.minute % MINUTES_A_DAY // 60
    assert seen.speed_kmh[hour == 8].mean() < 0.75 * seen.speed_kmh[hour == 3].mean()


def test_an_accident_slows_its_detector_for_a_while(city):
    seen, happened = traffic(city, QUARTER), incidents(city, QUARTER)
    slot = (happened.started - seen.minute[0]) // 15
    inner = (slot > 8) & (slot < seen.minute.size - 12)
    slot, where = slot[inner], happened.detector[inner]
    before, during = seen.speed_kmh[slot - 4, where].mean(), seen.speed_kmh[slot + 1, where].mean()
    assert during < 0.7 * before
    assert seen.speed_kmh[slot + 10, where].mean() > 0.9 * before


def test_smog_fills_respiratory_wards_one_or_two_days_later(city):
    seen = visits(city, QUARTER)
    share = by_day(seen.day[seen.is_respiratory]) / by_day(seen.day)
    smog = daily_pm25_ug_m3(city.noise, QUARTER.day_numbers())
    lags = [np.corrcoef(smog[: smog.size - n], share[n:])[0, 1] for n in range(5)]
    assert np.argmax(lags) in {1, 2}
    assert max(lags) > 0.4


def test_big_events_raise_calls_and_fill_car_parks(city):
    events = big_events(city.noise, QUARTER, venues=3)
    calls = hotline_calls(city, QUARTER)
    noisy = [n for n, c in enumerate(HOTLINE_CATEGORIES) if c[0] in {"噪声扰民", "违章停车"}]
    event_day = np.isin(QUARTER.day_numbers(), events.day)
    near = np.isin(calls.district, city.venues.district) & np.isin(calls.category, noisy)
    daily = by_day(calls.day[near])
    assert daily[event_day].mean() > 1.3 * daily[~event_day].mean()
    share = parking(city, QUARTER).occupied / city.car_park_spaces
    venue = city.car_park_kind == CAR_PARK_KINDS.index("venue")
    evening = share.reshape(QUARTER.days, 96, -1)[:, 80, venue].mean(axis=1)
    assert evening[event_day].mean() > evening[~event_day].mean() + 0.1


def test_the_water_cut_and_the_reform_can_be_found(city):
    calls = hotline_calls(city, QUARTER)
    water = [c[0] for c in HOTLINE_CATEGORIES].index("停水")
    daily = by_day(calls.day[(calls.category == water) & (calls.district == 2)])
    assert QUARTER.day_numbers()[daily.argmax()] == day_number(WATER_CUT_ON)
    seen = applications(city, QUARTER)
    reformed, after = np.isin(seen.item, REFORMED_ITEMS), seen.day >= day_number(REFORM_ON)
    took = [seen.processing_days[reformed & part].mean() for part in (~after, after)]
    assert took[1] < 0.65 * took[0]


def test_what_sensors_report_is_possible(city):
    seen, parked = traffic(city, QUARTER), parking(city, QUARTER)
    assert seen.volume.min() >= 0
    assert seen.volume.max() < 5000
    assert seen.speed_kmh.min() > 0
    assert seen.speed_kmh.max() < 130
    assert seen.occupancy_percent.min() >= 0
    assert seen.occupancy_percent.max() <= 100
    assert parked.occupied.min() >= 0
    assert (parked.occupied <= city.car_park_spaces).all()
    air = weather(city.noise, QUARTER.minutes(60), stations=3)
    assert air.temperature_c.min() > -15
    assert air.temperature_c.max() < 45
    assert air.rain_mm.min() == 0
