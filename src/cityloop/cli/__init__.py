"""The command line: ``cityloop --city DIR COMMAND … [--json]``.

Each command parses, makes one call on the city, and shows the result: a table for people, or with ``--json`` one JSON
document on standard output and nothing else. A failure exits with 1 and says code, message and hint.
"""

from cityloop.cli.call import cli

from cityloop.cli import acting, asking, defining, loading, mapping, running  # isort: skip - they add their commands to cli

__all__ = ["acting", "asking", "cli", "defining", "loading", "mapping", "running"]
