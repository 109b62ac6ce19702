"""Sources are where data comes from: files, databases, HTTP services and CityLoop's own tables.

A source is a definition (``model``): which connector, how to connect, which feeds fill which datasets, how often.
A connector (``connectors``) fetches what is new and keeps the raw bytes in the inbox as a *delivery*, with files that
anything able to read UTF-8 text can read. ``service`` lists sources, tests them and keeps their schedules. What the
rows mean is the business of ``contracts``; loading them is that of ``datasets``.
"""

from cityloop.sources.checking import SOURCE
from cityloop.sources.connectors.internal import InternalTables
from cityloop.sources.connectors.registry import standard_connectors
from cityloop.sources.inbox import FolderInbox
from cityloop.sources.model import SourceDefinition
from cityloop.sources.service import Sources

__all__ = [
    "SOURCE",
    "FolderInbox",
    "InternalTables",
    "SourceDefinition",
    "Sources",
    "standard_connectors",
]
