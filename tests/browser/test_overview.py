"""The overview: the loop with its figures, and the ways from it into the pages."""

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
CAME_IN = re.compile(r"接入 [\d.]+\S* ?行")


@pytest.mark.parametrize(
    ("lang", "theme", "size", "loop", "station", "came_in"),
    [
        ("zh", "light", DESKTOP, "城环：从来源到工单，再回到数据", "数据集", CAME_IN),
        (
            "en",
            "dark",
            LAPTOP,
            "The loop: from sources to orders, and back to data",
            "Datasets",
            re.compile(r"\d\S* rows came in"),
        ),
        ("zh", "light", PHONE, "城环：从来源到工单，再回到数据", "数据集", CAME_IN),
    ],
)
def test_the_loop_shows_its_figures_and_leads_on(
    open_page: Open,
    axe: Axe,
    looks: Looks,
    lang: str,
    theme: str,
    size: dict[str, int],
    loop: str,
    station: str,
    came_in: re.Pattern[str],
) -> None:
    page = open_page("/", user="steward", lang=lang, theme=theme, size=size)
    ring = page.get_by_role("region", name=loop)
    expect(ring.get_by_role("article")).to_have_count(6)
    expect(ring.get_by_role("article").nth(1)).to_contain_text("%")
    expect(ring).to_contain_text(came_in)
    axe(page)
    looks(page, f"overview-{lang}-{theme}-{size['width']}")
    if size is DESKTOP and (picture := os.environ.get("CITYLOOP_PICTURE")):
        page.screenshot(path=picture, type="jpeg", quality=85)
    ring.get_by_role("heading", name=station).get_by_role("link").click()
    expect(page).to_have_url(f"{page.url.split('/datasets')[0]}/datasets")
