"""How people may write a value of a code table: the value itself, an alias, or its title in either language."""

import unicodedata
from collections.abc import Mapping

from cityloop.contracts.model import CodesDefinition


def folded(text: str) -> str:
    """Return ``text`` without differences of width, case and outer spaces.

    Example:
        >>> folded(" Ｌinhu District ")
        'linhu district'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def spellings(codes: CodesDefinition) -> Mapping[str, str]:
    """Return folded spelling → stored value; a value wins over an alias, an alias over a title."""
    found: dict[str, str] = {}
    for each in codes.values:
        for title in (each.title.zh, each.title.en):
            found.setdefault(folded(title), each.value)
    for each in codes.values:
        for alias in each.aliases:
            found[folded(alias)] = each.value
    for each in codes.values:
        found[folded(each.value)] = each.value
    return found
