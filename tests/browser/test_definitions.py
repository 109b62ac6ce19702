"""Definitions: written with help, refused with a line, mended, applied, seen elsewhere at once, rolled back; conflicts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DESKTOP, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]

PATH = "/definitions/metric/pm25"


def editor_of(page: Page, name: str = "pm25") -> Locator:
    return page.get_by_role("textbox", name=f"{name} 的 YAML")


def text_of(page: Page, name: str = "pm25") -> str:
    return page.request.get(f"/api/definitions/metric/{name}").json()["text"]


def write(page: Page, text: str, name: str = "pm25") -> None:
    editor_of(page, name).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def apply_by_api(page: Page, text: str) -> None:
    """Apply as somebody who does not use the page."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    revision = page.request.get("/api/definitions").json()["revision"]
    answer = page.request.post(
        "/api/definitions/apply",
        data={"kind": "metric", "text": text, "revision": revision},
        headers={"X-CSRF-Token": cookies["cityloop_csrf"]},
    )
    assert answer.ok, answer.text()


def test_a_definition_is_refused_mended_applied_and_rolled_back(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    metric = open_page("/metrics/pm25", user="analyst")
    expect(metric.get_by_text("μg/m³", exact=True).first).to_be_visible()
    page = open_page("/definitions", user="steward")
    page.get_by_role("searchbox").fill("pm25")
    looks(page, "definitions")
    axe(page)
    page.get_by_role("row", name="打开 PM2.5浓度").press("Enter")
    published = text_of(page)
    expect(editor_of(page)).to_contain_text("name: pm25")

    write(page, published + "unitt: g\n")
    problem = page.get_by_role("list", name="问题").get_by_role("button")
    expect(problem).to_contain_text("第 11 行")
    expect(problem).to_contain_text("不认识的键“unitt”")
    looks(page, "definition-broken")
    axe(page)
    problem.click()
    expect(editor_of(page)).to_be_focused()
    page.get_by_role("button", name="查看变更计划").click()
    plan = page.get_by_role("dialog", name="变更计划：pm25")
    expect(plan.get_by_role("alert")).to_contain_text("第 11 行")
    expect(plan.get_by_role("button", name="应用")).to_have_count(0)
    page.keyboard.press("Escape")

    write(page, published.replace("unit: μg/m³", "unit: {zh: 微克每立方米, en: micrograms}"))
    expect(page.get_by_text("没有问题")).to_be_visible()
    editor_of(page).press("Control+s")
    expect(plan.get_by_role("region", name="pm25 的差异")).to_contain_text("微克每立方米")
    expect(plan).to_contain_text("会影响")
    looks(page, "definition-plan")
    axe(page)
    plan.get_by_label("说明").fill("单位写全")
    plan.get_by_role("button", name="应用").click()
    expect(metric.get_by_text("微克每立方米", exact=True).first).to_be_visible()

    page.get_by_text("版本", exact=True).click()
    expect(page.get_by_text("单位写全")).to_be_visible()
    expect(page.get_by_role("region", name="比较").first).to_contain_text("微克每立方米")
    looks(page, "definition-versions")
    axe(page)
    page.get_by_role("button", name="回滚到此版").click()
    back = page.get_by_role("dialog", name="回滚计划：第 1 版")
    back.get_by_role("button", name="回滚到此版").click()
    expect(page.get_by_text("第 3 版 · 回滚")).to_be_visible()
    expect(metric.get_by_text("μg/m³", exact=True).first).to_be_visible()


def test_nobody_loses_anything_when_two_write_at_once(open_page: Open, looks: Looks) -> None:
    page = open_page("/definitions/metric/pm10", user="steward")
    expect(editor_of(page, "pm10")).to_contain_text("name: pm10")
    before = text_of(page, "pm10")
    write(page, before.replace("format: decimal", "format: integer"), "pm10")
    other = open_page("/", user="admin")
    apply_by_api(other, before.replace("direction: down", "direction: none"))
    conflict = page.get_by_role("alert", name="编辑冲突")
    expect(conflict).to_contain_text("应用了第 2 版")
    expect(page.get_by_role("button", name="查看变更计划")).to_be_disabled()
    conflict.get_by_role("button", name="看两边的差异").click()
    expect(conflict.get_by_role("region", name="对方改了什么")).to_contain_text("direction: none")
    mine = conflict.get_by_role("region", name="应用您的内容会改变什么")
    expect(mine).to_contain_text("format: integer")
    looks(page, "definition-conflict")
    expect(editor_of(page, "pm10")).to_contain_text("format: integer")
    conflict.get_by_role("button", name="在新版上保留我的").click()
    page.get_by_role("button", name="查看变更计划").click()
    page.get_by_role("dialog").get_by_role("button", name="应用").click()
    expect(page.get_by_text("第 3 版")).to_be_visible()


def test_the_editor_helps_and_lets_go_of_the_keyboard(open_page: Open) -> None:
    page = open_page(PATH, user="steward")
    editor = editor_of(page)
    editor.focus()
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    offered = page.get_by_role("listbox")
    expect(offered.get_by_role("option", name="percentile")).to_be_visible()
    expect(offered.get_by_role("option", name="unit")).to_have_count(0)
    page.keyboard.type("gra")
    page.keyboard.press("Enter")
    expect(editor).to_contain_text("grain:")
    expect(offered.get_by_role("option", name="month")).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(editor).not_to_be_focused()


def test_a_text_that_was_not_applied_is_kept(open_page: Open) -> None:
    page = open_page(PATH, user="steward")
    expect(editor_of(page)).to_contain_text("name: pm25")
    write(page, text_of(page) + "# 待讨论\n")
    page.get_by_role("link", name="指标中心").click()
    page.get_by_role("button", name="离开，保留草稿").click()
    expect(page.get_by_role("heading", name="指标中心")).to_be_visible()
    page.go_back()
    expect(editor_of(page)).to_contain_text("# 待讨论")
    page.get_by_role("button", name="放弃修改").click()
    expect(editor_of(page)).not_to_contain_text("# 待讨论")


def test_a_new_definition_begins_with_a_template_and_can_be_deleted(open_page: Open) -> None:
    page = open_page("/definitions?kind=role", user="steward")
    page.get_by_role("button", name="新建角色").click()
    editor = editor_of(page, "new_role")
    expect(editor).to_contain_text("permissions: [definitions.view]")
    page.get_by_role("button", name="查看变更计划").click()
    page.get_by_role("dialog").get_by_role("button", name="应用").click()
    expect(page.get_by_role("heading", name="新角色")).to_be_visible()
    page.get_by_role("button", name="更多").click()
    page.get_by_role("menuitem", name="删除").click()
    plan = page.get_by_role("dialog", name="删除计划：new_role")
    expect(plan).to_contain_text("没有别的定义用到它")
    plan.get_by_role("button", name="删除").click()
    expect(page.get_by_role("heading", name="城市定义")).to_be_visible()


def test_who_may_only_look_reads_and_others_are_told(open_page: Open) -> None:
    page = open_page(PATH, user="analyst")
    expect(page.get_by_text("只读")).to_be_visible()
    expect(page.get_by_role("button", name="查看变更计划")).to_have_count(0)
    page = open_page("/definitions", user="transport")
    expect(page.get_by_text("您没有查看权限")).to_be_visible()


@pytest.mark.parametrize("size", [LAPTOP, PHONE, DESKTOP])
def test_it_can_be_looked_at_anywhere(
    open_page: Open, axe: Axe, looks: Looks, size: dict[str, int]
) -> None:
    page = open_page("/definitions", user="steward", lang="en", theme="dark", size=size)
    expect(page.get_by_role("navigation", name="Kinds of definitions")).to_be_visible()
    looks(page, f"definitions-dark-{size['width']}")
    axe(page)
    page.goto("/definitions/alert/smog")
    expect(page.get_by_text("No problems")).to_be_visible()
    looks(page, f"definition-dark-{size['width']}")
    axe(page)
