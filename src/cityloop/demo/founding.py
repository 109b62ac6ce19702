"""Lay down the demo city's definitions: what `cityloop init` makes, for 云江市."""

import shutil
from importlib import resources
from pathlib import Path


def found_city(target: Path) -> tuple[str, ...]:
    """Copy the demo city's definitions into a folder, with those of the work orders where it has none of its own.

    Args:
        target: the city's folder; made when it does not exist. Files that are there already stay as they are, so
            that what somebody changed is kept.

    Returns:
        paths of the files that were written, relative to `target`, in order.
    """
    written: list[str] = []
    for package, folder in (("cityloop.demo", "city"), ("cityloop.workorders", "definitions")):
        with resources.as_file(resources.files(package) / folder) as source:
            written += _copy_missing(source, target)
    return tuple(sorted(written))


def _copy_missing(source: Path, target: Path) -> list[str]:
    written = []
    for file in sorted(source.rglob("*.yaml")):
        relative = file.relative_to(source)
        copy = target / relative
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            written.append(relative.as_posix())
    return written
