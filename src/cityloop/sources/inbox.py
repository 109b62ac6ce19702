"""The inbox: raw bytes of every delivery, kept as they came, below ``<city>/.cityloop/inbox/<source>/<feed>/<id>/``.

A delivery's folder holds ``manifest.json``, the raw files and, where they are not UTF-8 text already, readable copies.
It is filled under ``.arriving`` and moved into place when complete, so that a crash leaves nothing half visible.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import orjson

from cityloop.foundation.clock import Clock
from cityloop.foundation.errors import NotFound
from cityloop.sources.connectors.base import (
    Contents,
    CsvShape,
    Delivery,
    LinesShape,
    ParquetShape,
    RawFile,
    Shape,
)

ABANDONED_AFTER = timedelta(days=1)
"""Age from which an unsealed parcel belongs to a process that died; longer than the longest transfer."""
MANIFEST = "manifest.json"
_SHAPES: dict[str, type[Shape]] = {"csv": CsvShape, "lines": LinesShape, "parquet": ParquetShape}


class FolderInbox:
    """The inbox of one city.

    Args:
        root: folder of the inbox.
        clock: dates the manifests.
        real: the machine's time, which dates files; None: ``clock`` is it.
    """

    def __init__(self, root: Path, clock: Clock, *, real: Clock | None = None) -> None:
        self._root = root
        self._real = real or clock
        self.clock = clock

    def open(self, source: str, feed: str) -> "FolderParcel":
        """Return a parcel to fill; nothing is visible until it is sealed."""
        folder = self._root / ".arriving" / uuid4().hex
        folder.mkdir(parents=True)
        return FolderParcel(folder, self._root / source / feed, self.clock.now())

    def find(self, source: str, feed: str, delivery_id: str) -> Delivery:
        """Return a delivery that was kept before.

        Raises:
            NotFound: there is none of this id.
        """
        folder = self._root / source / feed / delivery_id
        if not re.fullmatch("[0-9a-f]{64}", delivery_id) or not (folder / MANIFEST).is_file():
            raise NotFound(kind="delivery", name=delivery_id, close=[])
        return _read_manifest(folder)

    def feeds(self) -> Sequence[tuple[str, str]]:
        """Return (source, feed) of everything that has deliveries here, in order."""
        folders = sorted(self._root.glob("[!.]*/*"))
        return [(each.parent.name, each.name) for each in folders]

    def kept(self, source: str, feed: str) -> frozenset[str]:
        """Return the ids of a feed's kept deliveries."""
        folder = self._root / source / feed
        return frozenset(each.name for each in folder.iterdir()) if folder.is_dir() else frozenset()

    def forget(self, source: str, feed: str, delivery_id: str, *, before: datetime) -> bool:
        """Delete a delivery that was fetched before ``before``, at once or not at all; return whether it was."""
        folder = self._root / source / feed / delivery_id
        try:
            manifest = orjson.loads((folder / MANIFEST).read_bytes())
        except (FileNotFoundError, NotADirectoryError):  # something that nobody delivered
            return False
        if datetime.fromisoformat(manifest["fetched_at"]) >= before:
            return False
        passing = self._root / ".arriving" / f"{uuid4().hex}.old"
        passing.parent.mkdir(exist_ok=True)
        folder.rename(passing)
        shutil.rmtree(passing, ignore_errors=True)
        return True

    def sweep(self) -> int:
        """Throw away parcels that nobody will seal any more; return how many."""
        before = (self._real.now() - ABANDONED_AFTER).timestamp()
        dead = [each for each in self._root.glob(".arriving/*") if each.stat().st_mtime < before]
        for folder in dead:
            shutil.rmtree(folder, ignore_errors=True)
        return len(dead)


