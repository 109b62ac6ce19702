"""Plan, apply, versions, roll back, export: one transaction each, nothing lost, nothing half-applied."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from parks import DISTRICT, KINDS, PARK, DistrictDefinition, ParkDefinition, write

from cityloop.definitions import (
    Definitions,
    DraftHasProblems,
    PlanOutdated,
    Snapshot,
    UnappliedEdits,
)
from cityloop.definitions.problems import NoVersion
from cityloop.foundation.audit import AuditLog, entries
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.errors import Forbidden, NotFound
from cityloop.foundation.outbox import Outbox
from cityloop.foundation.principal import Principal, operator

EDITOR = Principal("person:mei", "梅", permissions=frozenset({"definitions.apply"}))
ELM = PARK.replace("willow", "elm")


@pytest.fixture
def applied(definitions: Definitions, city: Path) -> Definitions:
    definitions.apply(EDITOR, definitions.plan(definitions.read_folder(city)))
    return definitions


def park(definitions: Definitions, name: str = "willow") -> ParkDefinition:
    return definitions.current().one(ParkDefinition, name)


def fates(definitions: Definitions, folder: Path) -> list[tuple[str, str]]:
    planned = definitions.plan(definitions.read_folder(folder))
    return [(each.action, each.name) for each in planned.changes]


def test_nothing_applied_is_an_empty_snapshot(definitions: Definitions) -> None:
    assert definitions.current() == Snapshot.of()


def test_apply_publishes_the_folder(applied: Definitions) -> None:
    snapshot = applied.current()
    assert snapshot.revision == 1
    assert dict(snapshot.versions) == {("district", "lakeside"): 1, ("park", "willow"): 1}
    assert park(applied).district == "lakeside"


def test_unknown_name_gives_close_ones(applied: Definitions) -> None:
    with pytest.raises(NotFound) as caught:
        park(applied, "wilow")
    assert caught.value.fields == {"kind": "park", "name": "wilow", "close": ["willow"]}


def test_plan_names_what_is_created_changed_reworded_and_deleted(
    applied: Definitions, city: Path
) -> None:
    write(city, "districts/lakeside.yaml", f"{DISTRICT}population: 9\n")
    write(city, "parks/elm.yaml", ELM)
    assert fates(applied, city) == [("change", "lakeside"), ("create", "elm")]
    write(city, "districts/lakeside.yaml", DISTRICT.replace("# the", "# The"))
    (city / "parks" / "elm.yaml").unlink()
    (city / "parks" / "willow.yaml").unlink()
    assert fates(applied, city) == [("reword", "lakeside"), ("delete", "willow")]


def test_change_shows_its_diff_and_impact(applied: Definitions, city: Path) -> None:
    write(city, "districts/lakeside.yaml", f"{DISTRICT}population: 9\n")
    (change,) = applied.plan(applied.read_folder(city)).changes
    assert change.impact == (("park", "willow"),)
    assert change.diff.splitlines() == [
        "--- district/lakeside (published)",
        "+++ district/lakeside (new)",
        "@@ -1,3 +1,4 @@",
        " kind: district",
        " name: lakeside",
        " title: {zh: 临湖区, en: Lakeside}",
        "+population: 9",
    ]


def test_applying_twice_changes_nothing(applied: Definitions, city: Path) -> None:
    again = applied.plan(applied.read_folder(city))
    assert again.is_empty
    assert applied.apply(EDITOR, again).revision == 1


def test_draft_with_problems_has_no_plan(applied: Definitions, city: Path) -> None:
    write(city, "parks/elm.yaml", ELM.replace("lakeside", "hillside"))
    with pytest.raises(DraftHasProblems) as caught:
        applied.plan(applied.read_folder(city))
    assert [str(each.file) for each in caught.value.findings] == ["parks/elm.yaml"]


def test_apply_needs_its_permission(definitions: Definitions, city: Path) -> None:
    planned = definitions.plan(definitions.read_folder(city))
    with pytest.raises(Forbidden):
        definitions.apply(Principal("person:bo", "博"), planned)
    assert definitions.current().revision == 0


def test_plan_made_before_another_apply_is_refused(applied: Definitions) -> None:
    elm = applied.plan(applied.read_text(ELM, kind="park"))
    oak = applied.plan(applied.read_text(PARK.replace("willow", "oak"), kind="park"))
    applied.apply(EDITOR, elm)
    with pytest.raises(PlanOutdated):
        applied.apply(EDITOR, oak)
    assert list(applied.current().all(ParkDefinition)) == ["elm", "willow"]


def test_two_first_applies_cannot_both_win(definitions: Definitions) -> None:
    one, other = (
        definitions.plan(definitions.read_text(DISTRICT.replace("lakeside", name), kind="district"))
        for name in ("a", "b")
    )
    definitions.apply(EDITOR, one)
    with pytest.raises(PlanOutdated):
        definitions.apply(EDITOR, other)


def test_partial_draft_leaves_the_rest_alone(applied: Definitions) -> None:
    draft = applied.read_text(f"{PARK}next: elm\n", kind="park")
    applied.apply(EDITOR, applied.plan(draft))
    assert applied.current().has("district", "lakeside")
    assert applied.stored("park", "willow").entry.file == "parks/willow.yaml"
    assert applied.stored("park", "willow").version == 2


def test_partial_draft_is_checked_with_what_depends_on_it(applied: Definitions) -> None:
    draft = applied.read_text(f"{DISTRICT}population: 0\n", kind="district")
    (finding,) = applied.check(draft)
    assert (finding.file, finding.line, finding.code) == ("parks/willow.yaml", 5, "invalid")


def test_definition_in_use_cannot_be_deleted(applied: Definitions) -> None:
    draft = applied.read_text("", removed=[("district", "lakeside")])
    (finding,) = applied.check(draft)
    assert finding.error.fields["by"] == ["park willow"]


def test_definition_is_deleted_together_with_its_users(applied: Definitions) -> None:
    draft = applied.read_text("", removed=[("district", "lakeside"), ("park", "willow")])
    applied.apply(EDITOR, applied.plan(draft))
    assert applied.current().kinds == {}


def test_deleting_what_does_not_exist_is_a_problem(applied: Definitions) -> None:
    (finding,) = applied.check(applied.read_text("", removed=[("park", "wilow")]))
    assert finding.hint() == "Close names: willow"


def test_history_keeps_every_version_with_author_and_note(
    applied: Definitions, clock: FakeClock
) -> None:
    clock.advance(timedelta(hours=1))
    draft = applied.read_text(f"{PARK}next: elm\n", kind="park")
    applied.apply(EDITOR, applied.plan(draft), note="elms are coming")
    applied.apply(EDITOR, applied.plan(applied.read_text("", removed=[("park", "willow")])))
    applied.apply(EDITOR, applied.plan(applied.read_text(PARK, kind="park")))
    versions = applied.history("park", "willow")
    assert [(each.version, each.action) for each in versions] == [
        (4, "create"), (3, "delete"), (2, "change"), (1, "create"),
    ]  # fmt: skip
    second = versions[2]
    assert (second.author, second.author_name, second.note) == (
        "person:mei", "梅", "elms are coming",
    )  # fmt: skip
    assert (second.status, second.at) == ("published", clock.now())


def test_two_versions_can_be_compared(applied: Definitions) -> None:
    applied.apply(EDITOR, applied.plan(applied.read_text(f"{PARK}next: elm\n", kind="park")))
    assert applied.diff("park", "willow", before=1, after=2).splitlines()[-1] == "+next: elm"
    assert applied.diff("park", "willow", before=2, after=2) == ""


def test_rolling_back_publishes_the_old_text_as_a_new_version(applied: Definitions) -> None:
    applied.apply(EDITOR, applied.plan(applied.read_text(f"{PARK}next: elm\n", kind="park")))
    applied.roll_back(EDITOR, ("park", "willow"), 1)
    newest = applied.history("park", "willow")[0]
    assert (newest.version, newest.action, newest.text) == (3, "roll_back", PARK)
    assert newest.note == "roll back to version 1"
    assert park(applied).next_ is None


def test_rolling_back_is_checked_against_today(applied: Definitions) -> None:
    both = [("district", "lakeside"), ("park", "willow")]
    applied.apply(EDITOR, applied.plan(applied.read_text("", removed=both)))
    with pytest.raises(DraftHasProblems):
        applied.roll_back(EDITOR, ("park", "willow"), 1)
    with pytest.raises(NoVersion):
        applied.roll_back(EDITOR, ("park", "willow"), 2)
    applied.roll_back(EDITOR, ("district", "lakeside"), 1)
    applied.roll_back(EDITOR, ("park", "willow"), 1)
    assert park(applied).district == "lakeside"


def test_current_notices_another_process_within_a_second(
    applied: Definitions, database: Database, clock: FakeClock, outbox: Outbox
) -> None:
    other = Definitions(database, clock, AuditLog(clock), outbox, KINDS)
    before = other.current()
    applied.apply(EDITOR, applied.plan(applied.read_text(ELM, kind="park")))
    clock.advance(timedelta(seconds=1))
    after = other.current()
    assert list(after.all(ParkDefinition)) == ["elm", "willow"]
    assert after.one(ParkDefinition, "willow") is before.one(ParkDefinition, "willow")
    assert other.current() is after


def test_current_costs_microseconds(applied: Definitions) -> None:
    applied.current()
    started = time.perf_counter()
    for _ in range(1_000):
        applied.current()
    assert (time.perf_counter() - started) / 1_000 < 0.000_1


def test_apply_is_audited_and_told(
    applied: Definitions, database: Database, outbox: Outbox
) -> None:
    with database.read() as connection:
        acts = entries(connection, most=10)
        events = outbox.since(connection, 0)
    assert [(act["actor"], act["verb"], act["target"]) for act in acts] == [
        ("person:mei", "definitions.create", "park/willow"),
        ("person:mei", "definitions.create", "district/lakeside"),
    ]
    changed = [["district", "lakeside"], ["park", "willow"]]
    assert [(event.topic, event.payload) for event in events] == [
        ("definitions.applied", {"revision": 1, "changed": changed})
    ]


def test_definition_that_a_new_release_refuses_is_left_out(
    applied: Definitions, database: Database, clock: FakeClock, outbox: Outbox
) -> None:
    class StricterPark(ParkDefinition):
        kind_name = "park"
        trees: int

    kinds = (KINDS[0], type(KINDS[1])(name="park", folder="parks", model=StricterPark))
    newer = Definitions(database, clock, AuditLog(clock), outbox, kinds)
    assert list(newer.current().kinds) == ["district"]
    fixed = newer.plan(newer.read_text(f"{PARK}trees: 3\n", kind="park"))
    newer.apply(EDITOR, fixed)
    assert newer.stored("park", "willow").version == 2


def test_moving_a_definition_to_another_file_makes_no_version(
    applied: Definitions, city: Path, tmp_path: Path
) -> None:
    (city / "parks" / "willow.yaml").rename(city / "parks" / "lake.yaml")
    planned = applied.plan(applied.read_folder(city))
    assert (planned.changes, len(planned.moves)) == ((), 1)
    applied.apply(EDITOR, planned)
    assert applied.stored("park", "willow").version == 1
    assert applied.export(tmp_path / "out").written == (
        "districts/lakeside.yaml",
        "parks/lake.yaml",
    )


def test_export_into_an_empty_folder_round_trips(applied: Definitions, tmp_path: Path) -> None:
    applied.export(tmp_path / "out")
    assert (tmp_path / "out/districts/lakeside.yaml").read_text() == DISTRICT
    assert applied.plan(applied.read_folder(tmp_path / "out")).is_empty


def test_export_touches_only_files_that_differ(applied: Definitions, city: Path) -> None:
    write(city, "parks/willow.yaml", f"---\n{PARK}...\n")  # says the same in other lines
    applied.apply(
        EDITOR, applied.plan(applied.read_text(f"{DISTRICT}population: 9\n", kind="district"))
    )
    done = applied.export(city)
    assert (done.written, done.removed) == (("districts/lakeside.yaml",), ())
    assert (city / "districts/lakeside.yaml").read_text() == f"{DISTRICT}population: 9\n"
    assert (city / "parks/willow.yaml").read_text() == f"---\n{PARK}...\n"


def test_export_keeps_the_other_documents_of_a_file(definitions: Definitions, city: Path) -> None:
    write(city, "parks/willow.yaml", f"# all parks\n---\n{PARK}---\n{ELM}# end\n")
    definitions.apply(EDITOR, definitions.plan(definitions.read_folder(city)))
    changed = definitions.read_text(f"{ELM}next: willow\n", kind="park")
    definitions.apply(EDITOR, definitions.plan(changed))
    definitions.export(city)
    text = (city / "parks/willow.yaml").read_text()
    assert text == f"# all parks\n\n{PARK}---\n{ELM}next: willow\n"
    assert definitions.plan(definitions.read_folder(city)).is_empty


def test_export_removes_what_was_deleted_and_keeps_what_is_new(
    applied: Definitions, city: Path
) -> None:
    applied.apply(EDITOR, applied.plan(applied.read_text("", removed=[("park", "willow")])))
    write(city, "parks/elm.yaml", ELM)
    done = applied.export(city)
    assert (done.written, done.removed) == ((), ("parks/willow.yaml",))
    assert (city / "parks/elm.yaml").read_text() == ELM


def test_export_refuses_to_overwrite_edits_that_were_never_applied(
    applied: Definitions, city: Path
) -> None:
    applied.apply(EDITOR, applied.plan(applied.read_text(f"{PARK}next: elm\n", kind="park")))
    edited = f"{PARK}next: oak\n"
    write(city, "parks/willow.yaml", edited)
    with pytest.raises(UnappliedEdits) as caught:
        applied.export(city)
    assert caught.value.fields == {"files": ["parks/willow.yaml"]}
    assert (city / "parks/willow.yaml").read_text() == edited
    applied.export(city, overwrite=True)
    assert (city / "parks/willow.yaml").read_text() == f"{PARK}next: elm\n"


def test_schemas_are_written_for_editors(applied: Definitions, tmp_path: Path) -> None:
    files = applied.write_schemas(tmp_path / "schemas")
    assert [file.name for file in files] == [
        "definition.schema.json", "district.schema.json", "park.schema.json",
    ]  # fmt: skip
    park_schema = applied.schema("park")
    properties = park_schema["properties"]
    assert isinstance(properties, dict)
    assert (properties["kind"], "next" in properties) == ({"const": "park"}, True)


def test_folder_that_does_not_exist_is_named(definitions: Definitions, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        definitions.read_folder(tmp_path / "nowhere")


def test_operator_may_apply_everything(definitions: Definitions, city: Path) -> None:
    definitions.apply(operator(), definitions.plan(definitions.read_folder(city)))
    assert definitions.current().one(DistrictDefinition, "lakeside").title.en == "Lakeside"
