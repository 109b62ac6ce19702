"""A wrong contract is refused when it is written, with the place and the next step; never when data arrives."""

from datetime import date
from typing import Any

import pytest
from contract_rows import DISTRICTS, TITLE, codes, dataset, field
from pydantic import ValidationError

from cityloop.contracts.check import check_codes, check_dataset, references
from cityloop.contracts.model import DEFAULT_NULLS, CodesDefinition, DatasetDefinition
from cityloop.foundation.definition import Reference, Snapshot


def faults(contract: DatasetDefinition) -> list[tuple[tuple[str | int, ...], str]]:
    found = check_dataset(contract, Snapshot.of(DISTRICTS, contract))
    return [(each.path, each.error.code) for each in found]


GOOD = dataset(
    field("编号", required=True),
    field("speed", "number", unit="km/h", min=0, max=200.5),
    field("at", "timestamp", time_zone="Asia/Urumqi", min=date(2020, 1, 1)),
    field("k", codes="district", default="临湖区"),
    field("plate", format="plate"),
    field("code", pattern="[A-Z]{2}\\d+"),
    key=["编号"],
    load="merge",
    time="at",
    rules=[{"name": "slow", "title": TITLE, "expression": "speed < 120"}],
)


def test_good_contract_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "option"),
    [
        (field("a", "number", unit="furlong"), "unit"),
        (field("a", "text", unit="km/h"), "unit"),
        (field("a", "number", codes="district"), "codes"),
        (field("a", "integer", format="luhn"), "format"),
        (field("a", codes="district", format="luhn"), "format"),
        (field("a", "date", pattern=".*"), "pattern"),
        (field("a", pattern="(?=x)"), "pattern"),
        (field("a", pattern="["), "pattern"),
        (field("a", min=1), "min"),
        (field("a", "date", min=5), "min"),
        (field("a", "integer", max=1.5), "max"),
        (field("a", "number", max=date(2026, 1, 1)), "max"),
        (field("a", "number", min=5, max=4), "min"),
        (field("a", "timestamp", time_zone="Asia/Yunjiang"), "time_zone"),
        (field("a", "date", time_zone="Asia/Shanghai"), "time_zone"),
        (field("a", "text", date_order="mdy"), "date_order"),
        (field("a", "integer", default="x"), "default"),
        (field("a", "boolean", default=1), "default"),
        (field("a", codes="district", default="临湖"), "default"),
        (field("a", compose="no columns"), "compose"),
    ],
)
def test_wrong_option_is_named_with_its_place(wrong: dict[str, Any], option: str) -> None:
    assert faults(dataset(wrong)) == [(("fields", 0, option), "contracts.bad_field")]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"key": ["b"]}, ("key", 0)),
        ({"key": ["a", "a"]}, ("key", 0)),
        ({"load": "merge"}, ("load",)),
        ({"time": "b"}, ("time",)),
        ({"time": "a"}, ("time",)),
        ({"rules": [{"name": "type", "title": TITLE, "expression": "a = 'x'"}]}, ("rules", 0, "name")),
        ({"rules": [{"name": "r", "title": TITLE, "expression": "b = 'x'"}]}, ("rules", 0, "expression")),
        ({"rules": [{"name": "r", "title": TITLE, "expression": "a +"}]}, ("rules", 0, "expression")),
        ({"rules": [{"name": "r", "title": TITLE, "expression": "(select 1) = 1"}]}, ("rules", 0, "expression")),
        ({"rules": [{"name": "r", "title": TITLE, "expression": "length(a) + 1"}]}, ("rules", 0, "expression")),
    ],
)  # fmt: skip
def test_wrong_dataset_is_named_with_its_place(more: dict[str, Any], path: tuple[str, ...]) -> None:
    assert path in [place for place, _code in faults(dataset(field("a"), **more))]


def test_two_fields_may_not_share_a_name_or_a_source_column() -> None:
    twice = dataset(field("Speed"), field("speed"), field("b", **{"from": ["列"]}), field("c", **{"from": ["列"]}))  # fmt: skip
    assert [path for path, _code in faults(twice)] == [
        ("fields", 0, "name"),
        ("fields", 1, "name"),
        ("fields", 2, "from"),
        ("fields", 3, "from"),
    ]


@pytest.mark.parametrize("unit", ["辆", {"zh": "辆", "en": "辆"}])
def test_a_unit_that_only_chinese_readers_know_is_refused(unit: object) -> None:
    assert faults(dataset(field("a", "integer", unit=unit))) == [
        (("fields", 0, "unit"), "foundation.unit_only_chinese")
    ]


@pytest.mark.parametrize("unit", ["km/h", "µg/m³", "%", {"zh": "辆", "en": "vehicles"}])
def test_a_unit_is_a_sign_or_a_word_in_each_language(unit: object) -> None:
    contract = dataset(field("a", "number", unit=unit))
    assert faults(contract) == []
    assert contract.model_dump(mode="json", exclude_unset=True)["fields"][0]["unit"] == unit


def test_every_fault_has_words_in_both_languages() -> None:
    wrong = dataset(field("a", "number", unit="furlong"), key=["b"], rules=[{"name": "r", "title": TITLE, "expression": "a"}])  # fmt: skip
    for each in check_dataset(wrong, Snapshot.of(wrong)):
        for lang in ("zh", "en"):
            words = each.error.message(lang) + each.error.hint(lang)  # type: ignore[arg-type]
            assert "{" not in words
            assert each.error.hint(lang)  # type: ignore[arg-type]


def test_code_tables_are_referred_to_with_their_place() -> None:
    assert list(references(GOOD)) == [Reference("codes", "district", ("fields", 3, "codes"))]


def test_ambiguous_spelling_of_a_code_is_named() -> None:
    twice = codes(("a", ["1"]), ("b", ["1", "a"]), ("c", ["c"]))
    found = [
        (each.path, each.error.fields["spelling"]) for each in check_codes(twice, Snapshot.of())
    ]
    assert found == [(("values", 1, "value"), "1"), (("values", 1, "value"), "a")]


def test_code_that_yaml_took_for_a_number_is_refused() -> None:
    with pytest.raises(ValidationError, match="valid string"):
        CodesDefinition.model_validate(
            {"name": "c", "title": TITLE, "values": [{"value": 990102, "title": TITLE}]}
        )


def test_null_tokens_may_hold_a_bare_null() -> None:
    assert dataset(field("a"), nulls=["", None, "缺"]).nulls == ("", "null", "缺")
    assert dataset(field("a")).nulls == DEFAULT_NULLS


def test_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="Extra inputs"):
        dataset(field("a", colour="red"))
