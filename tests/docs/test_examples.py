"""Examples are true: those in docstrings run, those on pages run or at least fit what they are for."""

import ast
import doctest
import importlib
import pkgutil
import re
import shlex
from pathlib import Path

import click
import pytest

import cityloop
from cityloop.app import KINDS
from cityloop.cli import cli
from cityloop.definitions.documents import Reader
from cityloop.definitions.folder import read_folder

from .conftest import Page, read_pages

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
FILE = re.compile(r"^# mycity/(\S+\.yaml)$", re.MULTILINE)
COMMAND = re.compile(r"(?:^|&& )(?:\.venv/bin/)?cityloop( [^\n#&]+)?", re.MULTILINE)
IMPORTS = r"\A(from|import) "
"""A block that begins so stands on its own and runs; others speak of a city that the text has introduced."""
PRINTED = re.compile(r"^print\(.*\n# (.*)$", re.MULTILINE)
PAGES = read_pages()


def modules() -> list[str]:
    """Every module with an example in it."""
    found = []
    for module in pkgutil.walk_packages(cityloop.__path__, "cityloop."):
        spec = module.module_finder.find_spec(module.name, None)  # type: ignore[call-arg]
        if spec and spec.origin and ">>> " in Path(spec.origin).read_text(encoding="utf-8"):
            found.append(module.name)
    return found


def blocks(language: str, pattern: str = "") -> list[object]:
    """Every block of code in ``language`` that fits ``pattern``, as parameters."""
    return [
        pytest.param(block, id=f"{each.name}-{number}")
        for each in PAGES
        for number, block in enumerate(each.blocks(language), 1)
        if re.search(pattern, block)
    ]


@pytest.mark.parametrize("name", modules())
def test_examples_of_docstrings_run(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=FLAGS)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("block", blocks("python", IMPORTS))
def test_python_examples_that_begin_with_an_import_run(
    block: str, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(block, "page", "exec"), {})
    assert capsys.readouterr().out.splitlines() == PRINTED.findall(block)


@pytest.mark.parametrize("block", blocks("python"))
def test_python_examples_can_be_read(block: str) -> None:
    ast.parse(block)


@pytest.mark.parametrize("block", blocks("yaml", "name:"))
def test_yaml_examples_are_definitions(block: str, tmp_path: Path) -> None:
    named = FILE.search(block)
    file = tmp_path / (named.group(1) if named else "any.yaml")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(block, encoding="utf-8")
    draft = read_folder(tmp_path, Reader({kind.name: kind for kind in KINDS}))
    assert [str(each) for each in draft.findings] == []
    assert draft.entries


def shell_commands(page: Page) -> list[str]:
    """What follows ``cityloop`` in blocks of shell and in indented lines."""
    indented = re.findall(r"^ {4}(\S.*)$", page.prose, re.MULTILINE)
    text = "\n".join([*page.blocks("sh"), *indented]).replace("\\\n", " ")
    return [found.group(1) or "" for found in COMMAND.finditer(text)]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(command, id=f"{each.name}:{command.strip()[:40]}")
        for each in PAGES
        for command in shell_commands(each)
    ],
)
def test_shell_examples_are_commands_that_exist(command: str) -> None:
    try:
        _parse(cli, shlex.split(command))
    except click.BadParameter as error:
        if "does not exist" not in error.message:  # a file that only the example has
            raise


def _parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> None:
    context = command.make_context(command.name, words, parent=parent)
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        _name, inner, left = command.resolve_command(context, rest)
        assert inner is not None
        _parse(inner, left, context)
