"""What asking is made of: words with meanings, chips that show how a question was read, and the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import CityError
from cityloop.metrics import Answer, Grain, Query, Range

MeaningKind = Literal[
    "metric", "dimension", "value", "time", "grain", "top", "order", "trend", "each", "which", "and", "compare",
    "total", "operator", "number", "stop", "unsupported",
]  # fmt: skip
"""What a piece of a question can be."""
CONTENT: frozenset[MeaningKind] = frozenset({"metric", "dimension", "value"})
"""Kinds that come from the city's own vocabulary."""

Status = Literal["answered", "refused"]
"""Outcome of a question."""
Reason = Literal[
    "unread", "no_metric", "ambiguous_metric", "ambiguous", "ambiguous_grain", "two_periods", "two_grains", "top_of_what", "top_twice",
    "top_metric", "value_then_dimension", "compare_what", "not_total", "why", "forecast", "change", "exclusion",
    "condition", "not_possible", "forbidden", "too_long",
]  # fmt: skip
"""Why a question is refused; texts are under ``ask.<reason>``."""
CandidateKind = Literal["metric", "dimension"]
"""What may be proposed; never a value, so that nothing hidden is named."""
Chart = Literal["kpi", "line", "bar", "table"]
"""How an answer is best shown."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """One meaning of one piece of text; which fields are set depends on ``kind``.

    ``name`` is a metric, a dimension, an operator or a reason; ``value`` the stored value of dimension ``name``;
    ``count`` how many of a top list (None: only sorted); ``descending`` its direction.
    """

    kind: MeaningKind
    name: str = ""
    value: str | int | float | None = None
    range: Range | None = None
    grain: Grain | None = None
    count: int | None = None
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Token:
    """A read piece of the normalised text, ``start`` to before ``end``, with everything it can mean."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]

    def of(self, *kinds: MeaningKind) -> tuple[Meaning, ...]:
        """Return the meanings of these kinds."""
        return tuple(each for each in self.meanings if each.kind in kinds)

    def is_(self, *kinds: MeaningKind) -> bool:
        """Return whether one of its meanings is of these kinds."""
        return any(each.kind in kinds for each in self.meanings)


@dataclass(frozen=True, slots=True)
class Chip:
    """How one piece of the question was understood; ``assumed`` says it was not written but supplied."""

    text: str
    kind: str
    name: str
    meaning: Bilingual
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that the asker may have meant, or could use."""

    kind: CandidateKind
    name: str
    title: Bilingual


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question has no query: the pieces that could not be read or that clash, and what could be used instead."""

    reason: Reason
    unread: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    error: CityError | None = None
    """Says more when the metrics refuse."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question understood completely."""

    query: Query
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What asking gives: an answer with its evidence, or a plain refusal.

    ``answer`` and ``query`` are None when refused; ``unread``, ``candidates`` and ``reason`` are empty when answered.
    """

    status: Status
    text: str
    lang: Literal["zh", "en"]
    message: Bilingual
    chips: Sequence[Chip] = ()
    query: Query | None = None
    answer: Answer | None = None
    chart: Chart | None = None
    reason: Reason | None = None
    unread: Sequence[str] = ()
    candidates: Sequence[Candidate] = ()
