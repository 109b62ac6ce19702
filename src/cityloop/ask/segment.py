"""Cuts a question into pieces that are all known: as little unread as possible, then as few pieces as possible."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from cityloop.ask.lexicon import Vocabulary
from cityloop.ask.model import Meaning, Token
from cityloop.ask.times import times_at
from cityloop.ask.words import words_at

UNREAD = 1_000
"""Price of an unread character; any number of read pieces is cheaper."""
PIECE = 10
"""Price of a piece."""

_FREE = re.compile(r"[\s?!.,;:。、·“”\"'()\[\]《》【】…]")
_RUN = re.compile(r"[a-z]+|\d+(?:\.\d+)?")

Step = tuple[int, Token | None, bool]
"""Where to go on, what was read here, and whether nothing was."""
Found = dict[int, list[Meaning]]


def segment(
    text: str, vocabularies: Sequence[Vocabulary], now: datetime
) -> tuple[tuple[Token, ...], tuple[tuple[int, int], ...]]:
    """Return the pieces of ``text`` in order, and the stretches that nothing reads.

    Args:
        text: normalised question.
        vocabularies: the city's words.
        now: local wall-clock time, without zone.
    """
    size = len(text)
    costs = [0] * (size + 1)
    steps: list[Step] = [(size, None, False)] * (size + 1)
    for place in range(size - 1, -1, -1):
        costs[place], steps[place] = _best(text, place, vocabularies, now, costs)
    tokens: list[Token] = []
    unread: list[tuple[int, int]] = []
    place = 0
    while place < size:
        after, token, is_unread = steps[place]
        if token is not None:
            tokens.append(token)
        elif is_unread and unread and unread[-1][1] == place:
            unread[-1] = (unread[-1][0], after)
        elif is_unread:
            unread.append((place, after))
        place = after
    return tuple(tokens), tuple(unread)


def _best(
    text: str, place: int, vocabularies: Sequence[Vocabulary], now: datetime, costs: list[int]
) -> tuple[int, Step]:
    run = _RUN.match(text, place)
    after = run.end() if run else place + 1
    unread: Step = (after, None, True)
    best = UNREAD * (after - place) + costs[after], unread
    found = {} if _inside_word(text, place) else _meanings(text, place, vocabularies, now)
    if _FREE.match(text, place):
        best = costs[place + 1], (place + 1, None, False)
    for end in sorted(found, reverse=True):
        cost = PIECE + costs[end]
        if cost < best[0]:
            best = cost, (end, Token(place, end, tuple(found[end])), False)
    return best


def _meanings(text: str, place: int, vocabularies: Iterable[Vocabulary], now: datetime) -> Found:
    found: Found = {}

    def add(end: int, meaning: Meaning) -> None:
        if not _inside_word(text, end):
            known = found.setdefault(end, [])
            if meaning not in known:
                known.append(meaning)

    for vocabulary in vocabularies:
        for end, meanings in vocabulary.at(text, place):
            for meaning in meanings:
                add(end, meaning)
    for end, span in times_at(text, place, now):
        add(end, Meaning("time", range=span))
    for end, meaning in words_at(text, place):
        add(end, meaning)
    return found


def _inside_word(text: str, place: int) -> bool:
    """Whether a Latin word or number goes on over ``place``."""
    if not 0 < place < len(text):
        return False
    left, right = text[place - 1], text[place]
    return left.isascii() and left.isalnum() and right.isascii() and right.isalnum()
