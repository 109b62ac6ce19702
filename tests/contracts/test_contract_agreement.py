"""The compiled SQL and the plain-Python oracle give the same verdict on the same messy values.

CITYLOOP_TEST_EXAMPLES raises the number of examples a field for a long search.
"""

import os
from datetime import UTC, date, datetime
from typing import Any

import contract_oracle as oracle
import pytest
from contract_rows import CODES, Judge, dataset, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cityloop.contracts.model import FieldDefinition

FIELDS: dict[str, dict[str, Any]] = {
    "text": field("v"),
    "text_required": field("v", required=True, pattern="[A-Z]{0,3}.*"),
    "integer": field("v", "integer", unit="人", min=-5, max=2**60),
    "integer_plain": field("v", "integer", default=7),
    "number": field("v", "number", unit="km/h", min=-1000),
    "number_celsius": field("v", "number", unit="℃"),
    "share": field("v", "number", unit="share", max=1.0),
    "number_plain": field("v", "number", required=True),
    "boolean": field("v", "boolean"),
    "date": field("v", "date", min=date(1950, 1, 1)),
    "date_mdy": field("v", "date", date_order="mdy"),
    "timestamp": field("v", "timestamp"),
    "timestamp_dmy": field("v", "timestamp", date_order="dmy", max=date(2027, 1, 1)),
    "timestamp_urumqi": field("v", "timestamp", time_zone="Asia/Urumqi", min=datetime.fromisoformat('1995-01-01 08:00')),
    "codes": field("v", codes="district"),
    "codes_many": field("v", codes="stations", required=True),
    "gb11643": field("v", format="gb11643"),
    "gb32100": field("v", format="gb32100"),
    "luhn": field("v", format="luhn"),
    "phone": field("v", format="phone"),
    "plate": field("v", format="plate"),
}  # fmt: skip
NULLS = ["", "无", "/", "-", "N/A", "null", "-999", "9999-12-31", "否定"]

