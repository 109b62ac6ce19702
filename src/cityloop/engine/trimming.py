"""Keeps the log of a table as short as the versions that are kept: a feed of seconds would leave a file each, for ever.

A version is read from the newest checkpoint at or before it and the commits from there on. Entries that no kept version
needs are deleted; what lies between two kept versions may be missing, since readers look for a checkpoint first.
"""

import re
import time
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path

KEEP_ENTRIES = timedelta(hours=1)
"""Younger entries stay: a writer in flight looks through what came after the version it began with."""
_ENTRY = re.compile(r"(\d{20})\.(json|checkpoint\..*parquet)")


def trim_log(folder: Path, keep: Collection[int], *, older_than: timedelta = KEEP_ENTRIES) -> int:
    """Delete entries of the log in ``folder`` that no version of ``keep`` needs; return how many.

    Args:
        folder: a table's ``_delta_log``.
        keep: versions that stay readable, the newest among them.
        older_than: younger entries stay.

    Raises:
        OSError: an entry cannot be deleted.
    """
    commits, checkpoints = dict[int, Path](), dict[int, list[Path]]()
    for path in folder.iterdir():
        if found := _ENTRY.fullmatch(path.name):
            number = int(found[1])
            if found[2] == "json":
                commits[number] = path
            else:
                checkpoints.setdefault(number, []).append(path)
    if not checkpoints:
        return 0
    last, needed = max(checkpoints), set[int]()
    for version in keep:
        needed.update(range(_base(checkpoints, version), version + 1))
    superfluous = [path for number, path in commits.items() if number < last and number not in needed]  # fmt: skip
    bases = {last, *(_base(checkpoints, version) for version in keep)}
    superfluous += [
        p for number, paths in checkpoints.items() if number not in bases for p in paths
    ]
    return sum(_delete(superfluous, before=time.time() - older_than.total_seconds()))


def _base(checkpoints: Collection[int], version: int) -> int:
    """Return the checkpoint from which ``version`` is read; 0, where the log begins, when there is none."""
    return max((number for number in checkpoints if number <= version), default=0)


def _delete(paths: Collection[Path], *, before: float) -> Iterator[bool]:
    for path in paths:
        if path.stat().st_mtime < before:
            path.unlink()
            yield True
