"""Recognises a full disk behind the many errors that it causes, so that people are told what to do."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from cityloop.datasets.errors import StorageFull
from cityloop.engine.base import LakeBroken, OutOfMemory

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
"""Numbers with which the operating system says that nothing more fits."""
WORDS = (
    "no space left",
    "disk is full",
    "file too large",
    "disk quota exceeded",
    *(f"os error {number}" for number in FULL),
)
"""The same in the words of libraries that do not hand on the number."""


@contextmanager
def telling_when_full(dataset: str, folder: Path) -> Iterator[None]:
    """Raise what the block raises, as StorageFull where a full disk is behind it.

    Raises:
        StorageFull: nothing more fits on the disk of ``folder``.
    """
    try:
        yield
    except (OSError, OperationalError, LakeBroken, OutOfMemory) as error:
        reason = full_reason(error)
        if reason is None:
            raise
        raise StorageFull(dataset=dataset, folder=str(folder), reason=reason) from error


def full_reason(error: BaseException | None) -> str | None:
    """Return in which words the system said that the disk is full, None when something else is behind ``error``."""
    while error is not None:
        words = str(error).lower()
        if isinstance(error, OSError) and error.errno in FULL:
            return str(error.strerror)
        found = next((each for each in WORDS if each in words), None)
        if found is not None:
            return found
        error = error.__cause__
    return None
