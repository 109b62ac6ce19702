"""JSON Schemas of every kind, so that editors complete keys and underline mistakes while one writes YAML."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from cityloop.definitions.help import help_of
from cityloop.foundation.definition import Definition, Kind
from cityloop.foundation.errors import Lang

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The dialect that pydantic writes."""

Schema = dict[str, object]


def schema_of(kind: Kind[Definition], lang: Lang = "en") -> Schema:
    """Return the JSON Schema of one kind as YAML writes it, with ``kind`` itself, described in ``lang``.

    A property that holds the name of another definition says of which kind in ``x-names``.
    """
    schema: Schema = kind.model.model_json_schema(by_alias=True)
    properties = schema["properties"]
    if not isinstance(properties, dict):
        message = f"{kind.name} has no properties"
        raise TypeError(message)
    schema["properties"] = {"kind": {"const": kind.name}, **properties}
    title = kind.title.text(lang) if kind.title else kind.name
    _describe(schema, kind, lang)
    return {"$schema": DIALECT, **schema, "title": title}


def _describe(schema: Schema, kind: Kind[Definition], lang: Lang) -> None:
    """Put the help of every class and property into a schema that pydantic wrote."""
    helps = help_of(kind)
    parts = schema.get("$defs", {})
    tables = {kind.model.__name__: schema, **(parts if isinstance(parts, dict) else {})}
    for name, table in tables.items():
        words = helps.get(name)
        if words is None:
            continue
        table["description"] = words.about.get(lang, "")
        for key, part in table.get("properties", {}).items():
            if found := words.fields.get(key):
                part["description"] = found.text[lang]
                if found.names:
                    part["x-names"] = found.names


def schema_of_any(kinds: Mapping[str, Kind[Definition]]) -> Schema:
    """Return the schema of a file that mixes kinds: the document's ``kind`` decides which one counts."""
    rules = [
        {
            "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
            "then": {"$ref": f"{name}.schema.json"},
        }
        for name in sorted(kinds)
    ]
    return {
        "$schema": DIALECT,
        "title": "definition",
        "type": "object",
        "properties": {"kind": {"enum": sorted(kinds)}},
        "allOf": rules,
    }


def write_schemas(
    folder: Path, kinds: Mapping[str, Kind[Definition]], lang: Lang = "en"
) -> list[Path]:
    """Write ``<kind>.schema.json`` for each kind and ``definition.schema.json`` for all; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {name: schema_of(kind, lang) for name, kind in kinds.items()}
    schemas["definition"] = schema_of_any(kinds)
    written = []
    for name, schema in sorted(schemas.items()):
        file = folder / f"{name}.schema.json"
        file.write_bytes(orjson.dumps(schema, option=orjson.OPT_INDENT_2) + b"\n")
        written.append(file)
    return written
