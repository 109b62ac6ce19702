"""What every key of a definition means, in both languages, and a text to begin with: ``help.toml`` beside each model.

A feature explains its own classes; the editor, the JSON Schemas and ``docs/reference`` all take their words from here:

    [MetricDefinition]
    _ = ["一个口径统一的数字。", "A number with one agreed meaning."]
    unit = ["单位，按人的写法。", "The unit as people write it."]
    model = ["来自哪个模型。", "The model it counts.", "model"]   # holds the name of a definition of this kind

    [templates]
    metric = '''name: …'''
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, get_args

from pydantic import BaseModel

from cityloop.foundation.definition import Definition, Kind
from cityloop.foundation.errors import Lang

ABOUT = "_"
"""Key of the words about the class itself."""
TEMPLATES = "templates"
"""Table of the texts to begin with, by kind."""


@dataclass(frozen=True, slots=True)
class FieldHelp:
    """What one key means; ``names`` is the kind whose definitions it names, None when it names none."""

    text: Mapping[Lang, str]
    names: str | None = None


@dataclass(frozen=True, slots=True)
class ClassHelp:
    """What one class means and its keys, those of its base classes as well."""

    about: Mapping[Lang, str]
    fields: Mapping[str, FieldHelp]


def help_of(kind: Kind[Definition]) -> Mapping[str, ClassHelp]:
    """Return the help of every class that a definition of this kind is made of, by class name."""
    return {model.__name__: _class_help(model) for model in models_of(kind.model)}


def template_of(kind: Kind[Definition]) -> str:
    """Return a text to begin a definition of this kind with; its keys at least where nobody wrote one."""
    found = _file(_package(kind.model)).get(TEMPLATES, {}).get(kind.name)
    return str(found) if found else "name: \ntitle: {zh: , en: }\n"


def models_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield ``model`` and every model that it is made of, each once."""
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [model]  # Any: type annotations have no common type
    while waiting:
        each = waiting.pop(0)
        waiting += get_args(each)
        if isinstance(each, type) and issubclass(each, BaseModel) and each not in seen:
            seen.add(each)
            waiting += [field.annotation for field in each.model_fields.values()]
            yield each


def _class_help(model: type[BaseModel]) -> ClassHelp:
    about: Mapping[Lang, str] = {}
    fields: dict[str, FieldHelp] = {}
    for base in reversed(model.__mro__):
        if not base.__module__.startswith("cityloop."):
            continue
        for key, words in _file(_package(base)).get(base.__name__, {}).items():
            said: dict[Lang, str] = {"zh": words[0], "en": words[1]}
            if key == ABOUT:
                about = said
            else:
                fields[key] = FieldHelp(said, words[2] if len(words) > 2 else None)
    return ClassHelp(about, fields)


def _package(model: type) -> str:
    return ".".join(model.__module__.split(".")[:2])


@cache
def _file(package: str) -> Mapping[str, Mapping[str, Any]]:  # Any: texts, or lists of texts
    if not package.startswith("cityloop."):
        return {}
    file = resources.files(package) / "help.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
