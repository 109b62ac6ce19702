"""Tables: every batch once, every version readable, upkeep changes no row."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from lake_rows import rows_of
from sqlglot import parse_one

from cityloop.engine import (
    BadKey,
    Lake,
    LakeTable,
    MergeCounts,
    Pin,
    SchemaMismatch,
    UnknownTable,
    UnknownVersion,
    Written,
)
from cityloop.foundation.errors import Invalid


def visits(*rows: tuple[int, str | None]) -> pa.Table:
    schema = pa.schema({"编号": pa.int64(), "街道": pa.string()})
    return pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema)


@pytest.fixture
def table(lake: Lake) -> LakeTable:
    return lake.table("核心", "就诊")


def test_the_first_batch_makes_the_table(lake: Lake, table: LakeTable) -> None:
    assert (table.exists, list(lake.tables())) == (False, [])
    assert table.append(visits((1, "东街")), "b1") == Written(version=1, rows=1)
    assert (table.exists, list(lake.tables())) == (True, ["核心.就诊"])
    assert rows_of(table.pin()) == [(1, "东街")]


def test_a_batch_written_twice_is_there_once(table: LakeTable) -> None:
    table.append(visits((1, "东街")), "b1")
    assert table.append(visits((1, "东街")), "b1") == Written(version=1, rows=0, repeated=True)
    assert table.replace(visits((2, "西街")), "b1").repeated
    assert table.merge(visits((2, "西街")), ["编号"], "b1").repeated
    assert rows_of(table.pin()) == [(1, "东街")]


def test_an_empty_batch_is_remembered_too(table: LakeTable) -> None:
    table.create(visits((1, "a")).schema)
    assert not table.has_batch("b0")
    table.append(visits((1, "a")).slice(1), "b0")
    assert table.has_batch("b0")
    assert table.pin().rows == 0


def test_a_stream_is_appended_and_counted(table: LakeTable) -> None:
    batches = visits((1, "a"), (2, "b"), (3, None)).to_batches(max_chunksize=2)
    reader = pa.RecordBatchReader.from_batches(batches[0].schema, iter(batches))
    assert table.append(reader, "b1").rows == 3
    assert rows_of(table.pin()) == [(1, "a"), (2, "b"), (3, None)]


def test_a_merge_inserts_updates_and_leaves_alone(table: LakeTable) -> None:
    table.append(visits((1, "a"), (2, "b"), (3, None)), "b1")
    counts = table.merge(visits((2, "B"), (3, None), (4, "d")), ["编号"], "b2")
    assert counts == MergeCounts(version=2, inserted=1, updated=1, unchanged=1)
    assert rows_of(table.pin()) == [(1, "a"), (2, "B"), (3, None), (4, "d")]


def test_a_merge_that_changes_nothing_is_remembered(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    before = table.pin().files
    assert table.merge(visits((1, "a")), ["编号"], "b2") == MergeCounts(2, 0, 0, 1)
    assert table.has_batch("b2")
    assert table.pin().files == before


def test_a_merge_into_nothing_inserts_everything(table: LakeTable) -> None:
    assert table.merge(visits((1, "a"), (2, "b")), ["编号"], "b1") == MergeCounts(1, 2, 0, 0)


def test_an_ignored_column_alone_is_no_update(table: LakeTable) -> None:
    table.append(pa.table({"k": [1, 2], "v": [1, 2], "batch": ["x", "x"]}), "b1")
    counts = table.merge(
        pa.table({"k": [1, 2], "v": [1, 9], "batch": ["y", "y"]}), ["k"], "b2", ignore=["batch"]
    )
    assert (counts.updated, counts.unchanged) == (1, 1)
    assert rows_of(table.pin()) == [(1, 1, "x"), (2, 9, "y")]


def test_a_merge_keeps_columns_that_its_rows_lack(table: LakeTable) -> None:
    table.append(pa.table({"k": [1], "v": [1], "note": ["kept"]}), "b1")
    table.merge(pa.table({"k": [1, 2], "v": [5, 6]}), ["k"], "b2")
    assert rows_of(table.pin()) == [(1, 5, "kept"), (2, 6, None)]


def test_a_merge_by_two_columns_of_which_one_is_a_time(table: LakeTable) -> None:
    def at(microsecond: int, value: int) -> pa.Table:
        moment = datetime(2026, 9, 1, 8, 0, 0, microsecond, tzinfo=UTC)
        times = pa.array([moment], pa.timestamp("us", "UTC"))
        return pa.table({"时刻": times, "点位": ["甲"], "车速": [value]})

    table.merge(at(123_456, 1), ["时刻", "点位"], "b1")
    table.merge(at(123_456, 2), ["时刻", "点位"], "b2")
    assert table.merge(at(123_457, 3), ["点位", "时刻"], "b3").inserted == 1
    assert sorted(row[2] for row in rows_of(table.pin())) == [2, 3]


@pytest.mark.parametrize("rows", [visits((1, "a"), (1, "b")), pa.table({"编号": [None, 2]})])
def test_a_key_must_be_there_and_be_alone(table: LakeTable, rows: pa.Table) -> None:
    table.append(visits((1, "a")), "b1")
    with pytest.raises(BadKey) as caught:
        table.merge(rows, ["编号"], "b2")
    assert caught.value.fields["rows"] == 1
    assert not table.has_batch("b2")


def test_a_replacement_leaves_nothing_of_before(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    table.replace(pa.table({"k": [7]}), "b2")
    assert rows_of(table.pin()) == [(7,)]
    assert rows_of(table.pin(1)) == [(1, "a")]


def test_rows_are_deleted_by_a_condition(table: LakeTable) -> None:
    table.append(visits((1, "a"), (2, "b"), (3, None)), "b1")
    deleted = table.delete(parse_one("\"街道\" = 'b' OR 街道 IS NULL"), "d1")
    assert deleted == Written(version=2, rows=2)
    assert rows_of(table.pin()) == [(1, "a")]


def test_every_version_can_be_read_again(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    first = table.pin()
    table.append(visits((2, "b")), "b2")
    table.merge(visits((1, "A")), ["编号"], "b3")
    table.compact()
    assert (rows_of(first), rows_of(table.pin(1))) == ([(1, "a")], [(1, "a")])
    assert rows_of(table.pin(2)) == [(1, "a"), (2, "b")]
    assert [v.batch for v in table.versions()] == [None, "b3", "b2", "b1", None]


def test_an_older_version_becomes_the_newest(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    table.append(visits((2, "b")), "b2")
    assert table.restore(1) == 3
    assert rows_of(table.pin()) == [(1, "a")]
    assert table.has_batch("b2")


def test_compacting_joins_files_and_keeps_rows(table: LakeTable) -> None:
    for number in range(5):
        table.append(visits((number, "a")), f"b{number}")
    before = rows_of(table.pin())
    table.compact()
    assert (len(table.pin().files), rows_of(table.pin())) == (1, before)
    table.compact(sort_by=["编号"])
    assert rows_of(table.pin()) == before
    assert all(table.has_batch(f"b{number}") for number in range(5))


def test_cleaning_up_spares_the_kept_versions(table: LakeTable) -> None:
    for number in range(3):
        table.replace(visits((number, "a")), f"b{number}")
    (table.folder / "part-left-by-a-crash.parquet").write_bytes(b"half")
    assert table.vacuum(keep=[1], older_than=timedelta(0)) == 2
    assert rows_of(table.pin(1)) == [(0, "a")]
    assert rows_of(table.pin()) == [(2, "a")]


def test_young_files_survive_cleaning_up(table: LakeTable) -> None:
    table.replace(visits((1, "a")), "b1")
    table.replace(visits((2, "a")), "b2")
    assert table.vacuum(keep=[]) == 0
    assert rows_of(table.pin(1)) == [(1, "a")]


def test_pins_carry_bounds_that_hold_every_value(table: LakeTable) -> None:
    moment = datetime(2026, 9, 1, 0, 0, 0, 654_321, tzinfo=UTC)
    table.append(
        pa.table(
            {
                "at": pa.array([moment, None], pa.timestamp("us", "UTC")),
                "text": ["甲" * 200, "z"],
                "money": [Decimal("1.10"), None],
            }
        ),
        "b1",
    )
    file = table.pin().files[0]
    assert (file.rows, dict(file.nulls)) == (2, {"at": 1, "text": 0, "money": 1})
    assert file.lowest["at"] <= moment <= file.highest["at"]
    assert file.lowest["text"] <= "z"
    assert file.highest["text"] >= "甲" * 200
    assert "money" not in file.lowest


def test_an_unchanged_table_gives_the_same_pin(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    assert table.pin() is table.pin()
    assert table.pin(1) is table.pin()


def test_another_process_sees_what_was_written(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    other = Lake(table.folder.parents[1]).table("核心", "就诊")
    other.pin()
    table.append(visits((2, "b")), "b2")
    assert rows_of(other.pin()) == [(1, "a"), (2, "b")]
    assert other.has_batch("b2")


def test_columns_are_added_and_are_null_before(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    table.add_columns(pa.schema({"新列": pa.float64(), "街道": pa.string()}))
    table.append(pa.table({"编号": [2], "新列": [0.5]}), "b2")
    assert rows_of(table.pin()) == [(1, "a", None), (2, None, 0.5)]
    assert table.pin().schema.names == ["编号", "街道", "新列"]


def test_sorted_batches_can_be_skipped_by_their_order(table: LakeTable) -> None:
    table.append(pa.table({"n": [3, 1, 2]}), "b1", sort_by=["n"])
    assert [row[0] for row in rows_of(table.pin(), ordered=False)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (pa.table({"编号": [1], "没有": ["x"]}), "没有"),
        (pa.table({"编号": ["x"]}), "编号"),
        (pa.table({"编号": [2.5]}), "编号"),
        (pa.table({"时刻": pa.array([datetime(2026, 1, 1)], pa.timestamp("us"))}), "时刻"),  # noqa: DTZ001
        (pa.table({"t": pa.array([1], pa.time64("us"))}), "t"),
    ],
)
def test_rows_that_do_not_fit_are_refused(table: LakeTable, rows: pa.Table, column: str) -> None:
    table.create(pa.schema({"编号": pa.int64(), "时刻": pa.timestamp("us", "UTC")}))
    with pytest.raises(SchemaMismatch) as caught:
        table.append(rows, "b1")
    assert caught.value.fields["column"] == column
    assert not table.has_batch("b1")


def test_close_types_are_widened_not_refused(table: LakeTable) -> None:
    table.create(pa.schema({"n": pa.int64(), "s": pa.string(), "at": pa.timestamp("us", "UTC")}))
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    table.append(
        pa.table(
            {
                "n": pa.array([1], pa.int16()),
                "s": pa.array(["x"]).dictionary_encode(),
                "at": pa.array([moment], pa.timestamp("ms", "Asia/Shanghai")),
            }
        ),
        "b1",
    )
    assert rows_of(table.pin()) == [(1, "x", moment)]


def test_nan_is_kept_as_null_and_infinity_as_it_is(table: LakeTable) -> None:
    table.append(pa.table({"x": [float("nan"), float("inf"), -0.0, None]}), "b1")
    assert rows_of(table.pin(), ordered=False) == [(None,), (float("inf"),), (-0.0,), (None,)]
    assert table.pin().files[0].nulls == {"x": 2}


def test_creating_again_checks_the_types(table: LakeTable) -> None:
    table.create(pa.schema({"n": pa.int64()}))
    table.create(pa.schema({"n": pa.int64()}))
    with pytest.raises(SchemaMismatch):
        table.create(pa.schema({"n": pa.string()}))
    with pytest.raises(SchemaMismatch):
        table.create(pa.schema([("n", pa.int64()), ("n", pa.int64())]))


def test_what_is_not_there_is_said_so(lake: Lake, table: LakeTable) -> None:
    with pytest.raises(UnknownTable):
        table.pin()
    with pytest.raises(UnknownTable):
        table.delete(parse_one("n = 1"), "d1")
    table.append(visits((1, "a")), "b1")
    with pytest.raises(UnknownVersion):
        table.pin(99)
    with pytest.raises(UnknownVersion):
        table.restore(-1)
    with pytest.raises(UnknownTable) as caught:
        lake.existing("核心.就真")
    assert list(caught.value.fields["close"]) == ["核心.就诊"]


@pytest.mark.parametrize("name", ["", "a b", "../x", "1a", "a" * 65, "x/y", "cafe\u0301"])
def test_only_identifiers_name_tables(lake: Lake, name: str) -> None:
    with pytest.raises(Invalid):
        lake.table("core", name)


def test_a_pin_is_a_value(table: LakeTable) -> None:
    table.append(visits((1, "a")), "b1")
    pin = table.pin()
    assert pin == Pin(pin.table, pin.version, pin.schema, pin.files)
    assert (pin.table, pin.rows) == ("核心.就诊", 1)
    assert pin.size_bytes > 0
