"""Frames of the cockpit while news come in: ``python bench/cockpit_frames.py [--rate 60] [--seconds 10] [--city DIR]``.

The cockpit as a leader sees it, in Debian's Chromium with software WebGL at 1440 × 900; the server in its own process,
news of data, orders and alerts in turn, each of which makes the page ask anew. Frame times are those that the page's
own ``requestAnimationFrame`` sees, first with nothing going on, then during the burst. Browser and server share the
machine; on a quiet one at 60 Hz a frame takes 16.7 ms. Needs Playwright and the pages built (``python web/build.py``).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bars import bar
from sse import News, serve

PASSWORD = "yunjiang-2026"
FLAGS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
NEWS: tuple[News, ...] = (
    ("dataset.published", {"dataset": "detector_readings"}),
    ("order.commented", {"department": "transport"}),
    ("alert.fired", {"owner": "transport"}),
    ("dataset.published", {"dataset": "air_quality"}),
)
FRAMES = """milliseconds => new Promise(done => {
  const times = []; let last = performance.now(); const end = last + milliseconds;
  const step = now => { times.push(now - last); last = now; now < end ? requestAnimationFrame(step) : done(times); };
  requestAnimationFrame(step);
})"""


def frames(page: Page, seconds: float, title: str) -> tuple[float, float, float]:
    """Print and return the median, p95 and longest frame of the next ``seconds``, ms."""
    times: list[float] = page.evaluate(FRAMES, seconds * 1000)
    cuts = statistics.quantiles(times[1:], n=100)
    p50, p95, most = cuts[49], cuts[94], max(times[1:])
    print(f"{title:8} {len(times) / seconds:5.1f} frames/s  p50 {p50:.1f} ms  p95 {p95:.1f} ms  max {most:.0f} ms  load {os.getloadavg()[0]:.1f}")  # fmt: skip
    return p50, p95, most


def wait_for(url: str) -> None:
    """Return once the server answers."""
    until = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/health").close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def measure(url: str, server: subprocess.Popen[str], seconds: float) -> None:
    """Open the cockpit, measure it quiet and busy, print the bars."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))  # fmt: skip
        context = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900})
        body = {"user_name": "leader", "password": PASSWORD}
        assert context.request.post("/api/accounts/sign-in", data=body).ok
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto("/cockpit")
        page.locator("[data-map-ready=true]").wait_for(timeout=120_000)
        page.wait_for_timeout(5_000)
        quiet = frames(page, seconds, "quiet")
        assert server.stdin is not None
        before = len(asked)
        server.stdin.write("go\n")
        server.stdin.flush()
        busy = frames(page, seconds, "burst")
        print(f"the page asked {len(asked) - before} times during the burst")
        browser.close()
    bar("cockpit under a burst, p95 of a frame", busy[1], 50, unit=" ms")
    bar("cockpit under a burst, longest frame", busy[2], 200, unit=" ms")
    bar("cockpit under a burst, p95 over quiet", busy[1] / quiet[1], 2, unit="x")


def main() -> None:
    """Build a city unless one is given, serve it, measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--port", type=int, default=8432)
    parser.add_argument("--city", type=Path, help="a demo city; left out, a small one is built")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.city, args.port, args.rate, int(args.rate * args.seconds), news=NEWS)
        return
    with tempfile.TemporaryDirectory() as folder:
        city = args.city or Path(folder) / "city"
        if args.city is None:
            # Its exit status says whether the planted alerts fired; so short a time may lack them.
            subprocess.run([sys.executable, "-m", "cityloop", "--city", str(city), "demo", "--once", "--days", "20", "--scale", "0.02"], check=False, stdout=subprocess.DEVNULL)  # fmt: skip
        own = [f"--city={city}", f"--port={args.port}", f"--rate={args.rate}", f"--seconds={args.seconds}"]  # fmt: skip
        server = subprocess.Popen([sys.executable, __file__, "--serve", *own], stdin=subprocess.PIPE, text=True)  # fmt: skip
        try:
            url = f"http://127.0.0.1:{args.port}"
            wait_for(url)
            measure(url, server, args.seconds)
        finally:
            server.terminate()
            server.wait(20)


if __name__ == "__main__":
    main()
