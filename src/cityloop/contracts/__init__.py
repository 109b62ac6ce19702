"""Contracts say what a dataset must look like, and turn that into SQL.

A city writes its datasets and code tables as definitions (``model``). ``check`` finds what is wrong with them,
``compiler`` turns one into trees that type, judge and fingerprint every row of a delivery in one pass, and ``drift``
compares the columns of a delivery with what the contract expects. Nothing here runs SQL: ``datasets`` does.
"""

from cityloop.contracts.check import CODES, DATASET
from cityloop.contracts.compiler import CompiledContract, compile_contract
from cityloop.contracts.model import CodesDefinition, DatasetDefinition, FieldDefinition

__all__ = [
    "CODES",
    "DATASET",
    "CodesDefinition",
    "CompiledContract",
    "DatasetDefinition",
    "FieldDefinition",
    "compile_contract",
]
