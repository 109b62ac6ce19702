"""The living demo in a browser: its cards on the sign-in page and its control fit every window and are accessible."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import LAPTOP, PHONE, Open, served

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def server(
    built: None, demo_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a living demo city whose hours take seconds."""
    city = tmp_path_factory.mktemp("living") / "yunjiang"
    shutil.copytree(demo_model, city)
    with served(city, "--live") as url:
        yield url


def control(page: Page) -> Locator:
    """Open the demo's control; return it."""
    page.get_by_role("button", name=re.compile("^演示|^Demo")).click()
    panel = page.get_by_role("dialog", name=re.compile("^演示|^Demo"))
    expect(panel).to_be_visible()
    return panel


@pytest.mark.parametrize(
    ("lang", "theme", "size"), [("zh", "light", LAPTOP), ("en", "dark", PHONE)]
)
def test_demo_fits_every_window(
    open_page: Open, axe: Axe, looks: Looks, lang: str, theme: str, size: dict[str, int]
) -> None:
    page = open_page("/login", lang=lang, theme=theme, size=size)
    expect(page.get_by_role("button", name=re.compile("调度员|方圆"))).to_be_visible()
    axe(page)
    looks(page, f"demo-login-{lang}-{size['width']}")
    page = open_page("/", user="admin", lang=lang, theme=theme, size=size)
    control(page)
    axe(page)
    looks(page, f"demo-control-{lang}-{size['width']}")
