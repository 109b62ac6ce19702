"""The quick way clears a row only when the thorough way finds the same values and nothing else to say."""

import os
from typing import Any

import pytest
from contract_rows import Judge, dataset, field
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_contract_agreement import FIELDS, NULLS, dressed

RULE = {"name": "short", "title": {"zh": "短", "en": "Short"}, "expression": "v <> '无人'"}


def compare(judge: Judge, contract: Any, values: list[str | None]) -> list[bool]:
    """Judge ``values`` in both ways and return which rows the quick way cleared."""
    compiled = judge.compiled(contract)
    thorough = judge.run(compiled, {"v": values})
    query = f"SELECT *, v IS NULL AS gone FROM ({compiled.quick.sql('duckdb')})"
    quick = judge.connection.sql(query).to_arrow_table().to_pylist()
    for text, one, other in zip(values, quick, thorough, strict=True):
        if one["_fine"]:
            assert one["_raw"] is None
            assert (other.reasons, other.flags, other.repairs) == ([], [], {}), repr(text)
            assert repr(one["v"]) == repr(other.values["v"]), repr(text)
        else:
            assert one["_raw"] is not None
    return [each["_fine"] for each in quick]


@pytest.mark.parametrize("name", FIELDS)
@settings(
    max_examples=int(os.environ.get("CITYLOOP_TEST_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(values=st.lists(dressed.filter(lambda v: v is None or "\0" not in v), min_size=1, max_size=80))  # fmt: skip
def test_what_is_cleared_quickly_has_the_thorough_verdict(
    judge: Judge, name: str, values: list[str | None]
) -> None:
    compare(judge, dataset(FIELDS[name], nulls=NULLS), values)


def test_plain_values_are_cleared_and_everything_else_is_left(judge: Judge) -> None:
    values = [
        "浙A1",
        "",
        None,
        " 浙A1",
        "无",
        "无锡",
        "N/A",
        "Nothing",
        "浙A1\u3000",
        "-",
        "－",
        "-5",
    ]
    cleared = compare(judge, dataset(field("v"), nulls=NULLS), values)
    assert cleared == [True, True, True, False, False, True, False, True, False, False, False, True]


def test_moments_as_systems_write_them_are_cleared(judge: Judge) -> None:
    values = {
        "2026-09-01T08:00:00+08:00": True,
        "2026-09-30 18:43:51+00:00": True,
        "2026-09-30 18:43:51.077480+00:00": True,
        "2026-09-30T18:43:51.077487+08:00": True,
        "2026-09-01T08:00:00+09:00": False,
        "2026-02-30T08:00:00+08:00": False,
        "2026-09-01T24:00:00+08:00": False,
        "2026-09-01 08:00:00.123+08:00": False,
        "1985-07-01T08:00:00+08:00": False,
        "9999-12-31T23:59:59+00:00": False,
        "2026-09-01 08:00:00 +08:0": False,
    }
    contract = dataset(field("v", type="timestamp"))
    assert compare(judge, contract, list(values)) == list(values.values())
    abroad = dataset(field("v", type="timestamp", time_zone="America/New_York"))
    assert compare(judge, abroad, list(values)) == [False] * len(values)


def test_a_broken_rule_or_flag_is_never_cleared(judge: Judge) -> None:
    for on_fail in ("quarantine", "flag"):
        contract = dataset(field("v"), rules=[{**RULE, "on_fail": on_fail}])
        assert compare(judge, contract, ["有人", "无人", ""]) == [True, False, True]
