"""What the asker sees beside the numbers: how each piece was read, what else could have been meant, which chart fits."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from rapidfuzz import fuzz, process

from cityloop.ask.lexicon import Lexicon
from cityloop.ask.model import Candidate, CandidateKind, Chart, Chip, Meaning, Token
from cityloop.ask.normal import Normal, normal
from cityloop.foundation.definition import Bilingual
from cityloop.metrics import Answer, Grain, Query
from cityloop.metrics.periods import Period

MOST_CANDIDATES = 5
"""Proposals of each kind; more are not read."""
_ENOUGH = 50
"""Likeness (0–100) from which a name is proposed."""

GRAIN_TITLES: Mapping[Grain, Bilingual] = {
    "hour": Bilingual(zh="每小时", en="by hour"),
    "day": Bilingual(zh="每天", en="by day"),
    "week": Bilingual(zh="每周", en="by week"),
    "month": Bilingual(zh="每月", en="by month"),
    "quarter": Bilingual(zh="每季度", en="by quarter"),
    "year": Bilingual(zh="每年", en="by year"),
}
"""How a grain is said."""


def chips_of(
    question: Normal,
    tokens: Sequence[Token],
    chosen: Mapping[int, Meaning],
    lexicon: Lexicon,
    result: tuple[Query, Period | None],
) -> tuple[Chip, ...]:
    """Return how each piece was understood, then what was supplied without being written.

    Args:
        question: in one spelling.
        tokens: its pieces.
        chosen: place of a token → its one meaning.
        lexicon: knows titles.
        result: the query, and the time that its range means.
    """
    query, period = result
    chips = []
    for place, meaning in sorted(chosen.items()):
        token = tokens[place]
        text = question.original(token.start, token.end)
        chips.append(Chip(text, meaning.kind, meaning.name, _said(meaning, lexicon, period)))
    written = {meaning.kind for meaning in chosen.values()}
    if query.range is not None and "time" not in written:
        chips.append(Chip("", "time", "", said_period(period), assumed=True))
    if query.range is None:
        everything = Bilingual(zh="全部时间", en="all time")
        chips.append(Chip("", "time", "", everything, assumed=True))
    grains = {meaning.grain for meaning in chosen.values()}
    if query.grain is not None and query.grain not in grains:
        chips.append(Chip("", "grain", query.grain, GRAIN_TITLES[query.grain], assumed=True))
    split = {meaning.name for meaning in chosen.values() if meaning.kind == "dimension"}
    for name in query.by:
        if name not in split:
            title = _by(lexicon.title("dimension", name))
            chips.append(Chip("", "dimension", name, title, assumed=True))
    return tuple(chips)


def said_period(period: Period | None) -> Bilingual:
    """Return a period in words, both ends included; whole days when it consists of them."""
    if period is None:
        return Bilingual(zh="全部时间", en="all time")
    start, end = period.start, period.end
    if period.whole_days:
        first = None if start is None else start.date().isoformat()
        last = None if end is None else (end.date() - timedelta(days=1)).isoformat()
    else:
        first = None if start is None else f"{start:%Y-%m-%d %H:%M}"
        last = None if end is None else f"{end:%Y-%m-%d %H:%M}"
    if first is not None and first == last:
        return Bilingual(zh=first, en=first)
    return Bilingual(
        zh=f"{first or '最早'} 至 {last or '最新'}",
        en=f"{first or 'the first'} to {last or 'the latest'}",
    )


def near(lexicon: Lexicon, unread: Sequence[str], *, has_metric: bool) -> list[Candidate]:
    """Return metrics and dimensions whose names look like what could not be read; never a value.

    Args:
        lexicon: the city's words.
        unread: pieces that could not be read.
        has_metric: False adds some metrics when nothing looks alike.
    """
    found: dict[tuple[CandidateKind, str], float] = {}
    phrases = list(lexicon.phrases())
    texts = [normal(phrase).text for _kind, _name, phrase in phrases]
    for piece in unread:
        hits = process.extract(
            normal(piece).text, texts, scorer=fuzz.WRatio, limit=20, score_cutoff=_ENOUGH
        )
        for _text, score, place in hits:
            kind, name, _phrase = phrases[place]
            found[kind, name] = max(score, found.get((kind, name), 0))
    best = sorted(found, key=lambda key: (-found[key], key))[:MOST_CANDIDATES]
    if not best and not has_metric:
        best = [("metric", name) for name in list(lexicon.metrics)[:MOST_CANDIDATES]]
    return [Candidate(kind, name, lexicon.title(kind, name)) for kind, name in best]


def chart_of(query: Query, answer: Answer) -> Chart:
    """Return the chart that fits: one number, a line over time, bars over one dimension, else a table."""
    if query.grain is not None and len(query.by) <= 1:
        return "line"
    if not query.by and query.grain is None:
        return "kpi"
    if len(query.by) == 1 and answer.rows.num_rows <= 60:
        return "bar"
    return "table"


def summary(chips: Sequence[Chip]) -> Bilingual:
    """Return how the question was understood, in one line."""
    return Bilingual(
        zh="，".join(chip.meaning.zh for chip in chips),
        en=", ".join(chip.meaning.en for chip in chips),
    )


def _said(meaning: Meaning, lexicon: Lexicon, period: Period | None) -> Bilingual:
    if meaning.kind == "metric":
        return lexicon.title("metric", meaning.name)
    if meaning.kind == "dimension":
        return _by(lexicon.title("dimension", meaning.name))
    if meaning.kind == "value":
        dimension = lexicon.title("dimension", meaning.name)
        value = lexicon.value_title(meaning.name, meaning.value)
        return Bilingual(zh=f"{dimension.zh}：{value.zh}", en=f"{dimension.en}: {value.en}")
    if meaning.kind == "grain" and meaning.grain is not None:
        return GRAIN_TITLES[meaning.grain]
    if meaning.kind in {"top", "order"}:
        return _ranked(meaning)
    return said_period(period)


def _by(title: Bilingual) -> Bilingual:
    return Bilingual(zh=f"按{title.zh}", en=f"by {title.en}")


def _ranked(meaning: Meaning) -> Bilingual:
    count = meaning.count or 1
    if meaning.kind == "order":
        zh, en = (
            ("从高到低", "highest first") if meaning.descending else ("从低到高", "lowest first")
        )
        return Bilingual(zh=zh, en=en)
    zh, en = ("最高", "highest") if meaning.descending else ("最低", "lowest")
    return Bilingual(zh=f"{zh}的 {count} 个", en=f"{count} {en}")
