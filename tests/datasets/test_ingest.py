"""One delivery after the other: what becomes of the rows, and what is recorded together with them."""

import json
from contextlib import nullcontext

import pytest
import sqlalchemy as sa
from shelf import Town, cars, summary

from cityloop.datasets import BatchHeld, NoFeed, NotHeld, SchemaChanged, UnknownBatch
from cityloop.foundation.audit import audit_log
from cityloop.foundation.errors import Forbidden, NotFound
from cityloop.foundation.outbox import outbox_events
from cityloop.foundation.principal import Principal, operator

HEADER = "编号,车牌,车速\n"
MESSY = (
    HEADER
    + '1,浙A1,50\n2,浙A2,999\n3,浙A3,x\n1,浙A1,50.0\n4,浙A4,10\n4,浙A4,11\n5,a\n6,浙A6,"7"\n,浙A9,1\n'
)


def test_every_row_of_a_messy_delivery_has_one_fate(town: Town) -> None:
    town.shelf.put(MESSY)
    (report,) = town.datasets.ingest(operator(), "s")
    assert summary(report) == (9, 2, 6, 1)
    assert report.counts.adds_up
    assert report.rules == {"key_conflict": 2, "range": 1, "required": 1, "type": 1, "shape": 1}
    assert town.rows() == [(1, "浙A1", 50.0), (6, "浙A6", 7.0)]


def test_rows_put_aside_keep_their_text_their_place_and_their_reasons(small_town: Town) -> None:
    small_town.shelf.put(MESSY)
    small_town.datasets.ingest(operator(), "s")
    found = [
        (row["number"], json.loads(str(row["raw"])), json.loads(str(row["reasons"])))
        for row in small_town.aside()
    ]
    conflict = [{"rule": "key_conflict", "field": "id", "value": "4"}]
    assert found == [
        (2, {"编号": "2", "车牌": "浙A2", "车速": "999"}, [{"rule": "range", "field": "speed", "value": "999"}]),
        (3, {"编号": "3", "车牌": "浙A3", "车速": "x"}, [{"rule": "type", "field": "speed", "value": "x"}]),
        (5, {"编号": "4", "车牌": "浙A4", "车速": "10"}, conflict),
        (6, {"编号": "4", "车牌": "浙A4", "车速": "11"}, conflict),
        (7, {"": "5,a"}, [{"rule": "shape", "field": None, "value": None}]),
        (9, {"编号": None, "车牌": "浙A9", "车速": "1"}, [{"rule": "required", "field": "id", "value": None}]),
    ]  # fmt: skip


def test_counts_cursor_lineage_audit_and_event_appear_together(town: Town) -> None:
    town.shelf.with_cursor = True
    town.shelf.put(HEADER + "1,浙A1,50\n")
    (report,) = town.datasets.ingest(operator(), "s")
    with town.ground.db.read() as connection:
        acts = connection.execute(sa.select(audit_log.c.verb, audit_log.c.target)).all()
        events = connection.execute(sa.select(outbox_events.c.topic, outbox_events.c.payload)).all()
    assert acts == [("datasets.ingest", "dataset:cars")]
    body = {"dataset": "cars", "version": 1, "batch": report.batch, "rows": 1}
    assert events == [("dataset.published", body)]
    (edge,) = town.datasets.lineage("cars")
    assert (edge.source, edge.mapping) == ("s", {"编号": "id", "车牌": "plate", "车速": "speed"})
    assert town.datasets.batches(["cars"])[0].counts == report.counts
    town.datasets.ingest(operator(), "s")
    assert town.shelf.cursors == [None, "1"]


def test_delivering_a_batch_again_and_again_changes_nothing(town: Town) -> None:
    town.shelf.put(MESSY)
    first = town.datasets.ingest(operator(), "s")[0]
    before = (town.rows(), town.aside(), town.datasets.history("cars"))
    for _ in range(3):
        (report,) = town.datasets.ingest(operator(), "s")
        assert report.redelivered
        assert report.batch == first.batch
        assert summary(report) == (9, 0, 0, 9)
    assert (town.rows(), town.aside(), town.datasets.history("cars")) == before


