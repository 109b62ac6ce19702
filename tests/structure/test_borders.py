"""Borders that the import contracts cannot say: stores are private, only ``api.py`` speaks HTTP, one noun everywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

Modules = dict[Path, ast.Module]

HTTP = {"fastapi", "starlette", "uvicorn"}
MAY_SPEAK_HTTP = {"foundation/web.py", "server.py"}
CATCH_ALL = {
    "utils",
    "util",
    "common",
    "misc",
    "helpers",
    "manager",
    "handler",
    "handlers",
    "base_utils",
}


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_a_feature_itself_imports_its_store(modules: Modules) -> None:
    trespasses = [
        f"{path} imports {name}"
        for path, tree in modules.items()
        for name in imports(tree)
        if name.startswith("cityloop.")
        and name.split(".")[2:3] == ["store"]
        and path.parts[0] not in {name.split(".")[1], "migrations"}
    ]
    assert trespasses == []


def test_only_api_modules_speak_http(modules: Modules) -> None:
    speakers = {
        str(path)
        for path, tree in modules.items()
        for name in imports(tree)
        if name.split(".")[0] in HTTP
    }
    assert {
        path for path in speakers if not path.endswith("/api.py") and path not in MAY_SPEAK_HTTP
    } == set()


def test_no_module_is_a_catch_all(modules: Modules) -> None:
    assert [str(path) for path in modules if path.stem in CATCH_ALL] == []


def test_the_environment_and_the_clock_are_passed_in(modules: Modules) -> None:
    readers = [
        f"{path}:{node.lineno}"
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node)
        in {"os.environ", "os.getenv", "datetime.now", "date.today", "datetime.utcnow"}
        and str(path) not in {"foundation/settings.py", "foundation/clock.py"}
    ]
    assert readers == []


@pytest.mark.parametrize("tree", ["tests", "docs", "web/src/features"])
def test_features_have_the_same_noun_everywhere(package: Path, tree: str) -> None:
    root = package.parents[1]
    folder = root / tree
    if not folder.is_dir():
        pytest.skip(f"{tree} does not exist yet")
    features = {
        item.name for item in package.iterdir() if item.is_dir() and (item / "service.py").is_file()
    }
    found = {item.stem for item in folder.iterdir()}
    if tree == "web/src/features":
        assert {name for name in found if not (package / name).is_dir()} == set()
    else:
        assert features - found == set()
