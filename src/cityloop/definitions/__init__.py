"""City as code: a folder of YAML definitions becomes versioned, checked, published records.

read_folder → check → plan → apply, and at run time ``current()``: an immutable snapshot of everything published.
yaml_tree (safe YAML with places) · documents (files → definitions) · shape (types → problems) · checks (references) ·
planning · publishing (cache) · exporting · schemas (for editors) · service (the verbs) · api (HTTP).
"""

from cityloop.definitions.folder import Exported
from cityloop.definitions.model import (
    Action,
    Applied,
    Change,
    Draft,
    Entry,
    Key,
    Plan,
    References,
    Stored,
    Version,
)
from cityloop.definitions.problems import DraftHasProblems, Finding, PlanOutdated, UnappliedEdits
from cityloop.definitions.service import Definitions
from cityloop.foundation.definition import (
    Bilingual,
    Definition,
    Kind,
    Name,
    Path,
    Problem,
    Reference,
    Snapshot,
)

__all__ = [
    "Action",
    "Applied",
    "Bilingual",
    "Change",
    "Definition",
    "Definitions",
    "Draft",
    "DraftHasProblems",
    "Entry",
    "Exported",
    "Finding",
    "Key",
    "Kind",
    "Name",
    "Path",
    "Plan",
    "PlanOutdated",
    "Problem",
    "Reference",
    "References",
    "Snapshot",
    "Stored",
    "UnappliedEdits",
    "Version",
]
