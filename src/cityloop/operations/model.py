"""What health is made of."""

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "degraded", "down"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``detail`` says what was seen, without data or names of people."""

    name: str
    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Health:
    """The worst of all checks, and the checks."""

    status: Status
    checks: tuple[Check, ...]


def overall(checks: tuple[Check, ...]) -> Health:
    """Return the health that ``checks`` add up to.

    Example:
        >>> overall((Check("state", "ok", ""), Check("jobs", "degraded", "2 failed"))).status
        'degraded'
    """
    order: tuple[Status, ...] = ("ok", "degraded", "down")
    worst = max((order.index(check.status) for check in checks), default=0)
    return Health(order[worst], checks)
