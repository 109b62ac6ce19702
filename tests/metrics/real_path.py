"""The town on a real lake, engine and policy-checked read path."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from town import DATASETS, NOW, TABLES, arrow, both

from cityloop.datasets.model import Published
from cityloop.engine import DuckDbEngine, Lake
from cityloop.foundation.audit import Anchor, AuditLog, audit_head, audit_log
from cityloop.foundation.clock import FakeClock
from cityloop.foundation.db import Database, metadata
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.principal import Principal
from cityloop.policies import Journal, PolicyDefinition, PseudonymKeys, Reader

NAMES = tuple(each.name for each in DATASETS)
EVERYTHING = {name: [each.name for each in dataset.fields] for name, dataset in zip(NAMES, DATASETS, strict=True)}  # fmt: skip
ANALYST = Principal(id="zhao", name="Zhao", department="office", roles=frozenset({"analyst"}), level=4)  # fmt: skip
CLERK = Principal(
    id="wang", name="Wang", department="clinic", roles=frozenset({"clerk"}), level=4,
    attributes=frozenset({("hospital", "h2")}),
)  # fmt: skip
GUEST = Principal(id="li", name="Li", department="office", roles=frozenset({"guest"}), level=4)
"""May count rows and read no name of a hospital."""
POLICIES = [
    PolicyDefinition(
        name="analysts", title=both("分析员", "Analysts"), datasets=NAMES, allow=[{"roles": ["analyst"]}]
    ),
    PolicyDefinition(
        name="clerks", title=both("办事员", "Clerks"), datasets=["visits", "hospitals"],
        allow=[{"roles": ["clerk"], "rows": "hospital_id = principal.hospital"}],
    ),
    PolicyDefinition(
        name="guests", title=both("访客", "Guests"), datasets=["visits", "hospitals"],
        allow=[{"roles": ["guest"], "columns": {"name": "deny"}}],
    ),
]  # fmt: skip


@dataclass
class Shelf:
    """The published version is the newest one."""

    lake: Lake

    def published(self, names: Collection[str]) -> Mapping[str, Published]:
        pins = {name: self.lake.table("core", name).pin() for name in names}
        return {
            name: Published(name, pin.version, pin, pin.rows, NOW, None)
            for name, pin in pins.items()
        }


def real_reader(home: Path, snapshot: Snapshot) -> Reader:
    database = Database(f"sqlite:///{home / 'state.db'}")
    metadata.create_all(database.engine, tables=[audit_log, audit_head])
    lake, clock = Lake(home / "lake"), FakeClock(NOW)
    for dataset in DATASETS:
        lake.table("core", dataset.name).append(arrow(dataset, TABLES[dataset.name]), "first")
    engine = DuckDbEngine(
        home / "lake",
        temp=home / "temp",
        threads=1,
        memory="300MB",
        keys=PseudonymKeys(home / "keys"),
    )
    audit = AuditLog(clock, Anchor(home / "anchor", home / "keys" / "audit"))
    return Reader(lambda: snapshot, Shelf(lake), engine, Journal(database, audit), clock)
