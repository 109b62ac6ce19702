"""What a mask hides cannot be told from what it shows; types stay; nulls stay."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from little_city import OWNER, VISITS, column, title
from sqlglot import exp

from cityloop.contracts.model import DatasetDefinition
from cityloop.engine.render import render
from cityloop.foundation import log
from cityloop.foundation.principal import Principal
from cityloop.policies.masking import (
    MASKS,
    PseudonymKeys,
    Target,
    default_mask,
    mask_column,
    mask_named,
    pseudonym_scope,
    redact,
    width,
)
from cityloop.policies.model import UnknownMask

KEYS = {"pseudonyms": b"k" * 32}
CONNECTION = duckdb.connect()
CONNECTION.execute("SET TimeZone = 'UTC'")
TYPES = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}
anything = st.text(
    alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=40
)


def masked(mask: str, value: object, kind: str = "text", scope: str = "a") -> object:
    tree = mask_column(mask, Target(exp.column("v", quoted=True), kind, scope, "Asia/Shanghai"))
    sql = f"SELECT {render(tree, 'duckdb', keys=KEYS)} AS m FROM (SELECT $1::{TYPES[kind]} AS v)"
    return CONNECTION.execute(sql, [value]).fetchone()[0]


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        ("name", "张三丰", "张**"),
        ("name", "欧", "****"),
        ("phone", "13812340000", "138****0000"),
        ("phone", "12345", "****"),
        ("id_number", "11010519491231002X", "110105********002X"),
        ("plate", "浙A12345", "浙A***45"),
        ("plate", "浙AD12345", "浙A***45"),
        ("address", "云江市临湖区望江街道幸福里3号", "云江市临湖区望江街道****"),
        ("address", "浙江省云江市临湖区文一路12号", "浙江省云江市临湖区****"),
        ("address", "幸福小区3栋402室", "****"),
        ("address", "somewhere", "****"),
        ("partial:2,2", "ABCDEFGHIJ", "AB****IJ"),
        ("partial:2,2", "ABCDEFGHI", "****"),
        ("partial:0,4", "6222020000001234", "****1234"),
        ("null", "x", None),
    ],
)
def test_text_masks_show_what_they_promise(mask: str, value: str, shown: str | None) -> None:
    assert masked(mask, value) == shown


def test_typed_masks_keep_the_type() -> None:
    assert masked("year", date(1949, 12, 31), "date") == date(1949, 1, 1)
    new_year = datetime(2025, 12, 31, 20, 0, tzinfo=UTC)  # 2026 in the city
    assert masked("year", new_year, "timestamp") == datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert masked("bucket:10", 37, "integer") == 30
    assert masked("bucket:10", -1, "integer") == -10
    assert masked("bucket:5", 12.5, "number") == 10.0


@given(st.sampled_from([m for m in MASKS if "text" in MASKS[m].types]), anything)
@settings(max_examples=150, deadline=None)
def test_long_values_never_pass_whole(mask: str, value: str) -> None:
    """What is shown is never the value itself, and what a partial mask shows is at most what it names."""
    text = "partial:2,2" if mask == "partial" else mask
    shown = masked(text, value)
    assert shown is None or shown != value or set(value) == {"*"}
    if mask in ("name", "phone", "id_number", "plate", "partial") and shown is not None:
        assert len(re.sub(r"\*", "", str(shown))) <= 10


@given(anything, anything, st.data())
@settings(max_examples=150, deadline=None)
def test_hidden_parts_make_no_difference(first: str, second: str, data: st.DataObject) -> None:
    """Two values that agree in what the mask keeps look the same, whatever and however long the rest is."""
    mask, keep_first, keep_last, shortest = data.draw(
        st.sampled_from(
            [
                ("phone", 3, 4, 11),
                ("id_number", 6, 4, 15),
                ("plate", 2, 2, 7),
                ("name", 1, 0, 2),
                ("partial:2,2", 2, 2, 10),
            ]
        )
    )
    letter = st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")
    start = data.draw(st.text(letter, min_size=keep_first, max_size=keep_first))
    end = data.draw(st.text(letter, min_size=keep_last, max_size=keep_last))
    pad = "x" * shortest
    assert masked(mask, start + first + pad + end) == masked(mask, start + second + pad + end)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)), st.integers(0, 300))
@settings(max_examples=60, deadline=None)
def test_days_of_one_year_look_the_same(day: date, later: int) -> None:
    other = date.fromordinal(date(day.year, 1, 1).toordinal() + later)
    assert masked("year", day, "date") == masked("year", other, "date")


def test_nulls_stay_null() -> None:
    for name, mask in MASKS.items():
        text = {"bucket": "bucket:10", "partial": "partial:1,1"}.get(name, name)
        for kind in mask.types:
            assert masked(text, None, kind) is None, name


def test_pseudonyms_join_within_a_department_and_not_between_two() -> None:
    one, again, other = (
        masked("hash", "x", scope="a"),
        masked("hash", "x", scope="a"),
        masked("hash", "x", scope="b"),
    )
    assert one == again != other
    assert re.fullmatch(r"[0-9a-f]{32}", str(one))
    assert masked("hash", "y", scope="a") != one


def test_scopes_cannot_be_confused() -> None:
    ann = Principal("a:b", "ann")
    assert pseudonym_scope(ann) == "person:a:b"
    assert pseudonym_scope(OWNER) == "department:health"
    assert masked("hash", "b:c", scope="a") != masked("hash", "c", scope="a:b")


def test_keys_survive_a_restart_and_are_for_their_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "pseudonyms"
    first = dict(PseudonymKeys(file))
    assert dict(PseudonymKeys(file)) == first
    assert file.stat().st_mode & 0o077 == 0
    assert len(first["pseudonyms"]) == 32


@pytest.mark.parametrize(
    "text",
    [
        "phon",
        "bucket",
        "bucket:0",
        "bucket:x",
        "partial:1",
        "name:3",
        "",
        "bucket:-5",
        "bucket:1,2",
    ],
)
def test_unknown_masks_are_refused(text: str) -> None:
    with pytest.raises(UnknownMask):
        mask_named(text)


def test_a_mask_of_the_wrong_type_shows_nothing() -> None:
    assert masked("year", "1949-12-31", "text") is None


def test_default_masks_follow_format_and_level() -> None:
    assert default_mask(VISITS, "phone") == "phone"
    assert default_mask(VISITS, "diagnosis") is None
    important = DatasetDefinition(
        name="x", title=title("x"), fields=[column("phone", format="phone", level=5)]
    )
    assert default_mask(important, "phone") is None


def test_of_two_masks_the_wider_one_is_known() -> None:
    assert width("bucket:10") < width("phone") < width("hash") < width("null")


def test_logs_hold_no_graded_values() -> None:
    fields = {
        "district": "临湖区",
        "patient": "张三",
        "rows": 3,
        "note": "张三丰",
        "ok": True,
        "none": None,
    }
    assert redact(fields, VISITS) == {
        "district": "临湖区", "patient": "*** (L3)", "rows": 3, "note": "*** (3)", "ok": True, "none": None,
    }  # fmt: skip
    assert redact({"note": "张三丰"}) == {"note": "*** (3)"}


def test_tracebacks_in_logs_hold_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    log.configure()
    patient = "".join(["张", "CANARY"])
    try:
        raise ValueError(len(patient))
    except ValueError as error:
        log.get("policies").error("failed", exc_info=error)
    finally:
        structlog.configure(**before)
    printed = capsys.readouterr().err
    assert "ValueError" in printed
    assert "CANARY" not in printed.replace('"CANARY"', "")
