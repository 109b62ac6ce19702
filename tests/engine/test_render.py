"""Neutral functions: what they become in each dialect, and that each dialect has them all."""

import hashlib
import hmac

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from sqlglot import exp, parse_one

from cityloop.engine import BadQuery, DuckDbEngine, Refused
from cityloop.engine.render import (
    FUNCTIONS,
    SPELLINGS,
    approx_distinct,
    bucket,
    local,
    median,
    percentile,
    position,
    pseudonym,
    render,
)

x = exp.column("x")


def test_every_dialect_spells_every_function() -> None:
    assert {dialect: set(spelled) for dialect, spelled in SPELLINGS.items()} == {
        dialect: set(FUNCTIONS) for dialect in SPELLINGS
    }


def test_what_duckdb_gets() -> None:
    trees = {
        "percentile": percentile(x, 0.95),
        "median": median(x),
        "approx_distinct": approx_distinct(x),
        "bucket": bucket(x, "week", "Asia/Shanghai"),
        "bucket of a day": bucket(x, "month", None),
        "local": local(x, "Asia/Shanghai"),
        "position": position(exp.Literal.string("街"), x),
        "division": parse_one("a / b"),
    }
    assert {name: render(tree, "duckdb") for name, tree in trees.items()} == snapshot(
        {
            "percentile": 'QUANTILE_CONT(CAST("x" AS DOUBLE), 0.95)',
            "median": 'QUANTILE_CONT(CAST("x" AS DOUBLE), 0.5)',
            "approx_distinct": 'APPROX_COUNT_DISTINCT("x")',
            "bucket": "CAST(DATE_TRUNC('week', TIMEZONE('Asia/Shanghai', CAST(\"x\" AS TIMESTAMPTZ))) AS TIMESTAMP)",
            "bucket of a day": "CAST(DATE_TRUNC('month', CAST(\"x\" AS TIMESTAMP)) AS TIMESTAMP)",
            "local": "TIMEZONE('Asia/Shanghai', CAST(\"x\" AS TIMESTAMPTZ))",
            "position": "STRPOS(\"x\", '街')",
            "division": '(CAST("a" AS DOUBLE) / NULLIF(CAST("b" AS DOUBLE), CAST(0 AS DOUBLE)))',
        }
    )


def test_calls_survive_sql_text() -> None:
    tree = bucket(percentile(x, 0.5), "day", "Asia/Shanghai")
    again = parse_one(tree.sql("duckdb"), dialect="duckdb")
    assert render(again, "duckdb") == render(tree, "duckdb")


@pytest.mark.parametrize(
    "text",
    [
        "city_bucket(x, 'fortnight', 'Asia/Shanghai')",
        "city_bucket(x, 'day')",
        "city_bucket(x, g, 'Asia/Shanghai')",
        "city_median(x, 1)",
        "city_local(x, concat('a', 'b'))",
    ],
)
def test_wrong_arguments_are_told(text: str) -> None:
    with pytest.raises(BadQuery):
        render(parse_one(text, dialect="duckdb"), "duckdb")


def test_a_pseudonym_needs_a_known_key() -> None:
    with pytest.raises(Refused):
        render(pseudonym(x, "other"), "duckdb", keys={"seal": b"k"})


def test_a_tree_never_holds_a_key() -> None:
    assert pseudonym(x, "seal").sql() == "CITY_PSEUDONYM(x, 'seal')"


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_pseudonym_is_hmac_sha256(engine: DuckDbEngine, value: str) -> None:
    tree = exp.select(pseudonym(exp.Literal.string(value), "seal").as_("p"))
    expected = hmac.new(b"secret", value.encode(), hashlib.sha256).hexdigest()
    assert engine.query(tree, {}).to_pylist() == [{"p": expected}]


def test_a_long_key_is_hashed_first_as_hmac_says(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("keys")
    engine = DuckDbEngine(folder / "lake", temp=folder / "s", keys={"long": b"k" * 200})
    tree = exp.select(pseudonym(exp.Literal.string("值"), "long").as_("p"))
    expected = hmac.new(b"k" * 200, "值".encode(), hashlib.sha256).hexdigest()
    assert engine.query(tree, {}).to_pylist() == [{"p": expected}]
    engine.close()
