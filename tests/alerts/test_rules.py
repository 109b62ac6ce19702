"""However values come and go, firing and resolving alternate, and both agree with the threshold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cityloop.alerts.checks import check, references
from cityloop.alerts.model import Standing
from cityloop.alerts.rules import Moment, judge
from cityloop.foundation.definition import Snapshot

from .conftest import AIR, PM25, READINGS, alert

START = datetime(2026, 9, 30, tzinfo=UTC)


@given(
    values=st.lists(st.none() | st.integers(0, 20), max_size=40),
    clear=st.none() | st.integers(0, 10),
    needed=st.integers(1, 3),
    above=st.booleans(),
)
def test_episodes_begin_beyond_and_end_clear(
    values: list[int | None], clear: int | None, needed: int, *, above: bool
) -> None:
    sign = 1 if above else -1
    rule = alert(when={"above": 10} if above else {"below": -10}, clear=None if clear is None else sign * clear,
                 **{"for": needed})  # fmt: skip
    before, open_since, row = None, None, 0
    for number, value in enumerate(values):
        signed = None if value is None else float(sign * value)
        verdict = judge(rule, {}, before, signed, Moment(START + timedelta(minutes=number)))
        row = row + 1 if value is not None and value > 10 else 0
        if verdict.change == "fire":
            assert (open_since, value > 10, row >= needed) == (None, True, True)
            open_since = number
        if verdict.change == "resolve":
            assert open_since is not None
            assert value <= (10 if clear is None else clear)
            open_since = None
        if value is None:
            assert verdict.standing.state == "no_data"
        elif open_since is not None:
            assert verdict.standing.state == "firing"
        episode = "e" if open_since is not None else None
        before = Standing(
            {},
            verdict.standing.state,
            signed,
            verdict.standing.since,
            verdict.standing.streak,
            episode,
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"when": {"above": 1, "below": 2}}, {"when": {}}, {"clear": 80}, {"every": "5s"}, {"every": "soon"},
        {"query": {"metrics": ["pm25", "x"]}}, {"query": {"metrics": ["pm25"], "grain": "day"}}, {"for": 0},
    ],
)  # fmt: skip
def test_impossible_alert_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        alert(**fields)


def problems(**fields: object) -> list[tuple[object, str]]:
    made = alert(**fields)
    return [
        (each.path, each.error.code) for each in check(made, Snapshot.of(READINGS, AIR, PM25, made))
    ]


def test_sound_alert_has_no_problems_and_names_what_it_needs() -> None:
    assert problems() == []
    assert [(each.kind, each.name) for each in references(alert())] == [
        ("metric", "pm25"), ("procedure", "work_order"), ("department", "ecology"),
    ]  # fmt: skip


def test_faults_are_found_where_they_stand() -> None:
    order = {"department": "$district", "title": {"zh": "{where}", "en": "x"}}
    query = {"metrics": ["pm25"], "by": ["nowhere"]}
    found = problems(owner=None, query=query, order=order)
    assert found[0] == (("owner",), "alerts.no_owner")
    assert [path for path, _code in found] == [
        ("owner",),
        ("query",),
        ("order", "title"),
        ("order", "department"),
    ]
