"""Finds the header of a table that people made: below titles, of one or two lines, in any spelling."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Sequence

SEARCHED = 50
"""Rows from the top among which the header is looked for."""
LIKENESS = 0.5
"""Share of a row's cells, or of the expected names, that must be known names to make it the header."""


def header_row(rows: Sequence[Sequence[str]], expected: Collection[str]) -> int | None:
    """Return the index of the header among the first rows; None when there is no row with text.

    The first row whose cells are mostly names that the feed or its contract knows; where none is, the first row as wide
    as most rows.

    Example:
        >>> header_row([["停车场月报"], ["编号", "车位"], ["1", "20"]], {"编号", "车位"})
        1
        >>> header_row([["月报", "", ""], ["a", "b", "c"], ["1", "2", "3"]], set())
        1
    """
    searched = [[cell.strip() for cell in row] for row in rows[:SEARCHED]]
    known = {loose(name) for name in expected}
    for index, row in enumerate(searched):
        cells = {loose(cell) for cell in row if cell}
        hits = len(cells & known)
        if hits and hits >= LIKENESS * min(len(cells), len(known)):
            return index
    widths = [sum(1 for cell in row if cell) for row in searched]
    if not any(widths):
        return None
    common = Counter(width for width in widths if width).most_common(1)[0][0]
    return next(index for index, width in enumerate(widths) if width >= common)


def flatten(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Return one header from two lines: ``上/下``; a cell that stands alone, or twice the same, stays as it is.

    Example:
        >>> flatten(["日期", "空气", "空气"], ["日期", "PM2.5", ""])
        ['日期', '空气/PM2.5', '空气']
    """
    pairs = zip(upper, lower, strict=True)
    return [
        f"{top}/{below}" if top and below and top != below else top or below for top, below in pairs
    ]


def loose(words: str) -> str:
    """Return ``words`` without regard to case, width and spaces."""
    return "".join(unicodedata.normalize("NFKC", words).casefold().split())
