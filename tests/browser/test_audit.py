"""The audit log: entries are found and opened, its chain is verified, and others do not get in."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_an_auditor_finds_an_entry_and_verifies_the_chain(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/audit?kind=dataset&thing=hospital_visits", user="auditor")
    row = page.get_by_role("row", name="打开").first
    expect(row).to_contain_text("hospital_visits")
    page.get_by_role("button", name="立即验证").click()
    expect(page.get_by_text("完好：日志未被改动")).to_be_visible()
    axe(page)
    looks(page, "audit")
    row.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("上一条哈希")
    expect(drawer).to_contain_text("生效规则")
    axe(page)
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_pages_lead_to_older_entries_and_back(open_page: Open) -> None:
    page = open_page("/audit?verb=definitions.create", user="auditor")
    first = page.get_by_role("row", name="打开").first
    newest = first.get_attribute("aria-label")
    page.get_by_role("button", name="较早").click()
    expect(first).not_to_have_attribute("aria-label", newest or "")
    page.go_back()
    expect(first).to_have_attribute("aria-label", newest or "")


def test_others_are_told_which_role_to_ask_for(open_page: Open, axe: Axe) -> None:
    page = open_page("/audit", user="analyst")
    expect(page.get_by_text("需要权限：查看审计日志。")).to_be_visible()
    expect(page.get_by_text("审计员")).to_be_visible()
    axe(page)


def test_the_log_is_readable_in_the_dark_and_on_a_phone(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/audit", user="auditor", lang="en", theme="dark", size=LAPTOP)
    expect(page.get_by_role("row", name="Open").first).to_be_visible()
    axe(page)
    looks(page, "audit-dark")
    page = open_page("/audit", user="auditor", size=PHONE)
    expect(page.get_by_role("row", name="打开").first).to_be_visible()
    axe(page)
    looks(page, "audit-phone")
