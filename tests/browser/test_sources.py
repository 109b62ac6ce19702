"""Sources: listed with their state, tried without keeping anything, loaded now."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_source_is_tried_and_loaded(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/sources", user="steward")
    page.get_by_role("row", name="打开 医院信息系统").press("Enter")
    page.get_by_role("button", name="测试连接：hospitals", exact=True).click()
    expect(page.get_by_role("region", name="开头几行")).to_be_visible()
    axe(page)
    looks(page, "source")
    page.get_by_role("button", name="立即接入").click()
    expect(page.get_by_text("接入完成。")).to_be_visible(timeout=60_000)


def test_who_may_not_load_sees_no_button(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page(
        "/sources/hospital_system", user="leader", lang="en", theme="dark", size=LAPTOP
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hospital information system")
    expect(page.get_by_role("button", name="Load now")).to_have_count(0)
    axe(page)
    looks(page, "source-dark")
