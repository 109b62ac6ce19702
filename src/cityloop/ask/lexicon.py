"""The city's own words: metrics, dimensions, code values and learned values, under every name people use for them."""

from collections.abc import Iterable, Iterator, Mapping

from cityloop.ask.model import Candidate, CandidateKind, Meaning
from cityloop.ask.normal import normal
from cityloop.contracts.model import CodesDefinition
from cityloop.foundation.definition import Bilingual, Snapshot
from cityloop.foundation.errors import CityError
from cityloop.metrics import MetricDefinition, ModelDefinition
from cityloop.metrics.catalogue import Catalogue
from cityloop.metrics.model import DimensionDefinition, Synonyms


class Vocabulary:
    """Phrases and what they mean; finds every phrase that starts at a place.

    Args:
        entries: phrase as people write it → meaning; one phrase may have several meanings.
    """

    def __init__(self, entries: Iterable[tuple[str, Meaning]]) -> None:
        found: dict[str, list[Meaning]] = {}
        for phrase, meaning in entries:
            for spelling in _spellings(phrase):
                known = found.setdefault(spelling, [])
                if meaning not in known:
                    known.append(meaning)
        self._meanings = {phrase: tuple(known) for phrase, known in found.items()}
        lengths: dict[str, set[int]] = {}
        for phrase in self._meanings:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        self._lengths = {first: sorted(known, reverse=True) for first, known in lengths.items()}

    def at(self, text: str, place: int) -> Iterator[tuple[int, tuple[Meaning, ...]]]:
        """Yield each phrase at ``place``, the longest first: where it ends and what it means."""
        for length in self._lengths.get(text[place], ()):
            piece = text[place : place + length]
            if len(piece) == length and (meanings := self._meanings.get(piece)):
                yield place + length, meanings


class Lexicon:
    """The words of one snapshot, without learned values.

    Args:
        snapshot: published definitions.
        catalogue: what they mean.
    """

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue) -> None:
        self.metrics = snapshot.all(MetricDefinition)
        self.dimensions = _dimensions(snapshot)
        self.codes = _codes(snapshot, catalogue)
        self.vocabulary = Vocabulary(self._entries())

    def title(self, kind: CandidateKind, name: str) -> Bilingual:
        """Return the title of a metric or dimension; its name where it has none."""
        known: Mapping[str, MetricDefinition | DimensionDefinition]
        known = self.metrics if kind == "metric" else self.dimensions
        return known[name].title if name in known else Bilingual(zh=name, en=name)

    def value_title(self, dimension: str, value: object) -> Bilingual:
        """Return the title of a value; itself where it has none."""
        codes = self.codes.get(dimension)
        for each in codes.values if codes else ():
            if each.value == value:
                return each.title
        return Bilingual(zh=str(value), en=str(value))

    def candidates(self, kind: CandidateKind, names: Iterable[str]) -> tuple[Candidate, ...]:
        """Return metrics or dimensions as candidates."""
        return tuple(Candidate(kind, name, self.title(kind, name)) for name in names)

    def phrases(self) -> Iterator[tuple[CandidateKind, str, str]]:
        """Yield (kind, name, phrase) of every metric and dimension: never of a value."""
        for name, metric in self.metrics.items():
            for phrase in _names(name, metric.title, metric.synonyms):
                yield "metric", name, phrase
        for name, dimension in self.dimensions.items():
            for phrase in _names(name, dimension.title, dimension.synonyms):
                yield "dimension", name, phrase

    def _entries(self) -> Iterator[tuple[str, Meaning]]:
        for kind, name, phrase in self.phrases():
            yield phrase, Meaning(kind, name)
        for dimension, codes in self.codes.items():
            for each in codes.values:
                meaning = Meaning("value", dimension, each.value)
                for phrase in (each.value, each.title.zh, each.title.en, *each.aliases):
                    yield phrase, meaning


def _names(name: str, title: Bilingual, synonyms: Synonyms) -> Iterator[str]:
    yield from (title.zh, title.en, name, name.replace("_", " "), *synonyms.zh, *synonyms.en)


def _spellings(phrase: str) -> Iterator[str]:
    plain = normal(phrase).text
    if not plain:
        return
    yield plain
    if plain.isascii() and plain[-1].isalpha() and len(plain) > 2:
        if plain.endswith("s"):
            yield plain[:-1]
        elif plain.endswith("y") and plain[-2] not in "aeiou":
            yield f"{plain[:-1]}ies"
        else:
            yield f"{plain}s"


def _dimensions(snapshot: Snapshot) -> dict[str, DimensionDefinition]:
    found: dict[str, DimensionDefinition] = {}
    for model in snapshot.all(ModelDefinition).values():
        for dimension in model.dimensions:
            known = found.get(dimension.name)
            found[dimension.name] = dimension if known is None else _joined(known, dimension)
    return found


def _joined(one: DimensionDefinition, other: DimensionDefinition) -> DimensionDefinition:
    more = (other.title.zh, *other.synonyms.zh), (other.title.en, *other.synonyms.en)
    synonyms = Synonyms(zh=(*one.synonyms.zh, *more[0]), en=(*one.synonyms.en, *more[1]))
    return one.model_copy(update={"synonyms": synonyms})


def _codes(snapshot: Snapshot, catalogue: Catalogue) -> dict[str, CodesDefinition]:
    found: dict[str, CodesDefinition] = {}
    for model in snapshot.all(ModelDefinition).values():
        for each in model.dimensions:
            try:
                dimension = catalogue.dimension(model.name, each.name)
            except CityError:
                continue  # a broken definition is reported by its own check
            codes = None if dimension is None else catalogue.codes(dimension.codes)
            if codes is not None:
                found[each.name] = codes
    return found
