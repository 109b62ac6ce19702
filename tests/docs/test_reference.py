"""The reference says what the code says."""

import runpy

import pytest

from cityloop.foundation.settings import Settings

from .conftest import ROOT

REFERENCE = ROOT / "docs" / "reference"
WRITE = runpy.run_path(str(REFERENCE / "write.py"))


@pytest.mark.parametrize("name", WRITE["pages"]())
def test_the_page_is_what_the_code_says(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == WRITE["pages"]()[name], f"docs/reference/{name} is old: run `make docs`"


def test_every_page_of_the_reference_is_written() -> None:
    assert {file.name for file in REFERENCE.glob("*.md")} == set(WRITE["pages"]())


def test_chinese_words_speak_of_nothing_that_is_not_there() -> None:
    known = {"settings": set(Settings.__dataclass_fields__)}
    known["commands"] = {name for name, _command in WRITE["commands"]()}
    assert {table: set(words) for table, words in WRITE["CHINESE"].items()} == known
