"""How soon the pages are there; run ``python bench/web.py --city DIR`` with a city that has data and built pages.

Wall time until ``cityloop serve`` answers, then, in a Chromium with an empty cache, until the first dashboard has drawn a
chart; then the JavaScript that each page fetches on a first visit, as served (Brotli). Without Chromium only the server
is measured. Wall times of a busy machine only ever grow: the least of ``--runs`` counts.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bars import bar
from start import PROGRAM, serve_s

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
SCRIPTS = """() => performance.getEntriesByType('resource').filter(each => each.name.endsWith('.js'))
    .map(each => [each.name.split('/').at(-1), each.encodedBodySize / 1000])"""
DRAWN = "main canvas, main [role=img]"
MAP = "[data-map-ready=true]"
SHELL_KB, PAGE_KB, MAP_KB = 220, 650, 1_000
"""The most JavaScript, kB as served: the shell, a page, and one whose map one moves about in (MapLibre and its worker are 390 kB of it)."""
PAGES = (
    ("/login", SHELL_KB, "form"), ("/", PAGE_KB, "h1"), ("/datasets", PAGE_KB, "h1"),
    ("/datasets/hospital_visits", PAGE_KB, "h1"), ("/datasets/hospital_visits?tab=lineage", PAGE_KB, "h1"),
    ("/sources", PAGE_KB, "h1"), ("/sources/hospital_system", PAGE_KB, "h1"),
    ("/metrics", PAGE_KB, "h1"), ("/metrics/pm25", PAGE_KB, DRAWN),
    ("/explore", PAGE_KB, "h1"), ("/dashboards", PAGE_KB, "h1"),
    ("/dashboards/livelihood", PAGE_KB, DRAWN), ("/dashboards/traffic_and_parking", PAGE_KB, MAP),
    ("/cockpit", MAP_KB, MAP), ("/ask", PAGE_KB, "h1"), ("/ask?q=昨天各区的平均车速", PAGE_KB, DRAWN),
    ("/alerts", PAGE_KB, "h1"), ("/alerts/smog", PAGE_KB, DRAWN), ("/workorders", PAGE_KB, "h1"),
    ("/maps", MAP_KB, MAP), ("/definitions", PAGE_KB, "h1"),
    ("/definitions/metric/visits", PAGE_KB, "h1"), ("/audit", PAGE_KB, "h1"),
    ("/people?tab=people", PAGE_KB, "h1"), ("/people?tab=account", PAGE_KB, "h1"),
)  # fmt: skip
"""Path, the most kB, and what shows that the page has arrived."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", type=Path, help="a demo city; without it a small one is built")
    parser.add_argument("--dashboard", default="livelihood")
    parser.add_argument("--user", default="admin")
    parser.add_argument("--password", default="yunjiang-2026")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--port", type=int, default=8396)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        city = given.city or Path(folder) / "city"
        if given.city is None:
            small = ["demo", "--once", "--days", "20", "--scale", "0.02"]
            subprocess.run([*PROGRAM, "--city", str(city), *small], stdout=subprocess.DEVNULL, check=False)  # fmt: skip
        bar("serve until ready, wall", min(serve_s(city, given.port)[0] for _ in range(given.runs)), 5, unit=" s")  # fmt: skip
        if not Path(CHROMIUM).exists():
            print("no Chromium here: pages are not measured")
            return
        command = [*PROGRAM, "--city", str(city), "serve", "--port", str(given.port)]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{given.port}/api/health")
            painted_s = min(paint_s(given) for _ in range(given.runs))
            bar("first dashboard painted, empty cache, wall", painted_s, 2, unit=" s")
            weigh(given)
        finally:
            server.terminate()
            server.wait(30)


def paint_s(given: argparse.Namespace) -> float:
    """Return seconds until a chart of the dashboard is drawn in a fresh browser."""
    with _context(given) as context:
        page = context.new_page()
        began = time.perf_counter()
        page.goto(f"/dashboards/{given.dashboard}", wait_until="commit")
        page.locator("main canvas, main [role=img]").first.wait_for(timeout=60_000)
        return time.perf_counter() - began


def weigh(given: argparse.Namespace) -> None:
    """Print what each page fetches in a fresh browser once it has settled, and its heaviest files."""
    for path, most_kb, shown in PAGES:
        with _context(given, signs_in=path != "/login") as context:
            page = context.new_page()
            page.goto(path)
            page.locator(shown).first.wait_for(timeout=60_000)
            sizes: dict[str, float] = {}
            while sizes != (sizes := dict(page.evaluate(SCRIPTS))):
                page.wait_for_timeout(1_500)
        heaviest = sorted(sizes.items(), key=lambda each: -each[1])[:5]
        words = ", ".join(f"{name.rsplit('-', 1)[0]} {kb:.0f}" for name, kb in heaviest)
        bar(f"JavaScript of {path}", sum(sizes.values()), most_kb, unit=" kB")
        print(f"     {words}")


@contextmanager
def _context(given: argparse.Namespace, *, signs_in: bool = True) -> Iterator["BrowserContext"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        context = browser.new_context(base_url=f"http://127.0.0.1:{given.port}")
        who = {"user_name": given.user, "password": given.password}
        if signs_in and not context.request.post("/api/accounts/sign-in", data=who).ok:
            sys.exit("cannot sign in: give --user and --password")
        yield context
        browser.close()


def _wait(url: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    sys.exit("the server does not answer")


if __name__ == "__main__":
    main()
