"""Every read is decided anew, recorded, cached exactly, and gives no row when it cannot be recorded."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest
import sqlalchemy as sa
from little_city import (
    ANALYST,
    DEFINITIONS,
    DOCTOR,
    OPERATOR,
    OWNER,
    START,
    STRANGER,
    TRIPS,
    VISITS,
    City,
    person,
)
from sqlglot import exp, parse_one

from cityloop.engine import BadQuery as EngineBadQuery
from cityloop.engine import OutOfMemory, TooSlow
from cityloop.foundation.audit import audit_log
from cityloop.foundation.errors import CityError
from cityloop.policies.cache import ResultCache
from cityloop.policies.model import (
    AuditUnavailable,
    QueryFailed,
    QueryTooHeavy,
    ReadDenied,
    ResultTooLarge,
    UnknownDataset,
)


def recorded(city: City) -> list[dict[str, object]]:
    with city.database.read() as connection:
        return [
            dict(row)
            for row in connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings()
        ]


def test_a_read_says_what_it_read(city: City) -> None:
    result = city.reader.read(DOCTOR, "analysis", "select count(*) as n from visits")
    assert result.table.to_pylist() == [{"n": 20}]
    assert (result.sql, result.as_of, result.cached) == (
        "SELECT COUNT(*) AS n FROM visits",
        START,
        False,
    )
    assert result.versions == {"visits": 1}
    assert result.decisions["visits"].rows == "some"


def test_a_tree_reads_like_its_text_and_is_not_changed(city: City) -> None:
    tree = parse_one(
        "SELECT district, COUNT(*) AS n FROM visits GROUP BY district", dialect="duckdb"
    )
    assert isinstance(tree, exp.Query)
    before = tree.sql()
    by_tree = city.reader.read(ANALYST, "analysis", tree)
    by_text = city.reader.read(
        ANALYST, "analysis", "SELECT district, count(*) AS n FROM visits GROUP BY district"
    )
    assert by_tree.table == by_text.table
    assert tree.sql() == before


def test_every_read_is_recorded_with_names_and_counts_only(city: City) -> None:
    sql = "SELECT patient FROM visits WHERE phone = '138CANARYNEAR000000'"
    city.reader.read(DOCTOR, "analysis", sql, note={"page": "explore"})
    entry = recorded(city)[-1]
    details = entry["details"]
    assert (entry["actor"], entry["verb"], entry["target"], entry["purpose"], entry["outcome"]) == (
        "doctor", "read", "visits", "analysis", "done",
    )  # fmt: skip
    assert details["query"] == "SELECT patient FROM visits WHERE phone = ?"
    assert (details["rows"], details["versions"], details["cached"], details["page"]) == (
        1,
        {"visits": 1},
        False,
        "explore",
    )
    assert "CANARY" not in str(entry)


def test_refused_reads_are_recorded_too(city: City) -> None:
    for sql in ("SELECT * FROM staff", "SELECT * FROM visits", "SELECT error('x')"):
        with pytest.raises(CityError):
            city.reader.read(STRANGER, "analysis", sql)
    found = [(each["outcome"], each["details"]["code"]) for each in recorded(city)]
    assert found == [
        ("refused", "policies.unknown_dataset"), ("refused", "policies.read_denied"), ("refused", "policies.bad_query"),
    ]  # fmt: skip


def test_no_rows_when_the_audit_log_cannot_be_written(city: City) -> None:
    with city.database.begin() as tx:
        tx.execute(sa.text("DROP TABLE audit_log"))
    with pytest.raises(AuditUnavailable):
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits")
    with pytest.raises(AuditUnavailable):  # a cached result is no way around it
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits")


def test_a_cached_result_is_recorded_as_well(city: City) -> None:
    first, second = (
        city.reader.read(DOCTOR, "analysis", "SELECT visit FROM visits") for _ in range(2)
    )
    assert (first.cached, second.cached) == (False, True)
    assert first.table == second.table
    assert [each["details"]["cached"] for each in recorded(city)] == [False, True]


def test_readers_share_a_result_only_when_they_may_see_the_same(city: City) -> None:
    colleague = person("colleague", "doctor", department="clinic", level=4, district="临湖区")
    elsewhere = person("elsewhere", "doctor", department="clinic", level=4, district="山前区")
    sql = "SELECT min(visit) AS first, count(*) AS n FROM visits"
    near = city.reader.read(DOCTOR, "analysis", sql)
    assert city.reader.read(colleague, "analysis", sql).cached
    far = city.reader.read(elsewhere, "analysis", sql)
    assert (far.cached, near.table.to_pylist(), far.table.to_pylist()) == (
        False, [{"first": 0, "n": 20}], [{"first": 1, "n": 20}],
    )  # fmt: skip


def test_a_new_version_is_seen_at_once(city: City) -> None:
    sql = "SELECT count(*) AS n FROM trips"
    city.reader.read(STRANGER, "analysis", sql)
    more = pa.table(
        {"trip": [99], "district": ["临湖区"], "speed": [1.0], "plate": ["x"], "driver": ["y"]}
    )
    city.shelf.lake.table("data", "trips").append(more, "second")
    again = city.reader.read(STRANGER, "analysis", sql)
    assert (again.cached, again.table.to_pylist(), again.versions) == (
        False,
        [{"n": 31}],
        {"trips": 2},
    )


def test_a_column_that_comes_later_is_seen_by_a_remembered_query(city: City) -> None:
    wider = TRIPS.model_copy(update={"fields": (*TRIPS.fields, VISITS.field("visit"))})
    city.apply(wider)
    sql = "SELECT max(visit) AS v FROM trips"
    assert city.reader.read(STRANGER, "analysis", sql).table.to_pylist() == [{"v": None}]
    table = city.shelf.lake.table("data", "trips")
    row = {"trip": 99, "district": "x", "speed": 1.0, "plate": "x", "driver": "y", "visit": 7}
    table.add_columns(pa.schema([("visit", pa.int64())]))
    table.append(pa.Table.from_pylist([row]), "second")
    assert city.reader.read(STRANGER, "analysis", sql).table.to_pylist() == [{"v": 7}]


def test_a_revoked_rule_stops_the_next_read(city: City) -> None:
    city.reader.read(DOCTOR, "analysis", "SELECT visit FROM visits")
    city.apply(*(each for each in DEFINITIONS if each.name != "district_doctors"))
    with pytest.raises(ReadDenied):
        city.reader.read(DOCTOR, "analysis", "SELECT visit FROM visits")


def test_a_purpose_that_no_rule_allows_is_denied(city: City) -> None:
    city.reader.read(ANALYST, "analysis", "SELECT visit FROM visits")
    with pytest.raises(ReadDenied):
        city.reader.read(ANALYST, "preview", "SELECT visit FROM visits")


def test_all_datasets_of_a_query_are_pinned_in_one_read(city: City) -> None:
    city.reader.read(
        OPERATOR,
        "analysis",
        "SELECT count(*) FROM visits v JOIN trips t ON v.visit = t.trip JOIN staff s ON true",
    )
    assert [set(names) for names in city.shelf.asked] == [{"visits", "trips", "staff"}]


def test_a_present_moment_is_not_remembered(city: City) -> None:
    sql = "SELECT count(*) AS n FROM visits WHERE seen_at < now()"
    city.reader.read(OWNER, "analysis", sql)
    city.reader.clock.advance(city.reader.clock.now() - START)
    assert city.reader.read(OWNER, "analysis", sql).cached is False


def test_too_many_rows_are_refused_and_not_cut(city: City) -> None:
    with pytest.raises(ResultTooLarge):
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits", most=39)
    assert city.reader.read(OWNER, "analysis", "SELECT * FROM visits", most=40).table.num_rows == 40
    with pytest.raises(ResultTooLarge):  # also from the cache
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits", most=39)


def test_an_unknown_dataset_gives_close_names_that_one_may_know(city: City) -> None:
    with pytest.raises(UnknownDataset) as caught:
        city.reader.read(STRANGER, "analysis", "SELECT * FROM visit")
    assert list(caught.value.fields["close"])[:1] == ["visits"]
    assert "staff" not in str(caught.value)


class Broken:
    """An engine that fails with words that nobody may read."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def query(self, *_given: object, **_named: object) -> pa.Table:
        raise self.error


