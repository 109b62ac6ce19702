"""The live channel through a real server: news reaches whom it concerns, resumes, and ends when either side goes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

import httpx
import pytest

import yunjiang
from cityloop.demo.accounts import DEMO_PASSWORD
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.principal import operator
from cityloop.workorders import NewOrder
from real_server import Client, Served, serving

WAIT_S = 10.0
"""An event that has not come by then never comes."""


class Channel:
    """An open live channel; its events arrive in a queue."""

    def __init__(self, client: Client, **headers: str) -> None:
        self.events: Queue[tuple[int, str, dict[str, object]]] = Queue()
        self.connected, self.ended = threading.Event(), threading.Event()
        self.is_clean = False
        self._client, self._headers = client, headers
        self._response: httpx.Response | None = None
        threading.Thread(target=self._listen, daemon=True).start()
        assert self.connected.wait(WAIT_S)

    def _listen(self) -> None:
        try:
            with self._client.stream("GET", "/api/live", headers=self._headers) as response:
                self._response = response
                assert response.headers["content-type"].startswith("text/event-stream")
                self._read(response)
                self.is_clean = True
        except httpx.HTTPError:
            pass
        finally:
            self.ended.set()

    def _read(self, response: httpx.Response) -> None:
        number, topic = 0, ""
        for line in response.iter_lines():
            name, _, value = line.partition(": ")
            if line == ": connected":
                self.connected.set()
            elif name == "id":
                number = int(value)
            elif name == "event":
                topic = value
            elif name == "data":
                self.events.put((number, topic, json.loads(value)))

    def leave(self) -> None:
        """Hang up."""
        if self._response is not None:
            with contextlib.suppress(OSError):
                self._response.extensions["network_stream"].get_extra_info("socket").shutdown(
                    socket.SHUT_RDWR
                )
        assert self.ended.wait(WAIT_S)

    def next_order(self) -> tuple[int, str, dict[str, object]]:
        return self.next("order")

    def next(self, feature: str) -> tuple[int, str, dict[str, object]]:
        until = time.monotonic() + WAIT_S
        while True:
            found = self.events.get(timeout=max(0.01, until - time.monotonic()))
            if found[1].startswith(f"{feature}."):
                return found

    def numbers(self) -> list[object]:
        """Return the orders told of so far."""
        found = []
        while True:
            try:
                found.append(self.events.get_nowait()[2].get("number"))
            except Empty:
                return found


@pytest.fixture
def own(demo_city: Path, tmp_path: Path) -> Iterator[Served]:
    """A copy of the demo city behind a server of its own."""
    with serving(yunjiang.copy_city(demo_city, tmp_path / "city")) as found:
        yield found


@contextmanager
def listening(served: Served, person: str, **headers: str) -> Iterator[Channel]:
    """Open a channel as ``person``, and go away at the end as a closed page does."""
    client = served.client(person)
    channel = Channel(client, **headers)
    try:
        yield channel
    finally:
        channel.leave()
        client.close()


def open_order(served: Served, department: str, key: str) -> str:
    new = NewOrder(key=key, title=Bilingual(zh="坑洞", en="Pothole"), department=department)
    return served.city.workorders.open(operator(), new).number


def test_an_order_is_told_to_its_department_and_to_who_sees_all(own: Served) -> None:
    with (
        listening(own, "transport") as roads,
        listening(own, "police") as police,
        listening(own, "dispatcher") as desk,
        listening(own, "leader") as leader,
    ):
        mine = open_order(own, "transport", "live-1")
        theirs = open_order(own, "police", "live-2")
        found = roads.next_order()
        assert (found[1], found[2]["number"]) == ("order.opened", mine)
        assert police.next_order()[2]["number"] == theirs
        for all_seen in (desk, leader):
            assert [all_seen.next_order()[2]["number"] for _ in range(2)] == [mine, theirs]
        last = open_order(own, "transport", "live-3")
        assert roads.next_order()[2]["number"] == last
        assert theirs not in roads.numbers()
        assert {mine, last} & set(police.numbers()) == set()


def test_a_role_request_is_told_to_who_asks_and_who_decides_only(own: Served) -> None:
    requests, principal_of = own.city.role_requests, own.city.accounts.principal_of
    with (
        listening(own, "auditor") as auditor,
        listening(own, "admin") as admin,
        listening(own, "leader") as leader,
    ):
        asked = requests.ask(principal_of("auditor"), "leader", reason="monthly report")
        requests.grant(principal_of("admin"), asked.id)
        for told in (auditor, admin):
            assert [told.next("request")[1] for _ in range(2)] == [
                "request.open",
                "request.granted",
            ]
        open_order(own, "transport", "after-request")
        assert leader.events.get(timeout=WAIT_S)[1] == "order.opened"


def test_a_channel_resumes_after_the_last_event_seen(own: Served) -> None:
    seen = open_order(own, "transport", "resume-1")
    with listening(own, "transport", **{"Last-Event-ID": "0"}) as before:
        while (found := before.next_order())[2]["number"] != seen:
            pass
    missed = [open_order(own, "transport", f"resume-{n}") for n in (2, 3)]
    with listening(own, "transport", **{"Last-Event-ID": str(found[0])}) as after:
        assert [after.next_order()[2]["number"] for _ in missed] == missed


def test_nothing_is_told_to_strangers(own: Served) -> None:
    stranger = own.client()
    assert stranger.get("/api/live").status_code == 401
    stranger.close()


def test_a_client_that_goes_leaves_nothing_behind(own: Served) -> None:
    for _ in range(5):
        with listening(own, "transport") as channel:
            pass
        assert channel.ended.wait(WAIT_S)
    client = own.client("transport")
    assert client.get("/api/health").status_code == 200
    client.close()


@contextmanager
def command(city: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "cityloop",
            "--city",
            str(city),
            "--json",
            "serve",
            "--port",
            str(port),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "CITYLOOP_CLOCK": "simulated"},
    )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def test_the_server_stops_within_two_seconds_with_open_channels(
    demo_city: Path, tmp_path: Path
) -> None:
    with command(yunjiang.copy_city(demo_city, tmp_path / "city")) as (process, url):
        client = httpx.Client(base_url=url, timeout=30)
        _until_up(client)
        body = {"user_name": "transport", "password": DEMO_PASSWORD}
        assert client.post("/api/accounts/sign-in", json=body).status_code == 200
        channels = [Channel(client) for _ in range(3)]
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=WAIT_S)
        took_s = time.monotonic() - began
        assert all(each.ended.wait(WAIT_S) and each.is_clean for each in channels)
        client.close()
        assert json.loads(out) == {"url": f"{url}/"}
        assert "Traceback" not in err
        assert took_s < 2.0 + _slowness_s()


def _until_up(client: Client) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if client.get("/api/health").status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server did not come up")


def _slowness_s() -> float:
    """Return how much longer than on a quiet machine things take: a busy one must not fail the test."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return max(0.0, load - 1.0) * 1.0
