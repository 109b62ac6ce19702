"""The page's example runs and prints what it says; its table names every function."""

import re
from pathlib import Path

import pytest

from cityloop.engine.render import FUNCTIONS

PAGE = Path(__file__).parents[2] / "docs" / "engine.md"


def test_the_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]
    exec(compile(code, "docs/engine.md", "exec"), {})
    expected = [line.removeprefix("# ") for line in code.splitlines() if line.startswith("# ")]
    assert capsys.readouterr().out.splitlines() == expected


def test_every_function_is_documented() -> None:
    assert set(re.findall(r"`(city_\w+)\(", PAGE.read_text(encoding="utf-8"))) == set(FUNCTIONS)
