"""The package as syntax trees, parsed once per test process."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "cityloop"


@pytest.fixture(scope="session")
def modules() -> dict[Path, ast.Module]:
    """Every module of the package by its path relative to ``src/cityloop``."""
    return {
        file.relative_to(PACKAGE): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(PACKAGE.rglob("*.py"))
    }


@pytest.fixture(scope="session")
def package() -> Path:
    return PACKAGE
