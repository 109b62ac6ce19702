"""The definitions that a new city starts with are sound, and say what the records hold."""

from cityloop.cases import PROCEDURE
from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Definition, Snapshot
from cityloop.metrics import KINDS
from cityloop.policies.model import PolicyDefinition
from cityloop.workorders.store import RECORD_SCHEMA

from .conftest import documents

MODELS = {
    "datasets": DatasetDefinition,
    "policies": PolicyDefinition,
    "procedures": PROCEDURE.model,
} | {kind.folder: kind.model for kind in KINDS}


def snapshot() -> Snapshot:
    found: list[Definition] = [
        model.model_validate(document)
        for folder, model in MODELS.items()
        for document in documents(folder)
    ]
    return Snapshot.of(*found)


def test_definitions_have_no_problems() -> None:
    here = snapshot()
    problems = [
        (definition.name, problem.path, str(problem.error))
        for kind in (*KINDS, PROCEDURE)
        for definition in here.all(kind.model).values()
        for problem in kind.check(definition, here)
    ]
    assert problems == []
    assert len(here.kinds["metric"]) == 7


def test_dataset_has_the_columns_of_the_records() -> None:
    dataset = snapshot().one(DatasetDefinition, "orders")
    types = {
        "string": "text",
        "double": "number",
        "timestamp[us, tz=UTC]": "timestamp",
        "bool": "boolean",
        "int64": "integer",
    }
    records = {
        name: types[str(kind)]
        for name, kind in zip(RECORD_SCHEMA.names, RECORD_SCHEMA.types, strict=True)
    }
    assert {field.name: field.type for field in dataset.fields} == records


def test_source_reads_the_internal_table() -> None:
    (source,) = documents("sources")
    assert (source["connector"], source["feeds"][0]["read"]) == ("internal", {"table": "orders"})
