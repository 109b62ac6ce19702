"""One careful HTTP GET: a judged address, few redirects, patience with busy servers, a limit on the answer."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from cityloop.foundation.clock import Clock
from cityloop.sources.addresses import AddressGuard
from cityloop.sources.errors import AddressRefused, BadAnswer, SourceDown, TooLarge

REDIRECTS = 5
"""Redirects followed before a call is given up."""
TRIES = 4
"""Calls made before a busy or silent server counts as down."""
LONGEST_WAIT_S = 60.0
"""Longest wait between two tries, seconds; a server that asks for more is tried again by the next job."""
BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which trying again may help."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of a good answer and the links it names."""

    body: bytes
    next_link: str | None


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Makes calls for one feed.

    Args:
        guard: judges every address.
        clock: reads ``Retry-After`` dates.
        timeout_s: of one call.
        max_bytes: of one unpacked answer.
        sleep: waits between tries.
    """

    guard: AddressGuard
    clock: Clock
    timeout_s: float
    max_bytes: int
    sleep: Callable[[float], None] = field(default=time.sleep)

    def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to a GET.

        Raises:
            AddressRefused: it, or a redirect, leads inside the network.
            SourceDown: it stays busy or silent.
            BadAnswer: it says something that no retry will mend.
            TooLarge: the answer is larger than ``max_bytes``.
        """
        host = httpx.URL(url).host
        for attempt in range(TRIES):
            wait_s = float(2**attempt)
            try:
                answer = self._follow(url, headers)
            except httpx.TransportError as error:
                reason = type(error).__name__
            else:
                if isinstance(answer, Answer):
                    return answer
                reason = f"HTTP {answer.status_code}"
                wait_s = self._asked_wait(answer, wait_s)
            if attempt + 1 < TRIES and wait_s <= LONGEST_WAIT_S:
                self.sleep(wait_s)
                continue
            raise SourceDown(what=f"{host} ({reason})")
        raise SourceDown(what=host)

    def _follow(self, url: str, headers: Mapping[str, str]) -> Answer | httpx.Response:
        at = httpx.URL(url)
        sent = dict(headers)
        for _hop in range(REDIRECTS + 1):
            response, body = self._call(at, sent)
            if response.is_redirect:
                target = at.join(response.headers["location"])
                if (target.scheme, target.host, target.port) != (at.scheme, at.host, at.port):
                    sent = {}  # a key is for the host it was given for
                at = target
                continue
            if response.status_code in BUSY:
                return response
            if response.status_code != 200:
                raise BadAnswer(host=at.host, status=response.status_code)
            link = response.links.get("next", {}).get("url")
            return Answer(body, str(at.join(link)) if link else None)
        raise BadAnswer(host=at.host, status="too many redirects")

    def _call(self, url: httpx.URL, headers: Mapping[str, str]) -> tuple[httpx.Response, bytes]:
        if url.scheme not in ("http", "https") or not url.host:
            raise AddressRefused(
                host=str(url.host), address=url.scheme, act="call", object=url.scheme
            )
        port = url.port or (443 if url.scheme == "https" else 80)
        address = self.guard.address_of(url.host, port)
        host = url.netloc.decode("ascii")
        with (
            httpx.Client(verify=_trusted(), trust_env=False, timeout=self.timeout_s) as client,
            client.stream(
                "GET",
                url.copy_with(host=address),
                headers={"accept": "application/json", **headers, "host": host},
                extensions={"sni_hostname": url.host},
            ) as response,
        ):
            return response, self._body(response, url.host)

    def _body(self, response: httpx.Response, host: str) -> bytes:
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.max_bytes:
                raise TooLarge(file=host, limit=self.max_bytes)
        return bytes(body)

    def _asked_wait(self, response: httpx.Response, otherwise_s: float) -> float:
        asked = response.headers.get("retry-after", "")
        if asked.isdigit():
            return float(asked)
        try:
            until = parsedate_to_datetime(asked)
        except ValueError:
            return otherwise_s
        return max((until - self.clock.now()).total_seconds(), 0.0)


@cache
def _trusted() -> ssl.SSLContext:
    """Return who vouches for servers; reading the certificates takes 20 ms, so they are read once."""
    return httpx.create_ssl_context(trust_env=False)
