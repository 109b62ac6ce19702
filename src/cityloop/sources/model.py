"""A source as people define it: which connector, how to connect, which feeds fill which datasets, how often."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cityloop.foundation.definition import Definition, Name

Every = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,4}[smhd]$")]
"""How often: a number with s, m, h or d, e.g. ``15m``."""
SHORTEST_S = 10
"""Shortest repetition of a schedule, seconds; streams are another connector's business."""
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

Written = Mapping[str, Any]
"""Connector-specific options as YAML gave them; Any until the connector's own model has checked them."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FeedDefinition(_Part):
    """One feed: what of the source (``read``) fills which ``dataset``.

    ``columns`` maps source columns to fields where their names do not say it. ``cursor`` names the source column that
    grows with every change; None reads everything each time.
    """

    dataset: Name
    read: dict[str, Any] = Field(default_factory=dict)
    columns: dict[str, Name] = Field(default_factory=dict)
    cursor: str | None = None


class Schedule(_Part):
    """When a source is loaded by itself: ``every`` so often, counted from the end of the last load."""

    every: Every

    @property
    def every_s(self) -> int:
        """The interval in seconds.

        Example:
            >>> Schedule(every="15m").every_s
            900
        """
        return int(self.every[:-1]) * _SECONDS[self.every[-1]]


class SourceDefinition(Definition):
    """A source. ``connection`` and each feed's ``read`` are what the connector understands.

    Secrets are written ``${env:NAME}`` and filled in when the source is read.
    """

    connector: str
    connection: dict[str, Any] = Field(default_factory=dict)
    feeds: tuple[FeedDefinition, ...] = Field(min_length=1)
    schedule: Schedule | None = None


SECRET = re.compile(r"\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}")
"""A place in a definition where an environment variable is filled in."""
