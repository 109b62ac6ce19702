"""公安局: 110 calls as GB18030 CSV, every officer with a date style of their own."""

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk, Sheet, daily_id
from cityloop.demo.exports.writers import Dialect, write_delimited
from cityloop.demo.people import wrong_check_digit
from cityloop.demo.text import plain, taken, words
from cityloop.demo.world.calls import POLICE_KINDS, POLICE_RESULTS, PoliceCalls, police_calls

_FILE = "police/110接处警.csv"


def export(desk: Desk) -> None:
    """Write the 110 calls below `police/`."""
    messy = desk.mess("police_calls", *calls(desk, police_calls(desk.city, desk.window)))
    write_delimited(desk.inbound / _FILE, messy, dialect(desk))
    desk.note("police_calls", messy, _FILE)


def dialect(desk: Desk) -> Dialect:
    """Return how the bureau writes its files."""
    return Dialect("gb18030", titles=(f"云江市公安局110接处警情况（统计截至{desk.issued}）",))


def calls(desk: Desk, seen: PoliceCalls) -> Sheet:
    """Return a row for each call."""
    people = desk.city.residents
    columns = {
        "警情编号": daily_id("JQ", seen.day, seen.number),
        "报警人": taken(people.name, seen.resident),
        "联系电话": taken(people.phone, seen.resident),
        "身份证号": taken(people.id_number, seen.resident),
        "警情类别": words(POLICE_KINDS, seen.kind),
        "辖区": words(desk.district_names, seen.district),
        "报警时间": moment_text(seen.reported),
        "到场用时(分钟)": plain(seen.response_min),
        "处置结果": words(POLICE_RESULTS, seen.result),
    }
    plan = Plan(
        edits=(
            breaks("gb11643", "身份证号", 4, lambda old, _rows: wrong_check_digit(old)),
            breaks("phone", "联系电话", 1, by_turns("12345", "1540000", "无号码")),
            breaks("codes", "辖区", 2, by_turns("云外区", "南岭区", "999999")),
            breaks("range", "到场用时(分钟)", 1.5, by_turns("-10", "9999")),
            lacks("警情类别", 4),
            mends(
                "date_style", "报警时间", 550, lambda _old, rows: mixed_moments(seen.reported[rows])
            ),
            mends("full_width", "联系电话", 8, wide),
            mends("spaces", "报警人", 6, around(" ", "  ")),
            mends("unit", "到场用时(分钟)", 10, around("", "分钟")),
        ),
        duplicate_per_mille=5,
        conflict_per_mille=1.5,
        conflict=("处置结果", by_turns("移交分局")),
        shape_per_mille=2,
    )
    return columns, plan
