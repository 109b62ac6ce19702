"""Nobody meets the other language: what a page says itself is in the reader's language, and only data keeps its own.

Data is what the server gave without a second language beside it: names of people, roads and files, free text, codes.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open

PAGES = {
    "admin": ("/", "/people", "/nowhere"),
    "leader": ("/cockpit",),
    "steward": (
        "/datasets", "/datasets/hotline_calls", "/datasets/hotline_calls?tab=rows", "/datasets/air_quality?tab=batches",
        "/datasets/air_quality?tab=quarantine", "/sources", "/sources/parking_files", "/maps", "/definitions",
        "/definitions/metric/closing_hours",
    ),
    "analyst": (
        "/metrics", "/metrics/closing_hours", "/explore?metrics=%5B%22hotline_call_count%22%5D&by=%5B%22call_category%22%5D",
        "/dashboards", "/dashboards/livelihood", "/dashboards/closing_the_loop",
        "/ask", "/ask?q=calls%20by%20district%20last%207%20days",
    ),
    "dispatcher": ("/alerts", "/alerts?tab=rules", "/alerts/slow_closing", "/workorders"),
    "auditor": ("/audit",),
}  # fmt: skip
"""Who looks at what."""
BRAND = "城环"
"""The product's name has its Chinese half in either language."""
OWN_WORDS = ("message", "hint", "sentences")
"""Keys under which the server speaks itself: what stands there is no data."""
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
SENTENCE = re.compile(r"(?<![\w{./])[A-Z]?[a-z']+(?: [a-z']+){3,}")
"""At least four English words in a row."""
READ = """() => {
    const skipped = 'script, style, noscript, code, pre, .cm-content, [lang=%s]:not(html, span)';
    const said = [document.title, ...(window.drawn ?? [])];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
        if (!walker.currentNode.parentElement.closest(skipped)) said.push(walker.currentNode.data);
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        for (const each of document.querySelectorAll(`[${name}]`))
            if (!each.closest(skipped)) said.push(each.getAttribute(name));
    return [...new Set(said.map(each => each.trim()).filter(Boolean))];
}"""
"""A span only says the language of a few words (``ui/Words``): they have to be data as well."""
UNMARKED = """() => {
    const skipped = 'script, style, noscript, code, pre, .cm-content, [aria-hidden=true], [lang=zh]';
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (/\\p{Script=Han}/u.test(data.replaceAll('城环', '')) && !parentElement.closest(skipped)) found.push(data);
    }
    return found;
}"""
"""Chinese words that do not say that they are."""
LISTEN = """const ask = window.fetch;
    window.heard = [];
    window.fetch = async (...asked) => {
        const answer = await ask(...asked);
        const isJson = answer.headers.get('content-type')?.includes('json');
        if (isJson) window.heard.push(await answer.clone().text());
        return answer;
    };
    const write = CanvasRenderingContext2D.prototype.fillText;
    window.drawn = new Set();
    CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
        if (String(text).length > 1) window.drawn.add(String(text));
        return write.call(this, text, ...rest);
    };"""
"""Keeps what the server gave and what charts wrote; maps write one character at a time, which is left out."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page said, and the data that it was given."""

    path: str
    said: list[str]
    data: str

    def foreign(self, words: re.Pattern[str]) -> list[str]:
        """Return what it said with words that are no data, behind its address."""
        return [
            f"{self.path}: {text}"
            for text in self.said
            if any(each != BRAND and each not in self.data for each in words.findall(text))
        ]


