"""What a page weighs: the JavaScript that a browser really fetches for it, as gzip makes it."""

import gzip
import json

import pytest
from playwright.sync_api import expect

from cityloop.site.api import STATIC

from .conftest import ARTIFACTS, Open

PAGES_KB = {"/": 250, "/metrics": 400, "/ask": 640, "/dashboards/livelihood": 650}
"""Most that each page may fetch, kB (1,000 bytes), the shell's ≤ 220 included."""
SCRIPTS = """performance.getEntriesByType('resource').map(each => new URL(each.name).pathname)
    .filter(path => path.startsWith('/assets/') && path.endsWith('.js'))"""


@pytest.mark.parametrize("path", PAGES_KB)
def test_a_page_weighs_no_more_than_promised(open_page: Open, built: None, path: str) -> None:
    page = open_page(path, user="analyst")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if "dashboards" in path:
        expect(page.get_by_role("img").first).to_be_visible()
    files = sorted(set(page.evaluate(SCRIPTS)))
    sizes = {name: len(gzip.compress((STATIC / name[1:]).read_bytes(), 9)) for name in files}
    total_kb = sum(sizes.values()) / 1000
    print(f"{path}: {total_kb:.0f} kB")
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    report = ARTIFACTS.parent / f"weight{path.replace('/', '-')}.json"
    report.write_text(json.dumps({"page": path, "total_kb": round(total_kb), "files": sizes}))
    assert total_kb <= PAGES_KB[path], sizes
