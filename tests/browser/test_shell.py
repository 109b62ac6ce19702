"""The frame of the web app: signing in, moving around, finding things, in both languages, themes and sizes."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cityloop.site.api import STATIC

from .conftest import DESKTOP, LAPTOP, PASSWORD, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
SHELL_KB = 220
"""What every page costs before its own code, JavaScript gzipped."""


def ready(page: Page) -> Page:
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


@pytest.mark.parametrize(
    ("lang", "name", "password", "enter", "title"),
    [
        ("zh", "用户名", "密码", "登录", "云江市城市总览"),
        ("en", "User name", "Password", "Sign in", "Yunjiang: city overview"),
    ],
)
def test_a_person_signs_in_and_out(
    open_page: Open,
    axe: Axe,
    looks: Looks,
    lang: str,
    name: str,
    password: str,
    enter: str,
    title: str,
) -> None:
    page = ready(open_page("/", lang=lang))
    expect(page).to_have_url(re.compile("/login$"))
    city = "云江市" if lang == "zh" else "Yunjiang"
    expect(page.get_by_role("heading", level=1, name=city)).to_be_visible()
    axe(page)
    looks(page, f"login-{lang}")
    page.get_by_label(name).fill("analyst")
    page.get_by_label(password).fill(PASSWORD)
    page.get_by_role("button", name=enter, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title)).to_be_focused()
    expect(page).to_have_title(re.compile(title))
    page.get_by_role("button", name=re.compile("梅晓")).click()
    page.get_by_role("button", name=re.compile("退出登录|Sign out")).click()
    expect(page).to_have_url(re.compile("/login$"))


def test_a_wrong_password_is_told_and_the_address_is_kept(open_page: Open, axe: Axe) -> None:
    page = ready(open_page("/metrics"))
    page.get_by_label("用户名").fill("analyst")
    page.get_by_label("密码").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    expect(page.get_by_label("密码")).to_be_focused()
    axe(page)
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/metrics$"))


@pytest.mark.parametrize("size", [DESKTOP, LAPTOP, PHONE], ids=["1440", "1280", "390"])
@pytest.mark.parametrize(("lang", "theme"), [("zh", "light"), ("en", "dark")])
def test_the_frame_fits_every_window(
    open_page: Open, axe: Axe, looks: Looks, lang: str, theme: str, size: dict[str, int]
) -> None:
    page = ready(open_page("/", user="admin", lang=lang, theme=theme, size=size))
    axe(page)
    looks(page, f"shell-{lang}-{theme}-{size['width']}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_signing_in_looks_right_on_a_phone(
    open_page: Open, axe: Axe, looks: Looks, theme: str
) -> None:
    page = ready(open_page("/login", theme=theme, size=PHONE))
    axe(page)
    looks(page, f"login-{theme}-390")


def test_a_phone_has_the_navigation_behind_a_button(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = ready(open_page("/", user="analyst", size=PHONE))
    page.get_by_role("button", name="打开导航").click()
    menu = page.get_by_role("dialog", name="主导航")
    expect(menu).to_be_visible()
    axe(page)
    looks(page, "navigation-390")
    menu.get_by_role("link", name="指标中心").click()
    expect(menu).to_have_count(0)
    expect(page).to_have_url(re.compile("/metrics$"))


def test_everything_is_reached_by_keyboard(open_page: Open) -> None:
    page = ready(open_page("/", user="analyst"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("link", name="跳到正文").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page).to_have_url(re.compile("/metrics$"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.keyboard.press("[")
    expect(page.get_by_role("button", name="展开导航")).to_be_visible()


def test_the_palette_finds_pages_and_commands(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = ready(open_page("/", user="analyst"))
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="搜索与命令")
    expect(field).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()
    axe(page)
    looks(page, "palette-zh")
    field.fill("目录")
    expect(page.get_by_role("option", name="数据目录")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/datasets$"))
    page.keyboard.press("/")
    field.fill("english")
    expect(page.get_by_role("option", name="Switch to English")).to_have_attribute(
        "aria-selected", "true"
    )
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.keyboard.press("Control+k")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_sheet_lists_the_shortcuts(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = ready(open_page("/", user="analyst", lang="en", theme="dark"))
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet.get_by_text("Search and commands").first).to_be_visible()
    axe(page)
    looks(page, "shortcuts-en-dark")
    sheet.get_by_role("checkbox").check()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(sheet).to_have_count(0)


def test_the_account_menu_switches_the_theme(open_page: Open, axe: Axe, looks: Looks) -> None:
    page = ready(open_page("/", user="analyst"))
    page.get_by_role("button", name=re.compile("账户")).click()
    page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    axe(page)
    looks(page, "account-zh-dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_pages_that_are_not_there_or_not_yours_say_so(
    open_page: Open, axe: Axe, looks: Looks
) -> None:
    page = ready(open_page("/no/such/page", user="analyst"))
    expect(page.get_by_role("heading", name="页面不存在")).to_be_visible()
    axe(page)
    looks(page, "lost-zh")
    page.goto("/audit")
    expect(page.get_by_text("您没有查看权限")).to_be_visible()
    axe(page)
    looks(page, "forbidden-zh")
    expect(page.get_by_role("navigation", name="主导航").get_by_text("审计")).to_have_count(0)


def test_a_lost_channel_is_said(open_page: Open) -> None:
    page = ready(open_page("/", user="analyst"))
    expect(page.get_by_text("实时", exact=True)).to_be_visible()
    cut = ready(open_page("/", user="analyst", blocked="/api/live"))
    expect(cut.get_by_text("连接中断")).to_be_visible()


def test_an_address_may_be_a_page_and_a_route(open_page: Open, server: str) -> None:
    page = ready(open_page("/metrics", user="admin"))
    expect(page.get_by_role("heading", level=1)).to_have_text("指标中心")
    answer = page.request.get(f"{server}/metrics", headers={"accept": "text/plain"})
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("path", "lang", "theme", "size"),
    [
        ("/gallery", "zh", "light", DESKTOP),
        ("/gallery", "en", "dark", LAPTOP),
        ("/gallery?theme=cockpit", "zh", "light", DESKTOP),
        ("/gallery", "zh", "light", PHONE),
    ],
    ids=["zh-light", "en-dark", "cockpit", "phone"],
)
def test_every_shared_piece_is_accessible(
    open_page: Open, axe: Axe, looks: Looks, drawn: Axe, request: pytest.FixtureRequest,
    path: str, lang: str, theme: str, size: dict[str, int],
) -> None:  # fmt: skip
    page = ready(
        open_page(path, user="admin", lang=lang, theme=theme, size={**size, "height": 2100})
    )
    drawn(page)
    axe(page)
    looks(page, f"gallery-{request.node.callspec.id.removeprefix('chromium-')}")


@pytest.mark.parametrize(
    ("theme", "size"), [("light", DESKTOP), ("dark", LAPTOP), ("light", PHONE)]
)
def test_the_api_is_described_without_asking_another_host(
    open_page: Open, axe: Axe, looks: Looks, theme: str, size: dict[str, int]
) -> None:
    page = ready(open_page("/api/docs?q=/api/ask", user="analyst", theme=theme, size=size))
    page.get_by_text("/api/ask", exact=True).click()
    expect(page.get_by_text("curl -X POST")).to_be_visible()
    axe(page)
    looks(page, f"api-{theme}-{size['width']}")


def test_the_shell_stays_small(built: None) -> None:
    html = (STATIC / "index.html").read_text()
    files = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', html)
    size = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in files)
    assert size <= SHELL_KB * 1000, f"{size} bytes: {[Path(name).name for name in files]}"
