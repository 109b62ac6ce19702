"""Quarantined rows are shown through the same rules as good ones; raw only to those who see everything raw."""

import orjson
import pyarrow as pa
import pytest
import sqlalchemy as sa
from little_city import ANALYST, DOCTOR, OPERATOR, SECRET, START, STRANGER, VISITS, City, title

from cityloop.engine import Lake
from cityloop.foundation.audit import audit_log
from cityloop.foundation.principal import Principal
from cityloop.policies import PolicyDefinition
from cityloop.policies.model import ReadDenied, UnknownDataset
from cityloop.policies.quarantine import Page, read_quarantine

REASONS = [
    {"rule": "gb11643", "field": "id_card", "value": f"110105{SECRET}"},
    {"rule": "range", "field": "cost", "value": f"-5{SECRET}COST"},
    {"rule": "codes", "field": "district", "value": f"{SECRET}区"},
    {"rule": "key_conflict", "field": "visit, genome", "value": f"1, {SECRET}"},
]
AUDITOR = Principal(
    "steward", "steward", department="health", level=5, permissions=frozenset({"quarantine.view"})
)


@pytest.fixture
def quarantined(city: City) -> City:
    lake: Lake = city.shelf.lake
    table = pa.table(
        {
            "id": [f"b-{number}" for number in range(4)],
            "source": ["clinic"] * 4,
            "delivery": ["d"] * 4,
            "batch": ["b1", "b1", "b2", "b2"],
            "file": [f"{SECRET}.csv"] * 4,
            "number": pa.array(range(4), pa.int64()),
            "raw": [orjson.dumps({"姓名": f"张{SECRET}"}).decode()] * 4,
            "reasons": [orjson.dumps([each]).decode() for each in REASONS],
            "at": pa.array([START] * 4, pa.timestamp("us", "UTC")),
        }
    )
    lake.table("quarantine", "visits").append(table, "first")
    city.shelf.quarantines["visits"] = lake.table("quarantine", "visits").pin()
    return city


def shown(city: City, who: Principal, page: Page | None = None) -> list[dict[str, object]]:
    return read_quarantine(city.reader, city.shelf, who, "visits", page).to_pylist()


def test_those_who_see_everything_raw_see_the_rows(quarantined: City) -> None:
    quarantined.apply(
        VISITS.model_copy(update={"fields": VISITS.fields[:-1]})
    )  # without the core column
    rows = shown(quarantined, AUDITOR)
    assert rows[0]["raw"] == '{"姓名":"张CANARY"}'
    assert orjson.loads(rows[0]["reasons"]) == [REASONS[0]]


def test_the_permission_alone_is_not_enough(quarantined: City) -> None:
    # The dataset has a core column that nobody sees, so nobody sees raw rows either.
    rows = shown(quarantined, AUDITOR)
    assert "raw" not in rows[0]
    assert "file" not in rows[0]


@pytest.mark.parametrize("who", [ANALYST, DOCTOR], ids=lambda who: who.id)
def test_others_see_reasons_and_row_numbers(quarantined: City, who: Principal) -> None:
    policy = PolicyDefinition(
        name="look", title=title("look"), dataset="visits",
        allow=[{"purposes": ["preview"], "level": 1, "columns": {"cost": "bucket:100", "id_card": "deny"}, "rows": None if who is ANALYST else "visit > 3"}],
    )  # fmt: skip
    quarantined.apply(VISITS, policy)
    rows = shown(quarantined, who)
    reasons = [orjson.loads(row["reasons"])[0] for row in rows]
    district = f"{SECRET}区" if who is ANALYST else None
    assert [row["number"] for row in rows] == [0, 1, 2, 3]
    assert [row["rules"] for row in rows] == [["gb11643"], ["range"], ["codes"], ["key_conflict"]]
    assert reasons == [
        {"rule": "gb11643", "field": None, "value": None},
        {"rule": "range", "field": "cost", "value": None},
        {"rule": "codes", "field": "district", "value": district},
        {"rule": "key_conflict", "field": None, "value": None},
    ]
    assert SECRET not in str([{**row, "reasons": ""} for row in rows])


def test_strangers_see_nothing(quarantined: City) -> None:
    with pytest.raises(ReadDenied):
        shown(quarantined, STRANGER)
    with pytest.raises(UnknownDataset):
        read_quarantine(quarantined.reader, quarantined.shelf, STRANGER, "staff")


def test_every_look_is_recorded(quarantined: City) -> None:
    shown(quarantined, OPERATOR)
    with pytest.raises(ReadDenied):
        shown(quarantined, STRANGER)
    with quarantined.database.read() as connection:
        found = connection.execute(
            sa.select(audit_log.c.verb, audit_log.c.actor, audit_log.c.outcome)
        ).all()
    assert found == [
        ("quarantine.read", "operator", "done"),
        ("quarantine.read", "stranger", "refused"),
    ]


def test_pages_and_batches(quarantined: City) -> None:
    assert [row["number"] for row in shown(quarantined, OPERATOR, Page(batch="b2"))] == [2, 3]
    assert [row["number"] for row in shown(quarantined, OPERATOR, Page(most=1, skip=1))] == [1]


def test_a_dataset_without_quarantine_has_an_empty_one(city: City) -> None:
    assert shown(city, OPERATOR) == []
