"""The living demo: the departments go on writing, things happen, and case workers do their work."""

from cityloop.demo.live.feed import Feed
from cityloop.demo.live.staff import Staff

__all__ = ["Feed", "Staff"]
