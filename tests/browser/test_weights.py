"""What a page weighs: the JavaScript that a browser really fetches for it, as gzip makes it."""

import gzip
import json
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from cityloop.site.api import STATIC

from .conftest import ARTIFACTS, Open


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page, the most kB (1,000 bytes) that it may fetch, the shell included, and what shows that it has arrived."""

    path: str
    most: int
    shown: str = "h1"
    user: str | None = "analyst"


PAGES = {
    "sign-in": Weighed("/login", 220, user=None),
    "shell": Weighed("/nowhere", 220),
    "overview": Weighed("/", 260, "article >> nth=5"),
    "metrics": Weighed("/metrics", 420, "td .number >> nth=0"),
    "ask": Weighed("/ask?q=昨天各区的平均车速", 650, "main [role=img] >> nth=0"),
    "dashboard": Weighed("/dashboards/livelihood", 650, "main [role=img] >> nth=0"),
    "dashboard with a map": Weighed("/dashboards/traffic_and_parking", 650, "main [data-map-ready=true] >> nth=0"),
    "cockpit": Weighed("/cockpit", 1_100, "[data-map-ready=true] >> nth=0", user="leader"),
    "work orders": Weighed("/workorders", 400, "main li >> nth=0", user="dispatcher"),
    "work orders on a map": Weighed("/workorders?view=map", 820, "[data-map-ready=true] >> nth=0", user="dispatcher"),
    "alerts": Weighed("/alerts", 420, "main tbody button >> nth=0", user="dispatcher"),
}  # fmt: skip
"""The map engine with its worker weighs 432 kB alone: pages whose map one moves about in are held to that much more."""
SCRIPTS = """performance.getEntriesByType('resource').map(each => new URL(each.name).pathname)
    .filter(path => path.startsWith('/assets/') && path.endsWith('.js'))"""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_weighs_no_more_than_promised(open_page: Open, built: None, name: str) -> None:
    wanted = PAGES[name]
    page = open_page(wanted.path, user=wanted.user)
    expect(page.locator(wanted.shown)).to_be_visible(timeout=60_000)
    sizes = fetched(page)
    total_kb = sum(sizes.values()) / 1000
    print(f"{name}: {total_kb:.0f} kB")
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    report = {"page": name, "total_kb": round(total_kb), "most_kb": wanted.most, "files": sizes}
    ARTIFACTS.with_name(f"weight-{name.replace(' ', '-')}.json").write_text(json.dumps(report))
    assert total_kb <= wanted.most, sizes


def fetched(page: Page) -> dict[str, int]:
    """Return every script the page has fetched once it has settled, with its size as gzip makes it."""
    # The live channel never ends, so the network is never idle: two looks half a second apart must be equal.
    page.wait_for_function(f"""async () => {{
        const look = () => {SCRIPTS}.length;
        const before = look();
        await new Promise(done => setTimeout(done, 500));
        return look() === before;
    }}""")
    names = sorted(set(page.evaluate(SCRIPTS)))
    return {name: len(gzip.compress((STATIC / name[1:]).read_bytes(), 9)) for name in names}
