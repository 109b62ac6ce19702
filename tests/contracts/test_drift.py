"""Columns that changed their names, vanished or appeared are noticed before a row is read."""

from collections.abc import Mapping

import pytest
from contract_rows import dataset, field

from cityloop.contracts.drift import (
    ExtraColumns,
    MissingColumn,
    Suspect,
    UnknownField,
    compare,
    match_columns,
)

CONTRACT = dataset(
    field("id", required=True, **{"from": ["编号", "Code"]}),
    field("speed_kmh", "number", **{"from": ["车速(km/h)"]}),
    field("remark"),
)


@pytest.mark.parametrize(
    ("columns", "fed"),
    [
        (["id", "speed_kmh"], {"id": "id", "speed_kmh": "speed_kmh"}),
        (["Code", "编号"], {"id": "编号"}),
        (["id", "编号"], {"id": "id"}),
        (["ＣＯＤＥ", "车速（KM/H） "], {"id": "ＣＯＤＥ", "speed_kmh": "车速（KM/H） "}),
        (["id名", "remark title"], {"id": "id名", "remark": "remark title"}),
    ],
)
def test_column_feeds_the_field_that_knows_its_name(
    columns: list[str], fed: Mapping[str, str]
) -> None:
    assert compare(CONTRACT, columns, {}).columns == fed


def test_source_may_say_which_column_feeds_which_field() -> None:
    match = compare(CONTRACT, ["id", "号"], {"号": "id"})
    assert (match.columns, match.extra) == ({"id": "号"}, ("id",))


def test_mapping_to_an_unknown_field_is_refused_with_close_ones() -> None:
    with pytest.raises(UnknownField, match="speed_kmh"):
        compare(CONTRACT, ["v"], {"v": "speed_km"})


def test_missing_required_column_is_named_with_the_closest() -> None:
    with pytest.raises(MissingColumn) as missing:
        match_columns(CONTRACT, ["编码", "speed_kmh"], {})
    words = missing.value.message("zh") + missing.value.hint("zh")
    assert "字段 id" in words
    assert "编码" in words


def test_renamed_column_is_suspected() -> None:
    contract = dataset(field("车牌号码"), field("b"))
    match = compare(contract, ["车牌号", "b"], {})
    assert [(each.field, each.column) for each in match.suspects] == [("车牌号码", "车牌号")]
    assert isinstance(match.suspects[0], Suspect)


def test_missing_column_of_an_optional_field_is_told_but_allowed() -> None:
    match = match_columns(CONTRACT, ["id"], {})
    assert match.absent == ("speed_kmh", "remark")


def test_required_field_with_a_default_needs_no_column() -> None:
    contract = dataset(field("a", required=True, default="x"))
    assert match_columns(contract, [], {}).absent == ("a",)


def test_composed_field_needs_all_its_parts() -> None:
    contract = dataset(field("at", "date", required=True, compose="{年}-{月}-1"))
    assert match_columns(contract, ["月 ", "年"], {}).parts == {"at": {"年": "年", "月": "月 "}}
    with pytest.raises(MissingColumn, match="年, 月"):
        match_columns(contract, ["年"], {})


def test_extra_columns_are_refused_when_the_contract_says_so() -> None:
    contract = dataset(field("a"), extra_columns="refuse")
    with pytest.raises(ExtraColumns, match="新增"):
        match_columns(contract, ["a", "新增"], {})


def test_endless_names_do_not_make_endless_messages() -> None:
    with pytest.raises(MissingColumn) as missing:
        match_columns(CONTRACT, [str(number) * 10_000 for number in range(10)] * 10, {})
    assert len(str(missing.value)) < 5_000
