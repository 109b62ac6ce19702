"""How the running city is: health checks, Prometheus metrics, live changes, and how its data hangs together.

Public names: :class:`Operations`, :class:`Health`, :class:`Check`, :class:`Lineage`.
"""

from cityloop.operations.lineage import Lineage
from cityloop.operations.model import Check, Health
from cityloop.operations.service import Operations

__all__ = ["Check", "Health", "Lineage", "Operations"]
