"""An episode is told once when it begins and once when it ends, whatever is evaluated again in between."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cityloop.accounts import DepartmentDefinition
from cityloop.alerts import records
from cityloop.alerts.errors import NoEpisode, OpenRange, Over, PastMoment, UnknownPlace
from cityloop.alerts.model import Silence, Wanted
from cityloop.foundation.audit import audit_log
from cityloop.foundation.errors import Forbidden, NotFound, Unavailable
from cityloop.foundation.outbox import outbox_events
from cityloop.foundation.principal import Principal
from cityloop.metrics import Range

from .conftest import World, alert, words

STRANGER = Principal(id="li", name="li", department="transport")


def test_episode_is_told_once_and_ends_once(world: World) -> None:
    told = [world.see({"S1": value}) for value in (60, 80, 120, 90, 70, 60)]
    assert told == [[], ["alert.fired S1"], [], [], ["alert.resolved S1"], []]
    (episode,) = world.alerts.episodes(world.manager)
    assert (episode.value, episode.worst, episode.resolved_at is None) == (80, 120, False)


def test_evaluating_twice_changes_nothing(world: World) -> None:
    world.define(alert(**{"for": 2}))
    world.see({"S1": 80, "S2": 10})
    before = world.alerts.one(world.manager, "dirty_air")
    world.clock.advance(timedelta(seconds=1))
    for _again in range(3):
        world.alerts.evaluate("dirty_air")
    assert (world.alerts.one(world.manager, "dirty_air"), world.events()) == (before, [])


def test_for_waits_for_evaluations_in_a_row(world: World) -> None:
    world.define(alert(**{"for": 3}))
    told = [world.see({"S1": value}) for value in (80, 80, 10, 80, 80, 80)]
    assert told == [[]] * 5 + [["alert.fired S1"]]


def test_new_data_counts_even_before_every_has_passed(world: World) -> None:
    world.define(alert(**{"for": 2}))
    second = timedelta(seconds=1)
    assert [world.see({"S1": 80}, after=second) for _ in range(2)] == [[], ["alert.fired S1"]]


def test_value_between_clear_and_threshold_keeps_the_episode(world: World) -> None:
    world.define(alert(clear=50))
    told = [world.see({"S1": value}) for value in (80, 74, 76, 51, 50)]
    assert told == [["alert.fired S1"], [], [], [], ["alert.resolved S1"]]


def test_missing_data_is_neither_well_nor_over(world: World) -> None:
    world.see({"S1": 80, "S2": 10, "S3": None})
    assert world.states() == {"S1": ("firing", 80), "S2": ("ok", 10), "S3": ("no_data", None)}
    assert world.see({"S2": 10}) == []
    assert world.states()["S1"] == ("no_data", None)
    assert world.see({"S1": 90}) == []
    assert world.see({"S1": 10}) == ["alert.resolved S1"]


def test_alert_without_dimensions_knows_missing_data(world: World) -> None:
    query = {"metrics": ["pm25"], "range": {"last": "1h"}}
    world.define(alert(query=query, order=None))
    world.see({})
    assert world.states() == {"None": ("no_data", None)}


def test_fired_event_carries_what_an_order_needs(world: World) -> None:
    world.see({"S1": 80})
    (event,) = world.events()
    assert event.payload | {"event": "-"} == {
        "alert": "dirty_air", "event": "-", "dimensions": {"station": "S1"}, "value": 80.0, "severity": "warning",
        "owner": "ecology", "title": words("空气污染"), "metric": "pm25", "threshold": 75.0,
        "order": {"procedure": "work_order", "department": "ecology", "priority": "normal", "due_s": 14400.0,
                  "title": {"zh": "S1 PM2.5 80 > 75", "en": "S1: 80"}},
        "said": {"alert": words("空气污染"), "value": {"zh": "80 微克/立方米", "en": "80 µg/m³"},
                 "threshold": {"zh": "75 微克/立方米", "en": "75 µg/m³"}},
    }  # fmt: skip
    assert event.key == event.payload["event"]


def test_alert_reads_as_its_owners_department(world: World) -> None:
    world.see({"S1": 1})
    assert world.air.readers == [("service:alerts", "ecology", "alert")]


def test_silence_keeps_quiet_and_then_tells_what_still_fires(world: World) -> None:
    until = world.clock.now() + timedelta(minutes=12)
    world.alerts.silence(
        world.manager, "dirty_air", until=until, reason="sensor", place={"station": "S1"}
    )
    assert world.see({"S1": 80, "S2": 80}) == ["alert.fired S2"]
    assert world.see({"S1": 80, "S2": 80}) == []
    assert world.see({"S1": 80, "S2": 80}) == ["alert.fired S1"]


def test_episode_that_ends_under_a_silence_is_never_told(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    silence = world.alerts.silence(world.manager, "dirty_air", until=until, reason="sensor")
    assert [world.see({"S1": value}) for value in (80, 10)] == [[], []]
    world.alerts.end_silence(world.manager, silence.id)
    assert world.see({"S1": 80}) == ["alert.fired S1"]


def test_silence_covers_the_places_that_have_all_its_values(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    place = {"station": "S1"}
    made = world.alerts.silence(
        world.manager, "dirty_air", until=until, reason="sensor", place=place
    )
    cases = [{"station": "S1"}, {"station": "S1", "hour": 8}, {"station": "S2"}, {"hour": 8}, {}]
    assert [made.covers(each, world.clock.now()) for each in cases] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert not made.covers(place, until)
    (overview,) = world.alerts.all(world.manager)
    assert [(each.place, each.made_at) for each in overview.silences] == [(place, made.made_at)]
    told = world.see({"S1": 80, "S2": 80, "S3": 80})
    assert sorted(told) == ["alert.fired S2", "alert.fired S3"]


def test_silence_of_a_place_that_the_alert_does_not_know_is_refused(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    with pytest.raises(UnknownPlace) as caught:
        world.alerts.silence(
            world.manager, "dirty_air", until=until, reason="x", place={"district": "临湖区"}
        )
    assert caught.value.fields == {
        "alert": "dirty_air", "dimension": "district", "known": "station",
    }  # fmt: skip
    (overview,) = world.alerts.all(world.manager)
    assert overview.silences == ()


def test_silence_needs_a_future_and_a_permission(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(PastMoment):
        world.alerts.silence(world.manager, "dirty_air", until=now, reason="x")
    with pytest.raises(Forbidden):
        world.alerts.silence(STRANGER, "dirty_air", until=now + timedelta(1), reason="x")


def test_acknowledging_twice_is_once(world: World) -> None:
    world.see({"S1": 80})
    (episode,) = world.alerts.episodes(world.manager, Wanted(is_open=True))
    first = world.alerts.acknowledge(world.manager, episode.id)
    assert world.alerts.acknowledge(world.manager, episode.id) == first
    assert [event.topic for event in world.events()].count("alert.acknowledged") == 1
    world.see({"S1": 1})
    with pytest.raises(Over):
        world.alerts.acknowledge(world.manager, episode.id)
    with pytest.raises(NoEpisode):
        world.alerts.acknowledge(world.manager, "none")


def test_other_departments_see_neither_state_nor_episodes(world: World) -> None:
    world.see({"S1": 80})
    assert (world.alerts.all(STRANGER), world.alerts.episodes(STRANGER)) == ([], [])
    leader = replace(STRANGER, permissions=frozenset({"alerts.view"}))
    assert len(world.alerts.all(leader)) == len(world.alerts.episodes(leader)) == 1
    with pytest.raises(Forbidden):
        world.alerts.acknowledge(leader, world.alerts.episodes(leader)[0].id)
    with pytest.raises(NotFound):
        world.alerts.one(STRANGER, "dirty_air")


def test_episodes_are_found_by_when_they_lasted(world: World) -> None:
    world.see({"S1": 80})
    fired = world.clock.now()
    world.clock.advance(timedelta(hours=1))
    world.see({"S1": 10, "S2": 90})
    ended = world.clock.now()

    def places(**wanted: object) -> list[object]:
        found = world.alerts.episodes(world.manager, Wanted(**wanted))
        return [each.place["station"] for each in found]

    assert places() == ["S2", "S1"]
    assert places(since=ended + timedelta(seconds=1)) == ["S2"]
    assert places(until=fired + timedelta(seconds=1)) == ["S1"]
    assert places(skip=1, most=1) == ["S1"]


def test_one_episode_is_for_who_may_see_its_alert(world: World) -> None:
    world.see({"S1": 80})
    (episode,) = world.alerts.episodes(world.manager)
    assert world.alerts.episode(world.manager, episode.id) == episode
    with pytest.raises(NoEpisode):
        world.alerts.episode(STRANGER, episode.id)
    with pytest.raises(NoEpisode):
        world.alerts.episode(world.manager, "none")


def test_silences_that_ended_are_still_known(world: World) -> None:
    start = world.clock.now()

    def silence(minutes: int, reason: str) -> Silence:
        until = world.clock.now() + timedelta(minutes=minutes)
        return world.alerts.silence(world.manager, "dirty_air", until=until, reason=reason)

    def held(since: int, until: int | None = None) -> list[tuple[str, timedelta]]:
        ends = [
            None if each is None else start + timedelta(minutes=each) for each in (since, until)
        ]
        found = world.alerts.silences(world.manager, "dirty_air", since=ends[0], until=ends[1])
        return [(each.reason, each.until - start) for each in found]

    silence(10, "over")
    world.clock.advance(timedelta(minutes=20))
    ended = silence(600, "ended")
    world.clock.advance(timedelta(minutes=5))
    world.alerts.end_silence(world.manager, ended.id)
    silence(60, "holds")
    over, early, holds = (
        (reason, timedelta(minutes=at))
        for reason, at in (("over", 10), ("ended", 25), ("holds", 85))
    )
    assert held(0) == [holds, early, over]
    assert held(10) == [holds, early]  # it held until before its end
    assert held(0, 20) == [over]
    assert held(90) == []
    with pytest.raises(NotFound):
        world.alerts.silences(STRANGER, "dirty_air")


def test_end_of_a_silence_is_told(world: World) -> None:
    until = world.clock.now() + timedelta(hours=1)
    made = world.alerts.silence(world.manager, "dirty_air", until=until, reason="repair")
    world.alerts.end_silence(world.manager, made.id)
    with world.database.read() as connection:
        topics = connection.execute(sa.select(outbox_events.c.topic)).scalars().all()
    assert topics.count("alert.silenced") == 2


def test_failed_evaluation_is_shown_until_the_next_good_one(world: World) -> None:
    world.air.down = True
    with pytest.raises(Unavailable):
        world.alerts.evaluate("dirty_air")
    assert world.alerts.one(world.manager, "dirty_air").run.error == "unavailable"
    world.air.down = False
    world.see({"S1": 80})
    assert world.alerts.one(world.manager, "dirty_air").run.error is None


def test_order_names_departments_by_title_and_rounds_figures(world: World) -> None:
    title = {"zh": "{station}达 {value}，上限 {threshold}", "en": "{station}: {value}"}
    order = {"procedure": "work_order", "department": "$station", "title": title}
    bureau = {"name": "S1", "title": {"zh": "一号站", "en": "Station one"}}
    world.definitions.insert(0, DepartmentDefinition.model_validate(bureau))
    world.define(alert(order=order))
    world.see({"S1": 80.12345})
    with world.database.read() as connection:
        payload = connection.execute(sa.select(outbox_events.c.payload)).scalars().first()
    assert payload["order"]["title"] == {
        "zh": "一号站达 80.12，上限 75",
        "en": "Station one: 80.12",
    }


def test_split_by_other_dimensions_ends_old_episodes(world: World) -> None:
    world.see({"S1": 80})
    world.define(alert(query={"metrics": ["pm25"], "range": {"last": "1h"}}, order=None))
    assert world.see({"S1": 80}) == ["alert.fired None", "alert.resolved S1"]
    assert world.states() == {"None": ("firing", 80)}


def test_preview_shows_past_episodes_and_tells_nothing(world: World) -> None:
    now = world.clock.now()
    world.air.rows = [
        {"station": "S1", "measured_at": now - timedelta(hours=hours, minutes=30), "pm25": value}
        for hours, value in enumerate([10, 10, 99, 80, 10, 10])
    ]
    draft = alert(every="1h")
    found = world.alerts.preview(world.manager, draft, Range(last="6h"))
    (episode,) = found.episodes
    assert (episode.worst, episode.to - episode.from_) == (99, timedelta(hours=2))
    assert [each.value for each in found.values] == [80, 99, 10, 10, None]
    assert [(each.place, each.values) for each in found.series] == [
        ({"station": "S1"}, (80, 99, 10, 10, None))
    ]
    assert (found.moments, world.events(), world.alerts.episodes(world.manager)) == (5, [], [])
    assert {reader[0] for reader in world.air.readers} == {"wang"}


@pytest.mark.parametrize(("every", "moments"), [("7m", 43), ("1m", 100), ("10s", 112)])
def test_preview_ends_with_how_it_is_now(world: World, every: str, moments: int) -> None:
    world.clock.advance(timedelta(minutes=1))
    now = world.clock.now()
    world.measure({"S1": 99})
    found = world.alerts.preview(world.manager, alert(every=every), Range(last="6h"))
    assert (found.values[-1].at, found.moments) == (now, moments)
    assert [each.to for each in found.episodes] == [None]
    assert found.values[0].at - found.step >= now - timedelta(hours=5, minutes=1)


@pytest.mark.parametrize(
    ("when", "order"), [({"above": 75}, ["S2", "S3", "S1"]), ({"below": 10}, ["S1", "S3", "S2"])]
)
def test_preview_returns_the_places_nearest_to_firing_first(
    world: World, when: dict[str, float], order: list[str]
) -> None:
    now = world.clock.now()
    world.air.rows = [
        {"station": station, "measured_at": now - timedelta(minutes=minutes), "pm25": value}
        for station, minutes, value in (("S1", 90, 20), ("S2", 150, 60), ("S3", 210, 40))
    ]
    found = world.alerts.preview(world.manager, alert(every="1h", when=when), Range(last="6h"))
    assert [each.place["station"] for each in found.series] == order
    assert found.places == 3
    assert {len(each.values) for each in found.series} == {found.moments}


def test_preview_needs_two_ends(world: World) -> None:
    with pytest.raises(OpenRange):
        world.alerts.preview(world.manager, alert(), Range.model_validate({"from": "2026-09-01"}))


def test_episodes_come_back_as_records(world: World) -> None:
    for value in (80, 10):
        world.see({"S1": value})
    with world.database.read() as connection:
        (row,) = records(connection, None).to_pylist()
        later = row["updated_at"] + timedelta(minutes=2)
        assert [
            records(connection, at.isoformat()).num_rows for at in (row["updated_at"], later)
        ] == [1, 0]
    assert (row["alert"], row["place"], row["status"]) == (
        "dirty_air",
        '{"station":"S1"}',
        "resolved",
    )


def test_changes_are_audited(world: World) -> None:
    for value in (80, 10):
        world.see({"S1": value})
    with world.database.read() as connection:
        verbs = (
            connection.execute(sa.select(audit_log.c.verb).order_by(audit_log.c.seq))
            .scalars()
            .all()
        )
    assert verbs == ["alerts.fire", "alerts.resolve"]


def test_storm_of_places_is_one_transaction(world: World) -> None:
    told = world.see({f"S{number}": 99.0 for number in range(500)})
    assert len(told) == 500
    assert world.see({}) == []
