"""Explore: from an empty page to numbers, step by step and back, all of it in the address."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
SPEED = '/explore?metrics=["average_speed"]&by=["road_class"]&grain=day&range=30d'


def test_each_step_is_in_the_address_and_can_be_undone(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/explore", user="analyst")
    page.get_by_role("combobox", name="指标").fill("平均车速")
    offered = page.locator(".ant-select-item-option").filter(has_text="平均车速")
    expect(offered.first).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=2, name="平均车速")).to_be_visible()

    page.get_by_role("button", name="道路等级", exact=True).click()
    expect(page).to_have_url(re.compile("road_class"))
    expect(page.get_by_role("img", name=re.compile("柱状图"))).to_be_visible()
    axe(page)
    looks(page, "explore")

    page.get_by_role("button", name="撤销").click()
    expect(page).not_to_have_url(re.compile("road_class"))
    page.get_by_role("button", name="重做").click()
    expect(page).to_have_url(re.compile("road_class"))
    page.get_by_text("表格", exact=True).click()
    expect(page).to_have_url(re.compile("chart=table"))


@pytest.mark.parametrize(
    ("theme", "lang", "size"), [("dark", "en", LAPTOP), ("light", "zh", PHONE)]
)
def test_an_address_opens_as_it_was(
    open_page: Open, axe: Axe, looks: Looks, theme: str, lang: str, size: dict[str, int]
) -> None:
    page = open_page(SPEED, user="analyst", theme=theme, lang=lang, size=size)
    expect(page.get_by_role("img").first).to_be_visible()
    axe(page)
    looks(page, f"explore-{theme}-{lang}-{size['width']}")
