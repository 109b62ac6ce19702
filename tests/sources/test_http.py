"""HTTP sources: pages, patience, limits, and never an address inside the network that nobody allowed."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from source_town import Service, make_feed, one, rows_of

from cityloop.foundation.clock import FakeClock
from cityloop.foundation.errors import CityError
from cityloop.sources.addresses import AddressGuard
from cityloop.sources.connectors import fetching
from cityloop.sources.connectors.fetching import Fetcher
from cityloop.sources.connectors.web import HttpConnector
from cityloop.sources.errors import (
    AddressRefused,
    BadAnswer,
    BadFile,
    NoRecords,
    SourceDown,
    TooLarge,
)
from cityloop.sources.inbox import FolderInbox

Load = Callable[..., Any]


@pytest.fixture
def load(city: Path, inbox: FolderInbox, clock: FakeClock, service: Service) -> Load:
    connector = HttpConnector(AddressGuard("127.0.0.1"), clock)

    def run(cursor: str | None = None, by: str | None = None, connection: Any = None, **read: Any) -> Any:  # fmt: skip
        options = {"url": service.url, **(connection or {})}
        return one(connector, make_feed(connector, city, read, options, cursor=by), inbox, cursor)

    return run


def pages(service: Service, records: list[dict[str, Any]], size: int) -> None:
    """Let the service cut ``records`` by page number, offset, link or token."""

    def respond(path: str, _headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        asked = dict(each.split("=") for each in path.partition("?")[2].split("&") if each)
        start = int(asked.get("offset") or asked.get("token") or size * (int(asked.get("page", 1)) - 1))  # fmt: skip
        part = records[start : start + size]
        more = start + size if start + size < len(records) else None
        body = {"items": part, "token": more, "links": {"next": f"/x?offset={more}" if more else None}}  # fmt: skip
        header = {"link": f'</x?offset={more}>; rel="next"'} if more else {}
        return 200, header, orjson.dumps(body)

    service.respond = respond


PAGING = {
    "page": {"kind": "page", "parameter": "page", "size": 2},
    "offset": {"kind": "offset", "parameter": "offset", "size": 2},
    "link in the header": {"kind": "link"},
    "link in the body": {"kind": "link", "next": "links.next"},
    "token": {"kind": "token", "parameter": "token", "next": "token"},
}


@pytest.mark.parametrize("paging", PAGING.values(), ids=PAGING)
@pytest.mark.parametrize("rows", [0, 1, 2, 5])
def test_every_page_is_read_once(
    load: Load, service: Service, paging: dict[str, Any], rows: int
) -> None:
    records = [{"id": f"{number:03}"} for number in range(rows)]
    pages(service, records, 2)
    delivery = load(records="items", paging=paging)
    assert rows_of(delivery) == [(each["id"],) for each in records]


def test_pages_without_end_are_refused(load: Load, service: Service) -> None:
    service.answers({"items": [{"a": 1}], "next": "/same"})
    with pytest.raises(BadAnswer, match="without end"):
        load(records="items", paging={"kind": "link", "next": "next"})


def test_next_page_on_another_host_is_refused(load: Load, service: Service) -> None:
    service.answers({"items": [{"a": 1}], "next": "http://evil.example/x"})
    with pytest.raises(BadAnswer, match="another host"):
        load(records="items", paging={"kind": "link", "next": "next"})


def test_same_rows_in_another_envelope_are_the_same_delivery(load: Load, service: Service) -> None:
    service.answers({"asked_at": 1, "items": [{"a": 1}]})
    first = load(records="items")
    service.answers({"asked_at": 2, "items": [{"a": 1}]})
    assert load(records="items").id == first.id


def test_cursor_and_key_are_sent(load: Load, service: Service) -> None:
    service.answers([{"n": 9}, {"n": 10}])
    delivery = load("integer:8", "n", {"headers": {"X-Api-Key": "k"}}, path="/v1", since="after")
    path, headers = service.calls[0]
    assert (path, headers["x-api-key"], delivery.cursor) == ("/v1?after=8", "k", "integer:10")


def test_answer_without_records_is_refused(load: Load, service: Service) -> None:
    service.answers({"code": 401, "msg": "未授权"})
    with pytest.raises(NoRecords, match="code, msg"):
        load(records="data")


def test_answer_that_is_no_json_is_refused(load: Load, service: Service) -> None:
    service.respond = lambda _path, _headers: (200, {}, b"<html>")
    with pytest.raises(BadFile):
        load()


def test_large_answer_is_refused_also_when_packed(load: Load, service: Service) -> None:
    body = gzip.compress(b"[" + b" " * 10_000_000 + b"]")
    service.respond = lambda _path, _headers: (200, {"content-encoding": "gzip"}, body)
    with pytest.raises(TooLarge):
        load(connection={"max_bytes": 1_000_000})


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def fetcher(clock: FakeClock, slept: list[float]) -> Fetcher:
    return Fetcher(AddressGuard("127.0.0.1"), clock, 5, 1 << 20, sleep=slept.append)


def answering(service: Service, *statuses: int, **headers: str) -> None:
    left = list(statuses)
    service.respond = lambda _path, _headers: (left.pop(0), headers, b"[]")


def test_busy_server_is_tried_again(fetcher: Fetcher, service: Service, slept: list[float]) -> None:  # fmt: skip
    answering(service, 503, 429, 200)
    assert fetcher.get(service.url, {}).body == b"[]"
    assert slept == [1.0, 2.0]


def test_retry_after_is_kept(fetcher: Fetcher, service: Service, slept: list[float]) -> None:
    answering(service, 429, 200, **{"retry-after": "7"})
    fetcher.get(service.url, {})
    assert slept == [7.0]


def test_retry_after_may_be_a_date(
    fetcher: Fetcher, service: Service, slept: list[float], clock: FakeClock
) -> None:
    until = format_datetime(clock.now() + timedelta(seconds=9), usegmt=True)
    answering(service, 503, 200, **{"retry-after": until})
    fetcher.get(service.url, {})
    assert slept == [9.0]


def test_long_retry_after_leaves_it_to_the_next_job(
    fetcher: Fetcher, service: Service, slept: list[float]
) -> None:
    answering(service, 429, **{"retry-after": "3600"})
    with pytest.raises(SourceDown):
        fetcher.get(service.url, {})
    assert slept == []


def test_server_that_stays_busy_is_down(fetcher: Fetcher, service: Service) -> None:
    answering(service, *[500] * fetching.TRIES)
    with pytest.raises(SourceDown, match="HTTP 500"):
        fetcher.get(service.url, {})


def test_silent_server_is_down(fetcher: Fetcher, service: Service) -> None:
    url = service.url
    service.close()
    with pytest.raises(SourceDown, match="ConnectError"):
        fetcher.get(url, {})


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refusal_is_not_tried_again(fetcher: Fetcher, service: Service, status: int) -> None:
    answering(service, status)
    with pytest.raises(BadAnswer, match=str(status)):
        fetcher.get(service.url, {})


INSIDE = [
    "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
    "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::", "::", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_address_inside_is_refused(address: str) -> None:
    guard = AddressGuard("", resolve=lambda _host, _port: [address])
    with pytest.raises(AddressRefused):
        guard.address_of("city.example", 443)


def test_one_inside_address_among_many_is_refused() -> None:
    guard = AddressGuard("", resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(AddressRefused):
        guard.address_of("city.example", 443)


@pytest.mark.parametrize("allowed", ["10.1.2.3", "10.0.0.0/8", "data.gov.local, 192.168.0.0/16"])
def test_listed_inside_address_is_allowed(allowed: str) -> None:
    guard = AddressGuard(allowed, resolve=lambda _host, _port: ["10.1.2.3"])
    assert guard.address_of("data.gov.local", 80) == "10.1.2.3"


@pytest.mark.parametrize("url", ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://localhost/", "http://[::1]/", "http://user@127.0.0.1/"])  # fmt: skip
def test_spellings_of_loopback_are_refused(clock: FakeClock, url: str) -> None:
    fetcher = Fetcher(AddressGuard(""), clock, 1, 1000, sleep=lambda _s: None)
    with pytest.raises(CityError) as refused:
        fetcher.get(url, {})
    assert isinstance(refused.value, AddressRefused | SourceDown)


def test_connection_goes_to_the_judged_address(clock: FakeClock, service: Service) -> None:
    """A name server that answers differently the second time changes nothing: it is asked once a call."""
    asked: list[str] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    port = service.url.rpartition(":")[2]
    fetcher = Fetcher(AddressGuard("city.example", resolve), clock, 5, 1000)
    fetcher.get(f"http://city.example:{port}/x", {})
    assert asked == ["city.example"]
    assert service.calls[0][1]["host"] == f"city.example:{port}"


def test_redirect_inside_is_refused(clock: FakeClock, service: Service) -> None:
    service.respond = lambda _path, _headers: (302, {"location": "http://169.254.169.254/latest"}, b"")  # fmt: skip
    fetcher = Fetcher(AddressGuard("127.0.0.1"), clock, 5, 1000)
    with pytest.raises(AddressRefused, match=r"169\.254"):
        fetcher.get(service.url, {})


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/"])  # fmt: skip
def test_redirect_to_another_protocol_is_refused(
    fetcher: Fetcher, service: Service, target: str
) -> None:
    service.respond = lambda _path, _headers: (302, {"location": target}, b"")
    with pytest.raises(AddressRefused):
        fetcher.get(service.url, {})


def test_key_is_not_taken_along_to_another_host(clock: FakeClock, service: Service) -> None:
    port = service.url.rpartition(":")[2]
    service.respond = lambda path, _headers: (
        (200, {}, b"[]")
        if path == "/y"
        else (302, {"location": f"http://other.example:{port}/y"}, b"")
    )
    guard = AddressGuard("127.0.0.0/8", resolve=lambda _host, _port: ["127.0.0.1"])
    Fetcher(guard, clock, 5, 1000).get(f"http://city.example:{port}/x", {"x-api-key": "geheim"})
    assert ["x-api-key" in headers for _path, headers in service.calls] == [True, False]


def test_redirects_without_end_are_refused(fetcher: Fetcher, service: Service) -> None:
    service.respond = lambda _path, _headers: (302, {"location": "/again"}, b"")
    with pytest.raises(BadAnswer, match="redirects"):
        fetcher.get(service.url, {})
