"""Which files a query can leave unread: reads (tables in the tree) → files (conditions on them) → matching (statistics).

Conservative everywhere: a file is left out only when no row of it can change the answer.
"""

from cityloop.engine.pruning.files import prune
from cityloop.engine.pruning.reads import Reads, find_reads, table_name

__all__ = ["Reads", "find_reads", "prune", "table_name"]
