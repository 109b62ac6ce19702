"""The audit log can be looked at by those who may, verified, taken away, and anchored; reads survive a killed process."""

import csv
import io
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa
from little_city import DOCTOR, OWNER, STRANGER, City

from cityloop.foundation.audit import FIRST_HASH, Act, audit_log
from cityloop.foundation.errors import Forbidden
from cityloop.foundation.jobs import Jobs
from cityloop.foundation.principal import Principal
from cityloop.policies.model import ReadDenied
from cityloop.policies.trail import Overview, Wanted
from cityloop.policies.trail.service import RETENTION_FLOOR

AUDITOR = Principal("auditor", "auditor", permissions=frozenset({"audit.view"}))


def test_only_those_who_may_see_the_log(city: City) -> None:
    for look in (city.trail.list, city.trail.overview, city.trail.verify, city.trail.export):
        with pytest.raises(Forbidden):
            look(OWNER)


def test_looking_is_recorded_too(city: City) -> None:
    city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    verbs = [each.verb for each in city.trail.list(AUDITOR)]
    assert verbs == ["audit.list", "read"]


def test_pages_go_backwards(city: City) -> None:
    for _ in range(5):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    first = city.trail.list(AUDITOR, most=2)
    second = city.trail.list(AUDITOR, most=2, before=first[-1].seq)
    assert [each.seq for each in (*first, *second)] == [6, 5, 4, 3]


def test_a_page_knows_the_way_back(city: City) -> None:
    for _ in range(5):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    page = city.trail.list(AUDITOR, most=2, before=4)
    assert [each.seq for each in page] == [3, 2]
    assert [each.seq for each in city.trail.list(AUDITOR, most=2, after=3)] == [5, 4]


def test_an_entry_carries_the_hash_before_it_and_the_name_of_who_acted(city: City) -> None:
    city.trail.names = lambda actors: dict.fromkeys(actors, "李梅")
    for _ in range(2):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    _look, second, first = city.trail.list(AUDITOR)
    assert (second.previous, first.previous) == (first.hash, FIRST_HASH)
    assert second.actor_name == "李梅"


@pytest.mark.parametrize(
    ("wanted", "verbs"),
    [
        (Wanted(kind="dataset", thing="visits"), ["read", "read", "datasets.ingest"]),
        (Wanted(kind="dataset", thing="visit"), []),
        (Wanted(kind="dataset"), ["read", "read", "datasets.ingest"]),
        (Wanted(kind="person", thing="mei"), ["people.edit"]),
        (Wanted(kind="definition"), ["definitions.update"]),
        (Wanted(kind="definition", thing="policy/doctors"), ["definitions.update"]),
        (Wanted(actor=OWNER.id), ["read"]),
        (Wanted(verb="people.edit"), ["people.edit"]),
        (Wanted(purpose="preview"), ["read"]),
        (Wanted(outcome="refused"), ["read"]),
        (Wanted(outcome="refused", actor=OWNER.id), []),
        (Wanted(text="DOCTORS"), ["definitions.update"]),
        (Wanted(text="100%"), []),
        (Wanted(since=date(2026, 10, 1)), []),
        (Wanted(since=date(2026, 9, 30), until=date(2026, 9, 30), verb="read"), ["read", "read"]),
        (Wanted(until=date(2026, 9, 29)), []),
    ],
)
def test_entries_are_found_by_each_filter(city: City, wanted: Wanted, verbs: list[str]) -> None:
    with city.database.begin() as tx:
        acts = (
            Act("service:loader", "datasets.ingest", "dataset:visits"),
            Act("person:boss", "people.edit", "people/mei"),
            Act("person:boss", "definitions.update", "policy/doctors"),
        )
        city.audit.record(tx, *acts)
    city.reader.read(OWNER, "analysis", "SELECT count(*) AS n FROM visits, trips")
    with pytest.raises(ReadDenied):
        city.reader.read(STRANGER, "preview", "SELECT * FROM visits")
    assert [each.verb for each in city.trail.list(AUDITOR, wanted)] == verbs


def test_a_look_records_what_was_looked_for(city: City) -> None:
    city.trail.list(AUDITOR, Wanted(kind="person", thing="mei", since=date(2026, 9, 30)))
    [look] = city.trail.list(AUDITOR)[1:]
    assert look.details == {
        "before": None, "since": "2026-09-30", "kind": "person", "thing": "mei",
    }  # fmt: skip
    assert [(each.kind, each.name) for each in look.things] == [("audit", "")]


