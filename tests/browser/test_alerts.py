"""Alerts: the rules, what one saw and when it fired, a try on history, a silence at one place made and ended."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_rule_is_tried_and_silenced(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts?tab=rules", user="dispatcher")
    page.get_by_role("row", name="打开 区域车速过低").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("区域车速过低")
    trend = page.get_by_role("img", name=re.compile("阈值 22"))
    expect(trend).to_be_visible(timeout=60_000)
    page.get_by_role("combobox", name="行政区").click()
    page.get_by_title("临湖区", exact=True).last.click()
    expect(page.get_by_text("将静默 1 处", exact=False)).to_be_visible()
    page.get_by_label("静默理由").fill("<i>检修</i>")
    page.get_by_role("button", name="开始静默").click()
    silence = page.get_by_role("listitem").filter(has_text="<i>检修</i>")
    expect(silence).to_contain_text("临湖区")
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_text("次", exact=False).filter(has_text="会触发")).to_be_visible(
        timeout=60_000
    )
    axe(page)
    looks(page, "alert")
    page.get_by_role("button", name="结束").first.click()
    expect(page.get_by_text("<i>检修</i>", exact=False)).to_have_count(0)


def test_who_may_not_manage_only_looks(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts?tab=rules", user="leader", lang="en", theme="dark", size=LAPTOP)
    page.get_by_role("row", name="Open Backlog of hotline calls").press("Enter")
    expect(page.get_by_text("Silencing needs the right to manage alerts.")).to_be_visible()
    axe(page)
    looks(page, "alert-dark")


def test_alerts_fit_a_phone(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts", user="dispatcher", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("预警")
    axe(page)
    looks(page, "alerts-phone")
