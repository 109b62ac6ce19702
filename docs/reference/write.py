"""Writes the pages of ``docs/reference`` from the code, so that they cannot say anything else: ``make docs``.

English words come from the code itself (docstrings, help of commands, ``texts.toml``, ``help.toml``); the Chinese of settings
and commands, which speak English only, stands in ``chinese.toml`` beside this file.
"""

import ast
import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

import cityloop
from cityloop.app import KINDS
from cityloop.cli import cli
from cityloop.definitions.help import help_of, template_of
from cityloop.definitions.schemas import schema_of
from cityloop.foundation import i18n, settings
from cityloop.foundation.definition import Bilingual, Definition, Kind
from cityloop.foundation.errors import CityError, Transient

HERE = Path(__file__).parent
CHINESE: Mapping[str, Mapping[str, str]] = tomllib.loads(
    (HERE / "chinese.toml").read_text(encoding="utf-8")
)
"""Chinese words by table: ``settings`` by name, ``commands`` by command."""
NOTE = "<!-- Written by docs/reference/write.py; `make docs` writes it anew. -->"
SHARED_OPTIONS = {"--city", "--json", "--lang", "--help", "--version"}
"""Options that every command takes; they stand once, on top."""

Json = Mapping[str, Any]
"""Part of a JSON Schema. Any: JSON has no narrower type."""


def pages() -> Mapping[str, str]:
    """Return every page of the reference by its file name."""
    return {
        "settings.md": _settings(),
        "cli.md": _commands(),
        "errors.md": _errors(),
        "definitions.md": _definitions(),
    }


def errors() -> list[type[CityError]]:
    """Return every error class of the package that has a code of its own, ordered by code."""
    for module in pkgutil.walk_packages(cityloop.__path__, "cityloop."):
        if not module.name.startswith(("cityloop.migrations", "cityloop.__main__")):
            importlib.import_module(module.name)
    found, waiting = [], [CityError]
    while waiting:
        for each in waiting.pop().__subclasses__():
            waiting.append(each)
            if each.__module__.startswith("cityloop.") and each.code != CityError.code:
                found.append(each)
    return sorted(found, key=lambda each: (each.code, each.__name__))


