"""Hospital visits: who came where with what; smog fills the respiratory wards a day or two later."""

from dataclasses import dataclass

import numpy as np

from cityloop.demo.noise import BoolArray, FloatArray, IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY, Window, is_day_off, weekday
from cityloop.demo.world.climate import SMOG_STARTS_UG_M3, daily_pm25_ug_m3
from cityloop.demo.world.places import City

WARDS = (
    ("01", "内科"), ("02", "外科"), ("03", "儿科"), ("04", "妇产科"), ("05", "急诊科"), ("06", "呼吸内科"),
    ("07", "心血管内科"), ("08", "骨科"), ("09", "皮肤科"), ("10", "眼科"), ("11", "口腔科"), ("12", "中医科"),
)  # fmt: skip
"""Hospital departments: code and name."""

DIAGNOSES = (
    ("J06.9", "急性上呼吸道感染", 5, 10), ("J20.9", "急性支气管炎", 5, 6), ("J45.9", "哮喘", 5, 5),
    ("J18.9", "肺炎", 5, 3), ("J44.1", "慢性阻塞性肺病急性加重", 5, 3), ("J30.4", "过敏性鼻炎", 5, 4),
    ("I10", "高血压", 6, 9), ("I25.1", "冠心病", 6, 5), ("E11.9", "2型糖尿病", 0, 7),
    ("K29.7", "胃炎", 0, 6), ("A09.9", "感染性腹泻", 0, 4), ("M54.5", "腰痛", 7, 5),
    ("S52.5", "前臂骨折", 7, 2), ("S93.4", "踝关节扭伤", 1, 4), ("L30.9", "湿疹", 8, 4),
    ("H10.9", "结膜炎", 9, 3), ("K02.9", "龋齿", 10, 5), ("Z34.9", "孕期检查", 3, 5),
    ("R50.9", "发热", 4, 5), ("R10.4", "腹痛", 4, 4), ("B34.9", "病毒感染", 2, 4), ("G47.0", "失眠", 11, 3),
)  # fmt: skip
"""ICD-10 style code, name, index into WARDS, weight."""
RESPIRATORY = tuple(n for n, d in enumerate(DIAGNOSES) if d[0].startswith("J"))
OTHER = tuple(n for n, d in enumerate(DIAGNOSES) if not d[0].startswith("J"))

_VISITS_A_DAY = 1640.0
_HOSPITAL_SHARE = np.array([0.34, 0.17, 0.15, 0.13, 0.11, 0.10])
_RESPIRATORY_SHARE = 0.22
_SMOG_ADDS = 0.9
"""Share of extra respiratory visits when the PM2.5 of the last two days is twice the limit."""


@dataclass(frozen=True, slots=True)
class Visits:
    """Visits in the order of hospital within day, all arrays of the same length."""

    day: IntArray
    hospital: IntArray
    number: IntArray
    """Running number within hospital, day and kind."""
    is_respiratory: BoolArray
    arrived: IntArray
    """Minutes since 1970-01-01 local time."""
    updated: IntArray
    """When the record was last written: minutes to three days after arrival."""
    diagnosis: IntArray
    resident: IntArray
    fee_yuan: FloatArray


def visits(city: City, window: Window) -> Visits:
    """Return all hospital visits of the window."""
    day = window.day_numbers()
    mean = _VISITS_A_DAY * city.scale * _crowding(day)[:, None] * _HOSPITAL_SHARE
    smog = _smog_factor(city, day)[:, None]
    parts = (
        _visits_of(city, "visit", day, mean * (1.0 - _RESPIRATORY_SHARE)),
        _visits_of(city, "visit.respiratory", day, mean * _RESPIRATORY_SHARE * smog),
    )
    order = np.argsort(np.concatenate([p.arrived for p in parts]), kind="stable")
    columns = {
        name: np.concatenate([getattr(p, name) for p in parts])[order] for name in Visits.__slots__
    }
    return Visits(**columns)


def _visits_of(city: City, stream: str, day: IntArray, mean: FloatArray) -> Visits:
    noise, hospitals = city.noise, len(city.hospitals)
    cell_day = np.repeat(day, hospitals)
    cell_hospital = np.tile(np.arange(hospitals), day.size)
    cell, k = noise.arrivals(stream, mean.reshape(-1), cell_day, cell_hospital)
    key = (cell_day[cell], cell_hospital[cell], k)
    respiratory = stream.endswith("respiratory")
    kinds = np.array(RESPIRATORY if respiratory else OTHER)
    weights = [DIAGNOSES[n][3] for n in kinds]
    hour = noise.pick(
        f"{stream}.hour",
        [2, 1, 1, 1, 1, 2, 4, 14, 22, 20, 16, 10, 5, 8, 16, 15, 12, 8, 7, 8, 7, 5, 4, 3],
        *key,
    )
    arrived = key[0] * MINUTES_A_DAY + hour * 60 + noise.pick(f"{stream}.minute", np.ones(60), *key)
    delay = noise.uniform(f"{stream}.delay", *key)
    fee = 18.0 + 60.0 * (1.0 / (1.02 - noise.uniform(f"{stream}.fee", *key)) - 0.98)
    return Visits(
        day=key[0],
        hospital=key[1],
        number=k,
        is_respiratory=np.full(k.size, respiratory),
        arrived=arrived,
        updated=arrived
        + np.where(delay < 0.8, delay * 240.0, (delay - 0.8) * 21_600.0).astype(np.int64),
        diagnosis=kinds[noise.pick(f"{stream}.diagnosis", weights, *key)],
        resident=noise.pick(f"{stream}.patient", np.ones(len(city.residents)), *key),
        fee_yuan=fee.round(2),
    )


def _crowding(day: IntArray) -> FloatArray:
    usual = np.array([1.20, 1.08, 1.04, 1.02, 1.0, 0.84, 0.78])[weekday(day)]
    return np.where(is_day_off(day) & (weekday(day) < 5), 0.75, usual)


def _smog_factor(city: City, day: IntArray) -> FloatArray:
    """Return how much fuller respiratory wards are, from the PM2.5 one and two days before."""
    before = daily_pm25_ug_m3(city.noise, np.arange(day[0] - 2, day[-1] + 1))
    felt = 0.6 * before[1:-1] + 0.4 * before[:-2]
    mild = 0.12 * (felt - 30.0) / 30.0
    return np.asarray(1.0 + mild + _SMOG_ADDS * np.maximum(felt / SMOG_STARTS_UG_M3 - 1.0, 0.0))
