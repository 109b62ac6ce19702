"""What happens to rows and versions later: repair, replay, reload, full reload, rollback, upkeep, recovery."""

import os
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from shelf import Town, cars, rows_of, summary

from cityloop.datasets import UnknownRow, UnknownVersion
from cityloop.datasets.model import Version
from cityloop.datasets.versions import KEEP_VERSIONS, MANY_FILES, superfluous
from cityloop.foundation.audit import audit_log
from cityloop.foundation.errors import NotFound
from cityloop.foundation.principal import operator

HEADER = "编号,车牌,车速\n"


def load(town: Town, *texts: str) -> None:
    for text in texts:
        town.shelf.put(HEADER + text)
    town.datasets.ingest(operator(), "s")


def test_repaired_rows_leave_quarantine_and_the_identity_holds_over_their_life(town: Town) -> None:
    load(town, "1,a,10\n2,b,x\n3,c,999\n4\n5,e,1\n5,e,2\n")
    ids = {row["number"]: str(row["id"]) for row in town.aside()}
    edits = {ids[2]: {"车速": "20"}, ids[4]: {"编号": "1", "车牌": "a", "车速": "10"}}
    town.datasets.repair(operator(), "cars", edits)
    (report,) = town.datasets.replay(operator(), "cars", [ids[2], ids[3], ids[4], ids[5]])
    assert (summary(report), report.kind) == ((4, 2, 1, 1), "replay")
    assert town.rows() == [(1, "a", 10.0), (2, "b", 20.0), (5, "e", 1.0)]
    assert [row["number"] for row in town.aside()] == [3, 6]
    batches = town.datasets.batches(["cars"])
    read = sum(each.read for each in batches if each.kind == "load")
    settled = sum(each.good + each.duplicate for each in batches)
    assert read == settled + len(town.aside())


def test_rows_that_are_not_in_quarantine_are_named(small_town: Town) -> None:
    load(small_town, "1,a,x\n")
    with pytest.raises(UnknownRow):
        small_town.datasets.repair(operator(), "cars", {"nobody": {"车速": "1"}})
    with pytest.raises(UnknownRow):
        small_town.datasets.replay(operator(), "cars", ["nobody"])
    assert small_town.datasets.replay(operator(), "cars", []) == []


def test_a_changed_contract_judges_the_kept_deliveries_anew(town: Town) -> None:
    load(town, "1,a,10\n2,b,999\n", "1,a,11\n")
    fields = cars().model_dump(by_alias=True)["fields"]
    fields[2]["max"] = 1000
    town.define(cars(fields=fields))
    assert all(each.redelivered for each in town.datasets.ingest(operator(), "s"))
    reports = town.datasets.reload(operator(), "cars")
    assert [summary(each) for each in reports] == [(2, 2, 0, 0), (1, 1, 0, 0)]
    assert (town.rows(), town.aside()) == ([(1, "a", 11.0), (2, "b", 999.0)], [])


def test_a_full_load_builds_the_table_anew_and_keeps_other_sources(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "9,z,9\n", source="other")
    small_town.datasets.ingest(operator(), "other")
    load(small_town, "1,a,10\n2,b,20\n")
    small_town.shelf.kept["s"].clear()
    small_town.shelf.put(HEADER + "2,b,21\n")
    small_town.datasets.ingest(operator(), "s", mode="full")
    assert small_town.rows() == [(2, "b", 21.0), (9, "z", 9.0)]


def test_rollback_moves_the_pointer_and_a_later_load_builds_on_it(town: Town) -> None:
    load(town, "1,a,10\n2,b,x\n")
    load(town, "1,a,99\n3,c,30\n")
    version = town.datasets.roll_back(operator(), "cars", 1)
    assert (version.number, town.rows(), len(town.aside())) == (3, [(1, "a", 10.0)], 1)
    statuses = [each.status for each in town.datasets.batches(["cars"])]
    assert statuses == ["rolled_back", "published"]
    assert [each.status for each in town.datasets.ingest(operator(), "s")] == ["published", "rolled_back"]  # fmt: skip
    load(town, "4,d,40\n")
    assert town.rows() == [(1, "a", 10.0), (4, "d", 40.0)]
    with pytest.raises(UnknownVersion):
        town.datasets.roll_back(operator(), "cars", 99)


def test_readers_keep_what_they_pinned(small_town: Town) -> None:
    load(small_town, "1,a,10\n")
    before = small_town.datasets.published(["cars"])["cars"]
    load(small_town, "1,a,20\n2,b,30\n")
    assert rows_of(small_town.data, before.pin) == [(1, "a", 10.0)]
    assert len(small_town.rows()) == 2


