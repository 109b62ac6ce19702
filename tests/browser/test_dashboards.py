"""Dashboards: found, filtered together by clicks and chips, explained tile by tile."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_dashboard_is_found_filtered_and_explained(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/dashboards", user="analyst")
    expect(page.get_by_role("link", name="民生服务")).to_be_visible()
    axe(page)
    page.get_by_role("link", name="民生服务").click()
    expect(page.get_by_role("heading", level=1, name="民生服务")).to_be_visible()
    expect(page.get_by_text("热线办结率").first).to_be_visible()

    page.get_by_role("button", name=re.compile("^时间范围")).click()
    page.get_by_role("button", name="近 7 天", exact=True).click()
    expect(page).to_have_url(re.compile("range=7d"))
    chips = page.get_by_role("list", name="已用的筛选")
    expect(chips).to_contain_text("近 7 天")
    chips.get_by_role("button", name="去掉这个筛选").first.click()
    expect(page).not_to_have_url(re.compile("range="))
    page.go_back()
    expect(page).to_have_url(re.compile("range=7d"))

    page.get_by_role("button", name="主要诊断", exact=True).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("指标口径")
    expect(drawer).to_contain_text("SELECT")
    axe(page)
    looks(page, "dashboard-tile")


@pytest.mark.parametrize(
    ("theme", "lang", "size"),
    [("light", "zh", DESKTOP), ("dark", "en", LAPTOP), ("light", "zh", PHONE)],
    ids=["desktop", "laptop", "phone"],
)
def test_every_size_theme_and_language_is_accessible(
    open_page: Open, axe: Axe, looks: Looks, theme: str, lang: str, size: dict[str, int]
) -> None:
    page = open_page(
        "/dashboards/traffic_and_parking", user="analyst", theme=theme, lang=lang, size=size
    )
    expect(page.get_by_role("img").first).to_be_visible()
    axe(page)
    looks(page, f"dashboard-{theme}-{lang}-{size['width']}")


def test_what_is_not_shared_is_said_plainly(open_page: Open, axe: Axe) -> None:
    page = open_page("/dashboards/no_such_page", user="analyst", refused="no_such_page")
    expect(page.get_by_role("alert")).to_be_visible()
    axe(page)


def test_a_narrow_figure_that_is_not_shared_stays_in_its_tile(open_page: Open) -> None:
    page = open_page("/dashboards/city_overview", user="admin")
    expect(page.locator("[data-chart=kpi]").get_by_text("您没有查看权限").first).to_be_visible()
    assert page.evaluate(
        "[...document.querySelectorAll('[data-chart=kpi]')]"
        ".every(each => each.scrollHeight <= each.clientHeight + 1)"
    )
