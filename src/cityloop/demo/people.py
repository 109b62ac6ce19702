"""Invented people and companies whose numbers pass the official check-digit rules.

Sources: GB 11643-1999 (citizen identification number, ISO 7064 MOD 11-2), GB 32100-2015 (unified
social credit code, MOD 31-3), GB 11714-1997 (organisation code inside it). The region part starts
with 99, which no real number does; telephone numbers use the unassigned prefix 154.
"""

from dataclasses import dataclass

import numpy as np

from cityloop.demo.geography import district_codes
from cityloop.demo.noise import BoolArray, IntArray, Noise
from cityloop.demo.rhythm import month_number
from cityloop.demo.text import Text, joined, padded, piece, plain, words

_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = np.array([pow(3, n, 31) for n in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_CHECKS = "0123456789X"

_SURNAMES = (*tuple("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"), "欧阳", "上官", "司徒", "诸葛")  # fmt: skip
_GIVEN = tuple("安宁静雅欣怡婷雪梅兰芳丽娜敏洁慧秀英华明强军勇杰涛超浩宇轩博文思源嘉铭睿泽远志鹏飞龙晨曦若溪语桐子涵一诺梓萱")  # fmt: skip

_COMPANY_STEMS = ("云帆", "澜石", "青禾", "星澈", "鹿鸣", "拾穗", "栖木", "听泉", "墨白", "沐川",
                  "砚田", "朗月", "知夏", "远汀", "和煦", "锦程里", "予安", "万象里", "木棉", "汀兰")  # fmt: skip
_COMPANY_MIDDLES = ("瑞", "达", "新", "正", "通", "辰", "益", "丰", "卓", "信")
COMPANY_TRADES = (
    "软件",
    "餐饮",
    "物流",
    "建筑",
    "商贸",
    "医药",
    "教育咨询",
    "机械制造",
    "环保",
    "文化传媒",
)
"""Lines of business, in the order of their index."""


@dataclass(frozen=True, slots=True)
class People:
    """Residents of the city, all columns of the same length."""

    id_number: Text
    name: Text
    is_male: BoolArray
    phone: Text
    birth_day: IntArray
    """Days since 1970-01-01."""
    district: IntArray

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.district)


def invent_people(noise: Noise, count: int, *, until_day: int) -> People:
    """Return `count` people with valid, distinct identification numbers.

    Args:
        noise: the city's noise.
        count: how many people.
        until_day: no one is born after this day (days since 1970-01-01).

    Returns:
        ages 0 to 95 years, thickest between 25 and 60.
    """
    who = np.arange(count)
    age = 95.0 * (noise.uniform("age.a", who) + noise.uniform("age.b", who)) / 2.0
    birth_day = until_day - (age * 365.25).astype(np.int64)
    district = noise.pick("home", [18, 14, 13, 11, 12, 13, 8, 11], who)
    is_male = noise.uniform("sex", who) < 0.508
    return People(
        _id_numbers(district, birth_day, is_male),
        person_names(noise, who),
        is_male,
        phone_numbers(noise, "phone", who),
        birth_day,
        district,
    )


def person_names(noise: Noise, who: IntArray) -> Text:
    """Return a Chinese name for each person number: common surnames, one or two given characters."""
    surname_weights = 1.0 / (np.arange(len(_SURNAMES)) + 6.0)
    first = words(_GIVEN, noise.pick("given", np.ones(len(_GIVEN)), who))
    second_or_none = ("",) * (len(_GIVEN) // 4) + _GIVEN
    second = noise.pick("given.second", np.ones(len(second_or_none)), who)
    surname = words(_SURNAMES, noise.pick("surname", surname_weights, who))
    return joined(surname, first, words(second_or_none, second))


def phone_numbers(noise: Noise, stream: str, who: IntArray) -> Text:
    """Return an 11-digit mobile number of the unassigned prefix 154 for each person number."""
    return plain(15_400_000_000 + (noise.bits(stream, who) % 100_000_000).astype(np.int64))


def company_names(noise: Noise, which: IntArray, trade: IntArray) -> Text:
    """Return the full name of each company, such as 云江青禾瑞软件有限公司."""
    stem = noise.pick("company.stem", np.ones(len(_COMPANY_STEMS)), which)
    middle = noise.pick("company.middle", np.ones(len(_COMPANY_MIDDLES)), which)
    return joined(
        "云江",
        words(_COMPANY_STEMS, stem),
        words(_COMPANY_MIDDLES, middle),
        words(COMPANY_TRADES, trade),
        words(("有限公司", "有限责任公司", "股份有限公司"), which % 3),
    )


def credit_codes(noise: Noise, which: IntArray, district: IntArray) -> Text:
    """Return a valid, distinct unified social credit code for each company number."""
    region = np.array([int(code) for code in district_codes()])[district]
    # 7919 is prime to 10**8, so that numbers spread over the range and none occurs twice.
    body = _digits((which * 7919 + noise.seed % 1_000_003) % 100_000_000, 8)
    organisation = (11 - (body * _ORGANISATION_WEIGHTS).sum(axis=1) % 11) % 11
    letters = _letters(_ORGANISATION_CHECKS)[organisation]
    head = np.broadcast_to([9, 1], (len(which), 2))
    value = np.concatenate([head, _digits(region, 6), body, letters[:, None]], axis=1)
    check = (31 - (value * _CREDIT_WEIGHTS).sum(axis=1) % 31) % 31
    return joined(
        "91",
        plain(region),
        padded(body @ 10 ** np.arange(7, -1, -1), 8),
        words(tuple(_ORGANISATION_CHECKS), organisation),
        words(tuple(_CREDIT_ALPHABET), check),
    )


def wrong_check_digit(codes: Text) -> Text:
    """Return identification numbers or credit codes whose last character is no longer right."""
    last = piece(codes, 17, 18)
    # A letter has no digit to move on from: 0 differs from every letter.
    place = np.array(["0123456789".find(c or "") for c in last.to_pylist()]) + 1
    return joined(piece(codes, 0, 17), words(tuple("01234567890"), place))


def _id_numbers(district: IntArray, birth_day: IntArray, is_male: BoolArray) -> Text:
    region = np.array([int(code) for code in district_codes()])[district]
    birth = birth_day.astype("datetime64[D]")
    month = month_number(birth_day)
    day_of_month = (birth - birth.astype("datetime64[M]")).astype(np.int64) + 1
    born = (1970 + month // 12) * 10_000 + (month % 12 + 1) * 100 + day_of_month
    serial = _serial_within(region * 10**9 + born * 10 + is_male) * 2 + 1 + ~is_male
    number = (region * 10**8 + born) * 1000 + serial
    check = (_digits(number, 17) * _ID_WEIGHTS).sum(axis=1) % 11
    return joined(plain(number), words(tuple(_ID_CHECKS), check))


def _serial_within(group: IntArray) -> IntArray:
    """Return 0, 1, 2 … for the rows of each group, in row order."""
    order = np.argsort(group, kind="stable")
    sorted_group = group[order]
    starts = np.flatnonzero(np.r_[True, sorted_group[1:] != sorted_group[:-1]])
    sizes = np.diff(np.r_[starts, group.size])
    serial = np.empty_like(group)
    serial[order] = np.arange(group.size) - np.repeat(starts, sizes)
    return serial


def _digits(number: IntArray, width: int) -> IntArray:
    """Return the decimal digits of each number, shape (n, width)."""
    return (number[:, None] // 10 ** np.arange(width - 1, -1, -1)) % 10


def _letters(characters: str) -> IntArray:
    return np.array([_CREDIT_ALPHABET.index(c) for c in characters], dtype=np.int64)
