"""Raw deliveries are given up after their time: what somebody may still need stays, and nothing is loaded twice."""

from datetime import timedelta
from pathlib import Path

import pytest
from shelf import Town, cars

from cityloop.datasets import BatchHeld
from cityloop.datasets.clearing import LOOK_EVERY
from cityloop.datasets.errors import DeliveriesGone
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.principal import operator
from cityloop.sources import inbox as inbox_module

HEADER = "编号,车牌,车速\n"
KEEP = timedelta(days=10)


def load(town: Town, *texts: str) -> None:
    for text in texts:
        town.shelf.put(HEADER + text)
    town.datasets.ingest(operator(), "s")


def kept(town: Town) -> int:
    return len(town.shelf.inbox.kept("s", "cars"))


def test_old_deliveries_go_and_their_rows_stay(town: Town, clock: FakeClock) -> None:
    load(town, "1,a,10\n2,b,999\n", "3,c,30\n")
    clock.advance(KEEP)
    load(town, "4,d,40\n")
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (0, 3)
    clock.advance(LOOK_EVERY)
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (2, 1)
    assert town.rows() == [(1, "a", 10.0), (3, "c", 30.0), (4, "d", 40.0)]
    assert all(each.redelivered for each in town.datasets.ingest(operator(), "s"))
    (aside,) = town.aside()
    town.datasets.repair(operator(), "cars", {str(aside["id"]): {"车速": "20"}})
    (replayed,) = town.datasets.replay(operator(), "cars")
    assert (replayed.good, len(town.rows())) == (1, 4)


def test_newest_delivery_of_a_feed_never_goes(town: Town, clock: FakeClock) -> None:
    load(town, "1,a,10\n", "2,b,20\n")
    clock.advance(KEEP * 5)
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (1, 1)
    clock.advance(KEEP * 5)
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (0, 1)


def test_held_delivery_stays_until_it_is_decided(town: Town, clock: FakeClock) -> None:
    town.define(cars(limits={"bad_share": 0.3, "from_rows": 1}))
    with pytest.raises(BatchHeld):
        load(town, "1,x,999\n2,y,999\n")
    (held,) = town.datasets.batches(["cars"])
    load(town, "1,a,10\n")
    clock.advance(KEEP * 2)
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (0, 2)
    town.datasets.discard(operator(), held.batch)
    clock.advance(LOOK_EVERY)
    assert (town.datasets.clear_inbox(KEEP), kept(town)) == (1, 1)


def test_dataset_without_its_deliveries_says_so_and_keeps_its_rows(
    town: Town, clock: FakeClock
) -> None:
    load(town, "1,a,10\n", "2,b,20\n")
    clock.advance(KEEP * 2)
    town.datasets.clear_inbox(KEEP)
    before = town.rows(), town.datasets.history("cars")
    with pytest.raises(DeliveriesGone) as refused:
        town.datasets.reload(operator(), "cars")
    assert refused.value.fields == {"dataset": "cars", "gone": 1, "loaded": 2}
    assert (town.rows(), town.datasets.history("cars")) == before


def test_clearing_that_dies_leaves_whole_deliveries_only(
    small_town: Town, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(small_town, "1,a,10\n", "2,b,20\n", "3,c,30\n")
    clock.advance(KEEP * 2)

    def dying(_folder: Path, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(inbox_module.shutil, "rmtree", dying)
        small_town.datasets.clear_inbox(KEEP)
    inbox = small_town.shelf.inbox
    for each in inbox.kept("s", "cars"):
        assert inbox.find("s", "cars", each).files[0].path.is_file()
    clock.advance(LOOK_EVERY)
    assert (small_town.datasets.clear_inbox(KEEP), kept(small_town)) == (1, 1)


def test_old_file_that_a_source_hands_over_again_is_young(
    small_town: Town, clock: FakeClock
) -> None:
    load(small_town, "1,a,10\n", "2,b,20\n")
    clock.advance(KEEP * 2)
    small_town.datasets.clear_inbox(KEEP)
    small_town.shelf.put(HEADER + "1,a,10\n")
    clock.advance(LOOK_EVERY)
    assert (small_town.datasets.clear_inbox(KEEP), kept(small_town)) == (0, 2)
