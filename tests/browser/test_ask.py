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
    page.keyboard.press("Control+k")
    page.keyboard.type("本月各区就诊人次")
    page.get_by_role("option", name=re.compile("问数")).click()
    expect(page).to_have_url(re.compile(r"/ask\?q="))
    expect(page.get_by_role("region", name="我是这样理解的")).to_be_visible()
