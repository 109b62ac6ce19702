# ruff: noqa: DTZ001, DTZ007 - departments write local time without a zone
"""Counts what is wrong in the exported files with plain Python, knowing nothing of how it was planted."""

import csv
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl

DISTRICTS = {"云中区", "望江区", "临湖区", "青岚区", "北岸区", "星河区", "梅岭区", "东津区"}
WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
NULLS = {"", "无", "/", "-", "—", "N/A", "null"}
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def gb11643(text: str) -> bool:
    total = sum(int(c) * w for c, w in zip(text[:17], ID_WEIGHTS, strict=True))
    datetime.strptime(text[6:14], "%Y%m%d")
    return "10X98765432"[total % 11] == text[17]


def gb32100(text: str) -> bool:
    total = sum(CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return CREDIT[(31 - total % 31) % 31] == text[17]


def phone(text: str) -> bool:
    return re.fullmatch(r"1[3-9]\d{9}", text) is not None


def moment(text: str) -> tuple[datetime, bool]:
    """The moment, and whether it was written in the usual style."""
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        exact = datetime(1899, 12, 30) + timedelta(days=float(text))
        return (exact + timedelta(microseconds=500_000)).replace(microsecond=0), False
    for style in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S+08:00"):
        try:
            return datetime.strptime(text, style), True
        except ValueError:
            continue
    for style in (
        "%Y/%m/%d %H:%M",
        "%Y/%m/%d",
        "%Y%m%d%H%M%S",
        "%Y%m%d",
        "%Y年%m月%d日%H时%M分",
        "%Y年%m月%d日",
    ):
        try:
            return datetime.strptime(text, style), False
        except ValueError:
            continue
    raise ValueError(text)


@dataclass
class Spec:
    rows: Callable[[Path], Iterable[dict[str, object] | None]]
    key: tuple[str, ...]
    required: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    numbers: dict[str, tuple[float, float, str]] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    formats: dict[str, Callable[[str], bool]] = field(default_factory=dict)
    rules: dict[str, Callable[[dict], bool]] = field(default_factory=dict)


def recount(spec: Spec, inbound: Path) -> dict:
    rules, repaired, seen, by_key, clean = Counter(), Counter(), set(), defaultdict(list), []
    read = duplicate = 0
    for raw in spec.rows(inbound):
        read += 1
        if raw is None:
            rules["shape"] += 1
            continue
        value, broken, mended = judged(spec, raw)
        content = tuple(value.items())
        if content in seen:
            duplicate += 1
            continue
        seen.add(content)
        rules.update(broken)
        by_key[tuple(value[k] for k in spec.key)].append(bool(broken))
        clean.append((tuple(value[k] for k in spec.key), broken, mended))
    good = 0
    for key, broken, mended in clean:
        conflict = len(by_key[key]) > 1 and None not in key
        rules["key_conflict"] += conflict
        if not broken and not conflict:
            good += 1
            repaired.update(mended)
    counts = {
        "read": read,
        "good": good,
        "quarantined": read - good - duplicate,
        "duplicate": duplicate,
    }
    return {**counts, "rules": dict(+rules), "repaired": dict(+repaired)}


def judged(spec: Spec, raw: dict[str, object]) -> tuple[dict, list[str], list[str]]:
    value, broken, mended = {}, [], []
    for name, cell in raw.items():
        given = "" if cell is None else str(cell)
        text = given.strip()
        mended += ["spaces"] * (text != given)
        narrow = text.translate(WIDE_DIGITS)
        mended += ["full_width"] * (narrow != text)
        if narrow in NULLS:
            value[name] = None
            if name in spec.required:
                broken.append("required")
            elif narrow in {"无", "/"}:
                mended.append("missing")
            continue
        value[name] = narrow
        if name in spec.times:
            value[name], usual = moment(narrow)
            mended += ["date_style"] * (not usual)
        elif name in spec.numbers:
            value[name], kind, ok = number(narrow, *spec.numbers[name])
            (mended if ok else broken).extend(kind)
        elif name in spec.codes and narrow not in spec.codes[name]:
            broken.append("codes")
        elif name in spec.formats and not spec.formats[name](narrow):
            broken.append(spec.formats[name].__name__)
    broken += [n for n, holds in spec.rules.items() if not broken and not holds(value)]
    return value, broken, mended


def number(text: str, low: float, high: float, unit: str) -> tuple[object, list[str], bool]:
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)(\D*)", text)
    if not found:
        return text, ["type"], False
    if found[2] not in {"", unit}:
        return text, ["unit"], False
    if not low <= float(found[1]) <= high:
        return text, ["range"], False
    return float(found[1]), (["unit"] if found[2] else []), True


