"""A word that changes the question never goes unnoticed."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from questions import EN, ZH

from cityloop.ask import Reading, Refusal
from cityloop.ask.words import STOP
from cityloop.metrics import Query

ANY = st.sampled_from([*ZH, *EN])
# characters and words that are in no vocabulary here
STRANGE_ZH = st.text("鑫淼磊犇昊炫煜璇懿瀚潇毓槐槿蓓葭", min_size=1, max_size=4)
STRANGE_EN = st.from_regex(r"(?:zq|xv|qj)[bcdfgk]{1,5}", fullmatch=True)
QUIET = {"max_examples": 200, "deadline": None, "suppress_health_check": list(HealthCheck)}


def pieces(text: str) -> list[int]:
    """Places between whole words, so that nothing is cut in two."""
    inside = {place for word in re.finditer(r"[A-Za-z0-9.\-]+", text) for place in range(word.start() + 1, word.end())}  # fmt: skip
    return [place for place in range(len(text) + 1) if place not in inside]


@settings(**QUIET)
@given(ANY, st.one_of(STRANGE_ZH, STRANGE_EN), st.data())
def test_a_strange_word_anywhere_refuses_the_question(ask, asker, question, word, data) -> None:
    text, _query = question
    place = data.draw(st.sampled_from(pieces(text)))
    found = ask.parse(asker, f"{text[:place]} {word} {text[place:]}")
    assert isinstance(found, Refusal), found.query


@settings(**QUIET)
@given(ANY, st.sampled_from(STOP), st.data())
def test_a_filler_changes_nothing_or_refuses(ask, asker, question, word, data) -> None:
    text, query = question
    place = data.draw(st.sampled_from([0, len(text)]))
    found = ask.parse(asker, f"{text[:place]} {word} {text[place:]}")
    assert isinstance(found, Refusal) or found.query == Query(**query)


@settings(**QUIET)
@given(ANY, st.sampled_from([" ", "　", "？", "。", "!"]), st.data())
def test_spaces_and_full_stops_change_nothing(ask, asker, question, mark, data) -> None:
    text, query = question
    found = ask.parse(asker, data.draw(st.sampled_from([text + mark, mark + text])))
    assert isinstance(found, Reading)
    assert found.query == Query(**query)


@settings(**QUIET)
@given(ANY, ANY)
def test_half_of_one_question_and_half_of_another_never_breaks_anything(ask, asker, one, other) -> None:  # fmt: skip
    left, right = one[0], other[0]
    found = ask.parse(asker, left[: len(left) // 2] + right[len(right) // 2 :])
    assert isinstance(found, Reading | Refusal)


@settings(**QUIET)
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(ask, asker, text: str) -> None:
    assert isinstance(ask.parse(asker, text), Reading | Refusal)
