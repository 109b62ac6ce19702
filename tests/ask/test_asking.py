"""From a question to rows: permitted ones only, with the evidence, or a plain refusal."""

import statistics
import time

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from inline_snapshot import snapshot
from questions import EN, ZH
from spoken_town import asking
from town import DuckReader, reader

from cityloop.ask import Refusal
from cityloop.ask.api import router
from cityloop.ask.model import Outcome
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Forbidden
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.web import install_errors
from cityloop.metrics import Answer

SECOND = Principal(id="wang", name="Wang", department="second")


def limited() -> DuckReader:
    """Wang sees the second hospital only."""
    return DuckReader(
        reader().tables,
        limits={"wang": {"hospitals": "hospital_id = 'h2'", "visits": "hospital_id = 'h2'"}},
    )


def rows(outcome: Outcome) -> list[tuple]:
    assert isinstance(outcome.answer, Answer), outcome.message.en
    return [tuple(row.values()) for row in outcome.answer.rows.to_pylist()]


def test_an_answer_shows_how_the_question_was_read(ask, asker) -> None:
    found = ask.answer(asker, "2026年9月临湖区各医院的就诊人次")
    assert rows(found) == [("第一医院", 3)]
    assert (found.status, found.chart, found.lang) == ("answered", "bar", "zh")
    chips = [(each.text, each.kind, each.meaning.zh, each.assumed) for each in found.chips]
    assert chips == snapshot(
        [
            ("2026年9月", "time", "2026-09-01 至 2026-09-30", False),
            ("临湖区", "value", "区：临湖区", False),
            ("医院", "dimension", "按医院", False),
            ("就诊人次", "metric", "就诊人次", False),
        ]
    )
    assert found.message.en == snapshot(
        "2026-09-01 to 2026-09-30, District: Linhu District, by Hospital, Visits"
    )


def test_what_was_supplied_is_marked(ask, asker) -> None:
    found = ask.answer(asker, "average waiting time")
    assumed = [each.meaning.en for each in found.chips if each.assumed]
    assert assumed == ["2026-09-01 to 2026-09-30"]


def test_a_refusal_names_the_unread_words_and_what_could_be_used(ask, asker) -> None:
    found = ask.answer(asker, "高新区的就诊人数")
    assert (found.status, found.reason, found.answer) == ("refused", "no_metric", None)
    assert found.message == snapshot(
        Bilingual(
            zh="问题中没有指标。可以问：就诊人次、每床就诊。",
            en="The question names no metric. You can ask about: Visits, Visits per bed.",
        )
    )
    found = ask.answer(asker, "各监测站的就诊人次")
    assert found.message.zh == snapshot(
        "这个问题不能可靠地计算。 指标“visit_count”不能按“station”拆分或筛选：从模型“visits”到它没有多对一的联接，联接会重复计数。 本查询的全部指标都可用的维度：arrived、district、hospital、hour_of_day、insured、side、triage、wait_class。"
    )


@pytest.mark.parametrize(("text", "chart"), [
    ("就诊人次", "kpi"), ("各区就诊人次", "bar"), ("每天的就诊人次", "line"), ("按区和分诊级别的就诊人次", "table"),
])  # fmt: skip
def test_the_chart_follows_from_the_query(ask, asker, text: str, chart: str) -> None:
    assert ask.answer(asker, text).chart == chart


def test_only_permitted_rows_are_counted() -> None:
    ask = asking(limited())
    assert rows(ask.answer(operator(), "各医院就诊人次"))[:2] == [
        ("流动医疗车", 1),
        ("第一医院", 3),
    ]
    assert rows(ask.answer(SECOND, "各医院就诊人次")) == [("第二医院", 1)]
    assert rows(ask.answer(SECOND, "临湖区的就诊人次")) == [(0,)]


def test_a_hidden_value_is_as_unknown_as_one_that_does_not_exist() -> None:
    ask = asking(limited())
    assert rows(ask.answer(SECOND, "第二医院就诊人次")) == [(1,)]
    hidden = ask.answer(SECOND, "流动医疗车就诊人次")
    missing = ask.answer(SECOND, "幽灵医疗车就诊人次")
    assert (hidden.status, hidden.reason) == (missing.status, missing.reason) == ("refused", "unread")  # fmt: skip
    assert hidden.candidates == missing.candidates
    assert rows(ask.answer(operator(), "流动医疗车就诊人次")) == [(1,)]