def delimited(pattern: str, encoding: str, *, skip: int = 0, delimiter: str = ","):
    def rows(inbound: Path):
        for path in sorted(inbound.glob(pattern)):
            with path.open(encoding=encoding, newline="") as file:
                for _ in range(skip):
                    next(file)
                reader = csv.reader(file, delimiter=delimiter)
                header = next(reader)
                for row in reader:
                    yield dict(zip(header, row, strict=True)) if len(row) == len(header) else None

    return rows


def json_lines(name: str):
    return lambda inbound: map(json.loads, (inbound / name).read_text("utf-8").splitlines())


def sqlite(name: str, table: str):
    def rows(inbound: Path):
        connection = sqlite3.connect(inbound / name)
        connection.row_factory = sqlite3.Row
        yield from map(dict, connection.execute(f"SELECT * FROM {table}"))
        connection.close()

    return rows


def excel(name: str):
    def rows(inbound: Path):
        lines = openpyxl.load_workbook(inbound / name).active.iter_rows(min_row=3, values_only=True)
        header = next(lines)
        for line in lines:
            yield dict(zip(header, line, strict=True))

    return rows


_POLLUTANTS = {
    "PM2.5": (0, 1000, "μg/m³"), "PM10": (0, 1500, "μg/m³"), "SO2": (0, 1000, "μg/m³"),
    "NO2": (0, 1000, "μg/m³"), "CO": (0, 50, "mg/m³"), "O3": (0, 1000, "μg/m³"),
}  # fmt: skip

SPECS = {
    "detector_readings": Spec(
        delimited("transport/交通检测器_*.csv", "gb18030", skip=2),
        ("检测器编号", "采集时间"), ("检测器编号", "采集时间", "流量(辆)"), ("采集时间",),
        {"流量(辆)": (0, 5000, "辆"), "平均速度(km/h)": (0, 200, "km/h"), "占有率(%)": (0, 100, "%")},
    ),
    "traffic_incidents": Spec(
        json_lines("transport/交通事件.jsonl"), ("incident_id",), ("kind",), ("started_at", "cleared_at"),
        {"injured": (0, 100, "人")}, {"district": DISTRICTS},
    ),
    "police_calls": Spec(
        delimited("police/*.csv", "gb18030", skip=1), ("警情编号",), ("警情类别",), ("报警时间",),
        {"到场用时(分钟)": (0, 600, "分钟")}, {"辖区": DISTRICTS}, {"身份证号": gb11643, "联系电话": phone},
    ),
    "weather_observations": Spec(
        json_lines("weather/observations.jsonl"), ("station_id", "observed_at"), ("temperature",), ("observed_at",),
        {"temperature": (-50, 60, "℃"), "rain": (0, 300, "mm"), "visibility": (0, 100, "km")},
    ),
    "hospital_visits": Spec(
        sqlite("health/his.db", "visits"), ("visit_id",), ("diagnosis_code",), ("arrived_at", "updated_at"),
        {"fee": (0, 1e6, "元")}, {"department_code": {f"{n:02d}" for n in range(1, 13)}}, {"id_number": gb11643, "phone": phone},
    ),
    "service_applications": Spec(
        excel("services/政务服务办件明细.xlsx"), ("办件编号",), ("申请人",), ("受理时间", "办结时间"),
        {"办理天数": (0, 400, "天")}, {"所属区": DISTRICTS}, {"证件号码": gb11643},
    ),
    "air_quality": Spec(
        delimited("environment/空气质量小时值.csv", "utf-8-sig"), ("站点编号", "监测时间"), ("监测时间",), ("监测时间",), _POLLUTANTS,
    ),
    "hotline_calls": Spec(
        json_lines("hotline/12345热线.jsonl"), ("call_id",), ("category",), ("created_at", "closed_at"),
        {}, {"district": DISTRICTS}, {"caller_phone": phone},
    ),
    "parking_occupancy": Spec(
        delimited("parking/停车场余位.csv", "utf-8"), ("停车场编号", "采集时间"), ("占用泊位",), ("采集时间",),
        {"占用泊位": (0, 5000, "个"), "总泊位": (0, 5000, "个")},
        rules={"within_spaces": lambda row: row["占用泊位"] <= row["总泊位"]},
    ),
    "residents": Spec(
        delimited("population/常住人口登记.csv", "gb18030", skip=1), ("身份证号",), ("姓名",), ("出生日期", "登记日期"),
        {}, {"所属区": DISTRICTS}, {"身份证号": gb11643, "联系电话": phone},
    ),
    "companies": Spec(
        delimited("market/企业登记信息.tsv", "utf-16", delimiter="\t"), ("统一社会信用代码",), ("企业名称",), ("成立日期",),
        {"注册资本(万元)": (0, 1e7, "万元")}, {"所属区": DISTRICTS}, {"统一社会信用代码": gb32100, "法人身份证号": gb11643},
    ),
}  # fmt: skip
"""The messy datasets; the registers beside them are clean."""