@pytest.mark.parametrize(
    ("error", "becomes"),
    [
        (EngineBadQuery(reason="Could not convert string 'CANARY' to INT32"), QueryFailed),
        (TooSlow(what="CANARY", limit_s=1), QueryTooHeavy),
        (OutOfMemory(what="CANARY", limit="1GB"), QueryTooHeavy),
        (ValueError("CANARY"), QueryFailed),
        (RecursionError("CANARY"), QueryFailed),
    ],
)
def test_an_engines_words_never_pass(
    city: City, error: Exception, becomes: type[CityError]
) -> None:
    city.reader.engine = Broken(error)
    with pytest.raises(becomes) as caught:
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits")
    assert "CANARY" not in f"{caught.value}{caught.value.message('zh')}{caught.value.fields}"
    assert caught.value.__suppress_context__


def test_an_unforeseen_failure_is_recorded_as_failed(city: City) -> None:
    city.reader.engine = Broken(KeyError("CANARY"))
    with pytest.raises(KeyError):
        city.reader.read(OWNER, "analysis", "SELECT * FROM visits")
    assert [each["outcome"] for each in recorded(city)] == ["failed"]


def test_thirty_two_readers_at_once_are_all_recorded_in_order(city: City) -> None:
    def read(number: int) -> int:
        sql = f"SELECT visit FROM visits WHERE visit = {number % 8}"
        return city.reader.read(OWNER, "analysis", sql).table.num_rows

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(read, range(64))) == [1] * 64
    assert len(recorded(city)) == 64
    with city.database.read() as connection:
        assert city.audit.verify(connection).broken_at is None


