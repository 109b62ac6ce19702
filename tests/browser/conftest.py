"""Browser tests: a real server on a small demo city, Debian's Chromium, and four promises that every test holds.

No request leaves our origin, nothing is logged as an error, nothing scrolls sideways where ``looks`` was called, and
``axe`` finds no violation where it was called.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
ARTIFACTS = ROOT / ".artifacts" / "screens"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "yunjiang-2026"
FLAGS = (
    "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars",
    "--font-render-hinting=none", "--mute-audio",
)  # fmt: skip
"""Software WebGL draws the same picture everywhere."""
DESKTOP = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
EXPECTED = ("/api/accounts/me", "/api/accounts/sign-in", "/api/demo/accounts")
"""Addresses whose refusals the browser logs though the page handles them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give browser tests time: the first of a run waits until the demo city is built."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def built() -> None:
    """The web pages as they are now."""
    with _alone("web"):
        subprocess.run([sys.executable, ROOT / "web" / "build.py"], check=True)


@pytest.fixture(scope="session")
def demo_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo city, built once for all processes of a run; take a copy to open it."""
    shared = (
        tmp_path_factory.getbasetemp().parent if _is_worker() else tmp_path_factory.mktemp("run")
    )
    model = shared / "demo-city"
    with _alone(f"city-{os.getuid()}"):
        if not (model / ".built").is_file():
            shutil.rmtree(model, ignore_errors=True)
            cli = "from cityloop.cli import cli; cli()"
            options = ["demo", "--once", "--days", "20", "--scale", "0.02"]
            # Its exit status says whether the planted alerts fired; so short a time may lack them, the data is there.
            subprocess.run(
                [sys.executable, "-c", cli, "--city", model, *options],
                check=False,
                stdout=subprocess.DEVNULL,
            )
            assert (model / ".cityloop" / "state.db").is_file(), "the demo city was not built"
            (model / ".built").touch()
    return model


@pytest.fixture(scope="session")
def demo_city(demo_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo city of this process."""
    own = tmp_path_factory.mktemp("city") / "yunjiang"
    shutil.copytree(demo_model, own)
    return own


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of a running server; with CITYLOOP_TEST_URL the one that runs there, e.g. ``make web-dev``."""
    given = os.environ.get("CITYLOOP_TEST_URL")
    if given:
        yield given.rstrip("/")
        return
    request.getfixturevalue("built")
    with served(request.getfixturevalue("demo_city")) as url:
        yield url


@contextmanager
def served(city: Path, *options: str) -> Iterator[str]:
    """Serve a city in a process of its own while the block runs; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("serving.py")
    process = subprocess.Popen([sys.executable, script, city, str(port), *options])
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/api/health", process)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium; no download of another one."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (make system-packages installs it where it may)")
    return {**browser_type_launch_args, "executable_path": str(CHROMIUM), "args": list(FLAGS)}


Open = Callable[..., Page]
expect.set_options(timeout=20_000)
"""Conditions are waited for; this long only when a page is broken, since machines that run tests are shared."""


@pytest.fixture(scope="session")
def sessions(server: str) -> dict[str, Any]:
    """Kept sessions by user: passwords are slow to check on purpose, so each is checked once in a process."""
    return {}


@pytest.fixture
def open_page(browser: Browser, server: str, sessions: dict[str, Any]) -> Iterator[Open]:
    """Opens pages: ``open_page('/metrics', user='analyst', lang='en', theme='dark', size=PHONE)``.

    Without ``user`` nobody is signed in; who signs out signs in by the form first, since sessions are shared.
    What is asked of ``blocked`` fails; the refusal of what ``refused`` occurs in is expected. Afterwards it asserts
    that no page asked another host or logged an error.
    """
    contexts = []
    faults: list[str] = []

    def open_page(
        path: str = "/",
        *,
        user: str | None = None,
        lang: str = "zh",
        theme: str = "light",
        size: dict[str, int] = DESKTOP,
        blocked: str | None = None,
        refused: str | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport=size,
            locale="zh-CN" if lang == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=size is PHONE,
            storage_state=sessions.get(user or ""),
        )
        contexts.append(context)
        # Kept choices win over the system's; what the page itself stores later stays.
        context.add_init_script(
            f"localStorage['cityloop.language'] ??= '{lang}'; localStorage['cityloop.theme'] ??= '{theme}'"
        )
        if user is not None and not context.request.get("/api/accounts/me").ok:
            body = {"user_name": user, "password": PASSWORD}
            answer = context.request.post("/api/accounts/sign-in", data=body)
            assert answer.ok, answer.text()
            sessions[user] = context.storage_state()
        page = context.new_page()
        allowed = (*EXPECTED, *(each for each in (blocked, refused) if each is not None))
        _watch(page, server, faults, allowed)
        if blocked is not None:
            page.route(f"**{blocked}", lambda route: route.abort())
        page.goto(path)
        page.wait_for_load_state("load")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Asserts that axe-core finds no violation of WCAG 2.0, 2.1 and 2.2 A and AA on the page."""

    def check(page: Page) -> None:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags
        )
        assert [
            f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ] == []

    return check


@pytest.fixture
def drawn() -> Callable[[Page], None]:
    """Waits until the map of the page has drawn everything."""
    return lambda page: page.locator("[data-map-ready=true]").wait_for(timeout=60_000)


@pytest.fixture
def looks() -> Callable[[Page, str], None]:
    """Saves a picture below ``.artifacts/screens`` and asserts that nothing scrolls sideways."""

    def save(page: Page, name: str) -> None:
        page.evaluate("document.fonts.ready")
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{name}.png")
        wide = page.evaluate(
            "[document.documentElement, document.querySelector('main')].some("
            "each => each && each.scrollWidth > each.clientWidth + 1)"
        )
        assert not wide, "the page scrolls sideways"

    return save


def _watch(page: Page, origin: str, faults: list[str], expected: tuple[str, ...]) -> None:
    def on_request(request: Request) -> None:
        if not request.url.startswith((origin, "data:", "blob:")):
            faults.append(f"asked {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        asked = message.location["url"]
        if message.type == "error" and not any(each in asked for each in expected):
            faults.append(f"logged {message.text} ({message.location['url']})")

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: faults.append(f"threw {error}"))


def _is_worker() -> bool:
    return "PYTEST_XDIST_WORKER" in os.environ


@contextmanager
def _alone(name: str) -> Iterator[None]:
    folder = ROOT / ".artifacts"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _wait_for(url: str, process: "subprocess.Popen[bytes]", most_s: float = 90.0) -> None:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise AssertionError(f"the server stopped with {process.returncode}")
        try:
            httpx.get(url, timeout=2)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server does not answer")
