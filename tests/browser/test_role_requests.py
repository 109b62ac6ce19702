"""Role requests: asked for on the page one may not see, decided by an administrator, and the page opens by itself."""

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PASSWORD, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
Newcomer = Callable[[str], str]
ORDERS = "/workorders"
WHY = "核对八月工单的办结时限"


@pytest.fixture
def newcomer(server: str) -> Iterator[Newcomer]:
    """Adds an auditor of one's own, who may not see work orders; other tests keep theirs as they are."""
    with httpx.Client(base_url=server) as admin:
        body = {"user_name": "admin", "password": PASSWORD}
        signed_in = admin.post("/api/accounts/sign-in", json=body).json()
        admin.headers["X-CSRF-Token"] = signed_in["csrf_token"]

        def add(name: str) -> str:
            new = {"user_name": name, "display_name": f"审计员 {name}", "roles": ["auditor"]}
            added = admin.post("/api/accounts/people", json={**new, "password": PASSWORD})
            assert added.status_code == 201, added.text
            return name

        yield add


def apply(page: Page, reason: str = WHY) -> None:
    page.get_by_role("textbox", name="理由").fill(reason)
    page.get_by_role("button", name="申请", exact=True).click()
    expect(page.get_by_role("region", name="申请进度")).to_contain_text("等待审批")


def test_a_granted_request_opens_the_page_without_a_reload(
    open_page: Open, axe: Axe, looks: Looks, newcomer: Newcomer
) -> None:
    page = open_page(ORDERS, user=newcomer("shen.one"), refused="/api/query")
    expect(page.get_by_text("需要权限：查看全部工单。")).to_be_visible()
    expect(page.get_by_role("radio").first).to_be_checked()
    expect(page.get_by_role("radio", name="城市领导")).to_be_checked()
    axe(page)
    looks(page, "apply")
    page.evaluate("window.stays = true")
    apply(page)
    expect(page.get_by_role("region", name="申请进度")).to_contain_text(WHY)
    axe(page)
    looks(page, "applied")

    admin = open_page("/", user="admin")
    admin.get_by_role("button", name="通知，").click()
    admin.get_by_role("link", name="审计员 shen.one 申请角色：城市领导").click()
    expect(admin.get_by_role("tab", name="申请 (1)")).to_be_visible()
    axe(admin)
    looks(admin, "requests")
    admin.get_by_role("button", name="批准 审计员 shen.one 的申请：城市领导").click()
    expect(admin.get_by_role("dialog")).to_contain_text("查看全部预警")
    axe(admin)
    looks(admin, "grant")
    admin.get_by_role("dialog").get_by_role("textbox").fill("有效至专项结束")
    admin.get_by_role("dialog").get_by_role("button", name="批准").click()
    expect(admin.get_by_text("没有待审批的申请")).to_be_visible()

    expect(page.get_by_text("需要权限：查看全部工单。")).to_have_count(0)
    expect(page.locator("main li").first).to_be_visible()
    page.get_by_role("button", name="通知，").click()
    news = page.get_by_role("link", name="您申请的角色已批准：城市领导")
    expect(news).to_contain_text("有效至专项结束")
    axe(page)
    looks(page, "decision")
    news.click()
    assert page.evaluate("window.stays") is True
    expect(page.get_by_role("region", name="我的角色申请")).to_contain_text(
        "管理员：有效至专项结束"
    )
    page.get_by_role("button", name="通知，").click()
    expect(news).to_have_count(0)
    page.keyboard.press("Escape")
    axe(page)
    looks(page, "own-requests")


def test_a_declined_request_says_why_and_may_be_made_anew_and_withdrawn(
    open_page: Open, axe: Axe, newcomer: Newcomer
) -> None:
    page = open_page(ORDERS, user=newcomer("shen.two"))
    apply(page)
    admin = open_page("/people?tab=requests", user="admin")
    admin.get_by_role("button", name="拒绝 审计员 shen.two 的申请：城市领导").press("Enter")
    dialog = admin.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="拒绝")).to_be_disabled()
    dialog.get_by_role("textbox", name="理由").fill("请先由处长确认")
    dialog.get_by_role("button", name="拒绝").press("Enter")
    expect(admin.get_by_text("没有待审批的申请")).to_be_visible()

    page.get_by_role("button", name="通知，").click()
    news = page.get_by_role("link", name="您申请的角色未获批准：城市领导")
    expect(news).to_contain_text("请先由处长确认")
    page.keyboard.press("Escape")
    admin.get_by_role("button", name="通知，").click()
    expect(admin.get_by_role("link", name="您申请的角色")).to_have_count(0)
    last = page.get_by_role("region", name="上次申请")
    expect(last).to_contain_text("请先由处长确认")
    axe(page)
    apply(page, "处长已确认")
    page.get_by_role("button", name="撤回申请").press("Enter")
    expect(page.get_by_role("button", name="申请", exact=True)).to_be_visible()
    page.goto("/people")
    mine = page.get_by_role("region", name="我的角色申请")
    expect(mine).to_contain_text("已撤回")
    expect(mine).to_contain_text("请先由处长确认")


def test_applying_and_deciding_fit_the_dark_and_a_phone(
    open_page: Open, axe: Axe, looks: Looks, newcomer: Newcomer
) -> None:
    name = newcomer("shen.three")
    page = open_page("/maps/import", user=name, lang="en", theme="dark", size=LAPTOP)
    expect(page.get_by_text("It needs the permission: Change definitions.")).to_be_visible()
    expect(page.get_by_role("radio", name="Data steward")).to_be_checked()
    axe(page)
    looks(page, "apply-dark")
    page = open_page(ORDERS, user=name, size=PHONE)
    apply(page)
    looks(page, "applied-phone")
    admin = open_page("/people?tab=requests", user="admin", size=PHONE)
    expect(admin.get_by_role("button", name=f"批准 审计员 {name} 的申请：城市领导")).to_be_visible()
    axe(admin)
    looks(admin, "requests-phone")
    page.get_by_role("button", name="撤回申请").click()
    expect(admin.get_by_text("没有待审批的申请")).to_be_visible()


def test_a_refusal_that_names_its_permission_offers_the_roles_too(
    open_page: Open, axe: Axe, newcomer: Newcomer
) -> None:
    page = open_page("/", user=newcomer("shen.four"), refused="/api/sources")
    error = {
        "code": "forbidden", "message": "无权", "hint": "", "request_id": "x",
        "fields": {"act": "sources.load", "object": "sources"},
    }  # fmt: skip
    page.route("**/api/sources", lambda route: route.fulfill(status=403, json={"error": error}))
    page.goto("/sources")
    expect(page.get_by_text("需要权限：测试与接入来源。").first).to_be_visible()
    expect(page.get_by_role("radio", name="数据管理员").first).to_be_checked()
    axe(page)
