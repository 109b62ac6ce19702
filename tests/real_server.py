"""A city behind a real server, in a thread of the test process."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from cityloop.app import City
from cityloop.demo import api as demo_api
from cityloop.demo.accounts import DEMO_PASSWORD
from cityloop.foundation.settings import load_settings
from cityloop.server import Server, create_app

Client = httpx.Client


@dataclass(frozen=True)
class Served:
    """A city behind a real server on a port of its own."""

    city: City
    url: str

    def client(self, person: str | None = None, lang: str = "en") -> Client:
        """Return a client, signed in as ``person`` unless None."""
        client = Client(base_url=self.url, timeout=30, headers={"Accept-Language": lang})
        if person is not None:
            body = {"user_name": person, "password": DEMO_PASSWORD}
            me = client.post("/api/accounts/sign-in", json=body)
            assert me.status_code == 200, me.text
            client.headers["X-CSRF-Token"] = me.json()["csrf_token"]
        return client


@contextmanager
def serving(folder: Path, *, works: bool = False) -> Iterator[Served]:
    """Serve the city in ``folder`` from a thread."""
    settings = load_settings(folder, {"CITYLOOP_CALLS_PER_MINUTE": "100000"})
    city = City.open(settings, environment={})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        create_app(city, works=works, demo=demo_api.router(city, None)),
        host="127.0.0.1",
        port=port,
        log_level="warning",
    )
    server = Server(config, city)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield Served(city, f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(10)
        city.close()
