"""The cockpit: a leader sees the map drawn, opens where a figure comes from, and watches a new order appear."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, PHONE, Open

COCKPIT = "/cockpit"
SIZES = [(1366, 768), (1440, 900), (1920, 1080), (2560, 1440), (3840, 2160)]
PIN = "ul[aria-label='进行中的预警与工单'] button"


def open_order(page: Page, title: str) -> str:
    """Open an urgent order at the lake, as the dispatcher; returns its number."""
    assert page.context.browser is not None
    desk = page.context.browser.new_context(base_url=page.url.rsplit("/", 1)[0])
    body = {"user_name": "dispatcher", "password": PASSWORD}
    assert desk.request.post("/api/accounts/sign-in", data=body).ok
    cookies = {each.get("name"): each.get("value", "") for each in desk.cookies()}
    new = {
        "title": {"zh": title, "en": title},
        "department": "transport",
        "priority": "urgent",
        "location": {"text": None, "longitude": 114.4312, "latitude": 29.4187},
    }
    headers = {"X-CSRF-Token": cookies["cityloop_csrf"]}
    answer = desk.request.post("/api/workorders", data=new, headers=headers)
    assert answer.ok, answer.text()
    number = str(answer.json()["number"])
    desk.close()
    return number


def test_a_leader_watches_a_new_order_appear(
    open_page: Open, drawn: Callable[[Page], None], looks: Callable[[Page, str], None]
) -> None:
    page = open_page(COCKPIT, user="leader")
    drawn(page)
    expect(page.get_by_role("status").filter(has_text="实时更新中")).to_be_visible()
    page.evaluate("window.unchanged = document.querySelector('canvas')")
    title = f"云湖北岸护栏倒伏 {uuid4().hex[:6]}"
    expect(page.get_by_role("link", name=title)).to_have_count(0)
    number = open_order(page, title)
    expect(page.get_by_role("link", name=title)).to_be_visible(timeout=15_000)
    pin = page.locator(f"{PIN}[title*='{title}']")
    expect(pin).to_contain_text("紧急")
    pin.click()
    links = page.get_by_role("link", name=title)
    expect(links).to_have_count(2)
    expect(links.first).to_have_attribute("href", f"/workorders/{number}")
    assert page.evaluate("window.unchanged === document.querySelector('canvas')"), "map redrawn"
    looks(page, "cockpit-order")


def test_the_map_does_not_wait_for_the_tiles_and_nothing_counts_from_zero(
    open_page: Open, drawn: Callable[[Page], None]
) -> None:
    page = open_page(COCKPIT, user="leader")
    drawn(page)
    legend = page.get_by_role("list", name="图例")
    expect(legend).to_contain_text("严重拥堵")
    place = legend.bounding_box()
    held = ("**/api/dashboards/cockpit/evaluate", "**/api/workorders/board")
    for address in held:
        page.route(address, lambda _route: None)
    page.reload()
    drawn(page)
    expect(page.get_by_text("进行中", exact=False).first).to_be_visible()
    expect(page.get_by_role("heading", name="工单处置")).to_be_visible()
    expect(page.get_by_text("待接单")).to_have_count(0)
    waiting = legend.bounding_box()
    assert place is not None
    assert waiting is not None
    assert abs(waiting["y"] - place["y"]) < 2, "the legend jumps"


def test_a_figure_opens_where_it_comes_from(open_page: Open) -> None:
    page = open_page(COCKPIT, user="leader")
    page.get_by_role("button", name="平均车速").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("average_speed")
    expect(drawer).to_contain_text("detector_readings")
    assert "tile=speed" in page.url
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits_every_screen_without_scrolling(
    open_page: Open,
    drawn: Callable[[Page], None],
    looks: Callable[[Page, str], None],
    width: int,
    height: int,
) -> None:
    page = open_page(COCKPIT, user="leader", size={"width": width, "height": height})
    drawn(page)
    looks(page, f"cockpit-{width}x{height}")
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight"
        " && [...document.querySelectorAll('main section')].every("
        "each => each.getBoundingClientRect().bottom <= innerHeight)"
    )


def test_it_is_accessible_and_stacks_on_a_phone(
    open_page: Open,
    drawn: Callable[[Page], None],
    axe: Callable[[Page], None],
    looks: Callable[[Page, str], None],
) -> None:
    page = open_page(COCKPIT, user="leader", lang="en", size={"width": 1280, "height": 800})
    drawn(page)
    axe(page)
    looks(page, "cockpit-en")
    small = open_page(COCKPIT, user="leader", size=PHONE)
    drawn(small)
    axe(small)
    looks(small, "cockpit-phone")


def test_keys_reach_everything(open_page: Open) -> None:
    page = open_page(COCKPIT, user="leader")
    figure = page.get_by_role("button", name="PM2.5", exact=True)
    figure.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("pm25")


def test_an_unknown_screen_says_so(open_page: Open) -> None:
    page = open_page("/cockpit?screen=nothing", user="leader")
    page.get_by_role("button", name="打开第一个大屏").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("云江市城市运行驾驶舱")
