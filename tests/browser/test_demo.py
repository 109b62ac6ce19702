"""The living demo in a browser: what a visitor makes happen ends as a figure, with nothing loaded anew; its pace; the tour."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import LAPTOP, PHONE, Open, served

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
KINDS = ("严重交通事故", "短时暴雨", "聚集性腹泻", "检测器故障")
STOPS = (
    "/sources", "/datasets/detector_readings", "/metrics/average_speed", "/ask", "/alerts",
    "/workorders", "/datasets/orders",
)  # fmt: skip
SOON_MS = 120_000
"""Longest wait for what the living city does by itself; a few seconds on a machine of one's own."""
REST_S = 8.0
"""A rule's chart asks the metric 120 times: news draws it anew no more often than this."""


@pytest.fixture(scope="session")
def server(
    built: None, demo_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a living demo city, whose duty officers are quick."""
    city = tmp_path_factory.mktemp("living") / "yunjiang"
    shutil.copytree(demo_model, city)
    with served(city, "--live") as url:
        yield url


def control(page: Page) -> Locator:
    """Open the demo's control; return it."""
    page.get_by_role("button", name=re.compile("^演示|^Demo")).click()
    panel = page.get_by_role("dialog", name=re.compile("^演示|^Demo"))
    expect(panel).to_be_visible()
    return panel


def switch(panel: Locator, *, staff: bool) -> None:
    """Let the duty officers work, or send them home."""
    box = panel.get_by_label("值班员自动办单")
    if box.is_checked() != staff:
        box.press("Space")
    expect(box).to_be_checked(checked=staff)


def order_of(panel: Locator, what: str) -> str:
    """Wait until something that happens has its order; return its number."""
    row = panel.get_by_role("listitem").filter(has_text=what).first
    link = row.get_by_role("link", name=re.compile("WO-"))
    expect(link).to_be_visible(timeout=SOON_MS)
    return link.inner_text().removeprefix("工单 ")


def card(page: Page, column: str, number: str) -> Locator:
    """The card of an order in a column of the board."""
    cards = page.get_by_role("region", name=column).get_by_role("listitem")
    return cards.filter(has_text=number)


def handling(page: Page) -> Locator:
    """The headline figure of the handling time."""
    title = page.get_by_role("heading", name="平均办理用时")
    return page.locator("section").filter(has=title).locator("p[title]")


def minutes(page: Page) -> dict[str, float]:
    """Minutes that each finished order took."""
    orders = page.request.get("/api/workorders?status=finished&limit=500").json()
    return {
        each["number"]: (
            datetime.fromisoformat(each["finished_at"]) - datetime.fromisoformat(each["opened_at"])
        ).total_seconds()
        / 60
        for each in orders
    }


def in_words(took: dict[str, float]) -> str:
    """Their mean, as the page writes it: its two largest units."""
    seconds = sum(took.values()) / len(took) * 60
    large, small, units = (3600, 60, "小时 分") if seconds >= 3600 else (60, 1, "分 秒")
    whole, rest = divmod(round(seconds / small), large // small)
    first, second = units.split()
    return f"{whole} {first}" + (f" {rest} {second}" if rest else "")


def test_what_happens_is_alerted_ordered_handled_and_counted_while_one_looks_on(
    open_page: Open,
) -> None:
    page = open_page("/workorders")
    page.evaluate("window.isSamePage = true")
    page.get_by_role("button", name=re.compile("调度员")).click()
    expect(handling(page)).to_contain_text(re.compile("[0-9]"))
    before = handling(page).inner_text()
    panel = control(page)
    switch(panel, staff=False)
    panel.get_by_label("区域").select_option("云中区")
    for what in KINDS:
        panel.get_by_role("button", name=what).click()
    numbers = {what: order_of(panel, what) for what in KINDS}
    assert len(set(numbers.values())) == len(KINDS)
    accident = numbers["严重交通事故"]
    page.keyboard.press("Escape")
    expect(card(page, "待受理", accident)).to_be_visible()

    switch(control(page), staff=True)
    page.keyboard.press("Escape")
    expect(card(page, "已办结", accident)).to_be_visible(timeout=SOON_MS)
    expect(handling(page)).not_to_have_text(before, timeout=SOON_MS)
    card(page, "已办结", accident).get_by_role("button").first.click()
    order = page.get_by_role("dialog")
    expect(order.get_by_role("link", name="严重交通事故")).to_be_visible()
    expect(order.get_by_text("交通运输局值班员（模拟）").first).to_be_visible()
    assert page.evaluate("window.isSamePage"), "the page was loaded anew"


def finish(page: Page, number: str, result: str) -> None:
    """Finish a step of an order from its card, by keyboard."""
    choose(page, number, "办结本环节")
    dialog = page.get_by_role("dialog", name="办结本环节")
    expect(dialog.get_by_label("办理结果")).to_be_focused()
    page.keyboard.type(result)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("button", name="办结本环节")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)


def choose(page: Page, number: str, verb: str) -> None:
    """Choose what to do with an order in its card's menu, by keyboard."""
    page.get_by_role("button", name=f"办理 {number}").press("Enter")
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_focused()
    for _ in range(items.all_inner_texts().index(verb)):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name=verb)).to_be_focused()
    page.keyboard.press("Enter")


