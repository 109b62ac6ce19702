"""Applications at the service hall: how long they take, and what people think of it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from cityloop.demo.noise import FloatArray, IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY, Window, day_number, is_day_off, weekday
from cityloop.demo.world.places import City

SERVICE_ITEMS = (
    ("居住证办理", "公安局", 10, 9), ("户口迁移", "公安局", 15, 5), ("身份证补领", "公安局", 20, 8),
    ("内资企业设立登记", "市场监督管理局", 3, 8), ("个体工商户登记", "市场监督管理局", 2, 9),
    ("食品经营许可", "市场监督管理局", 20, 6), ("企业变更登记", "市场监督管理局", 3, 5),
    ("企业注销登记", "市场监督管理局", 10, 2), ("灵活就业社保登记", "人力资源社会保障局", 5, 7),
    ("养老保险转移", "人力资源社会保障局", 15, 3), ("失业保险金申领", "人力资源社会保障局", 10, 4),
    ("公积金提取", "住房城乡建设局", 3, 8), ("商品房预售许可", "住房城乡建设局", 10, 1),
    ("施工许可", "住房城乡建设局", 15, 2), ("不动产转移登记", "自然资源局", 5, 7),
    ("建设工程规划许可", "自然资源局", 20, 2), ("道路货物运输许可", "交通运输局", 20, 2),
    ("网约车驾驶员证", "交通运输局", 15, 3), ("医师执业注册", "卫生健康委", 20, 2),
    ("医疗机构校验", "卫生健康委", 30, 1), ("排污许可", "生态环境局", 20, 1),
    ("户外广告设置", "城市管理局", 10, 2), ("临时占道许可", "城市管理局", 7, 2), ("高龄津贴申请", "民政局", 20, 4),
)  # fmt: skip
"""Item, department in charge, promised working days, weight."""
REFORMED_ITEMS = (3, 4, 6)
"""Items that a one-stop reform made faster."""
REFORM_ON = date(2026, 8, 17)
"""First day of the reform: afterwards reformed items take about half as long."""
GRADES = ("非常不满意", "不满意", "基本满意", "满意", "非常满意")
CHANNELS = ("窗口", "网上", "移动端", "自助机")

_APPLICATIONS_A_DAY = 186.0


@dataclass(frozen=True, slots=True)
class Applications:
    """Applications in the order of day, all arrays of the same length."""

    day: IntArray
    number: IntArray
    item: IntArray
    resident: IntArray
    district: IntArray
    channel: IntArray
    accepted: IntArray
    """Minutes since 1970-01-01 local time."""
    processing_days: FloatArray
    """Calendar days from acceptance to decision."""
    grade: IntArray
    """Index into GRADES."""


def applications(city: City, window: Window) -> Applications:
    """Return the applications accepted in the window: on working days only."""
    noise, days = city.noise, window.day_numbers()
    busy = np.array([1.2, 1.05, 1.0, 0.95, 0.9, 0.9, 0.9])[weekday(days)]
    mean = np.where(is_day_off(days), 0.0, _APPLICATIONS_A_DAY * city.scale * busy)
    cell, k = noise.arrivals("application", mean, days)
    key = (days[cell], k)
    item = noise.pick("application.item", [i[3] for i in SERVICE_ITEMS], *key)
    took = _processing_days(city, key, item)
    promised = np.array([i[2] for i in SERVICE_ITEMS])[item]
    mood = 3.6 - 1.5 * took / promised + 0.9 * noise.normal("application.mood", *key)
    hour = 9 + noise.pick("application.hour", [14, 18, 14, 3, 4, 13, 14, 9], *key)
    minute = noise.pick("application.minute", np.ones(60), *key)
    return Applications(
        key[0],
        k,
        item,
        noise.pick("application.person", np.ones(len(city.residents)), *key),
        noise.pick("application.district", [22, 14, 12, 10, 12, 14, 7, 9], *key),
        noise.pick("application.channel", [38, 34, 22, 6], *key),
        key[0] * MINUTES_A_DAY + hour * 60 + minute,
        took,
        np.clip(np.rint(mood), 0, 4).astype(np.int64),
    )


def _processing_days(city: City, key: tuple[IntArray, IntArray], item: IntArray) -> FloatArray:
    noise = city.noise
    promised = np.array([i[2] for i in SERVICE_ITEMS], dtype=np.float64)[item]
    share = 0.15 + 0.55 * (noise.uniform("took.a", *key) + noise.uniform("took.b", *key))
    late = np.where(noise.uniform("took.late", *key) < 0.06, 1.8, 1.0)
    reformed = np.isin(item, REFORMED_ITEMS) & (key[0] >= day_number(REFORM_ON))
    took = promised * share * late * np.where(reformed, 0.5, 1.0)
    return np.maximum(took, 0.1).round(1)
