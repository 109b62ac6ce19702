"""Asking: a question in words becomes a query that can be checked, or a plain refusal; never a guess."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from cityloop.ask.lexicon import Lexicon, Vocabulary
from cityloop.ask.model import Outcome, Reading, Reason, Refusal
from cityloop.ask.normal import MOST_CHARACTERS, Normal, normal
from cityloop.ask.proposing import chart_of, summary
from cityloop.ask.reading import Interpreter
from cityloop.ask.segment import segment
from cityloop.ask.values import LearnedValues, Versions
from cityloop.foundation import i18n
from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.errors import CityError, Forbidden, NotFound
from cityloop.foundation.principal import Principal
from cityloop.metrics import MetricDefinition, Metrics

_HIDDEN = frozenset({"policies.unknown_column"})
"""Codes of errors that mean "not for you" although the query is what they call wrong."""


class Ask:
    """Answers questions in Chinese and English over one city's metrics.

    Args:
        definitions: gives the published definitions; called once a question.
        metrics: computes answers as far as the asker may see them.
        clock: "today" is its today.
        versions: published version of each dataset named; learned values are kept until it changes.
    """

    def __init__(
        self,
        definitions: Callable[[], Snapshot],
        metrics: Metrics,
        clock: Clock,
        versions: Versions,
    ) -> None:
        self._definitions = definitions
        self._metrics = metrics
        self._clock = clock
        self._learned = LearnedValues(metrics, versions)
        self._lexicon: tuple[Snapshot, Lexicon] | None = None

    def answer(
        self, principal: Principal, text: str, lang: Literal["zh", "en"] | None = None
    ) -> Outcome:
        """Return the answer to ``text`` as far as ``principal`` may see it, or why there is none.

        Args:
            principal: who asks.
            text: the question.
            lang: language of the asker; None takes the question's.

        Raises:
            CityError: the read path fails for another reason than permission.
        """
        spoken = lang or language_of(text)
        found = self.parse(principal, text)
        if isinstance(found, Refusal):
            return self._refused(text, spoken, found)
        try:
            answer = self._metrics.query(principal, found.query, "question")
        except CityError as error:
            if isinstance(error, Forbidden | NotFound) or error.code in _HIDDEN:
                return self._refused(text, spoken, Refusal("forbidden", error=error))
            raise
        return Outcome(
            status="answered",
            text=text,
            lang=spoken,
            message=summary(found.chips),
            chips=found.chips,
            query=found.query,
            answer=answer,
            chart=chart_of(found.query, answer),
        )

    def parse(self, principal: Principal, text: str) -> Reading | Refusal:
        """Return the query that ``text`` means, with how each piece was understood, or why there is none.

        The values that ``principal`` may see are learned only when something would stay unread without them.

        Raises:
            CityError: the read path fails for another reason than permission.
        """
        if len(text) > MOST_CHARACTERS:
            return Refusal("too_long")
        question, lexicon = normal(text), self._words()
        reading = self._read(question, lexicon, [lexicon.vocabulary])
        if isinstance(reading, Refusal) and reading.unread:
            learned = self._learned.of(principal)
            reading = self._read(question, lexicon, [lexicon.vocabulary, learned])
        return reading

    def suggestions(self, text: str = "", lang: Literal["zh", "en"] = "zh") -> tuple[str, ...]:
        """Return questions that can be asked, for metrics whose names contain ``text``; never a value of any row.

        Args:
            text: what has been typed so far; empty gives questions about the metrics that the city uses most.
            lang: language of the questions.
        """
        wanted = normal(text).text
        found = []
        for metric in self._best_known():
            titles = [metric.title.zh, metric.title.en, *metric.synonyms.zh, *metric.synonyms.en]
            if not wanted or any(wanted in normal(each).text for each in titles):
                found += self._questions(metric, lang)
        return tuple(found[:_MOST_SUGGESTIONS])

    def _best_known(self) -> list[MetricDefinition]:
        """Return the metrics that most dashboards and alerts show first, one of each owner in turn."""
        metrics = self._metrics.all()
        users = {
            each.metric: sum(kind != "metric" for kind, _name, _title in each.used_by)
            for each in self._metrics.lineage()
        }
        turn: Counter[str | None] = Counter()
        turns = {}
        for name in sorted(metrics, key=lambda name: (-users.get(name, 0), name)):
            turns[name] = turn[metrics[name].owner]
            turn[metrics[name].owner] += 1
        return [
            metrics[name]
            for name in sorted(turns, key=lambda name: (turns[name] > 0, -users.get(name, 0), name))
        ]

    def _questions(self, metric: MetricDefinition, lang: Literal["zh", "en"]) -> list[str]:
        try:
            timed = all(part.time is not None for part in self._metrics.formula(metric.name).parts)
            dimensions = self._metrics.usable_dimensions([metric.name])
        except CityError:
            return []  # a broken definition is reported by its own check
        fields = {"metric": _inside(metric.title.text(lang))}
        found = []
        if timed:
            found.append(i18n.text("ask.suggest.trend", lang, fields))
        if dimensions:
            words = self._words()
            plain = [each for each in dimensions if each in words.codes] or list(dimensions)
            title = _inside(words.title("dimension", plain[0]).text(lang))
            key = "ask.suggest.split" if timed else "ask.suggest.timeless"
            said = i18n.text(key, lang, fields | {"dimension": title})
            found.append(said[:1].upper() + said[1:])
        return found

    def _read(
        self, question: Normal, lexicon: Lexicon, vocabularies: Sequence[Vocabulary]
    ) -> Reading | Refusal:
        zone = ZoneInfo(self._metrics.time_zone)
        now = self._clock.now().astimezone(zone).replace(tzinfo=None)
        tokens, unread = segment(question.text, vocabularies, now)
        return Interpreter(lexicon, self._metrics).read(question, tokens, unread)

    def _words(self) -> Lexicon:
        snapshot = self._definitions()
        known = self._lexicon
        if known is None or known[0] is not snapshot:
            known = snapshot, Lexicon(snapshot, self._metrics.catalogue())
            self._lexicon = known
        return known[1]

    def _refused(self, text: str, lang: Literal["zh", "en"], refusal: Refusal) -> Outcome:
        return Outcome(
            status="refused",
            text=text,
            lang=lang,
            message=_message(refusal.reason, refusal),
            reason=refusal.reason,
            unread=refusal.unread,
            candidates=refusal.candidates,
        )


_MOST_SUGGESTIONS = 8


def language_of(text: str) -> Literal["zh", "en"]:
    """Return the language of a text: Chinese as soon as it holds a Chinese character.

    Example:
        >>> language_of("top 5 districts"), language_of("PM2.5 趋势")
        ('en', 'zh')
    """
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def _message(reason: Reason, refusal: Refusal) -> Bilingual:
    said: dict[Literal["zh", "en"], str] = {}
    for lang in i18n.LANGUAGES:
        names = [each.title.text(lang) for each in refusal.candidates]
        fields = {"unread": refusal.unread, "candidates": names, "most": MOST_CHARACTERS}
        error = refusal.error
        more = "" if error is None else f" {error.message(lang)} {error.hint(lang)}"
        said[lang] = f"{i18n.text(f'ask.{reason}', lang, fields)}{more}".strip()
    return Bilingual(zh=said["zh"], en=said["en"])


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence: “Average speed” small, “PM2.5” as it is."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
