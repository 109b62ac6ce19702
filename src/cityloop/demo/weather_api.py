"""The weather bureau's HTTP service: observations page by page, behind an API key.

It serves what the simulator wrote, on this machine only, so that the HTTP connector meets a real
server in tests and in the demo:

    GET /api/v1/observations?page=1&size=500&since=2026-09-01T00:00:00%2B08:00
    GET /api/v1/stations
"""

import json
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from cityloop.demo.exports.weather import OBSERVATIONS, STATIONS

API_KEY_HEADER = "X-API-Key"
DEMO_KEY = "yunjiang-weather-demo"
"""Key of the demo; it protects nothing but shows how keys are given."""
LARGEST_PAGE = 2000
"""Rows; larger pages are refused."""

_ROUTES = {"/api/v1/observations": OBSERVATIONS, "/api/v1/stations": STATIONS}


class WeatherApi:
    """A running service, stopped when the `with` block ends.

    Example:
        >>> from cityloop.demo import WeatherApi, generate
        >>> from pathlib import Path
        >>> def first_page(city: Path) -> str:
        ...     generate(city, days=3, scale=0.02)
        ...     with WeatherApi(city / "inbound") as api:
        ...         return api.url + "/api/v1/observations?page=1"
    """

    def __init__(self, inbound: Path, *, key: str = DEMO_KEY, port: int = 0) -> None:
        """Bind the port.

        Args:
            inbound: the city's folder `inbound`.
            key: what callers must send in `X-API-Key`.
            port: TCP port on 127.0.0.1; 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        store = _Store(inbound)
        self._key = key
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Visit, store, key))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="weather-api", daemon=True)

    @property
    def url(self) -> str:
        """Address without a path, e.g. http://127.0.0.1:8791."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that the demo city's source `weather_service` reads."""
        return {
            "CITYLOOP_DEMO_WEATHER_PORT": str(self._server.server_address[1]),
            "CITYLOOP_DEMO_WEATHER_KEY": self._key,
        }

    def __enter__(self) -> "WeatherApi":
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Store:
    """Lines of the data files, read anew when a file has changed (the live feed appends)."""

    def __init__(self, inbound: Path) -> None:
        self._inbound = inbound
        self._lock = Lock()
        self._kept: dict[str, tuple[tuple[int, int], list[str]]] = {}

    def lines(self, name: str) -> list[str]:
        path = self._inbound / name
        stat = path.stat()
        seen = (stat.st_mtime_ns, stat.st_size)
        with self._lock:
            kept = self._kept.get(name)
            if kept is None or kept[0] != seen:
                kept = (seen, path.read_text(encoding="utf-8").splitlines())
                self._kept[name] = kept
            return kept[1]


class _Visit(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def __init__(self, store: _Store, key: str, *connection: object) -> None:
        self._store, self._key = store, key
        super().__init__(*connection)  # type: ignore[arg-type]  # what the server passes on

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if self.headers.get(API_KEY_HEADER) != self._key:
            self._refuse(HTTPStatus.UNAUTHORIZED, f"header {API_KEY_HEADER} is missing or wrong")
        elif address.path not in _ROUTES:
            self._refuse(HTTPStatus.NOT_FOUND, f"no such path: {address.path}")
        else:
            self._answer(_ROUTES[address.path], parse_qs(address.query))

    def log_message(self, *_words: object) -> None:
        """Stay silent: the service runs inside tests and the demo command."""

    def _answer(self, name: str, query: Mapping[str, list[str]]) -> None:
        page, size = (query.get(k, [d])[0] for k, d in (("page", "1"), ("size", "500")))
        if not (
            page.isdecimal()
            and size.isdecimal()
            and int(page) >= 1
            and 1 <= int(size) <= LARGEST_PAGE
        ):
            self._refuse(HTTPStatus.BAD_REQUEST, f"page must be ≥ 1 and size 1–{LARGEST_PAGE}")
            return
        lines = _later(self._store.lines(name), query.get("since", [""])[0])
        number, most = int(page), int(size)
        data = ",".join(lines[(number - 1) * most : number * most])
        pages = -(-len(lines) // most)
        self._send(
            HTTPStatus.OK,
            f'{{"data":[{data}],"page":{number},"pages":{pages},"total":{len(lines)}}}',
        )

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self._send(status, json.dumps({"error": reason}, ensure_ascii=False))

    def _send(self, status: HTTPStatus, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _later(lines: list[str], since: str) -> list[str]:
    """Return the observations at or after `since`; all have one format and one offset.

    The moment itself is included, so that a caller who stopped within it misses none of its rows.
    """
    if not since:
        return lines
    mark = '"observed_at": "'
    return [line for line in lines if line.partition(mark)[2][: len(since)] >= since]
