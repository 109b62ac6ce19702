"""JSON Schemas of every kind, so that editors complete keys and underline mistakes while one writes YAML."""

from collections.abc import Mapping
from pathlib import Path

import orjson

from cityloop.foundation.definition import Definition, Kind

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The dialect that pydantic writes."""

Schema = dict[str, object]


def schema_of(kind: Kind[Definition]) -> Schema:
    """Return the JSON Schema of one kind as YAML writes it, with ``kind`` itself."""
    schema: Schema = kind.model.model_json_schema(by_alias=True)
    properties = schema["properties"]
    if not isinstance(properties, dict):
        message = f"{kind.name} has no properties"
        raise TypeError(message)
    schema["properties"] = {"kind": {"const": kind.name}, **properties}
    title = kind.title.text("en") if kind.title else kind.name
    return {"$schema": DIALECT, **schema, "title": title}


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


def write_schemas(folder: Path, kinds: Mapping[str, Kind[Definition]]) -> list[Path]:
    """Write ``<kind>.schema.json`` for each kind and ``definition.schema.json`` for all; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    schemas = {name: schema_of(kind) for name, kind in kinds.items()}
    schemas["definition"] = schema_of_any(kinds)
    written = []
    for name, schema in sorted(schemas.items()):
        file = folder / f"{name}.schema.json"
        file.write_bytes(orjson.dumps(schema, option=orjson.OPT_INDENT_2) + b"\n")
        written.append(file)
    return written
