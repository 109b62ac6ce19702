"""The city's folder: which files hold definitions, and writing published ones back without losing anybody's edits."""

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cityloop.definitions.documents import Reader, join, split
from cityloop.definitions.model import Draft, Entry, Key
from cityloop.definitions.problems import Finding, NotUtf8, OutsideCity, TooLarge, UnappliedEdits
from cityloop.foundation.errors import CityError

MAX_FILE_BYTES = 1_000_000
"""Larger files are refused before they are parsed."""
MAX_FILES = 20_000
"""A folder with more files is probably not the one that was meant."""
APART = frozenset({".cityloop", "inbound"})
"""Folders of a city that hold no definitions; folders that start with a dot are left alone as well."""


WasApplied = Callable[[Key, str], bool]
"""Whether some version of the definition ever had this text."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export did: files ``written``, ``removed`` and left as they ``kept`` were, relative to the folder."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


def read_folder(folder: Path, reader: Reader) -> Draft:
    """Return every definition below ``folder`` and every problem of reading them, file after file."""
    entries: list[Entry] = []
    findings: list[Finding] = []
    broken: set[Key] = set()
    for number, file in enumerate(definition_files(folder)):
        relative = file.relative_to(folder).as_posix()
        if number == MAX_FILES:
            error = TooLarge(
                what=str(folder), size=f"> {MAX_FILES} files", most=f"{MAX_FILES} files"
            )
            findings.append(_at_top(relative, error))
            break
        text = read_text(file, folder)
        if isinstance(text, CityError):
            findings.append(_at_top(relative, text))
            continue
        draft = reader.read(text, relative)
        entries += draft.entries
        findings += draft.findings
        broken |= draft.broken
    return Draft(tuple(entries), tuple(findings), whole=True, broken=frozenset(broken))


def definition_files(folder: Path) -> Iterator[Path]:
    """Yield the YAML files of a city that hold definitions, in order of path."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if path.name not in APART and not path.name.startswith("."):
                yield from _yaml_below(path)
        elif path.suffix in {".yaml", ".yml"} and path.name != "city.yaml":
            yield path


def read_text(file: Path, folder: Path) -> str | CityError:
    """Return the file's text without byte order mark, or what keeps it from being read."""
    if file.is_symlink() and not file.resolve().is_relative_to(folder.resolve()):
        return OutsideCity(target=str(file.readlink()))
    size = file.stat().st_size
    if size > MAX_FILE_BYTES:
        return TooLarge(what=file.name, size=f"{size} bytes", most=f"{MAX_FILE_BYTES} bytes")
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return NotUtf8(byte=error.start)


def planned_files(published: Mapping[Key, Entry]) -> dict[str, str]:
    """Return the text that each file of an exported folder has, by relative path."""
    files: dict[str, list[Entry]] = {}
    for key in sorted(published):
        files.setdefault(published[key].file, []).append(published[key])
    return {
        file: join(each.text for each in sorted(entries, key=lambda e: (e.position, e.key)))
        for file, entries in sorted(files.items())
    }


def zip_of(files: Mapping[str, str]) -> bytes:
    """Return a zip of these files; the same files give the same bytes."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return found.getvalue()


class Export:
    """One export into one folder.

    Args:
        folder: made when it does not exist.
        reader: reads what the folder holds already.
        published: what to write, by kind and name.
        was_applied: tells edits that may be overwritten from those that may not.
    """

    def __init__(
        self,
        folder: Path,
        *,
        reader: Reader,
        published: Mapping[Key, Entry],
        was_applied: WasApplied,
    ) -> None:
        self._folder = folder
        self._reader = reader
        self._published = published
        self._was_applied = was_applied
        self._found = self._texts_on_disk()

    def run(self, *, overwrite: bool) -> Exported:
        """Write files that differ, remove files of deleted definitions, leave all others untouched.

        Raises:
            UnappliedEdits: files hold definitions that were never applied, and ``overwrite`` is off.
        """
        planned = planned_files(self._published)
        differing = {file: text for file, text in planned.items() if not self._says(file, text)}
        strays = {file: self._worth_keeping(file) for file in set(self._found) - set(planned)}
        if not overwrite:
            self._refuse_losses(differing, strays)
        shrunk = {
            file: join(rest)
            for file, rest in strays.items()
            if rest and not self._says(file, join(rest))
        }
        removed = sorted(file for file, rest in strays.items() if not rest)
        for file, text in {**differing, **shrunk}.items():
            _write(self._folder / file, text)
        for file in removed:
            (self._folder / file).unlink()
        written = sorted({*differing, *shrunk})
        kept = sorted((set(planned) | set(self._found)) - set(written) - set(removed))
        return Exported(tuple(written), tuple(removed), tuple(kept))

    def _texts_on_disk(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self._folder.is_dir():
            return found
        for path in definition_files(self._folder):
            text = read_text(path, self._folder)
            if not isinstance(text, CityError):
                found[path.relative_to(self._folder).as_posix()] = text
        return found

    def _says(self, file: str, text: str) -> bool:
        on_disk = self._found.get(file)
        return on_disk is not None and [d.text for d in split(on_disk)] == [
            d.text for d in split(text)
        ]

    def _unapplied(self, file: str) -> list[tuple[Key | None, str]]:
        """Return the documents of a file on disk that no version ever said, with their kind and name."""
        if file not in self._found:
            return []
        draft = self._reader.read(self._found[file], file)
        readable = {each.position: each for each in draft.entries}
        lost: list[tuple[Key | None, str]] = []
        for position, document in enumerate(split(self._found[file])):
            entry = readable.get(position)
            if entry is None:
                lost.append((None, document.text))
            elif not self._was_applied(entry.key, entry.text):
                lost.append((entry.key, entry.text))
        return lost

    def _worth_keeping(self, file: str) -> list[str]:
        return [text for _key, text in self._unapplied(file)]

    def _refuse_losses(self, differing: Mapping[str, str], strays: Mapping[str, list[str]]) -> None:
        edited = [file for file in differing if self._unapplied(file)]
        edited += [
            file
            for file, rest in strays.items()
            if rest and any(key in self._published for key, _text in self._unapplied(file) if key)
        ]
        if edited:
            raise UnappliedEdits(files=sorted(edited))


def _yaml_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink():
            if not path.name.startswith("."):
                yield from _yaml_below(path)
        elif path.suffix in {".yaml", ".yml"}:
            yield path


def _at_top(file: str, error: CityError) -> Finding:
    return Finding(file, 1, 1, None, None, (), error)


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(file)
