"""Builders for sources: an inbox, feeds, and a small HTTP server whose answers a test writes."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson

from cityloop.sources.connectors.base import Connector, Delivery, Feed
from cityloop.sources.inbox import FolderInbox
from cityloop.sources.preview import first_rows


def make_feed(
    connector: Any,
    city: Path,
    read: dict[str, Any],
    connection: dict[str, Any] | None = None,
    *,
    cursor: str | None = None,
    expected: frozenset[str] = frozenset(),
) -> Feed[Any, Any]:
    return Feed(
        source="s",
        dataset="d",
        connection=connector.connection_options.model_validate(connection or {}),
        read=connector.read_options.model_validate(read),
        columns={},
        cursor=cursor,
        expected=expected,
        city=city,
    )


def rows_of(delivery: Delivery, most: int = 10_000) -> list[tuple[str | None, ...]]:
    return list(first_rows(delivery, most))


def one(
    connector: Connector[Any, Any],
    feed: Feed[Any, Any],
    inbox: FolderInbox,
    cursor: str | None = None,
) -> Delivery:
    (delivery,) = connector.deliveries(feed, cursor, inbox)
    return delivery


Responder = Callable[[str, dict[str, str]], tuple[int, dict[str, str], bytes]]


class Service:
    """A real HTTP server on loopback; ``respond`` answers (path with query, headers) → (status, headers, body)."""

    def __init__(self) -> None:
        self.respond: Responder = lambda _path, _headers: (200, {}, b"[]")
        self.calls: list[tuple[str, dict[str, str]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {key.lower(): value for key, value in self.headers.items()}
                service.calls.append((self.path, headers))
                status, more, body = service.respond(self.path, headers)
                self.send_response(status)
                for key, value in {"content-length": str(len(body)), **more}.items():
                    self.send_header(key, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self._thread.start()

    def answers(self, body: Any) -> None:
        self.respond = lambda _path, _headers: (200, {}, orjson.dumps(body))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
