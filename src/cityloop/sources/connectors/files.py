"""What all connectors that read files share: where files may be, which belong to a feed, one delivery per file."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TypeVar

from pydantic import Field

from cityloop.sources.connectors.base import Contents, Delivery, Feed, Inbox, Options, Parcel
from cityloop.sources.errors import NoFile, OutsideCity

KEPT_BY_US = ".cityloop"
"""Folder of the city that no source may read."""


class FolderOptions(Options):
    """``connection`` of a file source: a folder of the city (a link inside the city may lead outside)."""

    folder: str = "."


class FileOptions(Options):
    """``read`` of a file feed: ``path`` is a file or a pattern (``*.csv``, ``2026/**/*.csv``); each file is a delivery.

    ``in_order``: new files sort after old ones by name, as ``110_20261001_0815.csv`` does, and only the newest one may
    still change; files before the last that was loaded are not opened again, so that a load costs what is new.
    """

    path: str = Field(min_length=1)
    in_order: bool = False


F = TypeVar("F", bound=FileOptions)


def each_file(
    feed: Feed[FolderOptions, F],
    inbox: Inbox,
    take: Callable[[str, Parcel], Contents],
    cursor: str | None = None,
) -> Iterator[Delivery]:
    """Yield one delivery per file of the feed, in order of name, keeping the bytes and letting ``take`` read them.

    Args:
        feed: names folder and path.
        inbox: where the bytes are kept.
        take: given the file's name, reads the kept copy, writes a readable form into the parcel when needed, says what is in it.
        cursor: of a feed read ``in_order``, the file it stopped at; that file is delivered again.

    Raises:
        NoFile: nothing matches.
        OutsideCity: the folder or path leads out of the city.
        CityError: as ``take`` raises.
    """
    base, _pattern = _located(feed)
    for file in files_of(feed):
        mark = file.relative_to(base).as_posix() if feed.read.in_order else None
        if mark is not None and cursor is not None and mark < cursor:
            continue
        with inbox.open(feed.source, feed.dataset) as parcel:
            shutil.copyfile(file, parcel.raw(file.name))
            yield parcel.seal(replace(take(file.name, parcel), cursor=mark))


def files_of(feed: Feed[FolderOptions, F]) -> list[Path]:
    """Return the files of the feed in order of name.

    Raises:
        NoFile: nothing matches.
        OutsideCity: the folder or path leads out of the city.
    """
    base, pattern = _located(feed)
    found = sorted(each for each in base.glob(pattern) if each.is_file())
    if not found:
        raise NoFile(kind="file", name=pattern, path=pattern, folder=feed.connection.folder)
    return found


def inside_city(path: str) -> PurePosixPath:
    """Return ``path`` when it stays inside the city's folder.

    Raises:
        OutsideCity: it is absolute, climbs up, or leads into ``.cityloop``.
    """
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or KEPT_BY_US in parts.parts:
        raise OutsideCity(path=path, act="read", object=path)
    return parts


def _located(feed: Feed[FolderOptions, F]) -> tuple[Path, str]:
    """Return the folder to search and the pattern in it; absolute only below a root that the environment opened."""
    whole = PurePosixPath(feed.connection.folder) / feed.read.path
    for root in feed.roots:
        if whole.is_relative_to(root) and ".." not in whole.parts and KEPT_BY_US not in whole.parts:
            return root, str(whole.relative_to(root))
    return feed.city, str(inside_city(str(whole)))
