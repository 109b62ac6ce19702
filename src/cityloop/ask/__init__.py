"""Questions in Chinese and English, answered only when every word of them is understood.

``normal`` gives one spelling; ``lexicon`` knows the city's words, ``words`` and ``times`` those of the language,
``values`` those that the asker's own permitted rows contain; ``segment`` cuts a question into known pieces; ``reading``
finds each piece its place in one query, or refuses with what could not be read and what could be meant. There is no
language model: the same question over the same definitions always gives the same query.
"""

from cityloop.ask.model import Candidate, Chip, Outcome, Reading, Refusal
from cityloop.ask.service import Ask

__all__ = ["Ask", "Candidate", "Chip", "Outcome", "Reading", "Refusal"]
