"""Several orders at once: chosen by the keyboard, sent one by one, each with its own result and its own line of audit."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import LAPTOP, Open
from .test_workorders_map import opened

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


def tick(page: Page, number: str) -> None:
    box = page.get_by_role("checkbox", name=f"选择 {number}")
    box.focus()
    box.press("Space")
    expect(box).to_be_checked()


def cancel(page: Page, number: str) -> None:
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    answer = page.request.post(
        f"/api/workorders/{number}/cancel",
        data={"reason": "误立"},
        headers={"X-CSRF-Token": cookies["cityloop_csrf"]},
    )
    assert answer.ok, answer.text()


def test_what_fails_is_named_and_the_rest_is_done(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = open_page("/workorders?q=一批", user="dispatcher", refused="/accept")
    numbers = [opened(page, f"一批之{name}", None) for name in "甲乙丙"]
    for number in numbers:
        expect(page.get_by_role("listitem", name=re.compile(number))).to_be_visible()
        tick(page, number)
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="受理", exact=True)).to_be_focused()
    axe(page)
    looks(page, "workorders-chosen")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="受理 3 件工单")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    cancel(page, numbers[2])  # meanwhile, by somebody else
    dialog.get_by_role("button", name="受理").press("Enter")
    expect(dialog.get_by_text("成功 2 件，未成功 1 件。")).to_be_visible()
    row = dialog.get_by_role("listitem").filter(has_text=numbers[2])
    expect(row).to_contain_text(re.compile("未成功.+"))
    axe(page)
    looks(page, "workorders-bulk")
    dialog.get_by_role("button", name="完成").click()
    taken = page.get_by_role("region", name="处理中")
    for number in numbers[:2]:
        expect(taken.get_by_role("listitem", name=re.compile(number))).to_be_visible()
    auditor = open_page("/audit", user="auditor")
    acts = auditor.request.get("/api/audit", params={"verb": "orders.accepted"}).json()
    targets = [each["target"] for each in acts]
    assert [targets.count(f"order:{number}") for number in numbers] == [1, 1, 0]


def test_orders_of_the_list_go_to_another_department_together(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = open_page("/workorders?view=list&q=转走", user="dispatcher")
    numbers = [opened(page, f"转走之{name}", None) for name in "甲乙"]
    page.get_by_role("checkbox", name=f"选择 {numbers[1]}").wait_for()
    page.get_by_role("checkbox", name="选择本页全部").check()
    page.get_by_role("button", name="转派").click()
    dialog = page.get_by_role("dialog", name="转派 2 件工单")
    to = dialog.get_by_role("combobox", name="转给哪个部门")
    to.click()  # only once the dialog stands still: it takes the focus when it has opened
    to.fill("公安局")
    page.get_by_title("公安局", exact=True).last.click()
    dialog.get_by_label("理由").fill("属于公安")
    axe(page)
    looks(page, "workorders-list-bulk")
    dialog.get_by_role("button", name="转派").click()
    expect(dialog.get_by_text("成功 2 件，未成功 0 件。")).to_be_visible()
    dialog.get_by_role("button", name="完成").click()
    for number in numbers:
        expect(page.get_by_role("row", name=re.compile(number))).to_contain_text("公安局")
    expect(page.get_by_role("toolbar")).to_have_count(0)


def test_who_only_looks_chooses_nothing(open_page: Open) -> None:
    opened(open_page("/login", user="dispatcher"), "只看", None)
    page = open_page("/workorders?view=list", user="leader", lang="en", size=LAPTOP)
    expect(page.get_by_role("row").filter(has_text="只看").first).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("Select"))).to_have_count(0)
