"""The overview: the loop with its figures, and the ways from it into the pages."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, LAPTOP, PHONE, Open

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]


@pytest.mark.parametrize(
    ("lang", "theme", "size", "loop", "station"),
    [
        ("zh", "light", DESKTOP, "城环：从来源到工单，再回到数据", "数据集"),
        ("en", "dark", LAPTOP, "The loop: from sources to orders, and back to data", "Datasets"),
        ("zh", "light", PHONE, "城环：从来源到工单，再回到数据", "数据集"),
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
) -> None:
    page = open_page("/", user="steward", lang=lang, theme=theme, size=size)
    ring = page.get_by_role("region", name=loop)
    expect(ring.get_by_role("article")).to_have_count(6)
    expect(ring.get_by_role("article").nth(1)).to_contain_text("%")
    axe(page)
    looks(page, f"overview-{lang}-{theme}-{size['width']}")
    ring.get_by_role("heading", name=station).get_by_role("link").click()
    expect(page).to_have_url(f"{page.url.split('/datasets')[0]}/datasets")
