"""Builders for contracts and a judge that runs a compiled contract on DuckDB."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from cityloop.contracts.compiler import CompiledContract, compile_contract
from cityloop.contracts.model import CodesDefinition, DatasetDefinition

TITLE = {"zh": "某", "en": "Some"}


def field(name: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "title": {"zh": f"{name}名", "en": f"{name} title"}, "type": kind, **more}


def dataset(*fields: dict[str, Any], **more: Any) -> DatasetDefinition:
    return DatasetDefinition(name="d", title=TITLE, fields=fields, **more)


def codes(*values: tuple[str, list[str]], name: str = "district") -> CodesDefinition:
    rows = [{"value": value, "title": TITLE, "aliases": aliases} for value, aliases in values]
    return CodesDefinition(name=name, title=TITLE, values=rows)


DISTRICTS = codes(("临湖区", ["990102", "临湖"]), ("高新区", ["ＧＸ"]), ("无", []))
MANY = codes(*((f"S{n:03}", [f"站{n}"]) for n in range(60)), name="stations")
CODES = {"district": DISTRICTS, "stations": MANY}


@dataclass(frozen=True)
class Row:
    values: dict[str, Any]
    reasons: list[tuple[str, str | None, str | None]]
    flags: list[str]
    repairs: dict[str, int]
    fingerprint: int


class Judge:
    """Runs compiled contracts over columns of text."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self._kept: dict[str, CompiledContract] = {}
        self.connection.execute("SET TimeZone = 'UTC'; SET threads = 1")

    def compiled(self, contract: DatasetDefinition) -> CompiledContract:
        """Return the contract compiled for columns named like its fields; each contract once."""
        key = contract.model_dump_json()
        if key not in self._kept:
            names = [each.name for each in contract.fields]
            self._kept[key] = compile_contract(contract, CODES, names, time_zone="Asia/Shanghai")
        return self._kept[key]

    def __call__(
        self,
        contract: DatasetDefinition,
        columns: Mapping[str, Sequence[str | None]],
        **options: Any,
    ) -> list[Row]:
        options = {"time_zone": "Asia/Shanghai", **options}
        shape = options.get("shape_column")
        names = [name for name in columns if name != shape]
        compiled = compile_contract(contract, CODES, names, **options)
        return self.run(compiled, columns)

    def run(
        self, compiled: CompiledContract, columns: Mapping[str, Sequence[str | None]]
    ) -> list[Row]:
        rows = len(next(iter(columns.values())))
        arrays = [pa.array(range(1, rows + 1), pa.int64())]
        arrays += [pa.array(values, pa.string()) for values in columns.values()]
        stage = pa.table(arrays, names=["row_number", *columns])
        self.connection.register("stage", stage)
        found = self.connection.sql(f"{compiled.judged.sql('duckdb')} ORDER BY _row")
        table = found.to_arrow_table().to_pylist()
        return [
            Row(
                {name: row[name] for name in compiled.fields},
                [(each["rule"], each["field"], each["value"]) for each in row["_reasons"] or ()],
                [each["rule"] for each in row["_flags"] or ()],
                {key: n for key, n in (row["_repairs"] or {}).items() if n},
                row["_fingerprint"],
            )
            for row in table
        ]
