"""A small real city for the tests of the read path: three datasets in a real lake, full of canaries.

A canary is a text (or number) that a given reader must never see: whatever leaves the reader, rows or error texts, is
searched for them. ``visits`` belongs to health, ``trips`` to transport, ``vault`` holds core data, ``parks`` is open.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from cityloop.contracts.model import DatasetDefinition
from cityloop.engine import Lake, Pin
from cityloop.engine.duckdb import DuckDbEngine
from cityloop.foundation.audit import Anchor, AuditLog
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database
from cityloop.foundation.definition import Definition, Snapshot
from cityloop.foundation.principal import Principal, operator, service
from cityloop.policies import AuditTrail, Journal, PolicyDefinition, PseudonymKeys, Reader

START = datetime(2026, 9, 1, tzinfo=UTC)
SECRET = "CANARY"
"""Every hidden text holds this word; masks hide all of it."""
SECRET_NUMBER = 77_777_001
"""Costs of hidden rows begin here."""


def title(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


def column(name: str, kind: str = "text", **more: object) -> dict[str, object]:
    return {"name": name, "title": title(name), "type": kind, **more}


VISITS = DatasetDefinition(
    name="visits",
    title=title("visits"),
    owner="health",
    level=2,
    sharing="conditional",
    time="seen_at",
    fields=[
        column("visit", "integer", level=1),
        column("district", level=1),
        column("patient", level=3),
        column("phone", level=3, format="phone"),
        column("id_card", level=4, format="gb11643"),
        column("diagnosis", level=4),
        column("born_on", "date", level=3),
        column("seen_at", "timestamp", level=1),
        column("cost", "integer", level=2),
        column("home", level=3),
        column("genome", level=6),
    ],
)
TRIPS = DatasetDefinition(
    name="trips",
    title=title("trips"),
    owner="transport",
    level=2,
    sharing="unconditional",
    fields=[
        column("trip", "integer", level=1),
        column("district", level=1),
        column("speed", "number", level=1, unit="km/h"),
        column("plate", level=3, format="plate"),
        column("driver", level=4),
    ],
)
PARKS = DatasetDefinition(
    name="公园",
    title=title("parks"),
    owner="city",
    level=1,
    sharing="unconditional",
    fields=[column("名称"), column("area", "number"), column("open", "boolean")],
)
VAULT = DatasetDefinition(
    name="vault",
    title=title("vault"),
    owner="health",
    level=6,
    sharing="unconditional",
    fields=[column("word", level=1), column("visit", "integer", level=1)],
)
STAFF = DatasetDefinition(
    name="staff",
    title=title("staff"),
    owner="police",
    level=4,
    sharing="none",
    fields=[column("badge", "integer", level=2), column("legend", level=4)],
)
POLICIES = (
    PolicyDefinition(
        name="district_doctors",
        title=title("district doctors"),
        dataset="visits",
        allow=[
            {
                "roles": ["doctor"],
                "rows": "district = principal.district",
                "columns": {"genome": "deny", "home": "address"},
            }
        ],
    ),
    PolicyDefinition(
        name="analysts",
        title=title("analysts"),
        dataset="visits",
        allow=[
            {
                "roles": ["analyst"],
                "purposes": ["analysis", "question", "export"],
                "level": 2,
                "columns": {
                    "patient": "name",
                    "phone": "phone",
                    "id_card": "hash",
                    "diagnosis": "deny",
                    "born_on": "year",
                    "home": "address",
                    "cost": "bucket:100",
                },
            }
        ],
    ),
    PolicyDefinition(
        name="own_district_phones",
        title=title("phones of one's district"),
        dataset="visits",
        allow=[
            {
                "roles": ["caller"],
                "rows": "district = principal.district",
                "columns": {"patient": "raw", "phone": "raw"},
            },
            {"roles": ["caller"], "level": 1, "columns": {"phone": "phone", "patient": "deny"}},
        ],
    ),
)
DEFINITIONS: tuple[Definition, ...] = (VISITS, TRIPS, PARKS, VAULT, STAFF, *POLICIES)


def person(
    name: str, *roles: str, department: str | None = None, level: int = 2, **attributes: str
) -> Principal:
    return Principal(
        name,
        name,
        department=department,
        roles=frozenset(roles),
        level=level,
        attributes=frozenset(attributes.items()),
    )


DOCTOR = person("doctor", "doctor", department="clinic", level=4, district="临湖区")
"""Sees visits of 临湖区 raw up to level 4."""
ANALYST = person("analyst", "analyst", department="statistics", level=2)
"""Sees all visits, masked."""
CALLER = person("caller", "caller", department="hotline", level=3, district="临湖区")
"""Sees phones raw in 临湖区 and masked elsewhere."""
STRANGER = person("stranger", department="gardens", level=1)
"""Sees only what is shared unconditionally."""
OWNER = person("owner", department="health", level=5)
"""Sees visits raw."""
OPERATOR = operator()
ALERTS = service("alerts")
PEOPLE = {each.id: each for each in (DOCTOR, ANALYST, CALLER, STRANGER, OWNER)}


def visits() -> pa.Table:
    """Forty visits, half of them in each district; every graded text is a canary."""
    rows = range(40)
    near = [number % 2 == 0 for number in rows]
    mark = [
        f"{SECRET}{'NEAR' if each else 'FAR'}{number:02d}"
        for number, each in zip(rows, near, strict=True)
    ]
    return pa.table(
        {
            "visit": pa.array(rows, pa.int64()),
            "district": ["临湖区" if each else "山前区" for each in near],
            "patient": [f"张{each}" for each in mark],
            "phone": [f"138{each}0000" for each in mark],
            "id_card": [f"110105{each}002X" for each in mark],
            "diagnosis": [f"{each}病" for each in mark],
            "born_on": [date(1950 + number, 7, 13) for number in rows],
            "seen_at": [START + timedelta(hours=number) for number in rows],
            "cost": pa.array([SECRET_NUMBER + 1_000 * number for number in rows], pa.int64()),
            "home": [f"云江市临湖区望江街道{each}号" for each in mark],
            "genome": [f"GENE{each}" for each in mark],
        },
        schema=None,
    ).cast(
        pa.schema(
            [
                ("visit", pa.int64()), ("district", pa.string()), ("patient", pa.string()), ("phone", pa.string()),
                ("id_card", pa.string()), ("diagnosis", pa.string()), ("born_on", pa.date32()),
                ("seen_at", pa.timestamp("us", "UTC")), ("cost", pa.int64()), ("home", pa.string()), ("genome", pa.string()),
            ]
        )
    )  # fmt: skip


def trips() -> pa.Table:
    rows = range(30)
    return pa.table(
        {
            "trip": pa.array(rows, pa.int64()),
            "district": ["临湖区" if number % 3 else "山前区" for number in rows],
            "speed": pa.array([10.0 + number for number in rows], pa.float64()),
            "plate": [f"浙A{SECRET}{number:02d}" for number in rows],
            "driver": [f"{SECRET}DRIVER{number}" for number in rows],
        }
    )


TABLES: Mapping[str, pa.Table] = {
    "visits": visits(),
    "trips": trips(),
    "公园": pa.table(
        {"名称": ["东湖", "西园", "=1+1"], "area": [1.5, 2.5, 3.5], "open": [True, False, None]}
    ),
    "vault": pa.table({"word": [f"{SECRET}VAULT"], "visit": pa.array([1], pa.int64())}),
    "staff": pa.table({"badge": pa.array([1], pa.int64()), "legend": [f"{SECRET}LEGEND"]}),
}


@dataclass(frozen=True)
class Published:
    version: int
    pin: Pin
    as_of: datetime | None


@dataclass
class Shelf:
    """Published versions of a lake's tables, and quarantines; stands for ``datasets.Datasets``."""

    lake: Lake
    quarantines: dict[str, Pin] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def published(self, names: Collection[str]) -> Mapping[str, Published]:
        self.asked.append(tuple(names))
        pins = {name: self.lake.table("data", name).pin() for name in names}
        return {name: Published(pin.version, pin, START) for name, pin in pins.items()}

    def quarantine_table(self, name: str) -> Pin | None:
        return self.quarantines.get(name)


