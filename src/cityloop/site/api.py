"""HTTP of the web app: hashed assets for ever, the one page for every address of the app, facts of the city.

The pages' addresses are resolved in the browser, so every address that nobody else answers gives ``index.html``. A page
and a route may share an address (``/metrics`` is a page for people and figures for Prometheus): who accepts HTML gets
the page.
"""

from datetime import datetime
from pathlib import Path
from typing import Literal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import BaseModel
from starlette.routing import Match, Route
from starlette.types import Scope

from cityloop.foundation.clock import Clock
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import NotFound
from cityloop.foundation.settings import Settings

STATIC = Path(__file__).parent / "static"
"""Where the built web app lies; absent until it is built."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Assets carry their content's hash in their name: what is fetched once never changes."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Encodings that lie ready beside an asset, best first."""
MEDIA_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".md": "text/markdown",
}
"""By suffix; the operating system's own table may lack some."""
DOCS = "/api/docs"
"""The page that describes the API to people; the one address below ``/api`` that is a page."""
NOT_BUILT = """<!doctype html>
<html lang="zh">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>城环 CityLoop</title></head>
<body>
<h1>城环 CityLoop</h1>
<p>网页尚未构建。请在项目目录运行 <code>make web</code>，然后刷新本页。接口已可使用：<a href="/api/openapi.json">/api</a>。</p>
<p lang="en">The web pages are not built yet. Run <code>make web</code> in the project's folder, then reload.
The API works already: <a href="/api/openapi.json">/api</a>.</p>
</body>
</html>
"""
"""What every address of the app answers while there is no web app."""


class CityOut(BaseModel):
    """Facts of the city for its pages; ``now`` is the city's own time, which a demo city simulates.

    ``is_demo``: it is the fictional city, living, with accounts that anybody may try.
    """

    name: Bilingual
    time_zone: str
    language: Literal["zh", "en"]
    now: datetime
    is_demo: bool


def install(
    app: FastAPI,
    settings: Settings | None = None,
    clock: Clock | None = None,
    *,
    static: Path = STATIC,
    is_demo: bool = False,
) -> None:
    """Mount the web app; call it last, so that its page stands behind every other route.

    Args:
        app: the city's app.
        settings: with ``clock``, adds ``GET /api/city``, which also people who are not signed in may read.
        clock: the city's.
        static: the built web app.
        is_demo: whether the city is the living demo.
    """
    if settings is not None and clock is not None:
        app.include_router(router(settings, clock, is_demo=is_demo))
    assets = static / "assets"

    def asset(request: Request) -> Response:
        return asset_response(assets, request.path_params["path"], request)

    def page(_request: Request) -> Response:
        return page_response(static)

    def icon(_request: Request) -> Response:
        return icon_response(static)

    app.router.routes.append(Route("/assets/{path:path}", asset, include_in_schema=False))
    for name in ("/favicon.svg", "/favicon.ico"):
        app.router.routes.append(Route(name, icon, include_in_schema=False))
    # First: a page and a route may share an address, and only the page asks what the caller accepts.
    app.router.routes.insert(0, PageRoute("/{path:path}", page, include_in_schema=False))


def router(settings: Settings, clock: Clock, *, is_demo: bool = False) -> APIRouter:
    """Return the route that tells the city's name, time zone, language and time."""
    routes = APIRouter(prefix="/api", tags=["site"])

    @routes.get("/city", operation_id="get_city", summary="Name, time zone and time of the city")
    def get_city() -> CityOut:
        return CityOut(
            name=settings.name,
            time_zone=settings.time_zone,
            language="en" if settings.language == "en" else "zh",
            now=clock.now(),
            is_demo=is_demo,
        )

    return routes


class PageRoute(Route):
    """Matches what a person opens in a browser: GET, accepts HTML, neither an API nor a file."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say whether this request asks for a page."""
        return super().matches(scope) if wants_page(scope) else (Match.NONE, {})


def wants_page(scope: Scope) -> bool:
    """Return whether a request asks for a page of the app."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    path: str = scope["path"]
    if path in {"/", DOCS}:
        return True
    if path.startswith(("/api/", "/assets/", "/favicon.")) or path == "/api":
        return False
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return b"text/html" in accepted


def page_response(static: Path) -> Response:
    """Return the one page, never from a cache without asking; or how to build it."""
    index = static / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, status_code=503)
    return FileResponse(index, media_type="text/html", headers={"Cache-Control": "no-cache"})


def asset_response(assets: Path, name: str, request: Request) -> Response:
    """Return one asset, in the best encoding that lies ready and that the caller takes.

    Raises:
        NotFound: there is no such asset.
    """
    file = (assets / name).resolve()
    if not file.is_relative_to(assets.resolve()) or not file.is_file():
        raise NotFound(kind="page", name=request.url.path, close=[])
    headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding"}
    media_type = MEDIA_TYPES.get(file.suffix, "application/octet-stream")
    accepted = {
        each.split(";")[0].strip()
        for each in request.headers.get("accept-encoding", "").split(",")
        if "q=0" not in each.replace(" ", "").split(";")[1:]
    }
    for encoding, suffix in ENCODINGS:
        packed = file.with_name(file.name + suffix)
        if encoding in accepted and packed.is_file():
            headers["Content-Encoding"] = encoding
            return FileResponse(packed, media_type=media_type, headers=headers)
    return FileResponse(file, media_type=media_type, headers=headers)


def icon_response(static: Path) -> Response:
    """Return the site's icon.

    Raises:
        NotFound: the web app is not built.
    """
    file = static / "favicon.svg"
    if not file.is_file():
        raise NotFound(kind="page", name="/favicon.svg", close=[])
    headers = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(file, media_type="image/svg+xml", headers=headers)
