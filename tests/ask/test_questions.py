"""Each question means exactly one query, or is refused."""

import pytest
from questions import EN, UNANSWERABLE, ZH

from cityloop.ask import Reading, Refusal
from cityloop.metrics import Query


@pytest.mark.parametrize(("text", "query"), [*ZH, *EN], ids=[text for text, _query in [*ZH, *EN]])
def test_a_question_means_this_query(ask, asker, text: str, query: dict) -> None:
    found = ask.parse(asker, text)
    assert isinstance(found, Reading), (found.reason, found.unread)
    assert found.query == Query(**query)


@pytest.mark.parametrize(
    ("text", "reason"), UNANSWERABLE, ids=[text for text, _why in UNANSWERABLE]
)
def test_a_question_that_cannot_be_answered_is_refused(ask, asker, text: str, reason: str) -> None:
    found = ask.parse(asker, text)
    assert isinstance(found, Refusal), found.query
    assert found.reason == reason, (found.reason, found.unread)
