"""市场监督管理局: companies as tab-separated text in UTF-16, as its old database writes it."""

import numpy as np

from cityloop.demo.dates import day_text, mixed_days
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk
from cityloop.demo.exports.writers import Dialect, write_delimited
from cityloop.demo.noise import IntArray
from cityloop.demo.people import COMPANY_TRADES, company_names, credit_codes, wrong_check_digit
from cityloop.demo.text import Text, joined, plain, taken, words

_FILE = "market/企业登记信息.tsv"
_CAPITALS_WAN_YUAN = (10, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000)
_STATES = ("存续", "在业", "注销", "吊销")


def export(desk: Desk) -> None:
    """Write the companies below `market/`."""
    city, noise = desk.city, desk.city.noise
    which = np.arange(city.companies)
    last = int(desk.window.day_numbers()[-1])
    founded = last - (9000 * noise.uniform("company.age", which) ** 2).astype(np.int64) - 1
    messy = desk.mess("companies", _columns(desk, which, founded), _plan(founded))
    # "utf-16" writes the byte-order mark and the machine's order: little-endian everywhere we run.
    write_delimited(desk.inbound / _FILE, messy, Dialect("utf-16", "\t"))
    desk.note("companies", messy, _FILE)


def _columns(desk: Desk, which: IntArray, founded: IntArray) -> dict[str, Text]:
    noise, people = desk.city.noise, desk.city.residents
    trade = noise.pick("company.trade", [12, 20, 9, 10, 22, 6, 5, 7, 3, 6], which)
    district = noise.pick("company.district", [24, 14, 10, 9, 12, 17, 6, 8], which)
    boss = noise.pick("company.boss", np.ones(len(people)), which)
    roads = [r.name for r in desk.city.geography.roads]
    capital = noise.pick("company.capital", [14, 10, 20, 22, 10, 5, 9, 6, 2, 2], which)
    return {
        "统一社会信用代码": credit_codes(noise, which, district),
        "企业名称": company_names(noise, which, trade),
        "行业": words(COMPANY_TRADES, trade),
        "法定代表人": taken(people.name, boss),
        "法人身份证号": taken(people.id_number, boss),
        "注册资本(万元)": plain(np.array(_CAPITALS_WAN_YUAN)[capital]),
        "成立日期": day_text(founded),
        "所属区": words(desk.district_names, district),
        "住所": joined(
            words(roads, noise.pick("company.road", np.ones(len(roads)), which)),
            plain(1 + noise.pick("company.number", np.ones(400), which)),
            "号",
        ),
        "经营状态": words(_STATES, noise.pick("company.state", [55, 36, 7, 2], which)),
    }


def _plan(founded: IntArray) -> Plan:
    return Plan(
        edits=(
            breaks("gb32100", "统一社会信用代码", 6, lambda old, _rows: wrong_check_digit(old)),
            breaks("gb11643", "法人身份证号", 2, lambda old, _rows: wrong_check_digit(old)),
            breaks("codes", "所属区", 2, by_turns("云外区", "南岭区")),
            breaks("range", "注册资本(万元)", 1, by_turns("-1", "-100")),
            lacks("企业名称", 3),
            mends("date_style", "成立日期", 30, lambda _old, rows: mixed_days(founded[rows])),
            mends("unit", "注册资本(万元)", 25, around("", "万元")),
            mends("full_width", "注册资本(万元)", 7, wide),
            mends("spaces", "企业名称", 5, around(" ", " ")),
        ),
        duplicate_per_mille=5,
        conflict_per_mille=1.5,
        conflict=("住所", lambda old, _rows: joined(old, "（迁址）")),
        shape_per_mille=1.5,
    )