def test_a_read_names_the_rules_that_decided(city: City) -> None:
    city.reader.read(DOCTOR, "analysis", "SELECT visit FROM visits")
    assert city.trail.list(AUDITOR)[-1].details["rules"] == {"visits": ["district_doctors"]}


def test_the_overview_counts_today_and_names_what_filters_offer(city: City) -> None:
    city.reader.read(OWNER, "export", "SELECT 1 AS one")
    city.reader.clock.advance(timedelta(days=1))
    city.reader.read(OWNER, "export", "SELECT 1 AS one")
    with pytest.raises(ReadDenied):
        city.reader.read(STRANGER, "export", "SELECT * FROM visits")
    found = city.trail.overview(AUDITOR)
    assert found == Overview(
        today=date(2026, 10, 1),
        entries=3,
        entries_today=2,
        refused_today=1,
        exports_today=1,
        actors_today=2,
        actors={OWNER.id: None, STRANGER.id: None},
        verbs=["export"],
        purposes=["export"],
    )


def test_the_csv_runs_nothing_in_a_spreadsheet(city: City) -> None:
    with city.database.begin() as tx:
        city.audit.record(tx, Act("=HYPERLINK(1)", "people.edit", "@mei", details={"n": 1}))
        city.audit.record(tx, Act("boss", "people.add", "people/a,b"))
    text = b"".join(city.trail.export(AUDITOR, Wanted(verb="people.edit"), "csv")).decode(
        "utf-8-sig"
    )
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["actor"], row["target"]) == ("'=HYPERLINK(1)", "'@mei")
    assert (row["at"], row["details"]) == ("2026-09-30T12:00:00+08:00", '{"n":1}')


def test_a_forged_entry_is_found(city: City) -> None:
    for _ in range(3):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    assert city.trail.verify(AUDITOR).broken_at is None
    with city.database.begin() as tx:
        tx.execute(audit_log.update().where(audit_log.c.seq == 2).values(actor="nobody"))
    assert city.trail.verify(AUDITOR).broken_at == 2


def test_the_export_holds_every_entry(city: City) -> None:
    for _ in range(3):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    lines = [orjson.loads(line) for line in city.trail.export(AUDITOR)]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4]
    assert all(len(line["hash"]) == 64 for line in lines)


def test_the_anchor_is_published_by_a_job_again_and_again(city: City) -> None:
    jobs = Jobs(city.database, city.reader.clock)
    city.trail.schedule(jobs)
    city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    assert jobs.run_due() == 1
    assert (city.home / "anchor").read_text().startswith("1 ")
    city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    city.reader.clock.advance(timedelta(minutes=6))
    assert jobs.run_due() == 1
    assert (city.home / "anchor").read_text().startswith("2 ")


def test_a_cut_off_end_is_found_with_the_anchor(city: City) -> None:
    for _ in range(3):
        city.reader.read(OWNER, "analysis", "SELECT 1 AS one")
    city.trail.publish_anchor()
    with city.database.begin() as tx:
        tx.execute(audit_log.delete().where(audit_log.c.seq == 3))
        kept = tx.execute(sa.select(audit_log.c.hash).where(audit_log.c.seq == 2)).scalar_one()
        tx.execute(sa.text("UPDATE audit_head SET seq = 2, hash = :kept"), {"kept": kept})
    assert city.trail.verify(AUDITOR).reason == "the log is shorter than its anchor says"


def test_entries_are_kept_for_half_a_year() -> None:
    assert timedelta(days=180) <= RETENTION_FLOOR


SCRIPT = """
import os, signal, sys
from pathlib import Path
from cityloop.foundation.audit import audit_head, audit_log
from cityloop.foundation.db import Database, metadata
from little_city import OWNER, build
home = Path(sys.argv[1])
database = Database(f"sqlite:///{home / 'state.db'}")
metadata.create_all(database.engine, tables=[audit_log, audit_head])
city = build(home, database)
for number in range(1, 6):
    rows = city.reader.read(OWNER, "analysis", f"SELECT visit FROM visits WHERE visit < {number}").table.num_rows
    print(rows, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_whoever_got_rows_is_in_the_log_even_after_a_kill(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parent,
    )  # fmt: skip
    given = [int(line) for line in done.stdout.split()]
    assert (done.returncode, given) == (-9, [1, 2, 3, 4, 5])
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'state.db'}")
    with engine.connect() as connection:
        details = (
            connection.execute(sa.select(audit_log.c.details).order_by(audit_log.c.seq))
            .scalars()
            .all()
        )
    engine.dispose()
    assert [each["rows"] for each in details] == given
