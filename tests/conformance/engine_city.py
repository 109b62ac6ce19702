"""The small fictional city that every engine is asked about, as plain Python rows and as tables of a lake."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from cityloop.engine import Lake, Pin

Row = dict[str, object]

VISITS = pa.schema(
    {
        "编号": pa.int64(),
        "at": pa.timestamp("us", "UTC"),
        "day": pa.date32(),
        "district": pa.string(),
        "hospital": pa.int64(),
        "wait": pa.float64(),
        "fee": pa.decimal128(10, 2),
        "urgent": pa.bool_(),
    }
)
HOSPITALS = pa.schema({"id": pa.int64(), "名称": pa.string(), "beds": pa.int32()})

START = datetime(2026, 3, 28, 14, 30, tzinfo=UTC)
"""22:30 in Shanghai: the first rows cross local midnight before they cross midnight in UTC."""

visits: list[Row] = [
    {
        "编号": number,
        "at": None
        if number % 17 == 0
        else START + timedelta(minutes=37 * number, microseconds=number),
        "day": date(2026, 3, 28) + timedelta(days=number // 40),
        "district": ["临湖区", "云山区", 'O\'Hara "东"', None][number % 4],
        "hospital": None if number % 11 == 0 else number % 5,
        "wait": None if number % 7 == 0 else (number * 37 % 101) / 4,
        "fee": None if number % 13 == 0 else Decimal(number * 173 % 9973) / 100,
        "urgent": None if number % 19 == 0 else number % 3 == 0,
    }
    for number in range(1, 201)
]
hospitals: list[Row] = [
    {"id": number, "名称": f"第{number}医院", "beds": None if number == 3 else number * 100}
    for number in range(4)  # number 4 is visited but unknown
]


def build(lake: Lake) -> dict[str, Pin]:
    """Write the city in several batches and return its tables by the names that queries use."""
    table = lake.table("core", "visits")
    for first in range(0, len(visits), 60):
        rows = pa.Table.from_pylist(visits[first : first + 60], schema=VISITS)
        table.append(rows, f"batch {first}")
    lake.table("core", "hospitals").append(pa.Table.from_pylist(hospitals, schema=HOSPITALS), "all")
    lake.table("core", "empty").create(VISITS)
    names = {name: lake.table("core", name).pin() for name in ("visits", "hospitals", "empty")}
    return names | {f"core.{name}": pin for name, pin in names.items()}
