"""The files of maps in the city's folder: which may be used, read once and kept while they and their definition stay."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock

from cityloop.maps.drawing import Drawn, draw, problems
from cityloop.maps.errors import BrokenMap, FileMissing, FileOutside, TooLarge
from cityloop.maps.features import Features
from cityloop.maps.geojson import read_geojson
from cityloop.maps.model import MapDefinition

FOLDER = "maps"
"""Where imported files are put, below the city's folder."""
MOST_BYTES = 20_000_000
"""Bytes of one file: the districts of a province to 10 m, or 50,000 points, fit well."""

Spellings = Mapping[str, str]
"""Keys as a file may write them → the dimension's value."""
_NO_SPELLINGS: Spellings = {}


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was drawn, and everything that it depends on."""

    definition: MapDefinition
    stamp: tuple[int, int]
    spellings: Spellings
    drawn: Drawn


class MapFiles:
    """The files of one city's maps; safe to use from many threads.

    Args:
        city: the city's folder.
    """

    def __init__(self, city: Path) -> None:
        self._city = city
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    @property
    def city(self) -> Path:
        """The city's folder."""
        return self._city

    def drawn(self, definition: MapDefinition, spellings: Spellings = _NO_SPELLINGS) -> Drawn:
        """Return a map; a look at its file's time and size unless something changed.

        Args:
            definition: of the map.
            spellings: of its keys; what is not in it stays as it is.

        Raises:
            BrokenMap: the file cannot be used, or does not fit the definition.
        """
        file = self.path(definition.file)
        stamp = self._stamp(file, definition.file)
        kept = self._kept.get(definition.name)
        if (
            kept is not None
            and kept.stamp == stamp
            and kept.definition == definition
            and kept.spellings == spellings
        ):
            return kept.drawn
        drawn = draw(definition, read_geojson(file.read_bytes()), spellings)
        with self._lock:
            self._kept[definition.name] = _Kept(definition, stamp, spellings, drawn)
        return drawn

    def problems(self, definition: MapDefinition) -> Iterator[BrokenMap]:
        """Yield everything that keeps a definition's file from being drawn."""
        try:
            features = self._read(definition.file)
        except BrokenMap as error:
            yield error
        else:
            yield from problems(definition, features)

    def path(self, file: str) -> Path:
        """Return where a definition's file lies.

        Raises:
            FileOutside: it is not in the city's folder, hidden, or a raw delivery, which only the read path may show.
        """
        pure = PurePosixPath(file)
        inside = not pure.is_absolute() and ".." not in pure.parts and "\\" not in file
        hidden = any(part.startswith(".") for part in pure.parts)
        if not inside or hidden or "\0" in file or pure.parts[:1] == ("inbound",):
            raise FileOutside(file=file)
        found = self._city / pure
        real = found.resolve()
        city = self._city.resolve()
        if not real.is_relative_to(city) or real.relative_to(city).parts[:1] == ("inbound",):
            raise FileOutside(file=file)
        if any(part.startswith(".") for part in real.relative_to(city).parts):
            raise FileOutside(file=file)
        return found

    def put(self, file: str, content: bytes) -> bool:
        """Write a file unless it is there with these bytes; return whether it was written.

        The file appears whole or not at all.
        """
        target = self.path(file)
        if target.is_file() and target.read_bytes() == content:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.new")
        fresh.write_bytes(content)
        fresh.replace(target)
        return True

    def remove(self, file: str) -> None:
        """Take back a file that :meth:`put` wrote."""
        with suppress(FileNotFoundError):
            self.path(file).unlink()

    def _read(self, file: str) -> Features:
        path = self.path(file)
        self._stamp(path, file)
        return read_geojson(path.read_bytes())

    def _stamp(self, path: Path, file: str) -> tuple[int, int]:
        if not path.is_file():
            folder = self._city / FOLDER
            found = sorted(each.name for each in folder.glob("*.*json")) if folder.is_dir() else []
            raise FileMissing(file=file, found=found[:20])
        stat = path.stat()
        if stat.st_size > MOST_BYTES:
            size, most = f"{stat.st_size:,} B", f"{MOST_BYTES:,} B"
            raise TooLarge(what=file, size=size, most=most)
        return stat.st_mtime_ns, stat.st_size
