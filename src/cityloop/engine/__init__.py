"""Tables and queries: Delta Lake folders that any engine can read, and the engine that reads them.

``Lake(root).table(schema, name)`` writes batches (append, merge, replace; each batch id once) and gives a :class:`Pin`:
one version with the statistics of its files. ``Engine.query(tree, tables)`` runs a sqlglot tree over pins; the engine
prunes files, renders its dialect and returns Arrow. ``Workspace`` is a private DuckDB for ingest. Functions whose
spelling differs between engines are in ``render``. Only datasets, policies, operations and app may import this folder.
"""

from cityloop.engine.base import (
    BadKey,
    BadQuery,
    Capabilities,
    Engine,
    FileStats,
    LakeBroken,
    MergeCounts,
    OutOfMemory,
    Pin,
    Refused,
    ResultTooLarge,
    SchemaMismatch,
    TooSlow,
    UnknownTable,
    UnknownVersion,
    WriteConflict,
    Written,
)
from cityloop.engine.duckdb import DuckDbEngine
from cityloop.engine.lake import Lake
from cityloop.engine.table import LakeTable, Version
from cityloop.engine.workspace import Workspace, sweep

__all__ = [
    "BadKey",
    "BadQuery",
    "Capabilities",
    "DuckDbEngine",
    "Engine",
    "FileStats",
    "Lake",
    "LakeBroken",
    "LakeTable",
    "MergeCounts",
    "OutOfMemory",
    "Pin",
    "Refused",
    "ResultTooLarge",
    "SchemaMismatch",
    "TooSlow",
    "UnknownTable",
    "UnknownVersion",
    "Version",
    "Workspace",
    "WriteConflict",
    "Written",
    "sweep",
]
