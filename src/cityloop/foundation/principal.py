"""Who is acting: the one argument that every verb of every feature takes first.

``accounts`` makes principals from sign-ins, API keys and the command line; everyone else only asks them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cityloop.foundation.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, an API key or a part of CityLoop itself that acts.

    ``level`` is the highest data level (1–6, GB/T 43697) that may be seen raw. ``permissions`` are verbs such as
    ``definitions.apply``; ``*`` means all of them. Permissions govern acts; ``policies`` govern rows and columns.
    """

    id: str
    name: str
    kind: Literal["person", "key", "service", "operator"] = "person"
    department: str | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    level: int = 1
    attributes: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        """Return whether the principal has this permission."""
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str, target: str = "") -> None:
        """Do nothing when allowed.

        Raises:
            Forbidden: the principal lacks ``permission``.
        """
        if not self.may(permission):
            raise Forbidden(act=permission, object=target or permission)

    def attribute(self, name: str) -> str | None:
        """Return an attribute such as ``district``; None when the principal has none of that name."""
        return dict(self.attributes).get(name)


def service(name: str, *, department: str | None = None, level: int = 6) -> Principal:
    """Return the principal of one part of CityLoop (``alerts``, ``ingest``) acting for ``department``."""
    return Principal(
        id=f"service:{name}", name=name, kind="service", department=department, level=level
    )


def operator(permissions: Iterable[str] = ("*",)) -> Principal:
    """Return the principal of whoever runs the command line on the machine that holds the city's folder."""
    return Principal(
        id="operator",
        name="operator",
        kind="operator",
        permissions=frozenset(permissions),
        level=6,
    )
