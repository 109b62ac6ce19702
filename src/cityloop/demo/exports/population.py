"""公安局人口部门 and 统计局: the register of residents, and the population by subdistrict."""

import numpy as np

from cityloop.demo.dates import day_text, mixed_days
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk
from cityloop.demo.exports.writers import Dialect, write_delimited, write_excel
from cityloop.demo.geography import subdistricts
from cityloop.demo.noise import IntArray
from cityloop.demo.people import wrong_check_digit
from cityloop.demo.text import Text, joined, plain, words

_FILE, _COUNTS_FILE = "population/常住人口登记.csv", "population/街道人口统计.xlsx"


def export(desk: Desk) -> None:
    """Write residents and subdistrict populations below `population/`."""
    people = desk.city.residents
    messy = desk.mess("residents", _columns(desk), _plan(people.birth_day))
    titles = (f"云江市常住人口登记信息（截至{desk.issued}）",)
    write_delimited(desk.inbound / _FILE, messy, Dialect("gb18030", titles=titles))
    desk.note("residents", messy, _FILE)
    _export_subdistricts(desk)


def _columns(desk: Desk) -> dict[str, Text]:
    noise, people = desk.city.noise, desk.city.residents
    who = np.arange(len(people))
    street = people.district * 6 + noise.pick("home.street", [5, 4, 3, 3, 2, 2], who)
    streets = [name for _, name, _ in subdistricts()]
    roads = [r.name for r in desk.city.geography.roads]
    moved_in = people.birth_day + (
        noise.uniform("moved_in", who) * (desk.window.day_numbers()[-1] - people.birth_day)
    ).astype(np.int64)
    return {
        "身份证号": people.id_number,
        "姓名": people.name,
        "性别": words(("女", "男"), people.is_male.astype(np.int64)),
        "出生日期": day_text(people.birth_day),
        "联系电话": people.phone,
        "所属区": words(desk.district_names, people.district),
        "街道": words(streets, street),
        "住址": joined(
            words(roads, noise.pick("home.road", np.ones(len(roads)), who)),
            plain(1 + noise.pick("home.number", np.ones(300), who)),
            "号",
            plain(101 + 100 * (who % 18) + who % 4),
            "室",
        ),
        "登记日期": day_text(moved_in),
    }


def _plan(birth_day: IntArray) -> Plan:
    return Plan(
        edits=(
            breaks("gb11643", "身份证号", 6, lambda old, _rows: wrong_check_digit(old)),
            breaks("codes", "所属区", 2, by_turns("云外区", "南岭区", "999999")),
            breaks("phone", "联系电话", 1, by_turns("12345", "1540000")),
            lacks("姓名", 3),
            mends("date_style", "出生日期", 30, lambda _old, rows: mixed_days(birth_day[rows])),
            mends("full_width", "联系电话", 5, wide),
            mends("spaces", "姓名", 4, around("　", " ")),
        ),
        duplicate_per_mille=4,
        conflict_per_mille=1.2,
        conflict=("住址", lambda old, _rows: joined(old, "（旧址）")),
        shape_per_mille=1,
    )


def _export_subdistricts(desk: Desk) -> None:
    places = subdistricts()
    index = np.arange(len(places))
    district = np.array([d for _, _, d in places])
    share = np.array([18, 14, 13, 11, 12, 13, 8, 11])[district] / 100.0
    living = 3_260_000 * share / 6.0 * (0.7 + 0.6 * desk.city.noise.uniform("subdistrict", index))
    columns = {
        "街道代码": words([code for code, _, _ in places], index),
        "街道名称": words([name for _, name, _ in places], index),
        "所属区": words(desk.district_names, district),
        "常住人口(人)": plain(living.astype(np.int64)),
        "户籍人口(人)": plain((living * 0.71).astype(np.int64)),
        "60岁以上(人)": plain((living * 0.18).astype(np.int64)),
    }
    messy = desk.mess("subdistrict_population", columns)
    write_excel(
        desk.inbound / _COUNTS_FILE,
        messy,
        title="云江市分街道人口统计表",
        groups=(("行政区划", tuple(columns)[:3]), ("人口", tuple(columns)[3:])),
        numeric=tuple(columns)[3:],
    )
    desk.note("subdistrict_population", messy, _COUNTS_FILE)
