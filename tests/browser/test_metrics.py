"""Metrics: found by another word for them, drawn, split, explained."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_metric_is_found_by_another_word_and_explains_itself(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/metrics", user="analyst")
    first = page.get_by_role("row", name="打开 平均车速")
    expect(page.get_by_role("rowheader").first).to_have_text("交通运输局")
    expect(first).to_contain_text(re.compile(r"\d km/h"))
    page.get_by_role("searchbox").fill("告警数")
    row = page.get_by_role("row", name="打开 预警次数")
    expect(row).to_be_visible()
    axe(page)
    looks(page, "metrics")
    row.press("Enter")
    page.get_by_text("SQL", exact=True).click()
    expect(page.get_by_text("SELECT").first).to_be_visible()


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_metric_is_drawn_and_split(
    open_page: Open, axe: Axe, looks: Looks, size: dict[str, int]
) -> None:
    page = open_page("/metrics/visits", user="analyst", size=size)
    expect(page.get_by_role("img").first).to_be_visible()
    axe(page)
    looks(page, f"metric-{size['width']}")
