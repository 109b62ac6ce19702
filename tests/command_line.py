"""The command line, run in the test process."""

import contextlib
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

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
                finally:
                    structlog.reset_defaults()  # the command line had sent logs to its own standard error
        return Done(int(str(code or 0)), out.getvalue(), err.getvalue())
