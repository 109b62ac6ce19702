"""Metrics: found by another word for them, drawn, split, explained."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, Open

PASSWORD = "yunjiang-2026"
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


def test_a_metric_is_split_by_few_named_values_first_and_explored_from_there(
    open_page: Open,
) -> None:
    page = open_page("/metrics/average_speed", user="analyst")
    by = page.locator(".ant-select", has=page.get_by_label("按哪个维度"))
    expect(by).to_have_text("行政区")
    page.get_by_role("link", name="自助分析 →").click()
    expect(page.get_by_role("heading", name="自助分析", level=1)).to_be_visible()
    expect(page.get_by_role("img").first).to_be_visible()
    expect(page).to_have_url(re.compile("average_speed.*30d|30d.*average_speed"))


@pytest.fixture
def junior(server: str) -> str:
    """An analyst of level 2, who may count visits and read no diagnosis."""
    with httpx.Client(base_url=server) as admin:
        body = {"user_name": "admin", "password": PASSWORD}
        signed_in = admin.post("/api/accounts/sign-in", json=body).json()
        admin.headers["X-CSRF-Token"] = signed_in["csrf_token"]
        new = {
            "user_name": "junior", "display_name": "见习分析员", "department": "data_bureau", "roles": ["analyst"], "level": 2,
            "password": PASSWORD,
        }  # fmt: skip
        added = admin.post("/api/accounts/people", json=new)
        assert added.status_code == 201, added.text
    return "junior"


def test_nobody_is_offered_a_dimension_that_is_then_refused(
    open_page: Open, axe: Axe, looks: Looks, junior: str
) -> None:
    page = open_page("/metrics/visits", user=junior)
    expect(page.get_by_role("img").nth(1)).to_be_visible()
    expect(page.locator(".ant-select", has=page.get_by_label("按哪个维度"))).to_have_text("行政区")
    off = page.get_by_text("诊断", exact=False).and_(page.get_by_title("您无权按它分组"))
    expect(off).to_be_visible()
    expect(page.get_by_role("link", name="医院", exact=True)).to_be_visible()
    axe(page)
    looks(page, "metric-junior")
    page = open_page('/explore?metrics=["visits"]', user=junior)
    expect(page.get_by_role("button", name="诊断")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_role("button", name="医院")).to_have_attribute("aria-disabled", "false")
    expect(page.get_by_text("部分维度您无权读取")).to_be_visible()
    page.get_by_role("button", name="医院").click()
    expect(page.get_by_role("button", name="医院")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("img").first).to_be_visible()
    axe(page)
    looks(page, "explore-junior")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_metric_that_is_not_ones_own_is_explained_and_not_asked_for(
    open_page: Open, axe: Axe, looks: Looks, size: dict[str, int]
) -> None:
    page = open_page("/metrics/visits", user="transport", size=size)
    expect(page.get_by_text("没有规则允许您看它的数")).to_be_visible()
    expect(page.get_by_text("分组比较")).to_have_count(0)
    axe(page)
    looks(page, f"metric-refused-{size['width']}")
    page = open_page("/metrics?q=visits", user="transport", size=size)
    expect(page.get_by_text("无权查看").first).to_be_visible()
