"""People: added with a one-time password, blocked and let in; one's own account, keys and sessions."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_an_administrator_adds_somebody_and_blocks_them(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/people", user="admin")
    expect(page.get_by_role("row", name="打开 审计员 石坚")).to_be_visible()
    axe(page)
    looks(page, "people")
    page.get_by_role("button", name="新增人员").click()
    page.get_by_role("textbox", name="用户名 2–64").fill("lin.new")
    page.get_by_role("textbox", name="显示名").fill("林新")
    page.get_by_role("button", name="新增并生成一次性密码").click()
    expect(page.get_by_text("lin.new 的一次性密码")).to_be_visible()
    page.get_by_role("button", name="我已保存").click()
    row = page.get_by_role("row", name="打开 林新")
    expect(row).to_contain_text("待改密码")
    row.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    page.get_by_role("tooltip").get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")


def test_an_analyst_has_an_account_and_no_list_of_people(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/people", user="analyst")
    expect(page.get_by_role("heading", name="登录会话")).to_be_visible()
    expect(page.get_by_text("本设备")).to_be_visible()
    expect(page.get_by_role("tab", name="人员", exact=True)).to_have_count(0)
    axe(page)
    looks(page, "account")
    page.goto("/people?tab=people")
    expect(page.get_by_text("需要权限：管理人员。")).to_be_visible()


def test_a_key_for_oneself_is_issued_shown_once_and_revoked(open_page: Open, axe: Axe) -> None:
    page = open_page("/people?tab=keys", user="admin")
    page.get_by_role("button", name="签发密钥").click()
    page.get_by_role("textbox", name="名称").fill("笔记本")
    axe(page)
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.get_by_text("密钥“笔记本”")).to_be_visible()
    page.get_by_role("button", name="我已保存").click()
    page.get_by_role("button", name="吊销 笔记本").click()
    page.get_by_role("tooltip").get_by_role("button", name="吊销").click()
    expect(page.get_by_text("已吊销", exact=True)).to_be_visible()


def test_people_fit_the_dark_and_a_phone(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/people?tab=roles", user="admin", lang="en", theme="dark", size=LAPTOP)
    expect(page.get_by_text("See the audit log").first).to_be_visible()
    axe(page)
    looks(page, "roles-dark")
    page = open_page("/people", user="admin", size=PHONE)
    expect(page.get_by_role("row", name="打开 审计员 石坚")).to_be_visible()
    axe(page)
    looks(page, "people-phone")
