"""市民热线: calls as JSON lines, with the operator's sentence."""

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk, Sheet, daily_id
from cityloop.demo.exports.writers import write_json_lines
from cityloop.demo.geography import subdistricts
from cityloop.demo.noise import BoolArray
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.text import Text, blank_where, taken, words
from cityloop.demo.world.calls import (
    HOTLINE_CATEGORIES,
    HOTLINE_CONTENTS,
    HotlineCalls,
    hotline_calls,
)

_FILE = "hotline/12345热线.jsonl"


def export(desk: Desk) -> None:
    """Write the hotline's calls below `hotline/`."""
    seen = hotline_calls(desk.city, desk.window)
    is_open = seen.closed >= (desk.window.day_numbers()[-1] + 1) * MINUTES_A_DAY
    messy = desk.mess("hotline_calls", *calls(desk, seen, is_open))
    write_json_lines(desk.inbound / _FILE, messy, unquoted=("satisfied",))
    desk.note("hotline_calls", messy, _FILE)


def calls(desk: Desk, seen: HotlineCalls, is_open: BoolArray) -> Sheet:
    """Return a row for each call; an open one has neither end nor verdict."""
    return _columns(desk, seen, is_open), _plan(seen, ~is_open)


def _columns(desk: Desk, seen: HotlineCalls, is_open: BoolArray) -> dict[str, Text]:
    people = desk.city.residents
    streets = [name for _, name, _ in subdistricts()]
    sentences = [text.format(place=street) for text in HOTLINE_CONTENTS for street in streets]
    return {
        "call_id": daily_id("RX", seen.day, seen.number),
        "created_at": moment_text(seen.created),
        "closed_at": blank_where(moment_text(seen.closed), is_open),
        "category": words([c[0] for c in HOTLINE_CATEGORIES], seen.category),
        "content": words(sentences, seen.category * len(streets) + seen.subdistrict),
        "district": words(desk.district_names, seen.district),
        "street": words(streets, seen.subdistrict),
        "caller_name": taken(people.name, seen.resident),
        "caller_phone": taken(people.phone, seen.resident),
        "department": words([c[1] for c in HOTLINE_CATEGORIES], seen.category),
        "status": words(("已办结", "办理中"), is_open.astype(np.int64)),
        "satisfied": blank_where(
            words(("false", "true"), seen.is_satisfied.astype(np.int64)), is_open
        ),
    }


def _plan(seen: HotlineCalls, closed: BoolArray) -> Plan:
    return Plan(
        edits=(
            lacks("category", 2),
            breaks("codes", "district", 1.4, by_turns("云外区", "南岭区")),
            breaks("phone", "caller_phone", 0.7, by_turns("12345", "未留电话")),
            mends(
                "date_style", "created_at", 14, lambda _old, rows: mixed_moments(seen.created[rows])
            ),
            mends("full_width", "caller_phone", 4, wide),
            mends("spaces", "street", 2, around(" ", " ")),
        ),
        duplicate_per_mille=2.5,
        conflict_per_mille=0.7,
        conflict=("status", by_turns("重办")),
        eligible=closed,
    )