@dataclass
class City:
    """The read path over the tables above."""

    reader: Reader
    shelf: Shelf
    database: Database
    audit: AuditLog
    trail: AuditTrail
    snapshot: list[Snapshot]
    home: Path

    def apply(self, *definitions: Definition) -> None:
        self.snapshot[0] = Snapshot.of(*definitions, revision=self.snapshot[0].revision + 1)


def build(home: Path, database: Database, tables: Mapping[str, pa.Table] = TABLES) -> City:
    """Return a city whose lake is below ``home``."""
    clock = FakeClock(datetime(2026, 9, 30, 4, 0, tzinfo=UTC))
    lake = Lake(home / "lake")
    for name, table in tables.items():
        if not lake.table("data", name).exists:
            lake.table("data", name).append(table, "first")
    shelf = Shelf(lake)
    audit = AuditLog(clock, Anchor(home / "anchor", home / "keys" / "audit"))
    snapshot = [Snapshot.of(*DEFINITIONS)]
    engine = DuckDbEngine(
        home / "lake",
        temp=home / "temp",
        threads=1,
        memory="300MB",
        timeout_s=20,
        keys=PseudonymKeys(home / "keys" / "pseudonyms"),
    )
    reader = Reader(
        definitions=lambda: snapshot[0],
        datasets=shelf,
        engine=engine,
        journal=Journal(database, audit),
        clock=clock,
    )
    return City(reader, shelf, database, audit, AuditTrail(database, audit, clock), snapshot, home)