def test_people_handle_an_order_by_keyboard_while_the_dispatcher_looks_on(open_page: Open) -> None:
    dispatcher = open_page("/workorders", user="dispatcher")
    dispatcher.evaluate("window.isSamePage = true")
    panel = control(dispatcher)
    switch(panel, staff=False)
    panel.get_by_label("区域").select_option("临湖区")
    panel.get_by_role("button", name="聚集性腹泻").click()
    number = order_of(panel, "临湖区人民医院")
    dispatcher.keyboard.press("Escape")
    expect(card(dispatcher, "待受理", number)).to_be_visible()

    doctor = open_page("/workorders", user="health")
    choose(doctor, number, "受理")
    expect(card(dispatcher, "处理中", number)).to_be_visible(timeout=SOON_MS)
    expect(card(doctor, "处理中", number)).to_be_visible()
    finish(doctor, number, "已到场采样，学校停课两天")
    expect(card(dispatcher, "待复核", number)).to_be_visible(timeout=SOON_MS)
    finish(open_page("/workorders", user="hotline"), number, "已回访家长，情况属实")

    expect(card(dispatcher, "已办结", number)).to_be_visible(timeout=SOON_MS)
    took = minutes(dispatcher)
    expect(handling(dispatcher)).to_have_text(in_words(took), timeout=SOON_MS)
    took.pop(number)
    assert in_words(took) != handling(dispatcher).inner_text()
    assert dispatcher.evaluate("window.isSamePage"), "the page was loaded anew"


def test_rule_that_one_looks_at_is_drawn_anew_when_it_fires(open_page: Open) -> None:
    place = quote(json.dumps({"district": "望江区"}, separators=(",", ":")))
    page = open_page(f"/alerts/downpour?place={place}", user="dispatcher")
    asked: list[float] = []
    page.on(
        "request",
        lambda request: asked.append(monotonic()) if "/preview" in request.url else None,
    )
    chart = page.get_by_role("img", name=re.compile("^折线图：望江区"))
    expect(chart).to_have_accessible_name(re.compile("还没有触发过"), timeout=SOON_MS)
    # From now on the picture may be replaced, but never by bars that wait for it.
    chart.evaluate(
        """chart => {
            const card = chart.closest('section');
            const look = () => { if (card.querySelector('[role=status]')) window.hasJumped = true; };
            new MutationObserver(look).observe(card, {childList: true, subtree: true});
        }"""
    )
    panel = control(page)
    panel.get_by_label("区域").select_option("望江区")
    panel.get_by_role("button", name="短时暴雨").click()
    page.keyboard.press("Escape")
    expect(chart).to_have_accessible_name(re.compile("触发 .+–仍在持续"), timeout=SOON_MS)
    assert not page.evaluate("window.hasJumped"), (
        "the old picture went before the new one was there"
    )
    assert all(later - before > REST_S for before, later in pairwise(asked)), asked


