"""The quick way through a contract: clears rows that are plainly fine, leaves the others to the thorough way.

The thorough way has a fixed price for each vector of rows, however few of them need it; so a delivery is read once with the
quick query, and only the rows that it cannot clear are gathered and judged by ``CompiledContract.judged``. The quick query
never decides that a row is bad, and a row that it clears has the same values there.
"""

from collections.abc import Mapping, Sequence

from sqlglot import exp, parse_one

from cityloop.contracts import layers, sql
from cityloop.contracts.layers import Layer, Slot
from cityloop.contracts.model import DatasetDefinition
from cityloop.contracts.rules import rule_condition


def quick_query(
    dataset: DatasetDefinition,
    slots: Sequence[Slot],
    cells: Mapping[str, str],
    must_be_empty: Sequence[str],
) -> exp.Select:
    """Return the query over ``stage`` that gives the typed fields, ``_fine`` and ``_raw``.

    ``_fine`` (never NULL): the row keeps every rule, needs no repair, and its values are final. ``_raw`` is NULL then,
    otherwise a JSON object of the row's text by source column.

    Args:
        dataset: the contract.
        slots: its fields with their places.
        cells: source column → short name.
        must_be_empty: source columns that the contract does not know and that break a rule when they hold something.
    """
    names = ", ".join(sql.name(slot.field.name) for slot in slots)
    stack: list[Layer] = [
        layers.taken(slots, cells, None),
        *layers.helped(slots),
        layers.quick(slots),
        _cleared(slots, cells, must_be_empty),
        _kept_rules(dataset, slots),
        lambda source: f"SELECT {names}, _fine, {_raw(cells)} AS _raw FROM {source}",  # noqa: S608 - quoted names
    ]
    source = "stage"
    for layer in stack:
        source = f"({layer(source)})"
    return parse_one(source[1:-1], into=exp.Select, dialect="duckdb")


def _cleared(
    slots: Sequence[Slot], cells: Mapping[str, str], must_be_empty: Sequence[str]
) -> Layer:
    tests = [_is_clear(slot) for slot in slots]
    tests += [f"{cells[column]} IS NULL" for column in must_be_empty]
    # Values of rows that are not cleared are never looked at, so no CASE is spent on hiding them.
    values = [f"{slot.parser.take(slot.f)} AS {sql.name(slot.field.name)}" for slot in slots]
    items = ", ".join([*values, *cells.values(), f"{sql.all_of(tests)} AS _clear"])
    return lambda source: f"SELECT {items} FROM {source}"  # noqa: S608 - quoted names


def _is_clear(slot: Slot) -> str:
    fine = layers.fine(slot)
    if slot.required or slot.field.default is not None:
        return fine
    return f"({fine}) OR {slot.x} IS NULL OR {slot.x} = ''"


def _kept_rules(dataset: DatasetDefinition, slots: Sequence[Slot]) -> Layer:
    zones = {slot.field.name: slot.zone for slot in slots if slot.field.type == "timestamp"}
    kept = [rule_condition(rule, dataset, zones) for rule in dataset.rules]
    return lambda source: (
        f"SELECT *, COALESCE({sql.all_of(['_clear', *kept])}, FALSE) AS _fine FROM {source}"  # noqa: S608 - quoted names
    )


def _raw(cells: Mapping[str, str]) -> str:
    text = f"MAP([{', '.join(map(sql.text, cells))}], [{', '.join(cells.values())}])"
    return f"CASE WHEN NOT _fine THEN CAST(TO_JSON({text}) AS VARCHAR) END"
