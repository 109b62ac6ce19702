"""Three roles, one page: who signs in decides which rows and columns are there."""

import re

from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Open

CALLS = "/datasets/hotline_calls?tab=rows"


def signed_in(page: Page, name: str) -> Page:
    """Sign in on the page that one is sent to; it leads back to where one wanted to go."""
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("热线")
    return page


def cells(page: Page, column: str) -> list[str]:
    """What the rows show in a column."""
    heads = page.get_by_role("columnheader")
    expect(heads.first).to_be_visible()
    found = [each.strip() for each in heads.all_inner_texts()]
    at = next(i for i, each in enumerate(found) if column in each)
    shown = page.get_by_role("cell").all_inner_texts()
    return shown[at :: len(found)]


def test_three_roles_sign_in_and_see_three_different_tables(open_page: Open) -> None:
    hotline = signed_in(open_page(CALLS), "hotline")
    assert len(set(cells(hotline, "所属区"))) > 1
    assert all(re.fullmatch(r"1\d{10}|–", each) for each in cells(hotline, "来电号码"))

    linhu = signed_in(open_page(CALLS), "linhu")
    assert set(cells(linhu, "所属区")) == {"临湖区"}
    assert all("**" in each or each == "–" for each in cells(linhu, "来电号码 · 已脱敏"))

    analyst = signed_in(open_page(CALLS), "analyst")
    assert len(set(cells(analyst, "所属区"))) > 1
    expect(analyst.get_by_role("columnheader", name=re.compile("来电"))).to_have_text(["来电时间"])


def test_an_auditor_is_refused_and_told_why_and_where_to_apply(open_page: Open) -> None:
    refused = "/api/datasets/hotline_calls/rows"
    page = signed_in(open_page(CALLS, refused=refused), "auditor")
    expect(page.get_by_text("您没有查看权限")).to_be_visible()
    page.get_by_role("button", name="为什么？").last.click()
    why = page.get_by_role("dialog")
    expect(why).to_contain_text("calls_of_my_district：不适用，您没有它要求的角色")
    expect(why).to_contain_text("请向数据归属部门（市民热线中心）申请")
