"""政务服务局: applications as an Excel sheet made for people, with a title and merged headings."""

from pathlib import Path

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Messy, Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk, Sheet, daily_id
from cityloop.demo.exports.writers import Dialect, write_delimited, write_excel
from cityloop.demo.noise import BoolArray, IntArray
from cityloop.demo.people import wrong_check_digit
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.text import Text, blank_where, decimal, plain, taken, words
from cityloop.demo.world.services import CHANNELS, GRADES, SERVICE_ITEMS, Applications, applications

_GROUPS = (
    ("申请信息", ("办件编号", "事项编码", "事项名称", "申请人", "证件号码", "申请渠道", "所属区")),
    ("办理信息", ("受理时间", "办结时间", "办理天数", "办理状态")),
    ("评价信息", ("满意度", "评价得分")),
)
_FILE, _ITEMS_FILE = "services/政务服务办件明细.xlsx", "services/事项清单.csv"


def export(desk: Desk) -> None:
    """Write service items and applications below `services/`."""
    index = np.arange(len(SERVICE_ITEMS))
    items = {
        "事项编码": _item_codes(index),
        "事项名称": words([i[0] for i in SERVICE_ITEMS], index),
        "主管部门": words([i[1] for i in SERVICE_ITEMS], index),
        "承诺时限(工作日)": plain(np.array([i[2] for i in SERVICE_ITEMS])),
    }
    messy = desk.mess("service_items", items)
    write_delimited(desk.inbound / _ITEMS_FILE, messy, Dialect())
    desk.note("service_items", messy, _ITEMS_FILE)

    seen = applications(desk.city, desk.window)
    is_open = decided_at(seen) >= (desk.window.day_numbers()[-1] + 1) * MINUTES_A_DAY
    messy = desk.mess("service_applications", *cases(desk, seen, is_open))
    write_workbook(desk, desk.inbound / _FILE, messy)
    desk.note("service_applications", messy, _FILE)


def decided_at(seen: Applications) -> IntArray:
    """Return when each application is decided, in minutes since 1970-01-01 local time."""
    return seen.accepted + np.rint(seen.processing_days * MINUTES_A_DAY).astype(np.int64)


def write_workbook(desk: Desk, path: Path, messy: Messy) -> None:
    """Write applications as the hall's workbook."""
    write_excel(
        path,
        messy,
        title=f"云江市政务服务中心办件明细表（{desk.issued}导出）",
        groups=_GROUPS,
        numeric=("办理天数", "评价得分", "受理时间"),
    )


def cases(desk: Desk, seen: Applications, is_open: BoolArray) -> Sheet:
    """Return a row for each application; an open one has neither decision nor grade."""
    return _columns(desk, seen, decided_at(seen), is_open), _plan(seen, ~is_open)


def _columns(
    desk: Desk, seen: Applications, decided: IntArray, is_open: BoolArray
) -> dict[str, Text]:
    people = desk.city.residents
    return {
        "办件编号": daily_id("BJ", seen.day, seen.number),
        "事项编码": _item_codes(seen.item),
        "事项名称": words([i[0] for i in SERVICE_ITEMS], seen.item),
        "申请人": taken(people.name, seen.resident),
        "证件号码": taken(people.id_number, seen.resident),
        "申请渠道": words(CHANNELS, seen.channel),
        "所属区": words(desk.district_names, seen.district),
        "受理时间": moment_text(seen.accepted),
        "办结时间": blank_where(moment_text(decided), is_open),
        "办理天数": blank_where(decimal(seen.processing_days, 1), is_open),
        "办理状态": words(("已办结", "办理中"), is_open.astype(np.int64)),
        "满意度": blank_where(words(GRADES, seen.grade), is_open),
        "评价得分": blank_where(plain(seen.grade + 1), is_open),
    }


def _plan(seen: Applications, decided: BoolArray) -> Plan:
    return Plan(
        edits=(
            breaks("gb11643", "证件号码", 4, lambda old, _rows: wrong_check_digit(old)),
            breaks("codes", "所属区", 2.5, by_turns("云外区", "南岭区")),
            breaks("range", "办理天数", 2, by_turns("-3", "-1")),
            lacks("申请人", 4),
            mends(
                "date_style", "受理时间", 80, lambda _old, rows: mixed_moments(seen.accepted[rows])
            ),
            mends("full_width", "办理天数", 5, wide),
            mends("unit", "办理天数", 6, around("", "天")),
            mends("spaces", "申请人", 4, around(" ", "　")),
        ),
        duplicate_per_mille=3,
        conflict_per_mille=1,
        conflict=("申请渠道", by_turns("电话")),
        eligible=decided,
    )


def _item_codes(item: IntArray) -> Text:
    return words([f"SX{n:03d}" for n in range(1, len(SERVICE_ITEMS) + 1)], item)
