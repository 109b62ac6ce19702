"""The main way through the city without a mouse: sign in, find data, see its metric, ask, open an alert's order."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import PASSWORD, Open


def tab_to(page: Page, goal: Locator, most: int = 60) -> None:
    """Press Tab until something has the focus, as one does who sees where it is."""
    expect(goal).to_be_visible()
    for _ in range(most):
        if goal.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab do not lead to {goal}")


def find(page: Page, words: str, hit: re.Pattern[str]) -> None:
    """Open something by the palette."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="搜索与命令")).to_be_focused()
    page.keyboard.type(words)
    wanted = page.get_by_role("option", name=hit).first
    expect(wanted).to_be_visible()
    for _ in range(20):
        if wanted.get_attribute("aria-selected") == "true":
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_whole_way_is_gone_by_keyboard(open_page: Open) -> None:
    page = open_page("/")
    tab_to(page, page.get_by_label("用户名"))
    page.keyboard.type("leader")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    title = page.get_by_role("heading", level=1)
    expect(title).to_be_focused()

    find(page, "就诊记录", re.compile("^就诊记录"))
    expect(page).to_have_url(re.compile("/datasets/hospital_visits"))
    expect(title).to_be_focused()
    tabs = page.get_by_role("tab")
    tab_to(page, page.get_by_role("tab", selected=True))
    for _ in range(tabs.count()):
        page.keyboard.press("ArrowRight")
        if "血缘" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    metrics = page.get_by_role("region", name="指标")
    tab_to(page, metrics.get_by_role("link", name=re.compile("^就诊人次")))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/metrics/visits"))
    expect(title).to_contain_text("就诊人次")

    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.get_by_role("combobox", name="您的问题")).to_be_focused()
    page.keyboard.type("最近7天各区的就诊人次")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="我是这样理解的")).to_contain_text("按行政区")
    expect(page.get_by_role("img")).to_be_visible()

    tab_to(page, page.get_by_role("region", name="我是这样理解的").get_by_role("button").first)
    page.keyboard.press("g")
    page.keyboard.press("w")
    expect(title).to_contain_text("预警")
    expect(title).to_be_focused()
    tab_to(page, page.get_by_role("row").filter(has_text="诉求办结偏慢").first)
    page.keyboard.press("Enter")
    expect(title).to_contain_text("诉求办结偏慢")
    tab_to(page, page.get_by_role("link", name=re.compile("WO-")).first)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/workorders/WO-"))
    expect(title).to_be_focused()
    expect(page.get_by_role("link", name="诉求办结偏慢")).to_be_visible()


LISTS = (
    "/alerts", "/alerts?tab=rules", "/alerts?tab=history", "/workorders?view=list", "/sources", "/datasets", "/metrics",
    "/definitions?kind=alert", "/audit", "/people",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_and_their_buttons_say_what_they_are_about(open_page: Open, lang: str) -> None:
    page = open_page("/", user="admin", lang=lang)
    opens, titled = {
        "zh": (re.compile(r"^打开 "), re.compile(r"[\u4e00-\u9fff]{2}|[A-Za-z]{3}|PM2.5")),
        "en": (re.compile(r"^Open "), re.compile(r"[A-Za-z]{2}|[\u4e00-\u9fff]{2}")),
    }[lang]
    for path in LISTS:
        page.goto(path)
        rows = page.get_by_role("row", name=opens)
        expect(rows.first).to_be_visible(timeout=60_000)
        names = rows.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
        bare = [each for each in names if not titled.search(opens.sub("", each))]
        assert bare == [], f"{path}: {bare}"
        buttons = rows.get_by_role("button").evaluate_all(
            "all => all.map(each => each.getAttribute('aria-label') ?? each.innerText)"
        )
        assert len(buttons) == len(set(buttons)), f"{path}: {buttons}"


def test_firing_rows_are_named_by_title_and_place(open_page: Open) -> None:
    page = open_page("/alerts", user="dispatcher")
    rows = page.get_by_role("row", name=re.compile("^打开 "))
    expect(rows.first).to_be_visible()
    first = page.request.get("/api/alerts/events?is_open=true").json()
    assert rows.count() == len(first)
    expect(page.get_by_role("row", name=re.compile("^打开 .+ · .+"))).to_have_count(len(first))
    expect(page.get_by_role("button", name=re.compile("^确认 · .+ · .+"))).to_have_count(len(first))
