"""Alerts: what a rule saw and where it fired, another threshold tried on history, a place silenced."""

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def test_a_rule_is_tried_against_the_present_one(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts?tab=rules", user="leader")
    page.get_by_role("row", name="打开 热线诉求积压").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("热线诉求积压")
    seen = page.get_by_role("img", name=re.compile("^折线图：.*阈值 200 件"))
    expect(seen).to_be_visible(timeout=60_000)
    axe(page)
    looks(page, "alert")
    threshold = page.get_by_label("假设阈值")
    threshold.fill("1")
    threshold.press("Enter")
    expect(page.get_by_text(re.compile(r"按 1 件 ?会触发 [1-9]\d* 次"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text(re.compile(r"现行规则为 \d+ 次"))).to_be_visible()
    tried = page.get_by_role("img", name=re.compile("假设 1 件.*会触发"))
    expect(tried).to_be_visible()
    expect(page).to_have_url(re.compile("threshold=1"))
    axe(page)
    looks(page, "alert-tried")


def test_what_fired_and_what_was_silent_is_marked(open_page: Open, axe: Axe) -> None:
    page = open_page("/alerts/slow_closing", user="leader")
    expect(page.get_by_role("img", name=re.compile("触发 .+–仍在持续"))).to_be_visible(
        timeout=60_000
    )
    page.get_by_role("radio", name="14 天").locator("..").click()
    expect(page).to_have_url(re.compile("past=14d"))
    expect(page.get_by_role("img", name=re.compile("^折线图："))).to_be_visible(timeout=60_000)
    axe(page)


def test_a_place_is_silenced_and_the_silence_ended(open_page: Open, axe: Axe, looks: Looks) -> None:
    housing = quote('{"department":"housing"}')
    watching = open_page(f"/alerts/call_backlog?place={housing}", user="leader")
    chart = watching.get_by_role("img", name=re.compile("^折线图：住房城乡建设局"))
    expect(chart).to_be_visible(timeout=60_000)
    expect(chart).not_to_have_accessible_name(re.compile("静默"))
    page = open_page("/alerts/call_backlog", user="dispatcher")
    page.get_by_label("静默理由").fill("<i>检修</i>")
    page.get_by_role("combobox", name="部门").fill("住房城乡建设局")
    page.get_by_title("住房城乡建设局", exact=True).last.click()
    expect(page.get_by_text(re.compile("将静默 1 处，共"))).to_be_visible()
    axe(page)
    page.get_by_role("button", name="开始静默").click()
    silence = page.get_by_role("list", name="静默").get_by_role("listitem")
    expect(silence).to_have_count(1)
    expect(silence).to_contain_text("住房城乡建设局")
    expect(silence).to_contain_text("<i>检修</i>")
    kept = page.request.get("/api/alerts/call_backlog").json()["silences"]
    assert [each["place"] for each in kept] == [{"department": "housing"}]
    looks(page, "alert-silenced")
    silence.get_by_role("button", name="结束").click()
    expect(silence).to_have_count(0)

    expect(watching.get_by_text("没有静默，触发时会通知并派单。")).to_be_visible()
    expect(chart).to_have_accessible_name(re.compile("静默 .+–"), timeout=60_000)
    legend = watching.get_by_role("list", name="图例")
    expect(legend.get_by_text("静默", exact=True)).to_be_visible()
    axe(watching)
    looks(watching, "alert-was-silenced")
    watching.get_by_role("combobox", name="位置").press("ArrowDown")
    watching.keyboard.press("ArrowDown")
    watching.keyboard.press("Enter")
    expect(watching).not_to_have_url(re.compile("housing"))
    expect(legend).not_to_contain_text("静默")


def test_who_may_not_manage_only_looks(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts?tab=rules", user="leader", lang="en", theme="dark", size=LAPTOP)
    page.get_by_role("row", name="Open Backlog of hotline calls").press("Enter")
    expect(page.get_by_text("Silencing needs the right to manage alerts.")).to_be_visible()
    axe(page)
    looks(page, "alert-dark")


def test_notices_call_places_by_their_titles(open_page: Open) -> None:
    page = open_page("/", user="leader")
    places = page.request.get("/api/alerts/slow_closing").json()["standings"]
    codes = {each["place"]["department"] for each in places if each["state"] == "firing"}
    assert codes
    page.get_by_role("button", name=re.compile("^通知")).click()
    notices = page.get_by_role("link", name=re.compile("^诉求办结偏慢"))
    expect(notices).to_have_count(len(codes))
    titles = {
        each["name"]: each["title"]["zh"]
        for each in page.request.get("/api/accounts/departments").json()
    }
    for code in codes:
        expect(notices.filter(has_text=f"诉求办结偏慢 · {titles[code]}")).to_have_count(1)


def test_alerts_fit_a_phone(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/alerts", user="dispatcher", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_contain_text("预警")
    axe(page)
    looks(page, "alerts-phone")
