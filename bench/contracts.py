"""What judging a row costs: a compiled contract over 1 M rows of 10 text columns, beside DuckDB's own read_csv.

Run: ``python bench/contracts.py [rows]``. CPU seconds of one thread, best of three; nothing is written.
"""

import sys
import tempfile
import time
from pathlib import Path

import duckdb

from cityloop.contracts import CodesDefinition, DatasetDefinition, compile_contract

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
TITLE = {"zh": "某", "en": "Some"}
TABLE = """
SELECT i AS 编号, i * 2 AS 流水, round(random() * 100, 1) AS 车速, random() * 100 AS 占比, 'SR' || i || '路口' AS 地点,
  ['临湖区', '高新区', '江北区', '990102'][1 + i % 4] AS 区县,
  strftime(TIMESTAMP '2026-01-01' + INTERVAL (i) SECOND, '%Y-%m-%d %H:%M:%S') AS 时间,
  '1101051949' || lpad((i % 12 + 1)::VARCHAR, 2, '0') || '10' || lpad((i % 1000)::VARCHAR, 3, '0') || 'X' AS 证件,
  i % 2 = 0 AS 是否, DATE '2026-01-01' + (i % 300)::INTEGER AS 日期
FROM range({rows}) t(i)
"""
DIRTY = {
    "编号": "'{0}.0'", "流水": "'１' || {0}", "车速": "{0} || ' m/s'", "占比": "'n/a?'", "地点": "'　' || {0} || ' '", "区县": "'东区'",
    "时间": "replace({0}, '-', '/')", "证件": "lower({0})", "是否": "'是'", "日期": "strftime({0}::DATE, '%Y年%m月%d日')",
}  # fmt: skip


def field(name: str, kind: str, **more: object) -> dict[str, object]:
    """Return a field's YAML as a dictionary."""
    return {"name": name, "title": TITLE, "type": kind, **more}


FIELDS = [
    field("编号", "integer", required=True, min=0),
    field("流水", "integer"),
    field("车速", "number", unit="km/h", min=0, max=500),
    field("占比", "number"),
    field("地点", "text"),
    field("区县", "text", codes="district"),
    field("时间", "timestamp"),
    field("证件", "text"),
    field("是否", "boolean"),
    field("日期", "date"),
]
CODES = CodesDefinition(
    name="district",
    title=TITLE,
    values=[{"value": v, "title": TITLE} for v in ("高新区", "江北区")]
    + [{"value": "临湖区", "title": TITLE, "aliases": ["990102"]}],
)
RULES = [{"name": "order", "title": TITLE, "expression": "编号 <= 流水"}]


def contract(*fields: dict[str, object], **more: object) -> DatasetDefinition:
    """Return a dataset of these fields."""
    return DatasetDefinition(name="d", title=TITLE, fields=fields, **more)


def cpu_s(connection: duckdb.DuckDBPyConnection, query: str) -> float:
    """Return the CPU seconds of a query, best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        connection.execute(query).fetchall()
        best = min(best, time.process_time() - start)
    return best


def judged(dataset: DatasetDefinition, names: list[str], *, all_columns: bool = True) -> str:
    """Return a query that computes every column of the judged rows."""
    compiled = compile_contract(dataset, {"district": CODES}, names, time_zone="Asia/Shanghai")
    counts = [f'count("{name}")' for name in compiled.fields] + ["count(_reasons)"]
    if all_columns:
        counts += ["count(_flags)", "count(_repairs)", "count(_raw)", "sum(_fingerprint & 1)"]
    return f"SELECT {', '.join(counts)} FROM ({compiled.judged.sql('duckdb')})"


def quick(dataset: DatasetDefinition, names: list[str]) -> str:
    """Return a query that clears plainly fine rows, as loading does first."""
    compiled = compile_contract(dataset, {"district": CODES}, names, time_zone="Asia/Shanghai")
    counts = [f'count("{name}")' for name in compiled.fields]
    return f"SELECT {', '.join(counts)}, count_if(_fine), count(_raw) FROM ({compiled.quick.sql('duckdb')})"


def main() -> None:
    """Measure and print."""
    names = [str(each["name"]) for each in FIELDS]
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET TimeZone = 'UTC'; SELECT setseed(0.7)")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ten.csv"
        connection.execute(f"COPY ({TABLE.format(rows=ROWS)}) TO '{file}' (HEADER)")
        raw = cpu_s(connection, f"CREATE OR REPLACE TABLE raw AS FROM read_csv('{file}')")
        connection.execute(
            f"CREATE TABLE clean AS SELECT row_number() OVER () row_number, * FROM read_csv('{file}', all_varchar = true)"
        )
    cells = ", ".join(
        f'CASE WHEN row_number % 10 = 0 THEN {dirt.format(name)} ELSE {name} END AS "{name}"'
        for name, dirt in DIRTY.items()
    )
    connection.execute(f"CREATE TABLE dirty AS SELECT row_number, {cells} FROM clean")
    connection.execute("CREATE TABLE filthy AS FROM dirty WHERE row_number % 10 = 0")
    print(f"rows {ROWS}; read_csv with types: {raw:.2f} CPU-s")
    whole = contract(*FIELDS, rules=RULES)
    cases = [
        ("clean, quick pass (values, which rows are fine)", "clean", quick(whole, names)),
        ("clean, values and reasons", "clean", judged(whole, names, all_columns=False)),
        ("clean, everything (fingerprint, raw text)", "clean", judged(whole, names)),
        ("10 % of rows dirty in every column, quick pass", "dirty", quick(whole, names)),
        ("10 % of rows dirty in every column, everything", "dirty", judged(whole, names)),
        ("those 10 % gathered, everything", "filthy", judged(whole, names)),
        *((f"one column: {each['name']} {each['type']}", "clean", judged(contract(each), names, all_columns=False)) for each in FIELDS),
        ("one column: 证件 as gb11643", "clean", judged(contract({**FIELDS[7], "format": "gb11643"}), names, all_columns=False)),
    ]  # fmt: skip
    for label, table, query in cases:
        connection.execute(f"CREATE OR REPLACE VIEW stage AS FROM {table}")
        seconds = cpu_s(connection, query)
        print(f"{seconds:6.3f} CPU-s  {seconds / raw:5.2f} x read_csv  {label}")


if __name__ == "__main__":
    main()
