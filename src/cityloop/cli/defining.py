"""Commands for definitions: make a city, check it, plan and apply changes, export what is published."""

import shutil
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import Conflict, Invalid

if TYPE_CHECKING:
    from cityloop.definitions import Finding, Plan


class BrokenDefinitions(Invalid):
    """The city's definitions have problems; nothing was applied."""

    code = "cli.broken_definitions"


class AlreadyCity(Conflict):
    """The folder is a city already."""

    code = "cli.already_city"


class NotConfirmed(Conflict):
    """The person did not confirm the plan."""

    code = "cli.not_confirmed"


@command(cli, "init")
def init(call: Call) -> None:
    """Make the folder a new city: settings, departments, roles, work orders, one small dataset to begin with."""
    if (call.folder / "city.yaml").exists():
        raise AlreadyCity(folder=str(call.folder))
    with resources.as_file(resources.files("cityloop.cli") / "template") as template:
        shutil.copytree(template, call.folder, dirs_exist_ok=True)
    with resources.as_file(resources.files("cityloop.workorders") / "definitions") as orders:
        shutil.copytree(orders, call.folder, dirs_exist_ok=True)
    files = sorted(
        str(file.relative_to(call.folder)) for file in call.folder.rglob("*") if file.is_file()
    )
    if not call.document({"city": str(call.folder), "files": files}):
        call.say(f"已新建城市 {call.folder}。", f"Made the city {call.folder}.")
        call.say("下一步：cityloop check、apply、load。", "Next: cityloop check, apply, load.")


@command(cli, "check")
def check(call: Call) -> None:
    """Check every definition: types, references, rules and queries; problems with file and line."""
    problems = call.city.definitions.check(call.city.definitions.read_folder(call.folder))
    _show_findings(call, problems)
    if problems:
        raise SystemExit(1)


@command(cli, "plan")
def plan(call: Call) -> None:
    """Show what ``apply`` would create, change and delete."""
    _show_plan(call, _planned(call))


@command(cli, "apply")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--as", "name", help="Act as this person.")
@click.option("--note", default="", help="Why, for the history.")
def apply(call: Call, yes: bool, name: str | None, note: str) -> None:
    """Publish the folder's definitions as they are planned now, all or nothing."""
    found = _planned(call)
    if not yes and not found.is_empty:
        if call.as_json:
            raise NotConfirmed
        _show_plan(call, found)
        if not _agreed():
            raise NotConfirmed
    applied = call.city.definitions.apply(call.principal(name), found, note=note)
    call.city.work()
    if not call.document(
        {"revision": applied.revision, "changed": [list(each) for each in applied.changed]}
    ):
        call.say(
            f"已应用 {len(applied.changed)} 项，第 {applied.revision} 版。",
            f"Applied {len(applied.changed)} definitions, revision {applied.revision}.",
        )


@command(cli, "export")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--schemas", is_flag=True, help="Export the JSON Schemas for editors instead.")
def export(call: Call, folder: Path | None, schemas: bool) -> None:
    """Write the published definitions back as YAML (default: into the city's folder)."""
    definitions = call.city.definitions
    target = folder or (call.folder / ".cityloop" / "schemas" if schemas else call.folder)
    files = (
        definitions.write_schemas(target, call.lang)
        if schemas
        else definitions.export(target).written
    )
    if not call.document({"folder": str(target), "files": [str(file) for file in files]}):
        call.say(
            f"已写出 {len(files)} 个文件到 {target}。", f"Wrote {len(files)} files to {target}."
        )


def _agreed() -> bool:
    try:
        return click.confirm("应用？ / Apply?", err=True)
    except click.Abort:  # nobody there to answer
        return False


def _planned(call: Call) -> "Plan":
    definitions = call.city.definitions
    draft = definitions.read_folder(call.folder)
    findings = definitions.check(draft)
    if findings:
        if not call.as_json:
            _show_findings(call, findings)
        raise BrokenDefinitions(count=len(findings), first=f"{findings[0].file}:{findings[0].line}")
    return definitions.plan(draft)


def _show_findings(call: Call, findings: "Sequence[Finding]") -> None:
    rows = [
        {
            "file": each.file,
            "line": each.line,
            "code": each.error.code,
            "message": each.error.message(call.lang),
            "hint": each.error.hint(call.lang),
        }
        for each in findings
    ]
    if call.document(rows):
        return
    for row in rows:
        call.out.print(
            f"{row['file']}:{row['line']}  [{row['code']}] {row['message']}", markup=False
        )
        call.out.print(f"    → {row['hint']}", style="dim", markup=False)
    if not rows:
        call.say("定义没有问题。", "The definitions are sound.")


def _show_plan(call: Call, plan: "Plan") -> None:
    rows = [
        {
            "action": each.action,
            "kind": each.kind,
            "name": each.name,
            "diff": each.diff,
            "impact": [list(key) for key in each.impact],
        }
        for each in plan.changes
    ]
    if call.document({"revision": plan.revision, "unchanged": plan.unchanged, "changes": rows}):
        return
    for row in rows:
        sign = {"create": "+", "change": "~", "delete": "-"}.get(str(row["action"]), "=")
        call.out.print(f"{sign} {row['kind']} {row['name']}", style="bold", markup=False)
        call.out.print(row["diff"], markup=False)
    call.say(
        f"{len(rows)} 项变更，{plan.unchanged} 项不变。",
        f"{len(rows)} changes, {plan.unchanged} unchanged.",
    )
