"""Fields whose text is put together from several source columns, such as year, month, day and hour.

``compose: "{year}-{month}-{day} {hour}:00"`` names source columns in braces; the text is then read like any other. It is
empty as soon as one of its parts is.
"""

import re
from collections.abc import Mapping, Sequence

from cityloop.contracts import sql

_PART = re.compile(r"\{([^{}]+)\}")


def parts_of(template: str) -> Sequence[str]:
    """Return the source columns that a template names, each once.

    Example:
        >>> parts_of("{year}-{month}")
        ['year', 'month']
    """
    return list(dict.fromkeys(_PART.findall(template)))


def composed(template: str, cells: Mapping[str, str]) -> str:
    """Return SQL for the text that ``template`` makes; NULL when a part is NULL.

    Args:
        template: with source columns in braces.
        cells: SQL of each part's text.
    """
    pieces = []
    end = 0
    for part in _PART.finditer(template):
        pieces += [sql.text(template[end : part.start()]), cells[part.group(1)]]
        end = part.end()
    pieces.append(sql.text(template[end:]))
    return " || ".join(piece for piece in pieces if piece != "''")
