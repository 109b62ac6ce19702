"""The help of every kind: complete, in both languages, true to what definitions really refer to."""

import re
from importlib import resources
from pathlib import Path

import pytest

from cityloop.app import KINDS
from cityloop.definitions import Definition, Kind
from cityloop.definitions.documents import Reader
from cityloop.definitions.folder import read_folder
from cityloop.definitions.help import help_of, models_of, template_of
from cityloop.definitions.schemas import schema_of
from cityloop.definitions.shape import fields_of

EACH_KIND = pytest.mark.parametrize("kind", KINDS, ids=[each.name for each in KINDS])
BY_NAME = {kind.name: kind for kind in KINDS}
DEMO = Path(str(resources.files("cityloop.demo") / "city"))
SPOKEN = ("dimension",)
"""Names that are no kind of their own: a dimension stands in models."""


@EACH_KIND
def test_every_key_is_explained_in_both_languages(kind: Kind[Definition]) -> None:
    helps = help_of(kind)
    missing = [
        f"{model.__name__}.{key}"
        for model in models_of(kind.model)
        for key in ("_", *fields_of(model))
        if not (helps[model.__name__].about if key == "_" else key in helps[model.__name__].fields)
    ]
    assert missing == []


@EACH_KIND
def test_help_speaks_of_nothing_that_is_not_there(kind: Kind[Definition]) -> None:
    fields = {model.__name__: set(fields_of(model)) for model in models_of(kind.model)}
    stale = [
        f"{name}.{key}"
        for name, words in help_of(kind).items()
        for key in set(words.fields) - fields[name]
    ]
    assert stale == []


@EACH_KIND
def test_help_is_in_the_language_it_says(kind: Kind[Definition]) -> None:
    chinese = re.compile("[\u4e00-\u9fff]")
    for words in help_of(kind).values():
        for said in (words.about, *(each.text for each in words.fields.values())):
            assert chinese.search(said["zh"])
            assert not chinese.search(said["en"])


def test_help_names_the_kinds_that_the_demo_city_refers_to() -> None:
    draft = read_folder(DEMO, Reader(BY_NAME))
    wrong = set()
    for entry in draft.entries:
        kind = BY_NAME[entry.key[0]]
        schema = schema_of(kind)
        for reference in kind.references(entry.definition):
            path = ".".join("*" if isinstance(s, int) else s for s in reference.path)
            if path != "expression" and reference.kind not in _named_at(schema, reference.path):
                wrong.add(f"{kind.name}: {path} names a {reference.kind}")
    assert wrong == set()


@EACH_KIND
def test_what_help_names_is_a_kind(kind: Kind[Definition]) -> None:
    named = {f.names for words in help_of(kind).values() for f in words.fields.values() if f.names}
    assert named <= {*BY_NAME, *SPOKEN}


@EACH_KIND
def test_a_template_is_a_sound_definition_but_for_what_it_refers_to(
    kind: Kind[Definition],
) -> None:
    draft = Reader(BY_NAME).read(template_of(kind), f"{kind.folder}/new.yaml")
    assert [str(each) for each in draft.findings] == []
    assert [each.key for each in draft.entries] == [(kind.name, f"new_{kind.name}")]


def test_schemas_describe_keys_in_the_language_asked_for() -> None:
    zh, en = (schema_of(BY_NAME["metric"], lang) for lang in ("zh", "en"))
    assert zh["properties"]["unit"]["description"].startswith("数字后的单位：")
    assert en["properties"]["unit"]["description"].startswith("What is read after the number: ")
    assert en["properties"]["model"]["x-names"] == "model"


def _named_at(schema: dict, path: tuple) -> set[str]:
    """Return the kinds that ``x-names`` tells anywhere on the way to ``path``."""
    found: set[str] = set()
    here = [schema]
    for step in path:
        here = [each for part in here for each in _resolved(schema, part)]
        if isinstance(step, str):
            here = [part["properties"][step] for part in here if step in part.get("properties", {})]
            found |= {part["x-names"] for part in here if "x-names" in part}
        else:
            here = [part["items"] for part in here if "items" in part]
    return found


def _resolved(schema: dict, part: dict) -> list[dict]:
    if "$ref" in part:
        return _resolved(schema, schema["$defs"][part["$ref"].rsplit("/", 1)[-1]])
    return [part, *(r for each in part.get("anyOf", ()) for r in _resolved(schema, each))]