digits = st.text("0123456789", max_size=6)
number = st.one_of(
    st.integers(-(2**64), 2**64).map(str),
    st.floats(allow_nan=True).map(str),
    st.builds("{}{}{}{}".format, st.sampled_from(["", "+", "-", "+-"]), digits, st.sampled_from(["", ".", ",", "_", "e", "E-"]), digits),
    st.integers(0, 10**9).map("{:,}".format),
    st.builds("{}{}{}".format, st.decimals(-500, 500, places=2), st.sampled_from(["", " "]), st.sampled_from(["km/h", "KM/H", "公里/小时", "m/s", "%", "％", "℃", "°C", "人", "万人", "辆", "斤", "m2", "℃℃", "e", "x5"])),
)  # fmt: skip
day = st.one_of(
    st.dates(date(1995, 1, 1), date(2100, 1, 1)),
    st.sampled_from([date(2024, 2, 29), date(1000, 1, 1), date(9999, 12, 31), date(1900, 1, 1)]),
)
DAY_STYLES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d", "%m/%d/%Y", "%d-%m-%Y", "%Y-%m", "%y-%m-%d")  # fmt: skip
written_day = st.one_of(
    st.builds(lambda d, style: d.strftime(style), day, st.sampled_from(DAY_STYLES)),
    st.builds("{}-{}-{}".format, st.integers(0, 12000), st.integers(0, 14), st.integers(0, 33)),
    st.builds(
        "{}年{}月{}日".format, st.integers(1990, 2050), st.integers(1, 13), st.integers(1, 31)
    ),
    st.floats(9000, 110000).map("{:.4f}".format),
    st.integers(9990, 100010).map(str),
)
clock_text = st.one_of(
    st.builds("{}{}{:02}:{:02}{}".format, st.sampled_from(["", "上午", "下午", "AM ", "晚上"]), st.just(""), st.integers(0, 25), st.integers(0, 61), st.sampled_from(["", ":00", ":59.123456", ":60", ":07.1234567", " pm", "AM", "Z", "+08:00", "-0530", "+15:00", "+08", " +08:00", "秒"])),
    st.builds("{}{}时{}分{}".format, st.sampled_from(["", "上午", "下午"]), st.integers(0, 24), st.integers(0, 60), st.sampled_from(["", "5秒", "5"])),
    st.sampled_from(["24:00", "24:00:00", "24:00:01", "24:01", "8", "8时", "8点", "8:", "", ":", "8:5", "080000"]),
)  # fmt: skip
local_time = st.datetimes(*map(datetime.fromisoformat, ("1995-01-01", "2099-01-01")))
moment = st.one_of(
    written_day,
    st.builds("{}{}{}".format, written_day, st.sampled_from([" ", "T", "t", "  ", "", "\t"]), clock_text),
    local_time.map(lambda at: at.strftime("%Y%m%d%H%M%S")),
    local_time.map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S")),
)  # fmt: skip
identity = st.builds(
    "{:06}{}{:03}{}".format,
    st.integers(100000, 999999), day.map(lambda d: d.strftime("%Y%m%d")), st.integers(0, 999), st.sampled_from("0123456789Xx_ "),
)  # fmt: skip
special = st.sampled_from(
    ["11010519491231002X", "11010519491231002x", "110105194902310021", "91350100M000100Y43", "91350100M000100Y44", "9135 0100-M000100Y43",
     "4111111111111111", "4111 1111 1111 1111", "4111111111111112", "13800138000", "+86 138 0013 8000", "0571-88886666", "(0571)88886666",
     "400-800-1234", "浙A12345", "浙A·12345", "浙AD12345", "粤B12345D", "京A1234警", "浙I12345", "1101051949123100 2X", "500105194912310025",
     "临湖区", "临湖", "990102", "GX", "ＧＸ", "S001", "站59", "S060", "无", "是", "否", "TRUE", "ｔｒｕｅ", "Y", "no", "2", "nan", "inf", "-inf", "0x1F",
     "1_000", "1.5", "5.0", "1e3", "9007199254740993", "9223372036854775808", "-9223372036854775808", "1e400", "２０２６年９月１日", "１２．５", "3.5万人", "2.3万人",
     "2026-09-01 08:00:0Z", "2026-09-01T08:00:00Z", "46266.3333", "Ｎ／Ａ", "N/A", "Ｎ/A", "ＮＵＬＬ", "－999", " -999", "-999\t", "　无　"]
)  # fmt: skip
mutated = st.builds(
    lambda words, at, extra: words[: at % (len(words) + 1)] + extra + words[at % (len(words) + 1) :],
    special, st.integers(0, 30), st.sampled_from(["", " ", "\u200b", "\u3000", "1", "X", ",", "\ufeff", "年", "-"]),
)  # fmt: skip
messy = st.one_of(number, moment, identity, special, mutated, st.text(max_size=12), st.sampled_from(NULLS))  # fmt: skip


def wide(text: str) -> str:
    return oracle.widen(text)


dressed = st.one_of(
    messy,
    messy,
    messy.map(wide),
    st.builds("{}{}{}".format, st.sampled_from([" ", "\t", "\u3000", "\ufeff", "\u200b", "\xa0", "\r\n"]), messy, st.sampled_from(["", " ", "\u3000", "\u200b", "\n"])),
    st.none(),
)  # fmt: skip


def comparable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value


@pytest.mark.parametrize("name", FIELDS)
@settings(
    max_examples=int(os.environ.get("CITYLOOP_TEST_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(values=st.lists(dressed.filter(lambda v: v is None or "\0" not in v), min_size=1, max_size=80))  # fmt: skip
def test_sql_and_oracle_give_the_same_verdict(
    judge: Judge, name: str, values: list[str | None]
) -> None:
    contract = dataset(FIELDS[name], nulls=NULLS)
    one: FieldDefinition = contract.fields[0]
    rows = judge.run(judge.compiled(contract), {"v": values})
    for text, row in zip(values, rows, strict=True):
        expected = oracle.judge(text, one, contract, CODES)
        assert [rule for rule, _, _ in row.reasons] == ([expected.rule] if expected.rule else []), repr(text)  # fmt: skip
        if expected.rule is None:
            assert comparable(row.values["v"]) == expected.value, repr(text)
        else:
            assert row.reasons == [(expected.rule, "v", text)]
        assert row.repairs.get("full_width", 0) == expected.full_width, repr(text)
        style = row.repairs.get("date_style", 0) + row.repairs.get("unit", 0)
        assert style == expected.restyled, repr(text)
