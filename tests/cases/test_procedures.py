"""A procedure that could stop, wait for ever or go round for ever is refused before any case runs."""

import pytest
from pydantic import ValidationError

from cityloop.cases import ProcedureDefinition
from cityloop.cases.procedures import check, references
from cityloop.foundation.definition import Reference, Snapshot

from .conftest import APPROVAL, REPAIR, procedure, step

HOME = {"department": "window"}


def problems(definition: ProcedureDefinition) -> list[tuple[object, str]]:
    return [(problem.path, problem.error.code) for problem in check(definition, Snapshot.of())]


def test_sound_procedures_pass() -> None:
    assert [problems(each) for each in (APPROVAL, REPAIR)] == [[], []]


def test_departments_and_roles_are_references() -> None:
    assert list(references(REPAIR)) == [Reference("role", "digger", ("steps", 1, "role"))]
    assert [each.name for each in references(APPROVAL)] == ["police", "fire", "health", "planning"]


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (procedure("p", step("a", next="b")), [(("steps", 0, "next"), "cases.missing_step")]),
        (procedure("p", step("a", parallel=["b", "c"]), step("b")),
         [(("steps", 0, "parallel", 1), "cases.missing_step")]),
        (procedure("p", step("a"), start="z"), [(("start",), "cases.missing_step")]),
        (procedure("p", step("a"), step("a")), [(("steps", 1, "name"), "cases.duplicate_step")]),
        (procedure("p", step("a"), step("b")), [(("steps", 1, "name"), "cases.unreachable_step")]),
        (procedure("p", step("a", next="b"), step("b", next="a")),
         [(("steps", 0, "next"), "cases.endless"), (("steps", 1, "next"), "cases.endless")]),
        (procedure("p", step("a", next=[{"when": "outcome = 'x'", "to": "a"}])),
         [(("steps", 0, "next", 0), "cases.no_otherwise"), (("steps", 0, "next"), "cases.endless")]),
        (procedure("p", step("a", next=[{}, {"when": "TRUE"}])),
         [(("steps", 0, "next", 0), "cases.no_otherwise"), (("steps", 0, "next", 1), "cases.no_otherwise")]),
        (procedure("p", step("a", next=[{"when": "size > 3"}, {}])),
         [(("steps", 0, "next", 0, "when"), "foundation.unknown_column")]),
        (procedure("p", step("a", next=[{"when": "year(outcome) = 3"}, {}])),
         [(("steps", 0, "next", 0, "when"), "foundation.bad_expression")]),
        (procedure("p", step("a", department="$office")), [(("steps", 0, "department"), "cases.unknown_data")]),
        (procedure("p", step("a"), data=["outcome"]), [(("data", 0), "cases.unknown_data")]),
    ],
)  # fmt: skip
def test_fault_is_found_where_it_stands(
    definition: ProcedureDefinition, expected: list[tuple[object, str]]
) -> None:
    assert problems(definition) == expected


def test_jump_out_of_a_block_is_a_join_mismatch() -> None:
    jump = procedure(
        "p",
        step("fork", parallel=["a", "b"], next="end"),
        step("a", next="end"),
        step("b"),
        step("end"),
    )
    assert problems(jump) == [(("steps", 3), "cases.join_mismatch")]


def test_block_that_contains_itself_is_refused() -> None:
    inside = procedure("p", step("fork", parallel=["a", "b"]), step("a", next="fork"), step("b"))
    assert "cases.join_mismatch" in {code for _path, code in problems(inside)}


@pytest.mark.parametrize(
    "fields",
    [{"parallel": ["b"]}, {"parallel": ["b", "b"]}, {"parallel": ["b", "c"], **HOME}, {"next": []}, {"sla": "4 hours"}],
)  # fmt: skip
def test_impossible_step_is_refused_by_its_type(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        procedure("p", step("a", **fields))


def test_definition_survives_being_stored() -> None:
    for each in (APPROVAL, REPAIR):
        assert (
            ProcedureDefinition.model_validate(each.model_dump(mode="json", by_alias=True)) == each
        )
