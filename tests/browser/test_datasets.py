"""The catalogue and one dataset: found by field, explained, traced, repaired."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_dataset_is_found_by_a_field_and_says_why_columns_are_masked(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/datasets", user="steward")
    page.get_by_role("searchbox", name="搜索名称、部门、字段…").fill("诊断编码")
    row = page.get_by_role("row", name="打开 就诊记录")
    expect(row).to_contain_text("诊断编码")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?q=%E8%AF%8A%E6%96%AD%E7%BC%96%E7%A0%81")
    axe(page)
    looks(page, "datasets")
    row.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("就诊记录")
    expect(page.get_by_role("row", name="身份证号")).to_contain_text("脱敏")
    axe(page)
    page.get_by_role("button", name="为什么？", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("data_stewards：允许")


def test_filters_say_what_they_would_leave_and_lead_back(open_page: Open, axe: Axe) -> None:
    page = open_page("/datasets?q=交通&level=1", user="steward")
    bar = page.get_by_role("search").filter(has_text="项")
    expect(bar).to_contain_text(re.compile(r"\d+ / \d+ 项"))
    bar.get_by_role("combobox", name="责任部门").click()
    choice = page.locator(".ant-select-item-option", has_text="卫生健康委")
    expect(choice).to_contain_text("0")
    choice.click()
    expect(page).to_have_url(re.compile(r"owner=health"))
    expect(page.get_by_text("没有符合条件的内容")).to_be_visible()
    expect(choice).to_be_hidden()
    axe(page)
    page.get_by_role("table").get_by_role("button", name="清除筛选").click()
    expect(page).to_have_url(re.compile("/datasets$"))
    expect(page.get_by_role("row", name="打开 空气质量小时值")).to_be_visible()


@pytest.mark.parametrize("tab", ["rows", "batches", "versions", "quarantine", "lineage"])
def test_every_part_of_a_dataset_can_be_reached_by_its_address(
    open_page: Open, axe: Axe, looks: Looks, tab: str
) -> None:
    page = open_page(f"/datasets/hospital_visits?tab={tab}", user="steward")
    expect(page.get_by_role("status", name="正在加载")).to_have_count(0)
    axe(page)
    looks(page, f"dataset-{tab}")


def test_lineage_leads_from_the_source_to_open_orders(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page(
        "/datasets/hospital_visits?tab=lineage", user="dispatcher", refused="/api/query"
    )
    expect(page.get_by_role("link", name=re.compile("医院信息系统.*接入"))).to_be_visible()
    uses = page.get_by_role("region", name=re.compile("用于"))
    expect(uses.get_by_role("link", name=re.compile("城市运行总览.*仪表盘"))).to_be_visible()
    orders = page.get_by_role("region", name=re.compile("工单"))
    expect(orders.get_by_role("link", name=re.compile("件未办结")).first).to_be_visible()
    page.get_by_role("region", name=re.compile("指标")).get_by_role(
        "link", name=re.compile("^就诊人次")
    ).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("就诊人次")
    around = page.get_by_role("region", name=re.compile("数据集"))
    expect(around.get_by_role("link", name=re.compile("就诊记录.*合格"))).to_be_visible()
    axe(page)
    looks(page, "metric-lineage")


def test_lineage_is_a_list_on_a_phone(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/datasets/hospital_visits?tab=lineage", user="analyst", size=PHONE)
    links = page.get_by_role("region", name=re.compile("指标")).get_by_role("link")
    expect(links.first).to_be_visible()
    left = {round(link.bounding_box()["x"]) for link in links.all()}
    assert len(left) == 1
    axe(page)
    looks(page, "lineage-phone")


def test_three_people_see_three_different_tables(open_page: Open) -> None:
    seen = {}
    for user in ("hotline", "linhu", "analyst"):
        page = open_page("/datasets/hotline_calls?tab=rows", user=user)
        expect(page.get_by_role("columnheader").first).to_be_visible()
        phone = page.get_by_role("columnheader", name=re.compile("来电号码")).count() > 0
        shown = page.request.get("/api/datasets/hotline_calls/rows?limit=100").json()
        districts = shown["data"][[each["name"] for each in shown["columns"]].index("district")]
        seen[user] = (set(districts) == {"临湖区"}, phone)
    assert seen == {"hotline": (False, True), "linhu": (True, True), "analyst": (False, False)}


def test_who_may_not_read_is_told_so(open_page: Open) -> None:
    page = open_page(
        "/datasets/residents?tab=rows", user="analyst", refused="/api/datasets/residents/rows"
    )
    expect(page.get_by_text("您没有查看权限")).to_be_visible()


def test_the_catalogue_fits_a_phone(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/datasets", user="analyst", size=PHONE)
    expect(page.get_by_role("row", name="打开 空气质量小时值")).to_be_visible()
    axe(page)
    looks(page, "datasets-phone")
    page.goto("/datasets/air_quality")
    expect(page.get_by_role("heading", level=1)).to_contain_text("空气质量小时值")
    axe(page)
    looks(page, "dataset-phone")
