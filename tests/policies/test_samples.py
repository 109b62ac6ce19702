"""A source is tried: its first rows go through the policies of the dataset that they would fill, or are refused."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from little_city import DOCTOR, OPERATOR, SECRET, City

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.errors import Forbidden
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.principal import Principal
from cityloop.policies import PolicyDefinition
from cityloop.policies.samples import Sample, Samples
from cityloop.sources import (
    FolderInbox,
    InternalTables,
    SourceDefinition,
    Sources,
    standard_connectors,
)

CLINIC = SourceDefinition(
    name="clinic",
    title={"zh": "医院", "en": "Clinic"},
    connector="csv",
    feeds=[
        {"dataset": "visits", "read": {"path": "*.csv"}, "columns": {"姓名": "patient", "出生": "born_on"}}
    ],
)  # fmt: skip
HEAD = "visit,district,姓名,phone,出生,genome,note"
LINES = (
    f"1,临湖区,张{SECRET},138{SECRET}0000,1950-07-13,GENE{SECRET},{SECRET}",
    f"2,山前区,李{SECRET},,13th of {SECRET},GENE{SECRET},{SECRET}",
)
LOAD = frozenset({"sources.load"})
STEWARD = Principal("person:steward", "s", department="data", roles=frozenset({"steward"}), permissions=LOAD, level=2)  # fmt: skip
OWNER = Principal("person:owner", "o", department="health", permissions=LOAD, level=5)
FOREIGNER = Principal("person:ai", "a", department="transport", permissions=LOAD, level=5)


@dataclass
class Clinic:
    city: City
    samples: Samples

    def sample(self, who: Principal) -> Sample:
        return self.samples.take(who, "clinic", "visits")

    def last(self) -> tuple[str, str, object]:
        auditor = Principal("auditor", "auditor", permissions=frozenset({"audit.view"}))
        entry = self.city.trail.list(auditor, most=2)[1]
        return entry.verb, entry.outcome, entry.details["withheld"]


@pytest.fixture
def clinic(city: City, tmp_path: Path) -> Clinic:
    policy = PolicyDefinition(
        name="stewards",
        title={"zh": "数据管理员", "en": "stewards"},
        dataset="visits",
        allow=[{"roles": ["steward"], "columns": {"patient": "name", "phone": "phone", "born_on": "year"}}],
    )  # fmt: skip
    known = city.snapshot[0]
    city.apply(
        *known.all(DatasetDefinition).values(),
        *known.all(PolicyDefinition).values(),
        policy,
        CLINIC,
    )
    (tmp_path / "a.csv").write_text("\n".join((HEAD, *LINES)), encoding="utf-8")
    clock = city.reader.clock
    sources = Sources(
        db=city.database,
        audit=city.audit,
        jobs=Jobs(city.database, clock),
        current=lambda: city.snapshot[0],
        city=tmp_path,
        environment={},
        connectors=standard_connectors(
            private_addresses="", clock=clock, tables=InternalTables(city.database)
        ),
        inbox=FolderInbox(tmp_path / "inbox", clock),
    )
    return Clinic(city, Samples(sources, city.reader))


def test_cells_are_masked_as_the_fields_that_they_fill(clinic: Clinic) -> None:
    seen = clinic.sample(STEWARD)
    assert seen.rows == (
        ("1", "临湖区", "张**", "138****0000", "1950-01-01", None, None),
        ("2", "山前区", "李**", None, None, None, None),
    )
    assert seen.treatments == ("raw", "raw", "mask", "mask", "mask", "deny", "deny")
    assert SECRET not in repr(seen.rows)
    assert clinic.last() == ("sources.look", "done", None)


def test_the_owner_sees_raw_what_his_level_opens_and_no_column_that_the_contract_lacks(
    clinic: Clinic,
) -> None:
    seen = clinic.sample(OWNER)
    assert seen.rows[0] == ("1", "临湖区", f"张{SECRET}", f"138{SECRET}0000", "1950-07-13", None, None)  # fmt: skip


def test_rows_are_refused_to_who_may_not_read_the_dataset(clinic: Clinic) -> None:
    seen = clinic.sample(FOREIGNER)
    assert (seen.rows, seen.withheld) == ((), "dataset")
    assert seen.columns == tuple(HEAD.split(","))
    assert clinic.last() == ("sources.look", "refused", "dataset")


def test_rows_are_refused_to_who_may_see_only_some_of_them(clinic: Clinic) -> None:
    doctor = Principal(DOCTOR.id, "d", roles=DOCTOR.roles, permissions=LOAD, level=DOCTOR.level, attributes=DOCTOR.attributes)  # fmt: skip
    seen = clinic.sample(doctor)
    assert (seen.rows, seen.withheld) == ((), "rows")


def test_an_administrator_sees_what_came(clinic: Clinic) -> None:
    assert clinic.sample(OPERATOR).rows[0] == tuple(LINES[0].split(","))


def test_who_may_not_load_sources_may_not_try_them(clinic: Clinic) -> None:
    with pytest.raises(Forbidden):
        clinic.sample(DOCTOR)
