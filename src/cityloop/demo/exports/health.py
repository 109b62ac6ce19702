"""卫生健康委: the hospitals' own SQLite database with hospitals, departments and visits."""

from dataclasses import replace

import numpy as np

from cityloop.demo.dates import mixed_moments, moment_text
from cityloop.demo.defects import Plan, around, breaks, by_turns, lacks, mends, wide
from cityloop.demo.exports.desk import Desk, Sheet, coordinates, daily_id, money
from cityloop.demo.exports.writers import write_sqlite
from cityloop.demo.people import wrong_check_digit
from cityloop.demo.rhythm import MINUTES_A_DAY
from cityloop.demo.text import joined, taken, words
from cityloop.demo.world.health import DIAGNOSES, WARDS, Visits, visits

FILE = "health/his.db"
"""The hospitals' database, below the folder `inbound`."""
_SCHEMA = """
CREATE TABLE hospitals (hospital_id TEXT, name TEXT, district TEXT, longitude REAL, latitude REAL);
CREATE TABLE departments (department_code TEXT, name TEXT);
CREATE TABLE visits (
    visit_id TEXT, hospital_id TEXT, department_code TEXT, patient_name TEXT, id_number TEXT,
    phone TEXT, diagnosis_code TEXT, diagnosis_name TEXT, arrived_at TEXT, updated_at TEXT, fee REAL
);
CREATE INDEX visits_updated_at ON visits (updated_at);
"""


def export(desk: Desk) -> None:
    """Write the database below `health/`."""
    city, seen = desk.city, visits(desk.city, desk.window)
    # Nobody can have written a record after the export was made.
    end = (desk.window.day_numbers()[-1] + 1) * MINUTES_A_DAY
    seen = replace(seen, updated=np.minimum(seen.updated, end - 1))
    hospital = np.arange(len(city.hospitals))
    place = coordinates(city.hospitals.points)
    hospitals = {
        "hospital_id": words(city.hospitals.ids, hospital),
        "name": words(city.hospitals.names, hospital),
        "district": words(desk.district_names, city.hospitals.district),
        "longitude": place["经度"],
        "latitude": place["纬度"],
    }
    ward = np.arange(len(WARDS))
    departments = {
        "department_code": words([w[0] for w in WARDS], ward),
        "name": words([w[1] for w in WARDS], ward),
    }
    tables = {
        "hospitals": desk.mess("hospitals", hospitals),
        "departments": desk.mess("hospital_departments", departments),
        "visits": desk.mess("hospital_visits", *records(desk, seen)),
    }
    write_sqlite(desk.inbound / FILE, _SCHEMA, {n: m.columns for n, m in tables.items()})
    for dataset, table in zip(
        ("hospitals", "hospital_departments", "hospital_visits"), tables, strict=True
    ):
        desk.note(dataset, tables[table], FILE)


def records(desk: Desk, seen: Visits) -> Sheet:
    """Return a row for each visit."""
    city = desk.city
    kind = words(("A", "R"), seen.is_respiratory.astype(np.int64))
    people = city.residents
    columns = {
        "visit_id": joined(
            words(city.hospitals.ids, seen.hospital), kind, daily_id("", seen.day, seen.number)
        ),
        "hospital_id": words(city.hospitals.ids, seen.hospital),
        "department_code": words([WARDS[d[2]][0] for d in DIAGNOSES], seen.diagnosis),
        "patient_name": taken(people.name, seen.resident),
        "id_number": taken(people.id_number, seen.resident),
        "phone": taken(people.phone, seen.resident),
        "diagnosis_code": words([d[0] for d in DIAGNOSES], seen.diagnosis),
        "diagnosis_name": words([d[1] for d in DIAGNOSES], seen.diagnosis),
        "arrived_at": moment_text(seen.arrived),
        "updated_at": moment_text(seen.updated),
        "fee": money(seen.fee_yuan),
    }
    plan = Plan(
        edits=(
            breaks("gb11643", "id_number", 1.2, lambda old, _rows: wrong_check_digit(old)),
            breaks("codes", "department_code", 0.5, by_turns("99", "88")),
            breaks("range", "fee", 0.4, by_turns("-50.00", "-1.00")),
            lacks("diagnosis_code", 1.5),
            mends("full_width", "phone", 2, wide),
            mends("spaces", "patient_name", 1.5, around(" ", " ")),
            mends(
                "date_style", "arrived_at", 3, lambda _old, rows: mixed_moments(seen.arrived[rows])
            ),
        ),
    )
    return columns, plan
