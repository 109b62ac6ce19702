"""From read pieces to a query, or to a plain refusal: every piece must have found its place.

Three passes: which metrics, then which dimensions and values (among those the metrics can use), then the query.
Whatever could mean two things, or was read but has no place, ends in a refusal and never in a guess.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cityloop.ask.lexicon import Lexicon
from cityloop.ask.model import CONTENT, Meaning, MeaningKind, Reading, Reason, Refusal, Token
from cityloop.ask.normal import Normal
from cityloop.ask.proposing import chips_of
from cityloop.ask.proposing import near as near_names
from cityloop.foundation.errors import CityError
from cityloop.metrics import Filter, Grain, Metrics, Order, Query, Range
from cityloop.metrics.formulas import Formula
from cityloop.metrics.model import Operator

_ADDITIVE = frozenset({"count", "sum", "count_distinct"})
_LONG_DAYS = 92
"""A trend over at most this many days is shown by day, a longer one by month."""


_CODE_DIGITS = 5
"""A number at least this long is a code (a district's 990102) and not an amount or a year."""


class _Stop(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


@dataclass
class _Draft:
    """What has been understood so far."""

    metrics: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    values: dict[str, list[str | int | float]] = field(default_factory=dict)
    compared: list[Filter] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    grains: list[Grain] = field(default_factory=list)
    tops: list[Meaning] = field(default_factory=list)
    orders: list[Meaning] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    """Places of numbers and operators that have found their dimension."""


class Interpreter:
    """Reads questions in the words of one lexicon.

    Args:
        lexicon: the city's words.
        metrics: knows what can be computed.
    """

    def __init__(self, lexicon: Lexicon, metrics: Metrics) -> None:
        self._lexicon = lexicon
        self._metrics = metrics

    def read(
        self, question: Normal, tokens: Sequence[Token], unread: Sequence[tuple[int, int]]
    ) -> Reading | Refusal:
        """Return the query of a question with how each piece was understood, or why there is none.

        Args:
            question: in one spelling.
            tokens: its pieces.
            unread: stretches that nothing reads.
        """
        try:
            return _Attempt(question, tokens, unread, self._lexicon, self._metrics).reading()
        except _Stop as stop:
            return stop.refusal


class _Attempt:
    def __init__(
        self,
        question: Normal,
        tokens: Sequence[Token],
        unread: Sequence[tuple[int, int]],
        lexicon: Lexicon,
        metrics: Metrics,
    ) -> None:
        self.question = question
        self.tokens = [token for token in tokens if not _is_filler(token)]
        self.unread = tuple(question.original(*each) for each in unread)
        self.lexicon = lexicon
        self.metrics = metrics
        self.draft = _Draft()
        self.chosen: dict[int, Meaning] = {}
        self.usable: frozenset[str] = frozenset()

    def reading(self) -> Reading:
        try:
            self._choose_metrics()
        finally:
            self._refuse_what_is_not_offered()  # says more than whatever else is wrong
        if self.unread:
            raise self._stop("unread", unread=self.unread, near=True)
        self._choose_dimensions()
        for place, token in enumerate(self.tokens):
            self._place(place, token)
        self._check_leftovers()
        query = self._query()
        try:
            ready = self.metrics.compile(query)
        except CityError as error:
            raise self._stop("not_possible", error=error) from error
        chips = chips_of(
            self.question, self.tokens, self.chosen, self.lexicon, (query, ready.period)
        )
        return Reading(query, chips)

    # pass 0: what is recognised, and not offered

    def _refuse_what_is_not_offered(self) -> None:
        found = [
            (list(_REASONS).index(each.name), token)
            for token in self.tokens
            if not token.is_(*CONTENT, "time")
            for each in token.of("unsupported")
        ]
        if found:
            first, token = min(found, key=lambda each: each[0])
            raise self._stop(list(_REASONS.values())[first], unread=(self._shown(token),))

    # pass 1: metrics

    def _choose_metrics(self) -> None:
        sure = [
            token
            for token in self.tokens
            if token.is_("metric") and not token.is_("dimension", "value")
        ]
        ranked = any(token.is_("top", "order") for token in self.tokens)
        for place, token in enumerate(self.tokens):
            found = token.of("metric")
            if not found or (token.is_("dimension") and self._is_split(place)):
                continue
            if token.is_("dimension") and sure and ranked:
                continue  # "hospitals with the most visits"
            if len(found) > 1 or (token.is_("value", "dimension") and sure):
                names = [each.name for each in found]
                raise self._stop("ambiguous_metric", unread=(self._shown(token),), metrics=names)
            self.chosen[place] = found[0]
            if found[0].name not in self.draft.metrics:
                self.draft.metrics.append(found[0].name)
        if not self.draft.metrics:
            raise self._stop("no_metric", unread=self.unread, near=True)
        try:
            self.usable = frozenset(self.metrics.usable_dimensions(self.draft.metrics))
        except CityError as error:
            raise self._stop("not_possible", error=error) from error

    def _is_split(self, place: int) -> bool:
        before = self.tokens[place - 1] if place else None
        return before is not None and before.is_("each", "which", "top")

    # pass 2: dimensions and values

    def _choose_dimensions(self) -> None:
        for place, token in enumerate(self.tokens):
            if place in self.chosen or not token.is_("dimension", "value"):
                continue
            if not token.is_("metric", "dimension") and self._is_function_word(place):
                continue
            split = self._is_split(place)
            wanted = (
                token.of("dimension")
                if split and token.is_("dimension")
                else token.of("dimension", "value")
            )
            found = self._narrowed(place, wanted)
            if len(found) > 1:
                names = list(dict.fromkeys(each.name for each in found))
                raise self._stop("ambiguous", unread=(self._shown(token),), dimensions=names)
            self.chosen[place] = found[0]

    def _is_function_word(self, place: int) -> bool:
        """Whether a token that could be a value (a code "是" or "2") is a plain word here: no dimension names it."""
        token = self.tokens[place]
        plain = {each.kind for each in token.meanings} - {"value"}
        if not plain or (plain == {"number"} and token.end - token.start >= _CODE_DIGITS):
            return False
        before = place - 1
        if before >= 0 and self._equals(before):
            before -= 1
        named = self.tokens[before].of("dimension") if before >= 0 else ()
        if {each.name for each in named} & {each.name for each in token.of("value")}:
            return False
        if token.is_("time"):
            names = list(dict.fromkeys(each.name for each in token.of("value")))
            raise self._stop("ambiguous", unread=(self._shown(token),), dimensions=names)
        self.tokens[place] = Token(token.start, token.end, token.of(*_FUNCTIONS))
        return True

    def _narrowed(self, place: int, wanted: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        if len(wanted) > 1:
            wanted = tuple(each for each in wanted if each.name in self.usable) or wanted
        if len(wanted) > 1:
            beside = {each.name for each in self._neighbours(place)}
            wanted = tuple(each for each in wanted if each.name in beside) or wanted
        return wanted

    def _neighbours(self, place: int) -> list[Meaning]:
        near_by = self.tokens[max(place - 2, 0) : place] + self.tokens[place + 1 : place + 2]
        return [each for token in near_by for each in token.of("dimension")]

    # pass 3: everything finds its place

    def _place(self, place: int, token: Token) -> None:
        meaning = self.chosen.get(place) or token.meanings[0]
        draft = self.draft
        if meaning.kind == "dimension":
            self._place_dimension(place, meaning.name)
        elif meaning.kind == "value" and meaning.value is not None:
            values = draft.values.setdefault(meaning.name, [])
            if meaning.value not in values:
                values.append(meaning.value)
        elif meaning.kind == "time" and meaning.range is not None:
            self._place_time(place, token)
        elif meaning.kind == "grain" and meaning.grain is not None:
            self._refuse_double_meaning(token)
            self.chosen[place] = meaning
            draft.grains += [] if meaning.grain in draft.grains else [meaning.grain]
        elif meaning.kind == "top":
            self.chosen[place] = meaning
            draft.tops.append(meaning)
            draft.grains += [meaning.grain] if meaning.grain else []
        elif meaning.kind == "order":
            self.chosen[place] = meaning
            draft.orders.append(meaning)

    def _refuse_double_meaning(self, token: Token) -> None:
        """Refuse "by hour" where a dimension is called "hour" too; "hourly" and 逐小时 are clear."""
        if self._shown(token)[0] in "逐哪" or self._shown(token).endswith("ly"):
            return
        for start in range(token.start + 1, token.end):
            for end, meanings in self.lexicon.vocabulary.at(self.question.text, start):
                names = [each.name for each in meanings if each.kind == "dimension"]
                if end == token.end and self.usable.intersection(names):
                    raise self._stop(
                        "ambiguous_grain", unread=(self._shown(token),), dimensions=names
                    )

    def _place_time(self, place: int, token: Token) -> None:
        spans = list(dict.fromkeys(each.range for each in token.of("time") if each.range))
        if len(spans) > 1 or (self.draft.ranges and spans[0] not in self.draft.ranges):
            raise self._stop("two_periods", unread=(self._shown(token),))
        self.chosen[place] = token.of("time")[0]
        self.draft.ranges += [] if spans[0] in self.draft.ranges else spans

    def _place_dimension(self, place: int, name: str) -> None:
        token, before = self.tokens[place], self._chosen_at(place - 1)
        if not self._is_split(place):
            if self._names_a_value(place, name) or self._is_condition(place, name):
                return
            if before is not None and before.kind == "value" and self._touches(place - 1, place):
                if before.name == name:
                    self.chosen[place] = before
                    return
                raise self._stop(
                    "value_then_dimension", unread=(self._shown(token),), dimensions=[name]
                )
            if place and self.tokens[place - 1].is_("total"):
                raise self._stop("not_total", unread=(self._shown(self.tokens[place - 1]),))
        if name not in self.draft.by:
            self.draft.by.append(name)

    def _chosen_at(self, place: int) -> Meaning | None:
        return self.chosen.get(place)

    def _touches(self, left: int, right: int) -> bool:
        gap = self.question.text[self.tokens[left].end : self.tokens[right].start]
        return gap.strip() == ""

    def _names_a_value(self, place: int, name: str) -> bool:
        following = place + 1
        if following < len(self.tokens) and self._equals(following):
            following += 1
        found = self._chosen_at(following)
        if found is None or found.kind != "value" or found.name != name:
            return False
        self.chosen[place] = found
        self.draft.used.update(range(place + 1, following))
        return True

    def _equals(self, place: int) -> bool:
        return any(each.name == "=" for each in self.tokens[place].of("operator"))

    def _is_condition(self, place: int, name: str) -> bool:
        following, op = place + 1, "="
        if following < len(self.tokens) and (found := self.tokens[following].of("operator")):
            following, op = following + 1, found[0].name
        if following >= len(self.tokens) or not self._is_number_dimension(name):
            return False
        numbers = self.tokens[following].of("number")
        if not numbers or numbers[0].value is None:
            return False
        self.draft.used.update(range(place + 1, following + 1))
        value = numbers[0].value
        self.draft.compared.append(Filter(dimension=name, op=_OPERATORS[op], values=(value,)))
        self.chosen[place] = Meaning("value", name, f"{op} {value}")
        return True

    def _is_number_dimension(self, name: str) -> bool:
        catalogue = self.metrics.catalogue()
        part = self.metrics.formula(self.draft.metrics[0]).parts[0]
        try:
            found = catalogue.dimension(part.model, name)
        except CityError:
            return False
        return found is not None and found.type in {"integer", "number"}

    # what was read must have been of use

    def _check_leftovers(self) -> None:
        for place, token in enumerate(self.tokens):
            if place in self.chosen or place in self.draft.used:
                continue
            following = self.chosen.get(place + 1)
            kind = token.meanings[0].kind
            if kind in {"number", "operator"}:
                reason: Reason = "condition" if kind == "operator" else "unread"
                raise self._stop(reason, unread=(self._shown(token),))
            if kind == "which" and (following is None or following.kind != "dimension"):
                raise self._stop("unread", unread=(self._shown(token),))
            if kind == "each" and not self._splits(following):
                raise self._stop("unread", unread=(self._shown(token),))
            if kind == "total" and not all(map(_is_additive, self._formulas())):
                raise self._stop("not_total", unread=(self._shown(token),))
            if kind == "compare" and not self._compares():
                raise self._stop("compare_what", unread=(self._shown(token),))

    def _splits(self, following: Meaning | None) -> bool:
        if following is not None and following.kind == "metric":
            return bool(self.draft.by or self.draft.grains)  # "districts by visits"
        return following is not None and following.kind in {"dimension", "top"}

    def _compares(self) -> bool:
        draft = self.draft
        several = any(len(values) > 1 for values in draft.values.values())
        return several or len(draft.metrics) > 1 or bool(draft.by) or bool(draft.grains)

    def _formulas(self) -> list[Formula]:
        return [self.metrics.formula(name) for name in self.draft.metrics]

    # the query

    def _query(self) -> Query:
        draft = self.draft
        if len(set(draft.grains)) > 1:
            raise self._stop("two_grains")
        grain = draft.grains[0] if draft.grains else None
        span = draft.ranges[0] if draft.ranges else self._default_range()
        summed = any(token.is_("total") for token in self.tokens)
        for name, values in draft.values.items():
            if len(values) > 1 and not summed and name not in draft.by:
                draft.by.append(name)
        if grain is None and any(token.is_("trend") for token in self.tokens):
            grain = self._trend_grain(span)
        filters = [
            *draft.compared,
            *(_filter(name, values) for name, values in draft.values.items()),
        ]
        order, limit = self._ranking(grain)
        return Query(
            metrics=tuple(draft.metrics),
            by=tuple(draft.by),
            grain=grain,
            range=span,
            filters=tuple(filters),
            order=order,
            limit=limit,
        )

    def _default_range(self) -> Range | None:
        ranges = {each.definition.range for each in self._formulas()}
        return ranges.pop() if len(ranges) == 1 else None

    def _trend_grain(self, span: Range | None) -> Grain:
        for formula in self._formulas():
            if formula.definition.grain is not None:
                return formula.definition.grain
        if span is None:
            return "month"
        try:
            period = self.metrics.compile(
                Query(metrics=tuple(self.draft.metrics), range=span)
            ).period
        except CityError as error:
            raise self._stop("not_possible", error=error) from error
        if period is None or period.start is None or period.end is None:
            return "month"
        days = (period.end - period.start).days
        return "hour" if days <= 2 else "day" if days <= _LONG_DAYS else "month"

    def _ranking(self, grain: Grain | None) -> tuple[tuple[Order, ...], int | None]:
        draft = self.draft
        top = self._one_top()
        if top is None and not draft.orders:
            return (), None
        keys = len(draft.by) + (grain is not None)
        if len(draft.metrics) > 1:
            raise self._stop("top_metric", metrics=draft.metrics)
        if keys != 1:
            raise self._stop("top_of_what", dimensions=sorted(self.usable)[:8])
        descending = top.descending if top else draft.orders[0].descending
        limit = None if top is None else top.count or 1
        return (Order(by=draft.metrics[0], descending=descending),), limit

    def _one_top(self) -> Meaning | None:
        tops = self.draft.tops
        if len(tops) == 2 and sum(each.count is None for each in tops) == 1:
            counted, bare = sorted(tops, key=lambda each: each.count is None)
            return Meaning("top", count=counted.count, descending=bare.descending)
        if len(tops) > 1 or len(self.draft.orders) > 1:
            raise self._stop("top_twice")
        return tops[0] if tops else None

    # refusing

    def _shown(self, token: Token) -> str:
        return self.question.original(token.start, token.end)

    def _stop(
        self,
        reason: Reason,
        *,
        unread: tuple[str, ...] = (),
        metrics: Sequence[str] = (),
        dimensions: Sequence[str] = (),
        near: bool = False,
        error: CityError | None = None,
    ) -> _Stop:
        found = [
            *self.lexicon.candidates("metric", metrics),
            *self.lexicon.candidates("dimension", dimensions),
        ]
        if near:
            found += near_names(self.lexicon, unread, has_metric=bool(self.draft.metrics))
        if not metrics and not dimensions and self.draft.metrics:
            found += self.lexicon.candidates("dimension", sorted(self.usable)[:8])
        return _Stop(Refusal(reason, unread, tuple(dict.fromkeys(found)), error=error))


_REASONS: dict[str, Reason] = {
    "why": "why", "forecast": "forecast", "change": "change", "exclusion": "exclusion", "condition": "condition",
}  # fmt: skip
"""What is recognised and not offered; the first of several is named."""
_FUNCTIONS: tuple[MeaningKind, ...] = (
    "time", "grain", "top", "order", "trend", "each", "which", "and", "compare", "total", "operator", "number", "stop",
)  # fmt: skip
_OPERATORS: dict[str, Operator] = {"=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def _is_filler(token: Token) -> bool:
    return all(each.kind in {"stop", "and"} for each in token.meanings)


def _is_additive(formula: Formula) -> bool:
    definition = formula.definition
    return definition.type == "simple" and definition.aggregate in _ADDITIVE


def _filter(name: str, values: Sequence[str | int | float]) -> Filter:
    return Filter(dimension=name, op="=" if len(values) == 1 else "in", values=tuple(values))
