"""Maps: a file is brought, looked at, published and drawn; figures stand on a dashboard's map."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from cityloop.maps.coordinates import from_wgs84

from .conftest import DESKTOP, LAPTOP, PHONE, Open

sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from places import collection, feature, shapefile_zip, square

Axe = Callable[[Page], None]
Looks = Callable[[Page, str], None]
Drawn = Callable[[Page], None]


def in_gcj02() -> bytes:
    rings = [from_wgs84(np.array(square(east)), "gcj02").tolist() for east in (0.0, 0.1)]
    return collection(
        *(
            feature("Polygon", [ring], name=name)
            for ring, name in zip(rings, ("望江区", "青岚区"), strict=True)
        )
    )


def bring(page: Page, name: str, data: bytes) -> None:
    page.get_by_label("选择文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


def test_a_gcj02_file_is_checked_published_and_drawn(
    open_page: Open, axe: Axe, looks: Looks, drawn: Drawn
) -> None:
    page = open_page("/maps", user="steward")
    expect(page.get_by_role("row", name=re.compile("行政区"))).to_be_visible()
    drawn(page)
    axe(page)
    looks(page, "maps-list")
    page.get_by_role("link", name="导入地图").click()
    expect(page.get_by_role("heading", level=1, name="导入地图")).to_be_visible()

    bring(page, "two_parts.geojson", in_gcj02())
    expect(page.get_by_text(re.compile("2 个要素 · 面"))).to_be_visible()
    page.get_by_label("坐标系").click()
    page.get_by_title("GCJ-02（高德、腾讯）").click()
    drawn(page)
    axe(page)
    looks(page, "maps-import")
    page.get_by_label("中文标题").fill("两片")
    page.get_by_role("button", name="发布地图").click()

    expect(page).to_have_url(re.compile(r"/maps\?map=two_parts"))
    expect(page.get_by_role("row", name=re.compile("两片"))).to_be_visible()
    drawn(page)
    shown = page.request.get("/api/maps/two_parts/geometry").json()
    ring = np.array(shown["features"][0]["geometry"]["coordinates"][0])
    assert np.abs(ring - np.array(square())).max() < 2e-6


def test_a_zipped_shapefile_in_gbk_is_read_and_drawn(
    open_page: Open, axe: Axe, drawn: Drawn
) -> None:
    page = open_page("/maps/import", user="steward", theme="dark")
    bring(page, "区划.zip", shapefile_zip())
    expect(page.get_by_text(re.compile("3 个要素 · 面 · 文字编码 GB18030"))).to_be_visible()
    expect(page.get_by_role("cell", name=re.compile("临湖区"))).to_be_visible()
    drawn(page)
    axe(page)
    page.get_by_role("button", name="发布地图").click()
    expect(page.get_by_role("row", name=re.compile("区划"))).to_be_visible()


def test_what_cannot_be_drawn_is_said_and_changes_nothing(open_page: Open, axe: Axe) -> None:
    page = open_page("/maps/import", user="analyst")
    expect(page.get_by_role("button", name="发布地图")).to_have_count(0)
    axe(page)


def test_a_dashboard_map_is_drawn_and_filters_the_page(
    open_page: Open, axe: Axe, looks: Looks, drawn: Drawn
) -> None:
    page = open_page("/dashboards/city_overview", user="analyst")
    tile = page.locator("[data-map-ready]")
    tile.scroll_into_view_if_needed()
    drawn(page)
    expect(page.get_by_role("button", name="看表格")).to_be_visible()
    axe(page)
    looks(page, "maps-tile")
    box = tile.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.46, box["y"] + box["height"] * 0.45)
    expect(page).to_have_url(re.compile("filters="))
    page.go_back()
    page.get_by_role("button", name="看表格").click()
    expect(page.get_by_role("table").get_by_text("临湖区")).to_be_visible()


@pytest.mark.parametrize(
    ("theme", "lang", "size"),
    [("light", "zh", DESKTOP), ("dark", "en", LAPTOP), ("light", "zh", PHONE)],
    ids=["desktop", "laptop", "phone"],
)
def test_every_size_theme_and_language_is_accessible(
    open_page: Open,
    axe: Axe,
    looks: Looks,
    drawn: Drawn,
    theme: str,
    lang: str,
    size: dict[str, int],
) -> None:
    page = open_page("/maps?map=roads", user="analyst", theme=theme, lang=lang, size=size)
    drawn(page)
    axe(page)
    looks(page, f"maps-{theme}-{lang}-{size['width']}")
