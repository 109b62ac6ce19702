"""Asking: an answer with how it was understood, a plain refusal, a question from the palette."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_question_is_answered_with_its_evidence(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/ask", user="analyst")
    field = page.get_by_role("combobox", name="您的问题")
    field.fill("就诊")
    expect(page.get_by_role("option").first).to_be_visible()
    field.fill("最近7天各区的就诊人次")
    field.press("Enter")
    understood = page.get_by_role("region", name="我是这样理解的")
    expect(understood).to_contain_text("按行政区")
    expect(page.get_by_role("img")).to_be_visible()
    axe(page)
    looks(page, "ask")

    understood.get_by_role("button", name="去掉“各区”再问").click()
    expect(page.get_by_role("combobox", name="您的问题")).to_have_value("最近7天的就诊人次")
    expect(page.get_by_role("region", name="本次问过的问题")).to_contain_text("各区")


def test_a_question_in_english_is_answered_by_keyboard(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/ask", user="analyst", lang="en", theme="dark", size=LAPTOP)
    field = page.get_by_role("combobox", name="Your question")
    expect(field).to_be_focused()
    page.keyboard.type("hospital visits by district in the last 7 days")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Understood as")).to_contain_text("by District")
    expect(page.get_by_role("img")).to_be_visible()
    axe(page)
    looks(page, "ask-en-dark")


def test_the_first_examples_are_what_people_ask_for(open_page: Open, axe: Axe) -> None:
    page = open_page("/ask", user="analyst", size=PHONE)
    examples = page.get_by_role("region", name="可以这样问")
    expect(examples.get_by_role("button")).to_have_count(6)
    axe(page)
    examples.get_by_role("button").first.click()
    expect(page.get_by_role("region", name="我是这样理解的")).to_be_visible()


def test_a_refusal_offers_what_could_have_been_meant(open_page: Open) -> None:
    page = open_page("/ask?q=最近7天的就诊人头", user="analyst")
    expect(page.get_by_role("heading", name="您是不是想问")).to_be_visible()
    page.get_by_role("button", name="就诊人次", exact=True).click()
    expect(page.get_by_role("region", name="我是这样理解的")).to_contain_text("就诊人次")


@pytest.mark.parametrize(
    ("theme", "lang", "size"), [("dark", "en", LAPTOP), ("light", "zh", PHONE)]
)
def test_what_cannot_be_read_is_refused_and_marked(
    open_page: Open, axe: Axe, looks: Looks, theme: str, lang: str, size: dict[str, int]
) -> None:
    page = open_page("/ask?q=就诊人次为什么下降", user="analyst", theme=theme, lang=lang, size=size)
    expect(page.locator("mark")).to_contain_text("为什么")
    axe(page)
    looks(page, f"ask-refused-{theme}-{lang}-{size['width']}")


def test_the_palette_asks_what_it_does_not_find(open_page: Open) -> None:
    page = open_page("/dashboards", user="analyst")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("本月各区就诊人次")
    page.get_by_role("option", name=re.compile("问数")).click()
    expect(page).to_have_url(re.compile(r"/ask\?q="))
    expect(page.get_by_role("region", name="我是这样理解的")).to_be_visible()
