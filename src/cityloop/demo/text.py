"""Columns of text, made and joined without a Python loop over rows.

Departments export text, so every exported value is text in the end. A column is taken from a small
vocabulary by index wherever it has few distinct values: a take is several times faster than
formatting each number.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from cityloop.demo.noise import BoolArray, FloatArray, IntArray

Text = pa.StringArray
"""A column of strings; null where there is nothing to write."""

_compute: Any = pyarrow.compute
"""Any, because the stubs give too wide or too narrow types to its string functions."""


def words(vocabulary: Sequence[str | None], index: IntArray) -> Text:
    """Return `vocabulary[i]` for each index."""
    return taken(pa.array(vocabulary, pa.string()), index)


def taken(column: Text, rows: IntArray) -> Text:
    """Return the given rows of a column, in their order."""
    return column.take(pa.array(rows, pa.int64()))


def stacked(columns: Sequence[Text]) -> Text:
    """Return the columns one below the other."""
    return pa.concat_arrays(list(columns))


def plain(number: IntArray) -> Text:
    """Return whole numbers as decimal text."""
    answer: Text = _compute.cast(pa.array(number), pa.string())
    return answer


def decimal(value: FloatArray, places: int) -> Text:
    """Return numbers with exactly `places` decimals, rounded half to even.

    Args:
        value: finite numbers; fast when their range holds at most some thousand distinct results.
        places: digits after the point, ≥ 0.
    """
    scaled = np.rint(value * 10**places).astype(np.int64)
    low, high = (int(scaled.min()), int(scaled.max())) if scaled.size else (0, 0)
    vocabulary = [f"{n / 10**places:.{places}f}" for n in range(low, high + 1)]
    return words(vocabulary, scaled - low)


def joined(*parts: Text | str, separator: str = "") -> Text:
    """Return the parts of each row joined by a separator; a plain string stands in every row.

    A row is null where one of its parts is null.
    """
    answer: Text = _compute.binary_join_element_wise(*parts, separator)
    return answer


def blank_where(column: Text, empty: BoolArray) -> Text:
    """Return the column with null in the rows where `empty` is true."""
    answer: Text = _compute.if_else(pa.array(empty), pa.scalar(None, pa.string()), column)
    return answer


def filled(column: Text, value: str) -> Text:
    """Return the column with `value` in the place of null."""
    answer: Text = _compute.fill_null(column, value)
    return answer


def piece(column: Text, start: int, stop: int) -> Text:
    """Return the characters from `start` to before `stop` of each row."""
    answer: Text = _compute.utf8_slice_codeunits(column, start, stop)
    return answer


def padded(number: IntArray, width: int) -> Text:
    """Return whole numbers ≥ 0 with leading zeros, `width` characters wide."""
    answer: Text = _compute.utf8_lpad(plain(number), width, "0")
    return answer


def numbers(column: Text) -> FloatArray:
    """Return the numbers that a column of decimal text holds."""
    return np.asarray(_compute.cast(column, pa.float64()))


def full_width(column: Text) -> Text:
    """Return the column with its digits written as full-width digits (０–９)."""
    for digit in range(10):
        column = _compute.replace_substring(column, str(digit), chr(0xFF10 + digit))
    return column


def is_number(column: Text) -> BoolArray:
    """Return whether each row is a decimal number; False for null."""
    found = _compute.match_substring_regex(column, r"^-?\d+(\.\d+)?$")
    return np.asarray(_compute.coalesce(found, pa.scalar(value=False)))


def utf8(lines: Text) -> str:
    """Return all rows one after the other as one string; null writes nothing."""
    if not len(lines):
        return ""
    _, offsets, data = lines.buffers()
    if offsets is None or data is None:
        return ""
    ends = np.frombuffer(memoryview(offsets), dtype=np.int32)
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return str(memoryview(data)[int(first) : int(last)], "utf-8")
