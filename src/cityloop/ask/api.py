"""HTTP face of asking: one question in, an answer with its evidence or a plain refusal out."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body
from fastapi import Query as Parameter
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from cityloop.ask.model import Outcome
from cityloop.ask.service import Ask
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.web import Caller, JsonResponse, Language
from cityloop.metrics.wire import AnswerBody, answer_body

_EXAMPLE = {"text": "最近7天各区的就诊人次"}


class Question(BaseModel):
    """A question; ``lang`` null takes the language of the text."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=2_000)
    lang: Literal["zh", "en"] | None = None


class ChipBody(BaseModel):
    """How one piece was understood; ``assumed`` says it was supplied without being written."""

    text: str
    kind: str
    name: str
    meaning: Bilingual
    assumed: bool


class CandidateBody(BaseModel):
    """A metric or dimension that the asker may have meant, or could use."""

    kind: str
    name: str
    title: Bilingual


class OutcomeBody(BaseModel):
    """``status`` is answered (then ``query``, ``answer`` and ``chart`` are set) or refused (then ``reason`` is)."""

    status: Literal["answered", "refused"]
    text: str
    lang: Literal["zh", "en"]
    message: Bilingual
    chips: list[ChipBody]
    query: dict[str, object] | None
    answer: AnswerBody | None
    chart: str | None
    reason: str | None
    unread: list[str]
    candidates: list[CandidateBody]


class SuggestionsBody(BaseModel):
    """Questions that can be asked."""

    questions: list[str]


def router(ask: Ask) -> APIRouter:
    """Return the routes of asking."""
    routes = APIRouter(prefix="/api/ask", tags=["ask"])

    @routes.post(
        "",
        operation_id="ask_question",
        summary="Answer a question in Chinese or English, or say why not",
        response_model=OutcomeBody,
    )
    def ask_question(
        caller: Caller, question: Annotated[Question, Body(examples=[_EXAMPLE])]
    ) -> Response:
        return JsonResponse(_body(ask.answer(caller, question.text, question.lang)))

    @routes.get("/suggestions", operation_id="suggest_questions", summary="Questions to ask")
    def suggest_questions(
        _caller: Caller,
        lang: Language,
        text: Annotated[str, Parameter(max_length=200, examples=["就诊"])] = "",
    ) -> SuggestionsBody:
        return SuggestionsBody(questions=list(ask.suggestions(text, lang)))

    return routes


def _body(outcome: Outcome) -> dict[str, object]:
    query = outcome.query
    return {
        "status": outcome.status,
        "text": outcome.text,
        "lang": outcome.lang,
        "message": outcome.message.model_dump(),
        "chips": [
            {"text": each.text, "kind": each.kind, "name": each.name,
             "meaning": each.meaning.model_dump(), "assumed": each.assumed}
            for each in outcome.chips
        ],
        "query": None if query is None else query.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "answer": None if outcome.answer is None else answer_body(outcome.answer),
        "chart": outcome.chart,
        "reason": outcome.reason,
        "unread": list(outcome.unread),
        "candidates": [
            {"kind": each.kind, "name": each.name, "title": each.title.model_dump()}
            for each in outcome.candidates
        ],
    }  # fmt: skip