def commands(group: click.Group = cli, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its full name without ``cityloop``."""
    for name, each in sorted(group.commands.items()):
        whole = f"{path} {name}".strip()
        if isinstance(each, click.Group):
            yield from commands(each, whole)
        else:
            yield whole, each


def _settings() -> str:
    said = _settings_words()
    rows = []
    for field in fields(settings.Settings):
        default = "–" if field.default is MISSING else f"`{_value(field.default)}`"
        zh, en = CHINESE["settings"][field.name], said[field.name]
        rows.append((f"`{field.name}`", _type(field.type), default, zh, en))
    head = """# Settings · 设置

写在 `city.yaml` 的 `settings:` 下，或写成环境变量 `CITYLOOP_<大写名称>`（环境变量优先）；写错名称会被指出。`city` 由 `--city` 给出。

They stand under `settings:` in `city.yaml`, or in environment variables `CITYLOOP_<NAME>`, which win; an unknown name is refused.
`city` is given by `--city`."""
    return _page(head, _table(("setting", "type", "default", "中文", "English"), rows))


def _settings_words() -> Mapping[str, str]:
    """Return the strings below the settings, which Python itself throws away."""
    (made,) = ast.parse(inspect.getsource(settings.Settings)).body
    body = made.body if isinstance(made, ast.ClassDef) else []
    return {
        name.target.id: " ".join(str(said.value.value).split())
        for name, said in pairwise(body)
        if isinstance(name, ast.AnnAssign)
        and isinstance(name.target, ast.Name)
        and isinstance(said, ast.Expr)
        and isinstance(said.value, ast.Constant)
    }


def _value(default: object) -> str:
    if isinstance(default, Bilingual):
        return f"{{zh: {default.zh}, en: {default.en}}}"
    return repr(default)


def _type(annotation: object) -> str:
    if annotation == settings.CityName:
        return "`str` or `{zh, en}`"
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return f"`{name.removeprefix('typing.')}`"


def _commands() -> str:
    head = """# Command line · 命令行

`cityloop [--city 文件夹] [--lang zh|en] 命令 …`：`--city` 是城市文件夹（默认当前文件夹），`--json` 只输出一份 JSON，`--lang` 选择语言。退出码：0 成功，
1 失败（给出错误码、说明与建议），2 用法有误。

`--city` is the city's folder (default: here), `--json` prints one JSON document and nothing else, `--lang` chooses the language.
Exit codes: 0 done, 1 failed (code, message and hint are shown), 2 wrong usage."""
    parts = []
    for name, each in commands():
        en = "\n".join(line.strip() for line in (each.help or "").replace("``", "`").splitlines())
        usage = " ".join(["cityloop", name, *_arguments(each)])
        text = f"## {name}\n\n{CHINESE['commands'][name]}\n\n{en.strip()}\n\n```sh\n{usage}\n```"
        if rows := [_option(option) for option in _options(each)]:
            text += "\n\n" + _table(("option", "takes", "default", "what"), rows)
        parts.append(text)
    return _page(head, *parts)


def _arguments(command: click.Command) -> Iterator[str]:
    for each in command.params:
        if isinstance(each, click.Argument):
            name = each.make_metavar(click.Context(command)).strip("[].").upper()
            many = "…" if each.nargs == -1 else ""
            yield f"{name}{many}" if each.required else f"[{name}{many}]"
        elif isinstance(each, click.Option) and each.required:
            one = each.type.choices[0] if isinstance(each.type, click.Choice) else ""
            yield f"{each.opts[0]} {one or each.opts[0].lstrip('-').upper()}"


def _options(command: click.Command) -> Iterator[click.Option]:
    for each in command.params:
        if isinstance(each, click.Option) and not SHARED_OPTIONS & set(each.opts):
            yield each


def _option(option: click.Option) -> tuple[str, str, str, str]:
    takes = "" if option.is_flag else option.type.name
    if isinstance(option.type, click.Choice):
        takes = ", ".join(f"`{choice}`" for choice in option.type.choices)
    given = option.to_info_dict()["default"]
    plain = isinstance(given, str | int | float) and given != "" and not option.is_flag
    default = f"`{given}`" if plain else ""
    must = "required" if option.required else default
    return ", ".join(f"`{name}`" for name in option.opts), takes, must, option.help or ""


def _errors() -> str:
    head = """# Errors · 错误

每个错误都有固定的代码、HTTP 状态和中英文说明：发生了什么、涉及哪个值、下一步怎么办。“可重试”表示稍后重试可能成功；其余错误重试仍会失败。
`{…}` 处填入具体的值。

Every error has a fixed code, an HTTP status and texts in both languages: what happened, with which value, what to do next. Errors marked
*again* may go away by themselves; repeating the others fails again. `{…}` is filled with the value."""
    texts = i18n.texts()
    groups: dict[str, dict[str, tuple[str, ...]]] = {}
    for each in errors():
        feature = each.code.split(".")[0] if "." in each.code else "general"
        said = {lang: _said(texts, each.code, lang) for lang in i18n.LANGUAGES}
        again = "again 可重试" if issubclass(each, Transient) else ""
        row = (f"`{each.code}`", str(each.status), again, said["zh"], said["en"])
        groups.setdefault(feature, {})[each.code] = row
    parts = [
        f"## {name}\n\n" + _table(("code", "HTTP", "", "中文", "English"), list(rows.values()))
        for name, rows in sorted(groups.items(), key=lambda item: (item[0] != "general", item[0]))
    ]
    return _page(head, *parts)


def _said(texts: Mapping[str, Mapping[str, str]], code: str, lang: str) -> str:
    parts = texts.get(code, {}).get(lang, ""), texts.get(f"{code}.hint", {}).get(lang, "")
    return " ".join(part for part in parts if part)


def _definitions() -> str:
    head = """# Definitions: every kind and key · 定义：每一种、每个键

城市文件夹里可以写的每一种定义。标 `*` 的键必须写。编辑器与 JSON Schema 里的说明与此相同。

Every kind of definition that a city's folder may hold. Keys marked `*` are required. The editor and the JSON Schemas say the same."""
    return _page(head, *(_kind(kind) for kind in KINDS))


def _kind(kind: Kind[Definition]) -> str:
    helps, schema = help_of(kind), schema_of(kind)
    title = f" · {kind.title.zh}" if kind.title else ""
    about = helps[kind.model.__name__].about
    template = f"```yaml\nkind: {kind.name}\n{template_of(kind).strip()}\n```"
    text = f"## {kind.name}{title}\n\n{about['zh']}\n\n{about['en']}\n\nFolder: `{kind.folder}/`\n\n{template}"
    parts: dict[str, Json] = {kind.model.__name__: schema, **_mapping(schema.get("$defs"))}
    for name, table in parts.items():
        keys = {
            key: part for key, part in _mapping(table.get("properties")).items() if key != "kind"
        }
        if name == "Bilingual" or name not in helps or not keys:
            continue
        words, must, rows = helps[name], table.get("required", ()), []
        for key, part in keys.items():
            said = words.fields.get(key)
            zh, en = (said.text["zh"], said.text["en"]) if said else ("", "")
            rows.append((f"`{key}`{'*' if key in must else ''}", _shape(part), zh, en))
        if name != kind.model.__name__:
            text += f"\n\n### {kind.name}: {name}\n\n{words.about['zh']} {words.about['en']}"
        text += "\n\n" + _table(("key", "value", "中文", "English"), rows)
    return text


def _shape(part: Json) -> str:
    """Return what a value looks like, from its schema: ``list of Step``."""
    if names := part.get("x-names"):
        return f"names of `{names}`" if part.get("type") == "array" else f"name of a `{names}`"
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if words := part.get("enum") or ([part["const"]] if "const" in part else []):
        return ", ".join(f"`{each}`" for each in words)
    if choices := part.get("anyOf") or part.get("oneOf"):
        shown = [_shape(each) for each in choices if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(shown))
    return _shape_of_type(part)


def _shape_of_type(part: Json) -> str:
    name = str(part.get("type", "any"))
    if name == "array":
        return f"list of {_shape(part['items'])}" if part.get("items") else "list"
    if name == "object":
        more = part.get("additionalProperties")
        return f"mapping to {_shape(more)}" if isinstance(more, dict) and more else "mapping"
    return {"string": "text", "boolean": "true or false"}.get(name, name)


def _mapping(value: object) -> dict[str, Any]:  # Any: JSON has no narrower type
    return value if isinstance(value, dict) else {}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(_cell(each) for each in line) + " |" for line in lines)


def _cell(text: str) -> str:
    parts = " ".join(text.split()).replace("``", "`").replace("|", "\\|").split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]  # outside of code only
    return "`".join(parts)


def _page(head: str, *parts: str) -> str:
    return "\n\n".join([NOTE, head, *parts]) + "\n"


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
