"""Units convert within a kind and refuse across kinds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cityloop.foundation.units import UNITS, UnitMismatch, UnknownUnit, conversion, spellings_of

PAIRS = [(a, b) for a in UNITS for b in UNITS if UNITS[a].kind == UNITS[b].kind]


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (36, "km/h", "m/s", 10),
        (0.8, "mg/m³", "μg/m³", 800),
        (25, "℃", "K", 298.15),
        (3.2, "万元", "元", 32_000),
        (45, "%", "share", 0.45),
        (1.5, "小时", "分钟", 90),
    ],
)
def test_known_conversions(value: float, source: str, target: str, expected: float) -> None:
    factor, offset = conversion(source, target)
    assert math.isclose(value * factor + offset, expected)


@given(st.sampled_from(PAIRS), st.floats(-1e6, 1e6))
def test_there_and_back_is_the_same_value(pair: tuple[str, str], value: float) -> None:
    factor, offset = conversion(*pair)
    back, shift = conversion(pair[1], pair[0])
    assert math.isclose((value * factor + offset) * back + shift, value, rel_tol=1e-9, abs_tol=1e-6)


def test_other_kind_is_refused() -> None:
    with pytest.raises(UnitMismatch, match="measure different things"):
        conversion("km/h", "℃")


def test_unknown_unit_names_close_ones() -> None:
    with pytest.raises(UnknownUnit) as raised:
        conversion("km/hour", "km/h")
    assert "km/h" in raised.value.hint("zh")


def test_spellings_of_a_unit_are_all_of_its_kind() -> None:
    assert {UNITS[name].kind for name in spellings_of("μg/m³")} == {"concentration"}
    with pytest.raises(UnknownUnit):
        spellings_of("斤")
