"""What every command shares: the city it works on, who acts, and how results and errors are shown."""

import functools
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec
from uuid import uuid4

import click
import orjson

from cityloop.foundation.errors import Broken, CityError, Invalid
from cityloop.foundation.principal import Principal, operator

if TYPE_CHECKING:
    from rich.console import Console

    from cityloop.app import City

P = ParamSpec("P")
Lang = Literal["zh", "en"]


class BadUsage(Invalid):
    """The command line itself was wrong: an unknown command or option, a value that does not fit."""

    code = "cli.bad_usage"


class Commands(click.Group):
    """The group of all commands; with ``--json`` a wrong command line is told as a JSON document, too."""

    def main(self, args: Sequence[str] | None = None, *others: Any, **extra: Any) -> Any:  # noqa: ANN401 - as click has it
        """Run the command line and exit: 0 done, 1 failed, 2 wrong usage."""
        given = list(sys.argv[1:] if args is None else args)
        if "--json" not in given or not extra.get("standalone_mode", True):
            return super().main(args, *others, **extra)
        try:
            code = super().main(given, *others, **{**extra, "standalone_mode": False})
        except click.ClickException as error:
            lang: Lang = "en" if "en" in given and "--lang" in given else "zh"
            shown = Call(Path(), as_json=True, lang=lang)
            _show_error(shown, BadUsage(reason=error.format_message()))
            sys.exit(error.exit_code)
        sys.exit(code or 0)


@dataclass
class Call:
    """One call of the command line."""

    folder: Path
    as_json: bool
    lang: Lang
    _city: "City | None" = None
    _owned: bool = True

    @cached_property
    def out(self) -> "Console":
        """Where results are shown to people."""
        from rich.console import Console

        return Console(highlight=False, soft_wrap=True)

    @cached_property
    def err(self) -> "Console":
        """Where progress and errors are shown to people."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    @property
    def city(self) -> "City":
        """The city in the folder, opened when first asked for.

        Raises:
            NoCity: the folder is not a city.
        """
        if self._city is None:
            from cityloop.app import City  # heavy: only commands that need the city pay for it
            from cityloop.foundation.settings import load_settings

            self._city = City.open(load_settings(self.folder))
        return self._city

    def use(self, city: "City") -> None:
        """Work on a city that is open already; whoever opened it closes it."""
        self._city = city
        self._owned = False

    def principal(self, name: str | None) -> Principal:
        """Return the person called ``name`` (``--as``), or the operator of this machine when None.

        Raises:
            NotFound: there is no such person.
        """
        return operator() if name is None else self.city.accounts.principal_of(name)

    def document(self, document: object) -> bool:
        """Print ``document`` as the one JSON document when ``--json`` was given; return whether it was."""
        if self.as_json:
            options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
            sys.stdout.write(orjson.dumps(document, option=options, default=str).decode() + "\n")
        return self.as_json

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table for people."""
        from rich.table import Table

        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*(_cell(value) for value in row))
        self.out.print(table)

    def say(self, zh: str, en: str) -> None:
        """Print one line for people."""
        if not self.as_json:
            self.out.print(zh if self.lang == "zh" else en, markup=False)

    def note(self, zh: str, en: str) -> None:
        """Tell how the work goes on, on standard error."""
        self.err.print(zh if self.lang == "zh" else en, style="dim", markup=False)

    def close(self) -> None:
        """Close the city when it was opened."""
        if self._city is not None and self._owned:
            self._city.close()


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option("--city", type=click.Path(path_type=Path), help="Folder of the city (default: here).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Language of texts.")
@click.version_option(package_name="cityloop")
@click.pass_context
def cli(context: click.Context, city: Path | None, as_json: bool, lang: Lang | None) -> None:
    """CityLoop 城环: from departments' data to action, and back to data."""
    context.obj = {"city": city, "as_json": as_json, "lang": lang}


def command(
    group: click.Group, name: str
) -> Callable[[Callable[Concatenate[Call, P], None]], click.Command]:
    """Add a command to ``group``; its function takes the :class:`Call` first, then its own options.

    ``--city``, ``--json`` and ``--lang`` may stand before or after the command's name.
    """

    def add(function: Callable[Concatenate[Call, P], None]) -> click.Command:
        @functools.wraps(function)
        def run(
            city: Path | None, as_json: bool, lang: Lang | None, *args: P.args, **options: P.kwargs
        ) -> None:
            shared = click.get_current_context().find_root().obj
            call = Call(
                folder=city or shared["city"] or Path(),
                as_json=as_json or shared["as_json"],
                lang=lang or shared["lang"] or "zh",
            )
            sys.exit(_run(call, functools.partial(function, call, *args, **options)))

        for option in (
            click.option("--city", type=click.Path(path_type=Path), hidden=True),
            click.option("--json", "as_json", is_flag=True, hidden=True),
            click.option("--lang", type=click.Choice(["zh", "en"]), hidden=True),
        ):
            run = option(run)
        return group.command(name)(run)

    return add


def _run(call: Call, work: Callable[[], None]) -> int:
    from cityloop.foundation import log  # heavy for `--help`, which logs nothing

    log.configure(level="WARNING")
    try:
        work()
    except CityError as error:
        _show_error(call, error)
        return 1
    except Exception as error:  # noqa: BLE001 - process edge: a bug has a code and a reference, too
        reference = uuid4().hex[:16]
        log.get("cli").error("command failed", reference=reference, exc_info=error)
        _show_error(call, Broken(what="unexpected error", reference=reference))
        return 1
    finally:
        call.close()
    return 0


def _show_error(call: Call, error: CityError) -> None:
    shown: Mapping[str, object] = {
        "code": error.code,
        "message": error.message(call.lang),
        "hint": error.hint(call.lang),
        "fields": error.fields,
    }
    if not call.document({"error": shown}):
        call.err.print(f"[{error.code}] {shown['message']}", style="red", markup=False)
        if shown["hint"]:
            call.err.print(f"→ {shown['hint']}", markup=False)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return f"{value:,}" if isinstance(value, int) else str(value)
