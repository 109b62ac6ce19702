"""How the running city is: health checks, Prometheus metrics, and the live channel of changes.

Public names: :class:`Operations`, :class:`Health`, :class:`Check`.
"""

from cityloop.operations.model import Check, Health
from cityloop.operations.service import Operations

__all__ = ["Check", "Health", "Operations"]
