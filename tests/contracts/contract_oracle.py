"""The same contract rules once more, in plain Python and row by row: what the compiled SQL must agree with.

Written from docs/contracts.md, not from the compiler. Slow on purpose; imports nothing from the compiler.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cityloop.contracts.model import CodesDefinition, DatasetDefinition, FieldDefinition
from cityloop.foundation.units import UNITS, conversion

BLANKS = "".join(map(chr, [*range(0x21), 0x85, 0xA0, 0x1680, *range(0x2000, 0x200E), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060, 0x3000, 0xFEFF]))  # fmt: skip
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff"
YES = {"是", "y", "yes", "1", "true", "t"}
NO = {"否", "n", "no", "0", "false", "f"}
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
Value = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Verdict:
    value: Value
    rule: str | None = None
    full_width: bool = False
    restyled: bool = False


class Refused(Exception):
    def __init__(self, rule: str) -> None:
        self.rule = rule


def fold(text: str) -> str:
    kept = (character for character in text if character not in HIDDEN)
    return "".join(
        chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else " " if c == "\u3000" else c
        for c in kept
    )


def widen(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" if c == " " else c for c in text)  # fmt: skip


def judge(
    text: str | None,
    field: FieldDefinition,
    dataset: DatasetDefinition,
    codes: Mapping[str, CodesDefinition],
    zone: str = "Asia/Shanghai",
) -> Verdict:
    """Return what the contract says about one value."""
    trimmed = (text or "").strip(BLANKS)
    folded = fold(trimmed).strip(BLANKS)
    plain = field.type == "text" and not field.codes and not field.format
    spellings = codes[field.codes].spellings() if field.codes else {}
    by_folded = {fold(key): value for key, value in spellings.items()}
    if plain:
        tokens = {"", *dataset.nulls, *map(widen, dataset.nulls)}
        nothing = trimmed in tokens
    else:
        nothing = folded == "" or (
            folded in {fold(each.strip(BLANKS)) for each in dataset.nulls}
            and folded not in by_folded
        )
    if nothing:
        return _empty(field, dataset)
    try:
        if plain:
            value, restyled = trimmed, False
        elif field.codes:
            value, restyled = by_folded.get(folded), False
            if value is None:
                raise Refused("codes")
        elif field.format:
            value, restyled = canonical(field.format, folded), False
        else:
            value, restyled = READERS[field.type](folded, field, field.time_zone or zone)
        if field.pattern is not None and not re.fullmatch(field.pattern, str(value)):
            raise Refused("pattern")
        check_range(value, field, field.time_zone or zone)
    except Refused as refused:
        return Verdict(None, refused.rule)
    return Verdict(value, None, not plain and folded != trimmed, restyled)


def _empty(field: FieldDefinition, dataset: DatasetDefinition) -> Verdict:
    if field.default is not None:
        return Verdict(field.default)  # type: ignore[arg-type]
    required = field.required or field.name in dataset.key
    return Verdict(None, "required" if required else None)


def check_range(value: Value, field: FieldDefinition, zone: str) -> None:
    for limit, upper in ((field.min, False), (field.max, True)):
        if limit is None:
            continue
        if isinstance(value, datetime):
            end = limit
            if not isinstance(end, datetime):
                end = datetime.combine(end + timedelta(days=1 if upper else 0), datetime.min.time())  # type: ignore[operator,arg-type]
                if upper:
                    end -= timedelta(microseconds=1)
            bound: Value = end if end.tzinfo else end.replace(tzinfo=ZoneInfo(zone))
        else:
            bound = limit
        if (value > bound) if upper else (value < bound):  # type: ignore[operator]
            raise Refused("range")


def read_number(text: str, field: FieldDefinition, _zone: str) -> tuple[float, bool]:
    number, unit = split_number(text)
    value = float(number)
    if not math.isfinite(value):
        raise Refused("type")
    if unit:
        value = convert(value, unit, field.unit and field.unit.zh)
        if not math.isfinite(value):
            raise Refused("type")
    return value, bool(unit)


def read_integer(text: str, field: FieldDefinition, _zone: str) -> tuple[int, bool]:
    number, unit = split_number(text)
    if not unit and re.fullmatch(r"[+-]?[0-9]+", number) and -(2**63) <= int(number) < 2**63:
        return int(number), False
    value = convert(float(number), unit, field.unit and field.unit.zh) if unit else float(number)
    slack = abs(value) * (1e-9 if unit else 0)
    if not math.isfinite(value) or abs(value) >= 2**53 or abs(value - round(value)) > slack:
        raise Refused("type")
    return round(value), bool(unit)


def split_number(text: str) -> tuple[str, str]:
    """Return number and unit; a unit starts with anything but a digit, a sign, a point, a comma or a blank."""
    number = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?|[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
    unit = r"[^0-9 \t\n\f\r,.+\-].*"
    found = re.fullmatch(rf"({number})[ \t\n\f\r]*({unit})?", text, re.DOTALL)
    if found is None:
        raise Refused("type")
    return found.group(1).replace(",", ""), found.group(2) or ""


def convert(value: float, unit: str, target: str | None) -> float:
    kind = UNITS[target].kind if target else None
    same = [each for each in UNITS if UNITS[each].kind == kind] if kind else []
    found = [each for each in same if each == unit] or [
        e for e in same if e.lower() == unit.lower()
    ]
    if not math.isfinite(value):
        raise Refused("type")
    if len(found) != 1 or target is None:
        raise Refused("unit")
    factor, offset = conversion(found[0], target)
    return value if (factor, offset) == (1, 0) else value * factor + offset


def read_boolean(text: str, _field: FieldDefinition, _zone: str) -> tuple[bool, bool]:
    if text.lower() in YES | NO:
        return text.lower() in YES, False
    raise Refused("type")


DATE_STYLES = (
    r"(?P<y>[0-9]{4})[-/.年](?P<m>[0-9]{1,2})[-/.月](?P<d>[0-9]{1,2})日?",
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
)
ORDERED = {
    "mdy": r"(?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})[-/.](?P<y>[0-9]{4})",
    "dmy": r"(?P<d>[0-9]{1,2})[-/.](?P<m>[0-9]{1,2})[-/.](?P<y>[0-9]{4})",
}
CLOCK = (
    r"(?P<before>上午|下午|[AaPp][Mm])?[ \t\n\f\r]*"
    r"(?P<h>[0-9]{1,2})(?:[时点](?=秒?$)|[:时点](?P<mi>[0-9]{1,2})(?:分(?=秒?$)|[:分](?P<s>[0-9]{1,2})(?:\.(?P<f>[0-9]{1,9}))?)?)?秒?"
    r"[ \t\n\f\r]*(?P<after>[AaPp][Mm])?[ \t\n\f\r]*(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
ISO = r"[0-9]{4}-[0-9][0-9]-[0-9][0-9]([T ][0-9][0-9]:[0-9][0-9](:[0-9][0-9](\.[0-9]+)?)?(Z|[+-][0-9][0-9]:?[0-9][0-9])?)?"


def moment(text: str, field: FieldDefinition) -> tuple[date, timedelta, timedelta | None]:
    """Return day, time of day and offset (None: local)."""
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        serial = float(text)
        seconds = math.floor((serial - math.floor(serial)) * 86400 + 0.5)
        epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - local by definition
        whole = epoch + timedelta(days=math.floor(serial), seconds=seconds)
        return whole.date(), whole - datetime.combine(whole.date(), datetime.min.time()), None
    if re.fullmatch("[0-9]{14}", text):
        text = f"{text[:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"
    styles = [*DATE_STYLES, *([ORDERED[field.date_order]] if field.date_order != "ymd" else [])]
    for style in styles:
        for tail in ("", r"(?:(?<=日)[Tt]?|[Tt \t\n\f\r])[ \t\n\f\r]*(?:" + CLOCK + ")?"):
            found = re.fullmatch(style + tail, text, re.ASCII)
            if found:
                return _moment(found.groupdict())
    raise Refused("type")


def _moment(part: dict[str, str | None]) -> tuple[date, timedelta, timedelta | None]:
    try:
        day = date(int(part["y"] or 0), int(part["m"] or 0), int(part["d"] or 0))
    except ValueError as error:
        raise Refused("type") from error
    hour, minute, second = (int(part.get(key) or 0) for key in ("h", "mi", "s"))
    half = (part.get("before") or "") + (part.get("after") or "")
    if half:
        if not 1 <= hour <= 12 or half.lower() not in ("上午", "下午", "am", "pm"):
            raise Refused("type")
        hour = hour % 12 + (12 if half.lower() in ("下午", "pm") else 0)
    micros = int((part.get("f") or "")[:6].ljust(6, "0"))
    at = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)
    if day.year < 1000 or minute > 59 or second > 59 or at > timedelta(days=1):
        raise Refused("type")
    zone = part.get("zone")
    if zone is None:
        return day, at, None
    digits = re.sub(r"\D", "", zone).ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 14 or minutes > 59:
        raise Refused("type")
    sign = -1 if zone.startswith("-") else 1
    return day, at, sign * timedelta(hours=hours, minutes=minutes)


def read_timestamp(text: str, field: FieldDefinition, zone: str) -> tuple[datetime, bool]:
    day, at, offset = moment(text, field)
    try:
        local = datetime.combine(day, datetime.min.time()) + at
        if offset is None:
            value = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        else:
            value = local.replace(tzinfo=UTC) - offset
    except OverflowError as error:
        raise Refused("type") from error
    return value, not re.fullmatch(ISO, text)


def read_date(text: str, field: FieldDefinition, _zone: str) -> tuple[date, bool]:
    return moment(text, field)[0], not re.fullmatch(ISO, text)


READERS = {
    "number": read_number,
    "integer": read_integer,
    "boolean": read_boolean,
    "date": read_date,
    "timestamp": read_timestamp,
}


def canonical(name: str, text: str) -> str:
    """Return the stored form of a value of this format, or refuse it."""
    value, ok = CANONICAL[name](text)
    if not ok:
        raise Refused(name)
    return value


def gb11643(text: str) -> tuple[str, bool]:
    value = re.sub(r"[ \t\n\f\r]", "", text).upper()
    if not re.fullmatch(r"[1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9X]", value):
        return value, False
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return value, False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(value, weights, strict=False))
    return value, "10X98765432"[total % 11] == value[17]


def gb32100(text: str) -> tuple[str, bool]:
    value = re.sub(r"[ \t\n\f\r-]", "", text).upper()
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if not re.fullmatch(f"[{alphabet}]{{2}}[0-9]{{6}}[{alphabet}]{{10}}", value):
        return value, False
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(alphabet.index(c) * weight for c, weight in zip(value, weights, strict=False))
    return value, alphabet[(31 - total % 31) % 31] == value[17]


def luhn(text: str) -> tuple[str, bool]:
    value = re.sub(r"[ \t\n\f\r-]", "", text).upper()
    if not re.fullmatch("[0-9]{8,19}", value):
        return value, False
    digits = [int(digit) for digit in reversed(value)]
    total = sum(digits[::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return value, total % 10 == 0


def phone(text: str) -> tuple[str, bool]:
    value = re.sub(r"[ \t\n\f\r()]", "", text)
    mobile = re.fullmatch(r"(?:\+|00)?(?:86)?-?(1[3-9][0-9])-?([0-9]{4})-?([0-9]{4})", value)
    service = re.fullmatch(r"([48]00)-?([0-9]{3,4})-?([0-9]{3,4})", value)
    if mobile:
        value = "".join(mobile.groups())
    if service:
        value = "".join(service.groups())
    good = r"1[3-9][0-9]{9}|0[0-9]{2,3}-?[2-9][0-9]{6,7}(-[0-9]{1,6})?|[48]00[0-9]{7}"
    return value, bool(re.fullmatch(good, value))


def plate(text: str) -> tuple[str, bool]:
    value = re.sub(r"[ \t\n\f\r·.-]", "", text).upper()
    tail = "[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[DF][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[DF]"
    return value, bool(re.fullmatch(f"[{PROVINCES}][A-HJ-NP-Z](?:{tail})", value))


CANONICAL = {"gb11643": gb11643, "gb32100": gb32100, "luhn": luhn, "phone": phone, "plate": plate}
