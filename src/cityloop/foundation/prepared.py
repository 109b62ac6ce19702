"""Statements that run with every act: composed and compiled once, then given straight to the driver.

SQLAlchemy's own execution costs five times what SQLite takes for a one-row statement. The few that every transition,
audit entry and event needs go this way instead; everything else stays with ``Connection.execute``. Values and results
pass through the same types (UTC datetimes, JSON), and the statement runs in the connection's own transaction. Errors are
the driver's own, so use it only where none is expected.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

Values = Mapping[str, Any]
"""Parameter → value; Any because each has its own type."""
_Convert = Callable[[Any], Any] | None
"""A type's own conversion; None: the driver takes or gives the value as it is."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """One statement for one kind of store: text, parameters in order with conversion and constant, result columns."""

    sql: str
    names: tuple[str, ...]
    converts: tuple[_Convert, ...]
    constants: Mapping[str, Any]
    results: tuple[_Convert, ...]
    is_positional: bool


class Prepared:
    """One statement.

    Args:
        statement: with ``bindparam`` for what changes.
        columns: of an insert: the columns that each row gives, by name.
    """

    def __init__(self, statement: sa.Executable, *, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = columns
        self._ready: dict[str, _Ready] = {}

    def run(self, connection: Connection, values: Values) -> int:
        """Run it and return how many rows it changed."""
        cursor = self._execute(connection, values)
        count = int(cursor.rowcount)
        cursor.close()
        return count

    def run_many(
        self, connection: Connection, rows: Sequence[Values], shared: Values | None = None
    ) -> None:
        """Run it once per element of ``rows``; ``shared`` are values that all of them have, converted only once."""
        ready = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.executemany(ready.sql, _given_many(ready, rows, shared or {}))
        cursor.close()

    def first(self, connection: Connection, values: Values) -> tuple[Any, ...] | None:
        """Run it and return the first row; None when there is none."""
        cursor = self._execute(connection, values)
        row = cursor.fetchone()
        cursor.close()
        if row is None:
            return None
        results = self._for(connection.dialect).results
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(row, results, strict=True)
        )

    def _execute(self, connection: Connection, values: Values) -> Any:  # noqa: ANN401 - the driver's own cursor
        ready = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        cursor.execute(ready.sql, _given(ready, values))
        return cursor

    def _for(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _compile(self._statement, dialect, self._columns)
        return ready


def _given(ready: _Ready, values: Values) -> Any:  # noqa: ANN401 - a sequence or a mapping, as the driver wants
    return _given_many(ready, [values], {})[0]


def _given_many(ready: _Ready, rows: Sequence[Values], shared: Values) -> list[Any]:
    # Any: a sequence or a mapping per row, as the driver wants.
    fixed = {**ready.constants, **shared}
    converts = list(zip(ready.names, ready.converts, strict=True))
    known = {
        name: fixed[name] if convert is None else convert(fixed[name])
        for name, convert in converts
        if name in fixed
    }
    given = [
        [
            known[name]
            if name in known and name not in row
            else row[name]
            if convert is None
            else convert(row[name])
            for name, convert in converts
        ]
        for row in rows
    ]
    if ready.is_positional:
        return given
    return [dict(zip(ready.names, each, strict=True)) for each in given]


def _compile(statement: sa.Executable, dialect: Dialect, columns: Sequence[str] | None) -> _Ready:
    # Any: the compiled form of an insert, update or select; its public attributes are used.
    compiled: Any = statement.compile(dialect=dialect, column_keys=columns)  # type: ignore[attr-defined]  # every Executable here is a ClauseElement
    names = tuple(compiled.positiontup or compiled.binds)
    binds = [compiled.binds[name] for name in names]
    chosen = statement.selected_columns if isinstance(statement, sa.Select) else ()
    return _Ready(
        sql=str(compiled),
        names=names,
        converts=tuple(bind.type.dialect_impl(dialect).bind_processor(dialect) for bind in binds),
        constants={
            name: bind.value for name, bind in zip(names, binds, strict=True) if not bind.required
        },
        results=tuple(
            column.type.dialect_impl(dialect).result_processor(dialect, None) for column in chosen
        ),
        is_positional=compiled.positiontup is not None,
    )
