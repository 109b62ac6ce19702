"""Sizes stay within what a reader can hold: files, functions, parameters, folders; and everything is explained."""

import ast
from collections import Counter
from pathlib import Path

Modules = dict[Path, ast.Module]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions(modules: Modules) -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (f"{path}:{node.lineno} {node.name}", node)
        for path, tree in modules.items()
        if path.parts[0] != "migrations"  # written by Alembic
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
    ]


def test_no_file_is_longer_than_500_lines(package: Path, modules: Modules) -> None:
    long = {
        str(path): len((package / path).read_text().splitlines())
        for path in modules
        if path.parts[0] != "migrations"
    }
    assert {path: lines for path, lines in long.items() if lines > 500} == {}


def test_no_function_is_longer_than_60_lines(modules: Modules) -> None:
    assert [
        name for name, node in functions(modules) if (node.end_lineno or 0) - node.lineno >= 60
    ] == []


def test_no_function_takes_more_than_6_parameters(modules: Modules) -> None:
    crowded = []
    for name, node in functions(modules):
        if any("command" in ast.unparse(decorator) for decorator in node.decorator_list):
            continue  # a CLI command's parameters are its options
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if len([argument for argument in given if argument.arg not in {"self", "cls"}]) > 6:
            crowded.append(name)
    assert crowded == []


def test_no_folder_holds_more_than_15_modules(modules: Modules) -> None:
    counts = Counter(str(path.parent) for path in modules if path.name != "__init__.py")
    assert {folder: n for folder, n in counts.items() if n > 15} == {}


def test_every_module_and_public_name_has_a_docstring(modules: Modules) -> None:
    bare = []
    for path, tree in modules.items():
        if ast.get_docstring(tree) is None:
            bare.append(str(path))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                if ast.get_docstring(node) is None:
                    bare.append(f"{path}:{node.lineno} {node.name}")
                bare += [
                    f"{path}:{item.lineno} {node.name}.{item.name}"
                    for item in node.body
                    if isinstance(item, FUNCTIONS)
                    and not item.name.startswith("_")
                    and ast.get_docstring(item) is None
                ]
        bare += [
            f"{path}:{node.lineno} {node.name}"
            for node in tree.body
            if isinstance(node, FUNCTIONS)
            and not node.name.startswith("_")
            and ast.get_docstring(node) is None
            and path.parts[0] != "migrations"
        ]
    assert bare == []


def test_broad_excepts_stand_only_at_process_edges(modules: Modules) -> None:
    edges = {
        "foundation/jobs.py",
        "foundation/outbox.py",
        "app.py",
        "cli/call.py",
        "demo/live/feed.py",
        "demo/live/staff.py",
        "__main__.py",
    }
    broad = [
        f"{path}:{node.lineno}"
        for path, tree in modules.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and str(path) not in edges
    ]
    assert broad == []


def test_nothing_is_left_to_do(package: Path, modules: Modules) -> None:
    marks = [
        f"{path}:{number}"
        for path in modules
        for number, line in enumerate((package / path).read_text().splitlines(), 1)
        if any(mark in line for mark in ("TODO", "FIXME", "XXX", "NotImplementedError"))
    ]
    assert marks == []
