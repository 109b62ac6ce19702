import json
from dataclasses import asdict

import pytest

from demo.recount import SPECS, gb11643, gb32100, recount


@pytest.mark.parametrize("dataset", sorted(SPECS))
def test_plain_reading_finds_exactly_what_was_planted(dataset, tiny_city):
    target, planted = tiny_city
    expected = asdict(planted.counts[dataset])
    del expected["repaired_rows"]
    assert recount(SPECS[dataset], target / "inbound") == expected


def test_rows_add_up_in_every_dataset(tiny_city):
    _, planted = tiny_city
    for counts in planted.counts.values():
        assert counts.read == counts.good + counts.quarantined + counts.duplicate
        assert counts.quarantined == sum(counts.rules.values())


def test_every_messy_dataset_has_something_planted(tiny_city):
    _, planted = tiny_city
    clean = {n for n in SPECS if not planted.counts[n].rules}
    assert clean == set()


def test_registers_are_clean(tiny_city):
    _, planted = tiny_city
    registers = {n: c for n, c in planted.counts.items() if n not in SPECS}
    assert {n for n, c in registers.items() if c.good != c.read} == set()
    assert "car_parks" in registers


def test_planted_json_says_the_same_as_the_answer(tiny_city):
    target, planted = tiny_city
    written = json.loads((target / "planted.json").read_text("utf-8"))
    assert written["rows"] == planted.rows
    assert written["datasets"]["residents"]["rules"] == planted.counts["residents"].rules
    files = [f for d in written["datasets"].values() for f in d["files"]]
    assert [f for f in files if not (target / "inbound" / f).is_file()] == []


def test_the_recount_knows_the_examples_of_the_standards():
    assert gb11643("11010519491231002X")
    assert not gb11643("110105194912310021")
    assert gb32100("91350100M000100Y43")
    assert not gb32100("91350100M000100Y44")