def test_a_dataset_without_batches_is_an_empty_table(small_town: Town) -> None:
    found = small_town.datasets.published(["cars"])["cars"]
    assert (found.rows, found.as_of, found.pin.files, found.pin.schema.names) == (0, None, (), ["id", "plate", "speed"])  # fmt: skip
    assert small_town.datasets.quarantine_table("cars") is None
    with pytest.raises(NotFound):
        small_town.datasets.published(["carz"])


def test_upkeep_joins_small_files_and_clears_old_versions(small_town: Town, clock) -> None:
    small_town.shelf.with_cursor = True
    for number in range(MANY_FILES):
        load(small_town, f"{number},a,10\n")
    pin = small_town.datasets.published(["cars"])["cars"].pin
    version = small_town.datasets.maintain("upkeep", "cars")
    assert (version.reason, version.rows, len(pin.files)) == ("compact", MANY_FILES, MANY_FILES)
    now = small_town.datasets.published(["cars"])["cars"].pin
    assert len(now.files) == 1
    assert rows_of(small_town.data, pin) == rows_of(small_town.data, now)
    assert small_town.datasets.maintain("upkeep", "cars") is None
    clock.advance(KEEP_VERSIONS + timedelta(days=1))
    small_town.datasets.maintain("upkeep", "cars")
    assert [each.cleared for each in small_town.datasets.history("cars")] == [False] + [True] * MANY_FILES  # fmt: skip
    with pytest.raises(UnknownVersion):
        small_town.datasets.roll_back(operator(), "cars", 1)


def test_upkeep_shortens_the_log_to_the_versions_that_are_kept(small_town: Town, clock) -> None:
    small_town.shelf.with_cursor = True
    for number in range(MANY_FILES):
        load(small_town, f"{number},a,10\n")
    log = small_town.data / "lake" / "data" / "cars" / "_delta_log"
    for entry in log.iterdir():
        os.utime(entry, (0, 0))
    small_town.datasets.maintain("upkeep", "cars")
    long = len(list(log.iterdir()))
    small_town.datasets.roll_back(operator(), "cars", 3)  # every version is kept yet
    clock.advance(KEEP_VERSIONS + timedelta(days=1))
    load(small_town, "99,z,10\n")
    small_town.datasets.maintain("upkeep", "cars")
    assert len(list(log.iterdir())) < long - 20
    assert len(small_town.rows()) == 4


def test_upkeep_while_readers_and_a_writer_are_busy_disturbs_neither(
    small_town: Town, clock
) -> None:
    datasets, stop, faults, looks = small_town.datasets, Event(), list[str](), 0

    def read_on() -> None:
        nonlocal looks
        while not stop.is_set():
            seen = datasets.published(["cars"])["cars"]
            looks += 1
            if len(rows_of(small_town.data, seen.pin)) != seen.rows:
                faults.append(f"version {seen.version}")

    reader = Thread(target=read_on)
    reader.start()
    done = []
    for number in range(MANY_FILES + 8):
        load(small_town, f"{number},a,10\n")
        clock.advance(timedelta(seconds=5))
        done += datasets.upkeep("upkeep")
    stop.set()
    reader.join()
    assert (faults, done) == ([], ["cars"])
    assert looks > 3
    assert len(datasets.published(["cars"])["cars"].pin.files) < MANY_FILES
    assert len(small_town.rows()) == MANY_FILES + 8
    with small_town.ground.db.read() as connection:
        maintained = audit_log.c.verb == "datasets.maintain"
        assert len(connection.execute(sa.select(audit_log).where(maintained)).all()) == 1


def test_a_dataset_that_somebody_writes_is_kept_up_another_time(small_town: Town) -> None:
    for number in range(MANY_FILES):
        load(small_town, f"{number},a,10\n")
    with small_town.ground.writing("cars"):
        assert small_town.datasets.upkeep("upkeep") == []
    assert small_town.datasets.upkeep("upkeep") == ["cars"]
    assert small_town.datasets.upkeep("upkeep") == []


def test_of_a_feed_of_seconds_the_newest_versions_and_one_a_day_are_kept() -> None:
    now = datetime(2026, 9, 30, 12, tzinfo=UTC)
    versions = [
        Version("cars", 2000 - hour, None, 1, 1, None, 0, None, "load", "a", now - timedelta(hours=hour))
        for hour in range(2000)
    ]  # fmt: skip
    gone = superfluous(versions, 5, now)
    kept = [each for each in versions if each not in gone]
    assert kept[:100] == versions[:100]
    assert [each.at.hour for each in kept[100:-1]] == [23] * 26
    assert kept[-1].number == 5
    assert superfluous(versions[:100], 2000, now) == []