def test_suggestions_and_candidates_never_name_a_value() -> None:
    ask = asking(limited())
    values = {"第一医院", "流动医疗车", "新医院", "临湖区", " north ", "s1", "p1"}
    said = [*ask.suggestions(), *ask.suggestions("医"), *ask.suggestions("wait", "en")]
    for text in ("流动医疗", "第一就诊人次", "visits in nort"):
        outcome = ask.answer(SECOND, text)
        said += [each.title.zh for each in outcome.candidates]
        said += [each.title.en for each in outcome.candidates]
    words = [f" {text} " for text in said]
    assert not [text for text in words if any(value in text for value in values)]


def test_every_suggestion_can_be_answered(ask, asker) -> None:
    said = [text for lang in ("zh", "en") for text in ask.suggestions("", lang)]
    said += [text for word in ("医院", "空气均值", "支出") for text in ask.suggestions(word, "zh")]
    refused = [text for text in said if isinstance(ask.parse(asker, text), Refusal)]
    assert (len(said) > 10, refused) == (True, [])


def test_who_may_see_nothing_is_told_so(asker) -> None:
    class Closed(DuckReader):
        def read(self, principal, purpose, query, /, *, most=100_000):
            raise Forbidden(act="read", object="visits")

    outcome = asking(Closed(reader().tables)).answer(asker, "就诊人次")
    assert (outcome.status, outcome.reason) == ("refused", "forbidden")
    assert "没有权限" in outcome.message.zh


def test_values_are_learned_only_when_needed_and_once_per_version(asker) -> None:
    lake = reader()
    ask = asking(lake)
    ask.parse(asker, "各区就诊人次")
    assert lake.reads == []
    ask.parse(asker, "第一医院就诊人次")
    learned = len(lake.reads)
    ask.parse(asker, "第二医院就诊人次")
    assert len(lake.reads) == learned > 0
    lake.versions["hospitals"] = 2
    ask.parse(asker, "第二医院就诊人次")
    assert len(lake.reads) == 2 * learned
    assert {purpose for _who, purpose, _sql in lake.reads} == {"question"}


def test_a_question_is_read_within_20_ms(ask, asker) -> None:
    times = []
    for text, _query in [*ZH, *EN]:
        start = time.perf_counter()
        ask.parse(asker, text)
        times.append((time.perf_counter() - start) * 1_000)
    assert statistics.median(times) < 20


@pytest.fixture
def client(ask) -> TestClient:
    app = FastAPI()
    install_errors(app)
    app.include_router(router(ask))

    @app.middleware("http")
    async def sign_in(request: Request, go_on):
        if "x-nobody" not in request.headers:
            request.state.principal = Principal(id="li", name="Li")
        return await go_on(request)

    return TestClient(app, raise_server_exceptions=False)


def test_asking_over_http(client: TestClient) -> None:
    body = client.post("/api/ask", json={"text": "就诊人次最多的2个区"}).json()
    assert body["answer"]["data"] == [["临湖区", None], [3, 3]]
    assert body["query"] == snapshot(
        {
            "metrics": ["visit_count"],
            "by": ["district"],
            "order": [{"by": "visit_count", "descending": True}],
            "limit": 2,
        }
    )
    refused = client.post("/api/ask", json={"text": "为什么就诊人次下降", "lang": "en"}).json()
    assert (refused["status"], refused["reason"], refused["answer"]) == ("refused", "why", None)
    assert refused["candidates"][0]["kind"] == "dimension"
    assert client.get("/api/ask/suggestions?text=就诊人次&lang=zh").json() == snapshot(
        {"questions": ["最近30天就诊人次的趋势", "本月各区的就诊人次"]}
    )


@pytest.mark.parametrize(("act", "status"), [
    (lambda client: client.post("/api/ask", json={"text": ""}), 422),
    (lambda client: client.post("/api/ask", json={"text": "x" * 3_000}), 422),
    (lambda client: client.post("/api/ask", json={"text": "x", "sql": "y"}), 422),
    (lambda client: client.post("/api/ask", json={"text": "x"}, headers={"x-nobody": "1"}), 401),
    (lambda client: client.get("/api/ask/suggestions", headers={"x-nobody": "1"}), 401),
])  # fmt: skip
def test_errors_have_the_one_shape(client: TestClient, act, status: int) -> None:
    answer = act(client)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
