"""Orders on the map: states by sign and word, pins that join, a list beside them, and the list alone without WebGL."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import CHROMIUM, DESKTOP, FLAGS, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
Drawn = Callable[[Page], None]
MAP = "/workorders?view=map"
FAR = (114.44, 29.34)
"""In the south of the demo city."""
NEAR = ((114.50, 29.50), (114.5001, 29.5001))
"""In the north east, closer together than their pins are wide."""


def opened(page: Page, title: str, at: tuple[float, float] | None, due: str | None = None) -> str:
    """Open an order as a program does, since a form asks for no coordinates; return its number."""
    longitude, latitude = at or (None, None)
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    answer = page.request.post(
        "/api/workorders",
        data={
            "title": {"zh": title, "en": title},
            "department": "transport",
            "priority": "high",
            "due_at": due,
            "location": {"text": None, "longitude": longitude, "latitude": latitude},
        },
        headers={"X-CSRF-Token": cookies["cityloop_csrf"]},
    )
    assert answer.ok, answer.text()
    return str(answer.json()["number"])


@pytest.fixture
def orders(open_page: Open) -> dict[str, str]:
    """Numbers of an overdue order, of two that wait side by side, and of one without a place."""
    page = open_page("/login", user="dispatcher")
    return {
        "late": opened(page, "迟了的", FAR, "2026-01-01T00:00:00Z"),
        "one": opened(page, "并排甲", NEAR[0]),
        "other": opened(page, "并排乙", NEAR[1]),
        "nowhere": opened(page, "无处", None),
    }


def test_pins_say_their_state_and_join_where_they_stand_close(
    open_page: Open, orders: dict[str, str], axe: Axe, looks: Looks, drawn: Drawn
) -> None:
    page = open_page(MAP + "&q=并排", user="dispatcher")
    drawn(page)
    key = page.get_by_role("list", name="图例").get_by_role("listitem")
    for word in ("已超时", "待受理", "处理中", "已办结"):
        expect(key.filter(has_text=word)).to_be_visible()
    cluster = page.get_by_role("button", name=re.compile(r"此处 \d+ 件：待受理 \d+ 件"))
    expect(cluster).to_have_count(1)
    axe(page)
    looks(page, "workorders-map")
    cluster.press("Enter")
    listed = page.get_by_role("region", name="按区域列出的工单")
    expect(listed.get_by_text(re.compile(r"此处 \d+ 件"))).to_be_focused()
    row = listed.get_by_role("button", name=re.compile("并排乙")).first
    row.focus()
    expect(page.locator("[data-pointed=true]")).to_have_count(1)
    row.press("Enter")
    expect(page).to_have_url(re.compile("order=WO-"))
    expect(page.get_by_role("dialog")).to_contain_text("并排乙")


def test_a_pin_opens_its_order(open_page: Open, orders: dict[str, str], drawn: Drawn) -> None:
    page = open_page(f"{MAP}&q={orders['late']}", user="dispatcher")
    drawn(page)
    page.get_by_role("button", name="已超时：迟了的").press("Enter")
    expect(page).to_have_url(re.compile(f"order={orders['late']}"))


def test_what_has_no_place_is_listed_all_the_same(
    open_page: Open, orders: dict[str, str], drawn: Drawn
) -> None:
    page = open_page(f"{MAP}&q={orders['nowhere']}", user="dispatcher")
    drawn(page)
    expect(page.get_by_text("另有 1 件没有位置")).to_be_visible()
    expect(page.get_by_role("region", name="其他位置")).to_contain_text("无处")


def test_no_orders_leave_the_map_and_a_way_on(open_page: Open, axe: Axe, drawn: Drawn) -> None:
    page = open_page(MAP + "&q=没有这样的事", user="dispatcher")
    drawn(page)
    expect(page.get_by_text("没有符合条件的工单")).to_be_visible()
    axe(page)
    listed = page.get_by_role("region", name="按区域列出的工单")
    listed.get_by_role("button", name="清除筛选").click()
    expect(page.get_by_text("没有符合条件的工单")).to_have_count(0)


def test_without_webgl_orders_are_listed_by_district(
    browser: Browser,
    server: str,
    sessions: dict[str, Any],
    orders: dict[str, str],
    axe: Axe,
    looks: Looks,
) -> None:
    flags = [*FLAGS, "--disable-3d-apis"]
    plain = browser.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
    try:
        context = plain.new_context(
            base_url=server, viewport=DESKTOP, locale="zh-CN", storage_state=sessions["dispatcher"]
        )
        page = context.new_page()
        page.goto(MAP)
        expect(page.get_by_text("此浏览器不能绘制地图", exact=False)).to_be_visible()
        district = page.get_by_role("region").filter(has_text=re.compile("迟了的")).last
        district.get_by_role("button", name=re.compile("迟了的")).first.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("迟了的")
        page.keyboard.press("Escape")
        axe(page)
        looks(page, "workorders-map-none")
    finally:
        plain.close()


@pytest.mark.parametrize(
    ("lang", "theme", "size"),
    [("en", "dark", LAPTOP), ("zh", "light", PHONE)],
    ids=["laptop", "phone"],
)
def test_the_map_fits(
    open_page: Open,
    orders: dict[str, str],
    axe: Axe,
    looks: Looks,
    drawn: Drawn,
    lang: str,
    theme: str,
    size: dict[str, int],
) -> None:
    page = open_page(MAP, user="leader", lang=lang, theme=theme, size=size)
    drawn(page)
    axe(page)
    looks(page, f"workorders-map-{size['width']}")
