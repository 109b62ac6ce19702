"""Tables as Delta Lake folders: every write is one atomic commit that carries its batch id, every version can be read.

Any process may append to a table. Merges of one table exclude each other through the table's own log, so no server is
needed for that either. A batch id is kept in the log as an application transaction: writing it a second time, also
after a crash or from another process, does nothing.
"""

import re
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from deltalake import DeltaTable

from cityloop.engine.base import UnknownTable
from cityloop.engine.table import LakeTable
from cityloop.foundation.errors import Invalid, closest

_NAME = re.compile(r"[^\W\d]\w{0,63}")


class Lake:
    """All tables below one folder: ``<root>/<schema>/<table>/``; safe to use from many threads.

    Args:
        root: the folder; made on the first write.

    Example:
        >>> import tempfile, pyarrow as pa
        >>> lake = Lake(Path(tempfile.mkdtemp()))
        >>> visits = lake.table("core", "visits")
        >>> visits.append(pa.table({"district": ["临湖区"], "n": [3]}), "batch 1").rows
        1
        >>> visits.append(pa.table({"district": ["临湖区"], "n": [3]}), "batch 1").repeated
        True
        >>> visits.pin().rows
        1
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self._tables: dict[tuple[str, str], LakeTable] = {}
        self._lock = threading.Lock()

    def table(self, schema: str, name: str) -> LakeTable:
        """Return the table of that name, which need not exist yet.

        Raises:
            Invalid: a name is not an identifier (letters of any script, digits, _; starts with a letter; at most 64).
        """
        for part in (schema, name):
            # One spelling per name: a composed and a decomposed letter would be two folders.
            if not _NAME.fullmatch(part) or unicodedata.normalize("NFC", part) != part:
                raise Invalid(field="table", value=part, reason="It is not an identifier.")
        with self._lock:
            if (schema, name) not in self._tables:
                folder = self.root / schema / name
                self._tables[schema, name] = LakeTable(f"{schema}.{name}", folder)
            return self._tables[schema, name]

    def existing(self, full_name: str) -> LakeTable:
        """Return the table ``schema.name``, which must exist.

        Raises:
            UnknownTable: there is none of that name.
        """
        tables = self.tables()
        if full_name not in tables:
            raise UnknownTable(name=full_name, kind="table", close=closest(full_name, tables))
        return tables[full_name]

    def tables(self) -> Mapping[str, LakeTable]:
        """Return every table that exists, by ``schema.name``."""
        found = {}
        for folder in sorted(self.root.glob("*/*")):
            if DeltaTable.is_deltatable(str(folder)):
                table = self.table(folder.parent.name, folder.name)
                found[table.name] = table
        return found
