"""Fixtures: the command line run in this process, and a city made by ``init``, applied and loaded."""

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

import yunjiang
from cityloop.cli import cli


@dataclass(frozen=True)
class Done:
    """What one command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output; fails when there is anything else."""
        return json.loads(self.out)


class Shell:
    """Runs commands on one city."""

    def __init__(self, city: Path) -> None:
        self.city = city

    def __call__(self, *arguments: str, expect: int | None = 0, typed: str = "") -> Done:
        done = self.plain("--city", str(self.city), *arguments, typed=typed)
        assert expect is None or done.code == expect, done.out + done.err
        return done

    def json(self, *arguments: str, expect: int = 0) -> Any:
        """Return the one JSON document that a command prints."""
        return self("--json", *arguments, expect=expect).document

    @staticmethod
    def plain(*arguments: str, typed: str = "") -> Done:
        out, err = io.StringIO(), io.StringIO()
        code: object = 0
        stdin = io.TextIOWrapper(io.BytesIO(typed.encode()))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdin", stdin)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    cli.main(list(arguments), prog_name="cityloop")
                except SystemExit as end:
                    code = end.code
        return Done(int(str(code or 0)), out.getvalue(), err.getvalue())


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The command line sends logs to its own standard error; put that back."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """The command line on a folder that is no city yet."""
    return Shell(tmp_path / "city")


@pytest.fixture(scope="session")
def first_city(shared_folder: Path) -> Path:
    """The city of ``init``, applied and loaded; take a copy."""

    def build(place: Path) -> None:
        for command in (["init"], ["apply", "--yes"], ["load"]):
            Shell(place)(*command)

    return yunjiang.shared(shared_folder, "lamps", build)


@pytest.fixture
def lamps(first_city: Path, shell: Shell) -> Shell:
    """A copy of the city of ``init``, applied and loaded."""
    yunjiang.copy_city(first_city, shell.city)
    return shell
