"""Calls of citizens: the hotline 12345 of the demo city and the police's 110."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from cityloop.demo.noise import BoolArray, FloatArray, IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY, Window, big_events, day_number, weekday
from cityloop.demo.world.climate import city_rain_mm, daily_pm25_ug_m3
from cityloop.demo.world.places import City

HOTLINE_CATEGORIES = (
    ("噪声扰民", "生态环境局", 15, 30), ("违章停车", "公安局", 14, 12), ("占道经营", "城市管理局", 9, 20),
    ("道路积水", "城市管理局", 3, 8), ("停水", "水务局", 5, 10), ("物业管理", "住房城乡建设局", 13, 90),
    ("垃圾清运", "城市管理局", 8, 18), ("空气污染", "生态环境局", 4, 40), ("路灯故障", "城市管理局", 6, 36),
    ("公交出行", "交通运输局", 7, 48), ("社保咨询", "人力资源社会保障局", 8, 6), ("办事咨询", "政务服务局", 8, 4),
)  # fmt: skip
"""Category, department that answers, weight on an ordinary day, usual hours until closed."""

HOTLINE_CONTENTS = (
    "{place}附近夜间施工声音很大，无法休息", "{place}人行道上停满了车，行人只能走机动车道",
    "{place}路口摊贩占道，通行困难", "{place}下雨后积水没过脚踝，车辆无法通过",
    "{place}一带停水，希望告知恢复时间", "{place}小区物业长期不维修电梯",
    "{place}垃圾桶满溢，多日无人清运", "{place}附近有刺鼻气味，怀疑有工厂排放",
    "{place}路灯连续几晚不亮，夜间出行不安全", "{place}公交车等了四十分钟还没有来",
    "咨询灵活就业人员社保缴费办法，家住{place}", "咨询办理居住证需要哪些材料，家住{place}",
)  # fmt: skip
"""One sentence per hotline category; {place} is a subdistrict."""

POLICE_KINDS = ("交通事故", "电信诈骗", "盗窃", "纠纷", "噪声扰民", "群众求助", "走失", "其他")
POLICE_RESULTS = ("现场处置", "移交派出所", "调解完毕", "立案", "电话答复")

WATER_CUT_ON = date(2026, 9, 8)
"""Day on which a water main breaks in 临湖区: a burst of calls to be found."""
_LAKE_DISTRICT = 2
_HOTLINE_A_DAY = 610.0
_POLICE_A_DAY = 215.0
_HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 13, 15, 15, 13, 9, 11, 14, 14, 13, 12, 11, 11, 10, 8, 6, 4)


@dataclass(frozen=True, slots=True)
class HotlineCalls:
    """Hotline calls in the order of day, all arrays of the same length."""

    day: IntArray
    number: IntArray
    created: IntArray
    """Minutes since 1970-01-01 local time."""
    closed: IntArray
    """Minutes since 1970-01-01 local time; may lie after the window: then the call is still open."""
    category: IntArray
    district: IntArray
    subdistrict: IntArray
    resident: IntArray
    is_satisfied: BoolArray


@dataclass(frozen=True, slots=True)
class PoliceCalls:
    """110 calls in the order of day, all arrays of the same length."""

    day: IntArray
    number: IntArray
    reported: IntArray
    kind: IntArray
    district: IntArray
    resident: IntArray
    result: IntArray
    response_min: IntArray


def hotline_calls(city: City, window: Window) -> HotlineCalls:
    """Return the hotline calls of the window; events, floods, smog and a water cut raise them."""
    noise, days = city.noise, window.day_numbers()
    mean = _hotline_mean(city, window)
    shape = mean.shape
    cells = [
        axis.reshape(-1) for axis in np.meshgrid(days, *map(np.arange, shape[1:]), indexing="ij")
    ]
    cell, k = noise.arrivals("hotline", mean.reshape(-1), *cells)
    day, district, category = (axis[cell] for axis in cells)
    key = (day, district, category, k)
    created = _moment(city, "hotline", day, key)
    usual = np.array([c[3] for c in HOTLINE_CATEGORIES])[category]
    slow = np.where(noise.uniform("hotline.slow", *key) < 0.08, 4.0, 1.0)
    hours = usual * slow * (0.3 + 1.4 * noise.uniform("hotline.hours", *key))
    pleased = noise.uniform("hotline.pleased", *key) < 0.95 - 0.12 * np.minimum(hours / usual, 4.0)
    start = np.searchsorted(day, days)
    return HotlineCalls(
        day,
        np.arange(day.size) - start[day - days[0]],
        created,
        created + np.maximum((hours * 60).astype(np.int64), 5),
        category,
        district,
        district * 6 + noise.pick("hotline.street", [5, 4, 3, 3, 2, 2], *key),
        noise.pick("hotline.caller", np.ones(len(city.residents)), *key),
        pleased,
    )


def police_calls(city: City, window: Window) -> PoliceCalls:
    """Return the 110 calls of the window; weekends bring more quarrels and noise."""
    noise, days = city.noise, window.day_numbers()
    mean = _POLICE_A_DAY * city.scale * np.where(weekday(days) >= 5, 1.12, 1.0)
    cell, k = noise.arrivals("police", mean, days)
    key = (days[cell], k)
    return PoliceCalls(
        key[0],
        k,
        _moment(city, "police", key[0], key),
        noise.pick("police.kind", [26, 9, 8, 19, 14, 16, 2, 6], *key),
        noise.pick("police.district", [20, 14, 13, 10, 11, 13, 8, 11], *key),
        noise.pick("police.caller", np.ones(len(city.residents)), *key),
        noise.pick("police.result", [46, 14, 22, 8, 10], *key),
        3 + (22 * noise.uniform("police.response", *key) ** 2).astype(np.int64),
    )


def _moment(city: City, stream: str, day: IntArray, key: tuple[IntArray, ...]) -> IntArray:
    hour = city.noise.pick(f"{stream}.hour", _HOURS, *key)
    minute = city.noise.pick(f"{stream}.minute", np.ones(60), *key)
    return day * MINUTES_A_DAY + hour * 60 + minute


def _hotline_mean(city: City, window: Window) -> FloatArray:
    """Return the expected calls by day, district and category."""
    days = window.day_numbers()
    weight = np.array([c[2] for c in HOTLINE_CATEGORIES], dtype=np.float64)
    district = np.array([18, 14, 13, 11, 12, 13, 8, 11]) / 100.0
    mean = np.ones((days.size, 1, 1)) * district[:, None] * (weight / weight.sum())
    mean *= np.where(weekday(days) >= 5, 0.82, 1.06)[:, None, None]
    name = [c[0] for c in HOTLINE_CATEGORIES]
    hours = days[:, None] * MINUTES_A_DAY + 60 * np.arange(24)
    wet = city_rain_mm(city.noise, hours).max(axis=1)
    mean[:, :, name.index("道路积水")] *= (1.0 + np.maximum(wet - 6.0, 0.0) * 0.45)[:, None]
    smog = np.maximum(daily_pm25_ug_m3(city.noise, days) / 75.0 - 1.0, 0.0)
    mean[:, :, name.index("空气污染")] *= (1.0 + 5.0 * smog)[:, None]
    events = big_events(city.noise, window, venues=len(city.venues))
    busy = (events.day - days[0], city.venues.district[events.venue])
    for category, factor in (
        ("噪声扰民", 3.0),
        ("违章停车", 3.6),
        ("占道经营", 2.4),
        ("公交出行", 2.2),
    ):
        mean[(*busy, np.full(events.day.size, name.index(category)))] *= factor
    mean[days == day_number(WATER_CUT_ON), _LAKE_DISTRICT, name.index("停水")] *= 60.0
    return np.asarray(mean * _HOTLINE_A_DAY * city.scale)