def texts(value: object) -> Iterator[str]:
    """Yield every text of an answer that has no second language beside it, keys as well.

    What people write stands in both places as they wrote it.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif isinstance(value, dict) and set(value) == {"zh", "en"}:
        if value["zh"] == value["en"]:
            yield from texts(value["zh"])
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in OWN_WORDS:
                yield key
                yield from texts(each)


@pytest.fixture
def read(open_page: Open) -> Callable[[str, str], list[Reading]]:
    """Reads every page of somebody in a language."""

    def read(user: str, lang: str) -> list[Reading]:
        page = open_page("/nowhere", user=user, lang=lang)
        page.add_init_script(LISTEN)
        return [reading(page, path, "en" if lang == "zh" else "zh") for path in PAGES[user]]

    return read


def reading(page: Page, path: str, other: str) -> Reading:
    """Return what a page says outside of what it marks as being in the other language."""
    page.goto(path)
    settled(page)
    said = page.evaluate(READ % other)
    assert len(said) > 10, path
    heard = [json.loads(each) for each in page.evaluate("window.heard") if each]
    return Reading(path, said, "\n".join(texts(heard)))


def settled(page: Page) -> None:
    """Wait until nothing loads and the page has said the same for half a second."""
    expect(page.locator("h1, [data-map-ready]").first).to_be_visible()
    page.wait_for_function("""async () => {
        const look = () => document.querySelector('[role=status][aria-label]') ? NaN : document.body.innerText.length;
        const before = look();
        await new Promise(done => setTimeout(done, 500));
        return look() === before;
    }""")


@pytest.mark.parametrize("user", PAGES)
def test_chinese_on_an_english_page_is_data(read, user: str) -> None:
    assert [text for each in read(user, "en") for text in each.foreign(CHINESE)] == []


@pytest.mark.parametrize("user", PAGES)
def test_a_chinese_page_has_no_english_sentence_but_data(read, user: str) -> None:
    assert [text for each in read(user, "zh") for text in each.foreign(SENTENCE)] == []


@pytest.mark.parametrize("user", PAGES)
def test_chinese_words_on_an_english_page_say_that_they_are(open_page: Open, user: str) -> None:
    page = open_page("/nowhere", user=user, lang="en")
    found = {}
    for path in PAGES[user]:
        page.goto(path)
        settled(page)
        found[path] = page.evaluate(UNMARKED)
    assert found == {path: [] for path in PAGES[user]}


def test_what_a_person_wrote_says_its_language(open_page: Open) -> None:
    page = open_page("/workorders", user="dispatcher", lang="zh")
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    for title in ("湖滨路灯不亮", "Broken street lamp"):
        answer = page.request.post(
            "/api/workorders",
            data={"title": {"zh": title, "en": title}, "department": "transport"},
            headers={"X-CSRF-Token": cookies["cityloop_csrf"]},
        )
        assert answer.ok, answer.text()
    foreign = page.locator("main [lang]")
    expect(foreign.get_by_text("Broken street lamp")).to_have_attribute("lang", "en")
    expect(foreign.get_by_text("湖滨路灯不亮")).to_have_count(0)
    page.get_by_role("button", name="EN", exact=True).click()
    expect(foreign.get_by_text("湖滨路灯不亮")).to_have_attribute("lang", "zh")
    expect(foreign.get_by_text("Broken street lamp")).to_have_count(0)


def test_codes_stand_behind_their_titles(open_page: Open) -> None:
    page = open_page("/datasets/hospital_departments?tab=rows", user="steward", lang="en")
    rows = page.get_by_role("region", name="Sample")
    expect(rows.get_by_role("cell", name="Internal medicine 01")).to_be_visible()
    page.get_by_role("button", name="中").click()
    expect(page.get_by_role("cell", name="内科 01")).to_be_visible()


def test_a_calendar_speaks_the_language_of_the_page(open_page: Open, axe, looks) -> None:
    page = open_page("/audit", user="auditor", lang="zh", size=PHONE)
    page.get_by_placeholder("起始日").click()
    calendar = page.locator(".ant-picker-dropdown")
    expect(calendar.get_by_role("columnheader", name="一", exact=True)).to_be_visible()
    expect(calendar).not_to_contain_text(re.compile("[A-Za-z]"))
    axe(page)
    looks(page, "calendar-phone")
    page.keyboard.type("2026-09-30")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("since=2026-09-30"))


def test_a_calendar_is_english_on_an_english_page(open_page: Open) -> None:
    page = open_page("/workorders", user="dispatcher", lang="en", theme="dark")
    page.get_by_role("button", name="New order").click()
    page.get_by_placeholder("As the procedure says").click()
    calendar = page.locator(".ant-picker-dropdown")
    expect(calendar.get_by_role("columnheader", name="Mo", exact=True)).to_be_visible()
    expect(calendar).not_to_contain_text(CHINESE)


def test_words_that_are_cut_are_told_whole(open_page: Open) -> None:
    page = open_page("/metrics", user="analyst", lang="en")
    title = page.get_by_role("heading", level=1)
    title.evaluate("each => { each.style = 'overflow: hidden; text-overflow: ellipsis; white-space: nowrap; width: 30px' }")  # fmt: skip
    title.hover()
    expect(title).to_have_attribute("title", "Metrics")
    page.mouse.move(0, 0)
    title.evaluate("each => { each.style.width = '200px' }")
    title.hover()
    expect(title).not_to_have_attribute("title", "Metrics")
