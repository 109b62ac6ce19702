"""How soon the pages are there; run ``python bench/web.py --city DIR`` with a city that has data and built pages.

Wall time until ``cityloop serve`` answers, then, in a Chromium with an empty cache, until the first dashboard has drawn a
chart, and the JavaScript fetched for it. Without Chromium only the server is measured. Wall times of a busy machine
only ever grow: the least of ``--runs`` counts.
"""

import argparse
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bars import bar
from start import PROGRAM, serve_s

CHROMIUM = "/usr/bin/chromium"
SIZES = """() => performance.getEntriesByType('resource')
    .filter(each => each.name.endsWith('.js')).reduce((sum, each) => sum + each.encodedBodySize, 0) / 1000"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--city", type=Path, help="a demo city; without it a small one is built")
    parser.add_argument("--dashboard", default="livelihood")
    parser.add_argument("--user", default="analyst")
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
            found = [paint(given) for _ in range(given.runs)]
        finally:
            server.terminate()
            server.wait(30)
        bar("first dashboard painted, empty cache, wall", min(each[0] for each in found), 2, unit=" s")  # fmt: skip
        bar("JavaScript of a dashboard, as served (Brotli)", found[-1][1], 650, unit=" kB")


def paint(given: argparse.Namespace) -> tuple[float, float]:
    """Return seconds until a chart of the dashboard is drawn in a fresh browser, and the kB of JavaScript on the wire."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=f"http://127.0.0.1:{given.port}")
        who = {"user_name": given.user, "password": given.password}
        if not context.request.post("/api/accounts/sign-in", data=who).ok:
            sys.exit("cannot sign in: give --user and --password")
        page = context.new_page()
        began = time.perf_counter()
        page.goto(f"/dashboards/{given.dashboard}", wait_until="commit")
        page.locator("main canvas, main [role=img]").first.wait_for(timeout=60_000)
        took = time.perf_counter() - began
        size = page.evaluate(SIZES)
        browser.close()
    return took, size


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