def test_readers_that_come_together_share_commits(city: City) -> None:
    commits = []
    begin = city.database.begin

    def counted() -> object:
        commits.append(1)
        return begin()

    city.database.begin = counted
    gate = threading.Barrier(32)

    def read(_number: int) -> None:
        gate.wait()
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(read, range(32)))
    assert len(recorded(city)) == 32
    assert len(commits) < 32


def test_the_cache_keeps_to_its_bytes() -> None:
    table = pa.table({"n": pa.array(range(100_000), pa.int64())})
    cache = ResultCache(table.nbytes * 6)
    for key in range(20):
        cache.get(key, lambda: table)
    assert table.nbytes * 5 <= cache.bytes_used <= table.nbytes * 6
    assert cache.get(19, lambda: table)[1] is True
    assert cache.get(0, lambda: table)[1] is False
    huge = pa.table({"n": pa.array(range(200_000), pa.int64())})
    assert [cache.get("huge", lambda: huge)[1] for _ in range(2)] == [False, False]


def test_a_result_is_kept_without_the_room_that_it_was_given() -> None:
    def three_of_many() -> pa.Table:
        whole = pa.table({"n": pa.array(range(100_000), pa.int64()), "s": ["word"] * 100_000})
        return whole.slice(7, 3)

    cache, before = ResultCache(), pa.total_allocated_bytes()
    for key in range(50):
        cache.get(key, three_of_many)
    assert pa.total_allocated_bytes() - before < 1_000_000
    assert cache.get(0, three_of_many)[0].to_pylist()[0] == {"n": 7, "s": "word"}


def test_small_results_count_with_what_they_take_in_memory() -> None:
    cache, small = ResultCache(1_000_000), pa.table({"n": [1]})
    for key in range(1_000):
        cache.get(key, lambda: small)
    assert small.nbytes < 10
    assert [cache.get(key, lambda: small)[1] for key in (999, 995, 0)] == [True, True, False]


def test_a_result_that_many_wait_for_is_computed_once() -> None:
    cache, computed, gate = ResultCache(), [], threading.Barrier(8)

    def compute() -> pa.Table:
        computed.append(1)
        done.wait(5)
        return pa.table({"n": [1]})

    done = threading.Event()

    def ask(_number: int) -> int:
        gate.wait()
        return cache.get("key", compute)[0].num_rows

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask, number) for number in range(8)]
        done.set()
        assert [each.result() for each in waiting] == [1] * 8
    assert len(computed) == 1


def test_a_failure_is_not_remembered() -> None:
    cache = ResultCache()

    def fail() -> pa.Table:
        raise ValueError("no luck")

    for _ in range(2):
        with pytest.raises(ValueError, match="no luck"):
            cache.get("key", fail)
    assert cache.get("key", lambda: pa.table({"n": [1]}))[1] is False


def test_types_are_told_of_readable_columns_only(city: City) -> None:
    assert city.reader.types(STRANGER, "preview", "visits") == {}
    assert city.reader.types(STRANGER, "preview", "staff") == {}
    assert "genome" not in city.reader.types(OWNER, "preview", "visits")
    assert city.reader.types(OWNER, "preview", "VISITS")["born_on"] == "date"
    assert VISITS.field("born_on").type == "date"