def test_overlapping_and_late_deliveries_count_what_is_new(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,浙A1,50\n2,浙A2,60\n3,浙A3,70\n")
    small_town.shelf.put(HEADER + "2,浙A2,60\n3,浙A3,71\n4,浙A4,80\n")
    small_town.shelf.put(HEADER + "0,浙A0,5\n1,浙A1,50\n")
    reports = small_town.datasets.ingest(operator(), "s")
    assert [(each.read, each.inserted, each.updated, each.duplicate) for each in reports] == [
        (3, 3, 0, 0),
        (3, 1, 1, 1),
        (2, 1, 0, 1),
    ]
    assert [row[2] for row in small_town.rows()] == [5.0, 50.0, 60.0, 71.0, 80.0]


def test_a_broken_row_that_equals_the_stored_row_is_a_duplicate(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,浙A1,50\n")
    small_town.datasets.ingest(operator(), "s")
    rule = {"name": "slow", "title": {"zh": "慢", "en": "Slow"}, "expression": "speed < 40"}
    small_town.define(cars(rules=[rule]))
    small_town.shelf.put(HEADER + "1,浙A1,50\n2,浙A2,60\n")
    report = small_town.datasets.ingest(operator(), "s")[-1]
    assert (summary(report), report.rules) == ((2, 0, 1, 1), {"slow": 2})


def test_the_last_row_of_a_key_wins_where_the_contract_says_so(small_town: Town) -> None:
    small_town.define(cars(key_conflict="last"))
    small_town.shelf.put(HEADER + "1,a,10\n1,a,20\n2,b,5\n1,a,10\n1,a,999\n")
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert summary(report) == (5, 2, 1, 2)
    assert small_town.rows() == [(1, "a", 10.0), (2, "b", 5.0)]


def test_without_a_key_only_equal_rows_of_one_delivery_are_duplicates(small_town: Town) -> None:
    small_town.define(cars(key=[], load="append"))
    small_town.shelf.put(HEADER + "1,a,10\n1, a ,10.0\n1,a,20\n,,\n,,\n")
    small_town.shelf.put(HEADER + "1,a,10\n")
    reports = small_town.datasets.ingest(operator(), "s")
    assert [summary(each) for each in reports] == [(5, 3, 0, 2), (1, 1, 0, 0)]
    assert len(small_town.rows()) == 4


def test_an_append_only_dataset_never_changes_a_stored_row(small_town: Town) -> None:
    small_town.define(cars(load="append"))
    small_town.shelf.put(HEADER + "1,a,10\n")
    small_town.shelf.put(HEADER + "1,a,10\n1,a,11\n2,b,3\n")
    report = small_town.datasets.ingest(operator(), "s")[-1]
    assert summary(report) == (3, 1, 1, 1)
    assert small_town.rows() == [(1, "a", 10.0), (2, "b", 3.0)]


def test_a_replacing_dataset_holds_the_last_delivery_only(small_town: Town) -> None:
    small_town.define(cars(load="replace"))
    small_town.shelf.put(HEADER + "1,a,10\n2,b,x\n")
    small_town.shelf.put(HEADER + "1,a,10\n3,c,30\n")
    reports = small_town.datasets.ingest(operator(), "s")
    assert [summary(each) for each in reports] == [(2, 1, 1, 0), (2, 2, 0, 0)]
    assert small_town.rows() == [(1, "a", 10.0), (3, "c", 30.0)]
    assert small_town.aside() == []


def test_an_empty_delivery_is_a_batch_of_no_rows(small_town: Town) -> None:
    small_town.shelf.put(HEADER)
    (report,) = small_town.datasets.ingest(operator(), "s")
    assert (summary(report), report.status, small_town.rows()) == ((0, 0, 0, 0), "published", [])


def test_a_delivery_over_its_limits_is_held_and_the_others_are_published(town: Town) -> None:
    town.define(cars(limits={"bad_share": 0.3, "from_rows": 1}))
    town.shelf.put(HEADER + "1,a,10\n2,b,x\n")
    town.shelf.put(HEADER + "3,c,30\n")
    with pytest.raises(BatchHeld) as raised:
        town.datasets.ingest(operator(), "s")
    held, fine = raised.value.reports
    assert (held.status, summary(held), fine.status) == ("held", (2, 1, 1, 0), "published")
    assert held.short in raised.value.hint("zh")
    assert town.rows() == [(3, "c", 30.0)]
    again = town.datasets.ingest(operator(), "s")
    assert [(each.status, each.redelivered) for each in again] == [
        ("held", True),
        ("published", True),
    ]


@pytest.mark.parametrize(("load", "rows", "status"), [
    ("append", 19, "published"), ("append", 20, "held"), ("replace", 2, "held"),
])  # fmt: skip
def test_a_share_of_a_few_rows_holds_nothing_unless_they_replace_all(
    town: Town, load: str, rows: int, status: str
) -> None:
    town.define(cars(load=load, limits={}))
    town.shelf.put(HEADER + "".join(f"{i},a,x\n" for i in range(rows)))
    with nullcontext() if status == "published" else pytest.raises(BatchHeld):
        town.datasets.ingest(operator(), "s")
    (batch,) = town.datasets.batches(["cars"])
    assert (batch.status, summary(batch)) == (status, (rows, 0, rows, 0))


def test_a_held_batch_can_be_released_or_discarded(town: Town) -> None:
    town.define(cars(limits={"bad_share": 0.3, "from_rows": 1}))
    town.shelf.put(HEADER + "1,a,10\n2,b,x\n")
    town.shelf.put(HEADER + "7,a,y\n")
    with pytest.raises(BatchHeld) as raised:
        town.datasets.ingest(operator(), "s")
    first, second = raised.value.reports
    released = town.datasets.release(operator(), first.short)
    town.datasets.discard(operator(), second.short)
    assert (released.status, summary(released)) == ("published", (2, 1, 1, 0))
    assert (town.rows(), len(town.aside())) == ([(1, "a", 10.0)], 1)
    assert [each.redelivered for each in town.datasets.ingest(operator(), "s")] == [True, True]
    with pytest.raises(NotHeld):
        town.datasets.release(operator(), second.short)
    with pytest.raises(UnknownBatch):
        town.datasets.discard(operator(), "ffff")


def test_loading_asks_for_permission_source_and_feed(small_town: Town) -> None:
    with pytest.raises(Forbidden):
        small_town.datasets.ingest(Principal("p", "p"), "s")
    with pytest.raises(NotFound):
        small_town.datasets.ingest(operator(), "nobody")
    with pytest.raises(NoFeed):
        small_town.datasets.ingest(operator(), "s", "carts")


def test_a_new_field_is_added_and_a_changed_type_is_refused(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,a,10\n")
    small_town.datasets.ingest(operator(), "s")
    wide = [*cars().model_dump(by_alias=True)["fields"], {"name": "lane", "title": {"zh": "道", "en": "Lane"}, "type": "integer"}]  # fmt: skip
    small_town.define(cars(fields=wide))
    small_town.shelf.put("编号,车牌,车速,lane\n2,b,20,3\n1,a,10,\n")
    report = small_town.datasets.ingest(operator(), "s")[-1]
    assert (summary(report), small_town.rows()) == (
        (2, 1, 0, 1),
        [(1, "a", 10.0, None), (2, "b", 20.0, 3)],
    )
    wide[2] = {"name": "speed", "title": {"zh": "车速", "en": "Speed"}, "type": "text"}
    small_town.define(cars(fields=wide))
    small_town.shelf.put("编号,车牌,车速,lane\n3,c,fast,3\n")
    with pytest.raises(SchemaChanged):
        small_town.datasets.ingest(operator(), "s")
    assert len(small_town.datasets.reload(operator(), "cars")) == 2
    assert [each.status for each in small_town.datasets.ingest(operator(), "s")][-1] == "published"


def test_all_feeds_of_a_source_are_loaded_when_none_is_named(small_town: Town) -> None:
    small_town.shelf.put(HEADER + "1,a,10\n")
    assert [each.dataset for each in small_town.datasets.ingest(operator(), "s")] == ["cars"]
    assert small_town.datasets.ingest(operator(), "s", "cars")[0].redelivered
