"""Units of measure: how people read them, and how to turn one that departments write into another of the same kind.

A definition writes a unit as a word in each language, ``{zh: 辆, en: vehicles}``, or as a sign that every language
writes alike, ``km/h``. Factors: SI brochure (BIPM, 9th edition) and GB 3100-1993. Only units with one meaning are listed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cityloop.foundation.definition import Bilingual, OneOrBoth
from cityloop.foundation.errors import CityError, Invalid, closest

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Chinese characters, as a class of a regular expression takes them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: ``base value = factor × value + offset`` in the base unit of its ``kind``."""

    kind: str
    factor: float
    offset: float = 0.0


class UnknownUnit(Invalid):
    """A unit that CityLoop does not know."""

    code = "foundation.unknown_unit"

    def __init__(self, *, unit: str) -> None:
        super().__init__(unit=unit, close=closest(unit, UNITS))


class UnitMismatch(Invalid):
    """Two units measure different things."""

    code = "foundation.unit_mismatch"


class UnitOnlyChinese(Invalid):
    """A unit is a Chinese word, and nobody said what it is in English."""

    code = "foundation.unit_only_chinese"


UnitWords = Annotated[Bilingual, OneOrBoth(pattern=f"^[^{HAN}]+$")]
"""A unit as people read it after a number; one sign counts as the word of both languages."""


def language_fault(words: Bilingual) -> CityError | None:
    """Return what is wrong when the English of a unit is Chinese, None when it is not.

    A check of drafts and not of the type: what was published before English was asked for stays readable.
    """
    return UnitOnlyChinese(unit=words.en) if re.search(f"[{HAN}]", words.en) else None


UNITS: Mapping[str, Unit] = {
    "m": Unit("length", 1), "米": Unit("length", 1), "km": Unit("length", 1000), "公里": Unit("length", 1000),
    "m/s": Unit("speed", 1), "米/秒": Unit("speed", 1), "km/h": Unit("speed", 1 / 3.6),
    "公里/小时": Unit("speed", 1 / 3.6), "mph": Unit("speed", 0.44704),
    "s": Unit("time", 1), "秒": Unit("time", 1), "min": Unit("time", 60), "分钟": Unit("time", 60),
    "h": Unit("time", 3600), "小时": Unit("time", 3600), "d": Unit("time", 86400), "天": Unit("time", 86400),
    "g/m³": Unit("concentration", 1), "mg/m³": Unit("concentration", 1e-3), "毫克/立方米": Unit("concentration", 1e-3),
    "μg/m³": Unit("concentration", 1e-6), "µg/m³": Unit("concentration", 1e-6), "ug/m3": Unit("concentration", 1e-6),
    "微克/立方米": Unit("concentration", 1e-6),
    "K": Unit("temperature", 1), "℃": Unit("temperature", 1, 273.15), "°C": Unit("temperature", 1, 273.15),
    "Pa": Unit("pressure", 1), "hPa": Unit("pressure", 100), "百帕": Unit("pressure", 100), "kPa": Unit("pressure", 1000),
    "mm": Unit("rainfall", 1), "毫米": Unit("rainfall", 1), "cm": Unit("rainfall", 10),
    "share": Unit("share", 1), "%": Unit("share", 0.01), "％": Unit("share", 0.01), "‰": Unit("share", 0.001),
    "元": Unit("money", 1), "万元": Unit("money", 1e4), "亿元": Unit("money", 1e8),
    "人": Unit("people", 1), "万人": Unit("people", 1e4),
    "辆": Unit("vehicles", 1), "次": Unit("times", 1), "件": Unit("items", 1), "个": Unit("pieces", 1), "盏": Unit("pieces", 1),
    "dB": Unit("sound", 1), "分贝": Unit("sound", 1),
}  # fmt: skip
"""Every unit that a contract may name or a value may carry."""


def conversion(source: str, target: str) -> tuple[float, float]:
    """Return ``(factor, offset)`` with ``target value = factor × source value + offset``.

    Raises:
        UnknownUnit: one of the two is not listed.
        UnitMismatch: they measure different things.

    Example:
        >>> factor, offset = conversion("m/s", "km/h")
        >>> round(10 * factor + offset, 6)
        36.0
    """
    for unit in (source, target):
        if unit not in UNITS:
            raise UnknownUnit(unit=unit)
    one, other = UNITS[source], UNITS[target]
    if one.kind != other.kind:
        raise UnitMismatch(source=source, target=target)
    return one.factor / other.factor, (one.offset - other.offset) / other.factor


def spellings_of(target: str) -> Mapping[str, tuple[float, float]]:
    """Return every unit convertible to ``target``, with its factor and offset.

    Raises:
        UnknownUnit: ``target`` is not listed.
    """
    if target not in UNITS:
        raise UnknownUnit(unit=target)
    kind = UNITS[target].kind
    return {name: conversion(name, target) for name, unit in UNITS.items() if unit.kind == kind}