class FolderParcel:
    """A delivery that is being received into a folder of its own."""

    def __init__(self, folder: Path, home: Path, fetched_at: datetime) -> None:
        self._folder = folder
        self._home = home
        self._fetched_at = fetched_at
        self._names: list[str] = []

    def __enter__(self) -> "FolderParcel":
        """Return the parcel itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Throw away what was not sealed."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def raw(self, name: str) -> Path:
        """Return where to write the raw bytes of a file that the source calls ``name``."""
        if name not in self._names:
            self._names.append(name)
        return self._folder / self._file_name(name, "raw")

    def readable(self, name: str) -> Path:
        """Return where to write the readable form of the raw file ``name``, when it needs one."""
        return self._folder / self._file_name(name, "readable")

    def seal(self, contents: Contents) -> Delivery:
        """Write the manifest, make the delivery visible at once and return it.

        When the same bytes are kept already, the kept files stay, unless they are to be read differently now.
        """
        files = tuple(self._file(name, contents) for name in self._names)
        delivery_id = _delivery_id(files, contents)
        target = self._home / delivery_id
        if (target / MANIFEST).is_file():
            kept = _read_manifest(target)
            if (kept.shape, kept.columns) == (contents.shape, contents.columns):
                return replace(kept, cursor=contents.cursor)
            target.rename(self._folder.with_name(f"{self._folder.name}.old"))
        self._write_manifest(delivery_id, files, contents)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._folder.rename(target)
        _sync(target.parent)
        shutil.rmtree(self._folder.with_name(f"{self._folder.name}.old"), ignore_errors=True)
        return replace(_read_manifest(target), cursor=contents.cursor)

    def _file_name(self, name: str, role: str) -> str:
        ending = re.sub(r"[^A-Za-z0-9.]", "", "".join(Path(name).suffixes[-2:]))[:16]
        return f"{role}-{self._names.index(name) + 1:05}{ending}"

    def _file(self, name: str, contents: Contents) -> RawFile:
        raw, readable = self.raw(name), self.readable(name)
        path = readable if readable.exists() else raw
        for each in {raw, path}:
            _sync(each)
        with raw.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return RawFile(name, raw, path, digest, raw.stat().st_size, contents.encoding.get(name))

    def _write_manifest(
        self, delivery_id: str, files: tuple[RawFile, ...], contents: Contents
    ) -> None:
        shape = contents.shape
        body = {
            "id": delivery_id,
            "fetched_at": self._fetched_at,
            "columns": contents.columns,
            "cursor": contents.cursor,
            "shape": {"kind": next(kind for kind, of in _SHAPES.items() if isinstance(shape, of))}
            | {part: getattr(shape, part) for part in shape.__slots__},
            "files": [
                {
                    "name": each.name,
                    "raw": each.raw.name,
                    "path": each.path.name,
                    "sha256": each.sha256,
                    "size": each.size,
                    "encoding": each.encoding,
                }
                for each in files
            ],
        }
        file = self._folder / MANIFEST
        file.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        _sync(file)
        _sync(self._folder)


def _delivery_id(files: tuple[RawFile, ...], contents: Contents) -> str:
    if len(files) == 1 and not contents.variant and not contents.by_rows:
        return files[0].sha256
    digest = hashlib.sha256(contents.variant.encode())
    for each in files:
        if contents.by_rows:
            with each.path.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
        else:
            digest.update(bytes.fromhex(each.sha256))
    return digest.hexdigest()


def _read_manifest(folder: Path) -> Delivery:
    body = orjson.loads((folder / MANIFEST).read_bytes())
    parts = dict(body["shape"])
    shape = _SHAPES[parts.pop("kind")]
    if shape is LinesShape:
        parts["paths"] = {column: tuple(path) for column, path in parts["paths"].items()}
    files = tuple(
        RawFile(
            name=each["name"],
            raw=folder / each["raw"],
            path=folder / each["path"],
            sha256=each["sha256"],
            size=each["size"],
            encoding=each["encoding"],
        )
        for each in body["files"]
    )
    return Delivery(
        id=body["id"],
        files=files,
        shape=shape(**parts),
        columns=tuple(body["columns"]),
        cursor=body["cursor"],
        folder=folder,
    )


def _sync(path: Path) -> None:
    """Make sure that a file or folder survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
