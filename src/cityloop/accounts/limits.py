"""How many calls one caller may make: a token bucket per principal or address, in this process's memory."""

import ipaddress
from collections import OrderedDict
from math import ceil

from cityloop.foundation.clock import Clock
from cityloop.foundation.errors import TooMany

MOST_CALLERS = 20_000
"""Buckets kept; the ones unused the longest are forgotten first (about 200 bytes each)."""


class RateLimit:
    """Lets each caller make ``per_minute`` calls a minute, in bursts of at most as many.

    Used from the event loop only, hence without a lock. Several processes count apart.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, caller: str) -> None:
        """Count one call.

        Raises:
            TooMany: the caller has none left; ``wait_s`` says when the next one is possible.
        """
        left, now = self._left(caller)
        if left < 1:
            raise self._refusal(left)
        self._buckets[caller] = (left - 1, now)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > MOST_CALLERS:
            self._buckets.popitem(last=False)

    def require(self, caller: str) -> None:
        """Do nothing when the caller has a call left; counts none.

        Raises:
            TooMany: the caller has none left.
        """
        left, _now = self._left(caller)
        if left < 1:
            raise self._refusal(left)

    def _left(self, caller: str) -> tuple[float, float]:
        now = self._clock.now().timestamp()
        left, then = self._buckets.get(caller, (float(self._per_minute), now))
        gained = max(now - then, 0.0) * self._per_minute / 60
        return min(left + gained, float(self._per_minute)), now

    def _refusal(self, left: float) -> TooMany:
        wait_s = max(1, ceil((1 - left) * 60 / self._per_minute))
        return TooMany(limit=self._per_minute, wait_s=wait_s)


def caller_at(address: str) -> str:
    """Return the name under which an address is counted: IPv6 by its /64, which one subscriber holds.

    Example:
        >>> caller_at("2001:db8:1:2:3:4:5:6"), caller_at("192.0.2.7")
        ('2001:db8:1:2::/64', '192.0.2.7')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False))
