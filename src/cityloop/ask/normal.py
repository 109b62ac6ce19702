"""One spelling of a question: half width, lower case, simplified characters; each character knows where it came from."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

MOST_CHARACTERS = 500
"""Characters of a question; longer texts are not questions."""

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Normal:
    """A normalised text: ``origin[i]`` is the place in ``raw`` that character ``i`` of ``text`` came from."""

    raw: str
    text: str
    origin: tuple[int, ...]

    def original(self, start: int, end: int) -> str:
        """Return what the asker wrote for ``text[start:end]``."""
        return self.raw[self.origin[start] : self.origin[end - 1] + 1].strip()


def normal(raw: str) -> Normal:
    """Return ``raw`` in one spelling; runs of white space become one space.

    Example:
        >>> normal("ＰＭ2.5　各區").text
        'pm2.5 各区'
    """
    table = _traditional()
    shown: list[str] = []
    origin: list[int] = []
    for place, written in enumerate(raw):
        for character in unicodedata.normalize("NFKC", written).casefold():
            plain = " " if _SPACE.match(character) else table.get(character, character)
            if plain == " " and (not shown or shown[-1] == " "):
                continue
            shown.append(plain)
            origin.append(place)
    if shown and shown[-1] == " ":
        shown.pop()
        origin.pop()
    return Normal(raw, "".join(shown), tuple(origin))


@cache
def _traditional() -> Mapping[str, str]:
    file = resources.files("cityloop.ask") / "traditional.txt"
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = "".join(line for line in lines if not line.startswith("#"))
    return dict(zip(pairs[::2], pairs[1::2], strict=True))
