"""Every row of ``judged`` gets exactly one fate: insert, update, quarantined or duplicate; all by set operations.

Table ``fate(_row, fate)`` names the rows whose fate is not the plain one (a row without reasons is inserted, a row
with reasons quarantined). Windows over all rows are avoided on purpose: finding equal rows by a group-by on a hash and
confirming only the candidates is twenty times cheaper (decision 0026).

What is what, in this order:

1. ``duplicate``: equal, after normalisation, to an earlier row of the delivery or to the stored row of its key.
2. ``quarantined``: breaks a quarantine rule; or shares its key with a different row of the delivery
   (``key_conflict: quarantine``); or changes a stored row of an append-only dataset.
3. ``update``: its key is stored with other values. 4. ``insert``: everything else.

With ``key_conflict: last`` the last good row of a key counts, the other good ones are duplicates.
"""

# ruff: noqa: S608 - SQL is made of quoted names and literals only; values of deliveries are never part of it

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cityloop.datasets.ingest.staging import quoted
from cityloop.datasets.ingest.tally import counts_of, rows_of, values_of
from cityloop.engine import FileStats, Pin
from cityloop.engine.workspace import Workspace

UNTYPED = ("type", "unit", "codes")
"""Rules whose failure leaves a field null, so that the row must not be compared with stored rows by its values."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """What splitting must know of a dataset: its fields, its key (may be empty) and its two ways with known keys."""

    fields: tuple[str, ...]
    key: tuple[str, ...]
    last_wins: bool
    append_only: bool


@dataclass(frozen=True, slots=True)
class Fates:
    """How many rows of ``judged`` have each fate; they add up to its rows."""

    insert: int
    update: int
    quarantined: int
    duplicate: int
    conflicts: int


def split(work: Workspace, dataset: Keyed, stored: Pin | None) -> Fates:
    """Fill ``fate`` and say how many rows have which.

    Args:
        work: a workspace with ``judged``.
        dataset: see :class:`Keyed`.
        stored: the rows to compare keys with; None compares with nothing (no key, nothing stored, or all replaced).
    """
    work.run("CREATE TEMP TABLE twin (_row BIGINT)")
    work.run("CREATE TEMP TABLE conflict (_row BIGINT)")
    work.run("CREATE TEMP TABLE known (_row BIGINT, same BOOLEAN)")
    _compare_within(work, dataset)
    if stored is not None and dataset.key:
        _compare_with(work, dataset, stored)
    barred = "NOT same" if dataset.append_only else "false"
    work.run(
        f"""CREATE TEMP TABLE fate AS SELECT _row, bool_or(barred) AS conflict,
            CASE WHEN bool_or(equal) THEN 'duplicate' WHEN bool_or(barred) THEN 'quarantined' ELSE 'update' END AS fate
            FROM (SELECT _row, true AS equal, false AS barred FROM twin
            UNION ALL SELECT _row, false, true FROM conflict
            UNION ALL SELECT _row, same, {barred} FROM known) GROUP BY _row"""
    )
    return _count(work)


def inserts(work: Workspace, dataset: Keyed) -> str:
    """Return the query of the rows to insert."""
    return (
        f"SELECT {_columns(dataset.fields)} FROM judged WHERE _reasons IS NULL{_unless_fated(work)}"
    )


def updates(dataset: Keyed) -> str:
    """Return the query of the rows whose key is stored with other values."""
    fields = ", ".join(f"judged.{quoted(name)}" for name in dataset.fields)
    return f"SELECT {fields} FROM judged JOIN fate ON judged._row = fate._row WHERE fate = 'update'"


def overlapping(work: Workspace, key: Sequence[str], stored: Pin) -> Pin:
    """Return ``stored`` with only those files that may hold a key of ``judged``, by their statistics."""
    if not stored.files:
        return stored
    wanted = ", ".join(
        f"min({quoted(name)}) AS low_{place}, max({quoted(name)}) AS high_{place}"
        for place, name in enumerate(key)
    )
    found = work.table(f"SELECT {wanted} FROM judged")
    values = [values_of(found, column)[0] for column in found.column_names]
    bounds = dict(zip(key, zip(values[::2], values[1::2], strict=True), strict=True))
    return replace(stored, files=tuple(file for file in stored.files if _may_hold(file, bounds)))


def _may_hold(file: FileStats, bounds: dict[str, tuple[object, object]]) -> bool:
    for name, (low, high) in bounds.items():
        if low is None or high is None:
            return False
        lowest, highest = file.lowest.get(name), file.highest.get(name)
        if lowest is None or highest is None:
            continue
        # The same column gives both, so their types agree; text is compared by code points on both sides.
        if highest < low or lowest > high:  # type: ignore[operator]  # a Bound of one column compares with itself
            return False
    return True


def _compare_within(work: Workspace, dataset: Keyed) -> None:
    """Fill ``twin`` (later rows equal to an earlier one) and ``conflict`` (different rows with one key)."""
    hashed = f"hash({_columns(dataset.key or dataset.fields)})"
    work.run(
        f"CREATE TEMP TABLE candidate AS SELECT {hashed} AS _hash FROM judged GROUP BY _hash HAVING count(*) > 1"
    )
    if rows_of(work, "candidate") == 0:
        return
    columns = _columns(dataset.fields)
    work.run(
        f"CREATE TEMP TABLE suspect AS SELECT _row, {columns}, _reasons::VARCHAR AS _why, "
        f"_reasons IS NULL AS _good FROM judged WHERE {hashed} IN (SELECT _hash FROM candidate)"
    )
    work.run(
        "INSERT INTO twin SELECT unnest(_rows[2:]) FROM "
        f"(SELECT list(_row ORDER BY _row) AS _rows FROM suspect GROUP BY {columns}, _why HAVING count(*) > 1)"
    )
    if not dataset.key:
        return
    key = _columns(dataset.key)
    whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in dataset.key)
    if dataset.last_wins:
        # Of equal good rows the last one counts, so the twins of good rows are decided here and not above.
        work.run("DELETE FROM twin WHERE _row IN (SELECT _row FROM suspect WHERE _good)")
        work.run(
            "INSERT INTO twin SELECT unnest(_rows[:-2]) FROM (SELECT list(_row ORDER BY _row) AS _rows FROM suspect "
            f"WHERE _good AND {whole} GROUP BY {key} HAVING count(*) > 1)"
        )
        return
    work.run(
        f"INSERT INTO conflict SELECT unnest(list(_row)) FROM suspect WHERE {whole} GROUP BY {key} "
        f"HAVING count(DISTINCT struct_pack({_packed(dataset.fields)}, _why := _why)) > 1"
    )


def _compare_with(work: Workspace, dataset: Keyed, stored: Pin) -> None:
    """Fill ``known`` with the rows whose key is stored, and whether all their values are."""
    pin = overlapping(work, dataset.key, stored)
    if not pin.files:
        return
    work.register_pin("stored", pin)
    same_key = " AND ".join(
        f"judged.{quoted(name)} = stored.{quoted(name)}" for name in dataset.key
    )
    if rows_of(work, f"judged SEMI JOIN stored ON {same_key}") == 0:
        return
    compared = [
        f"{_or_null(name, pin)} IS NOT DISTINCT FROM judged.{quoted(name)}"
        for name in dataset.fields
    ]
    untyped = ", ".join(f"'{rule}'" for rule in UNTYPED)
    typed = f"coalesce(len(list_filter(judged._reasons, lambda each: each.rule IN ({untyped}))) = 0, true)"
    work.run(
        f"INSERT INTO known SELECT judged._row, {' AND '.join(compared)} AND {typed} "
        f"FROM judged JOIN stored ON {same_key} WHERE judged._row NOT IN (SELECT _row FROM twin)"
    )
    work.run(
        "DELETE FROM known WHERE NOT same AND _row IN (SELECT _row FROM judged WHERE _reasons IS NOT NULL)"
    )


def _or_null(name: str, pin: Pin) -> str:
    return f"stored.{quoted(name)}" if name in pin.schema.names else "NULL"


def _count(work: Workspace) -> Fates:
    fates = counts_of(work, "SELECT fate, count(*) AS n FROM fate GROUP BY fate")
    bad = rows_of(work, f"judged WHERE _reasons IS NOT NULL{_unless_fated(work)}")
    good = rows_of(work, f"judged WHERE _reasons IS NULL{_unless_fated(work)}")
    return Fates(
        insert=good,
        update=fates.get("update", 0),
        quarantined=bad + fates.get("quarantined", 0),
        duplicate=fates.get("duplicate", 0),
        conflicts=rows_of(work, "fate WHERE conflict"),
    )


def _unless_fated(work: Workspace) -> str:
    if rows_of(work, "fate") == 0:
        return ""
    return " AND judged._row NOT IN (SELECT _row FROM fate)"


def _columns(names: Sequence[str]) -> str:
    return ", ".join(map(quoted, names))


def _packed(names: Sequence[str]) -> str:
    return ", ".join(f"{quoted(name)} := {quoted(name)}" for name in names)