def test_city_is_paused_and_goes_on_at_another_speed(open_page: Open) -> None:
    page = open_page("/", user="leader")
    mark = page.get_by_role("button", name=re.compile("^演示"))
    panel = control(page)
    clock, button = panel.locator("time"), panel.get_by_role("button", name="暂停")
    button.press("Enter")
    expect(mark).to_contain_text("已暂停")
    stands = page.request.get("/api/demo").json()["now"]
    go_on = panel.get_by_role("button", name="继续")
    expect(go_on).to_be_focused()
    expect(clock).to_have_attribute("datetime", stands)
    panel.get_by_label("速度").select_option("300")
    expect(panel.get_by_label("速度")).to_have_value("300")
    expect(mark).to_contain_text("已暂停")
    expect(clock).to_have_attribute("datetime", stands)
    go_on.press("Enter")
    expect(mark).to_contain_text("300×")
    expect(clock).not_to_have_attribute("datetime", stands)
    panel.get_by_label("速度").select_option("60")
    expect(mark).to_contain_text("60×")


@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", LAPTOP), ("en", "dark", PHONE)]
)
def test_demo_fits_every_window(
    open_page: Open, axe: Axe, looks: Looks, lang: str, theme: str, size: dict[str, int]
) -> None:
    page = open_page("/login", lang=lang, theme=theme, size=size)
    cards = page.get_by_role("region", name=re.compile("^演示|^Demo")).get_by_role("listitem")
    expect(cards).to_have_count(10)
    leads = {"zh": "市领导 何远", "en": "City leader"}
    expect(cards.first).to_contain_text(leads[lang])
    assert lang == "zh" or not re.search("[一-鿿]", "".join(cards.all_inner_texts()))
    axe(page)
    looks(page, f"demo-login-{lang}-{size['width']}")
    page = open_page("/", user="admin", lang=lang, theme=theme, size=size)
    panel = control(page)
    panel.get_by_label(re.compile("区域|District")).select_option("青岚区")
    panel.get_by_role("button", name=re.compile("聚集性腹泻|Outbreak")).click()
    expect(panel.get_by_role("listitem").first).to_contain_text("青岚区人民医院")
    axe(page)
    looks(page, f"demo-control-{lang}-{size['width']}")


@pytest.mark.parametrize(
    ("theme", "size"), [("light", LAPTOP), ("dark", PHONE)], ids=["laptop", "phone"]
)
def test_newcomer_walks_along_the_loop_by_keyboard(
    open_page: Open, axe: Axe, looks: Looks, theme: str, size: dict[str, int]
) -> None:
    page = open_page("/", user="dispatcher", theme=theme, size=size)
    page.get_by_role("button", name="开始导览").press("Enter")
    tour = page.get_by_role("region", name="闭环导览")
    forth = tour.get_by_role("button", name="下一步")
    for stop in STOPS[:4]:
        arrived(page, stop)
        expect(forth).to_be_focused()
        if stop != STOPS[3]:
            page.keyboard.press("Enter")
    axe(page)
    looks(page, f"tour-{theme}-{size['width']}")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    arrived(page, STOPS[2])
    page.get_by_role("heading", level=1).focus()
    page.keyboard.press("Escape")
    expect(tour).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()

    page.keyboard.press("?")
    page.get_by_role("button", name="继续导览（第 3 步）").press("Enter")
    expect(forth).to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    for stop in STOPS[2:6]:
        arrived(page, stop)
        expect(forth).to_be_focused()
        page.keyboard.press("Enter")
    arrived(page, STOPS[6])
    expect(tour.get_by_role("button", name="完成")).to_be_focused()
    page.keyboard.press("Enter")
    expect(tour).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="开始导览")).to_have_count(0)


def arrived(page: Page, stop: str) -> None:
    """Wait until the page of a stop is there."""
    expect(page).to_have_url(re.compile(f"{stop}($|\\?)"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("status", name="正在加载")).to_have_count(0)


@pytest.mark.parametrize("user", ["steward", "analyst"])
def test_tour_leads_nobody_before_a_closed_door(open_page: Open, user: str) -> None:
    page = open_page("/", user=user)
    page.get_by_role("button", name="开始导览").press("Enter")
    tour = page.get_by_role("region", name="闭环导览")
    for stop in (*STOPS[:5], "/metrics/order_handling_minutes"):
        arrived(page, stop)
        expect(page.get_by_text("您没有查看权限")).to_have_count(0)
        tour.get_by_role("button", name="下一步").press("Enter")
    arrived(page, STOPS[6])
