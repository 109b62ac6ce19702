"""Work orders: opened, accepted by drag and by menu, finished; who may not move one is told who can."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DESKTOP, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def open_order(page: Page, title: str, department: str = "交通运输局") -> str:
    """Open an order by its form; return its number."""
    page.get_by_role("button", name="新建工单").click()
    form = page.get_by_role("dialog", name="新建工单")
    form.get_by_label("事项", exact=True).fill(title)
    form.get_by_role("combobox", name="责任部门").fill(department)
    page.get_by_title(department, exact=True).last.click()
    form.get_by_role("button", name="立单").click()
    expect(page).to_have_url(re.compile("order=WO-"))
    number = page.url.split("order=")[1].split("&")[0]
    page.keyboard.press("Escape")
    return number


def drag(page: Page, card: Locator, column: Locator) -> None:
    """Drag a card as a hand does: press, move a little, move over, let go."""
    card.scroll_into_view_if_needed()
    start, end = card.bounding_box(), column.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 40, start["y"] + start["height"] - 14)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, max(end["y"], 0) + 120, steps=12)
    page.mouse.up()


@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", DESKTOP), ("en", "dark", PHONE)]
)
def test_an_order_shows_what_its_alert_saw(
    open_page: Open, axe: Axe, looks: Looks, lang: str, theme: str, size: dict[str, int]
) -> None:
    page = open_page("/", user="leader", lang=lang, theme=theme, size=size)
    order = page.request.get("/api/workorders?alert=slow_closing").json()[0]
    page.goto(f"/workorders/{order['number']}")
    seen = {
        "zh": "^折线图：.+阈值 48 小时、解除 40 小时；触发 .+–仍在持续$",
        "en": "^Line chart: .+Threshold 48 .+; Fired .+–.+",
    }[lang]
    expect(page.get_by_role("img", name=re.compile(seen))).to_be_visible(timeout=60_000)
    legend = page.get_by_role("list", name="图例" if lang == "zh" else "Legend")
    expect(legend).to_contain_text("触发" if lang == "zh" else "Fired")
    axe(page)
    looks(page, f"order-cause-{lang}-{size['width']}")


def test_an_order_goes_across_the_board(open_page: Open, axe: Axe, looks: Looks) -> None:
    dispatcher = open_page("/workorders", user="dispatcher")
    worker = open_page("/workorders", user="transport")
    number = open_order(dispatcher, "<b>路面</b>坑洞 🚧 \u202e")
    card = (
        worker.get_by_role("region", name="待受理").get_by_role("listitem").filter(has_text=number)
    )
    expect(card).to_contain_text("<b>路面</b>坑洞", timeout=15_000)
    axe(worker)
    looks(worker, "workorders")
    worker.get_by_role("searchbox", name="编号、事项").fill(number)
    expect(worker.get_by_role("listitem").filter(has_text="WO-")).to_have_count(1)
    drag(worker, card, worker.get_by_role("region", name="处理中"))
    taken = (
        worker.get_by_role("region", name="处理中").get_by_role("listitem").filter(has_text=number)
    )
    expect(taken).to_be_visible()
    taken.get_by_role("button", name=f"办理 {number}").press("Enter")
    worker.get_by_role("menuitem", name="办结本环节").click()
    dialog = worker.get_by_role("dialog", name="办结本环节")
    dialog.get_by_label("办理结果").fill("已填补")
    dialog.get_by_role("button", name="办结本环节").click()
    for page in (worker, dispatcher):
        checked = page.get_by_role("region", name="待复核").get_by_role("listitem")
        expect(checked.filter(has_text=number)).to_be_visible(timeout=15_000)


def test_who_cannot_move_an_order_is_told_who_can(open_page: Open, axe: Axe, looks: Looks) -> None:
    number = open_order(open_page("/workorders", user="dispatcher"), "等待别人")
    page = open_page(f"/workorders/{number}", user="leader", lang="en", theme="dark", size=LAPTOP)
    expect(page.get_by_text("waits for", exact=False)).to_be_visible()
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    axe(page)
    looks(page, "order-dark")


def test_a_leader_sees_every_order_and_moves_none(open_page: Open, axe: Axe) -> None:
    number = open_order(open_page("/workorders", user="dispatcher"), "领导看得见")
    page = open_page("/", user="leader")
    loop = page.get_by_role("region", name="城环：从来源到工单，再回到数据")
    expect(loop.get_by_role("link", name=re.compile(r"^[1-9]\d* ?在办$"))).to_be_visible()
    expect(page.get_by_role("link", name=re.compile(f"{number}.*领导看得见"))).to_be_visible()
    axe(page)
    loop.get_by_role("heading", name="工单").get_by_role("link").click()
    card = page.get_by_role("listitem", name=re.compile(number))
    expect(card).to_be_visible()
    expect(card.get_by_role("button")).to_have_count(1)  # its title, which opens it
    expect(page.get_by_role("button", name="新建工单")).to_have_count(0)
    axe(page)


def test_who_may_not_read_the_orders_as_data_sees_how_many_stand_where(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/workorders", user="linhu")
    expect(page.get_by_text("您看得到的工单")).to_have_count(3)
    expect(page.get_by_text("按时办结率")).to_have_count(0)
    axe(page)
    looks(page, "workorders-counted")
    page.get_by_role("button", name="待受理").press("Enter")
    expect(page).to_have_url(re.compile("status=open"))
    expect(page).to_have_url(re.compile("view=list"))


def test_who_sees_no_orders_is_told_which_right_it_takes(open_page: Open, axe: Axe) -> None:
    page = open_page("/workorders", user="analyst")
    expect(page.get_by_text("需要权限：查看全部工单")).to_be_visible()
    expect(page.get_by_role("search")).to_have_count(0)
    axe(page)


@pytest.mark.parametrize("view", ["board", "list"])
def test_orders_fit_a_phone(open_page: Open, axe: Axe, looks: Looks, view: str) -> None:
    page = open_page(f"/workorders?view={view}", user="dispatcher", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("工单")
    expect(page.locator("main").get_by_text("剩", exact=False).first).to_be_visible()
    axe(page)
    looks(page, f"workorders-{view}-phone")
