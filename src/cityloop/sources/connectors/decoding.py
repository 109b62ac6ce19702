"""Turns files in whatever encoding departments use into UTF-8, without loss or not at all.

Order: what the feed declares → byte order mark → strict UTF-8 → strict GB18030 (a superset of GBK and GB2312) → refusal
that names the offset of the first byte that fits none. Decoding uses Python's own codecs: an engine's decoder was
measured to corrupt identity numbers silently (docs/decisions/0022-transcode-first.md).
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from cityloop.sources.errors import BadFile, TooLarge, UnknownEncoding, UnreadableText

CHUNK = 1 << 20
"""Bytes decoded at a time."""
UNPACKED_AT_LEAST = 256 << 20
"""A packed file may always grow to this many bytes …"""
UNPACKED_RATIO = 200
"""… and to this many times its size; tables shrink to a fifth or a tenth, bombs to a thousandth."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_SUPERSETS = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "ascii": "utf-8"}


def to_utf8(raw: Path, readable: Path, declared: str | None) -> str:
    """Write ``raw`` as UTF-8 without mark to ``readable`` unless it is that already; return its encoding.

    Args:
        raw: the file as it came; ``.gz`` is unpacked.
        readable: where the copy goes; not made when ``raw`` itself is plain UTF-8.
        declared: the feed's own word for the encoding; None means find out.

    Raises:
        UnreadableText: the bytes fit no encoding; the offset is of the first that does not (in the unpacked file).
        UnknownEncoding: ``declared`` is no encoding.
        TooLarge: it unpacks to more than a table would.
        BadFile: it is not really packed.
    """
    if raw.suffix != ".gz":
        return _decode(raw, readable, declared, keep=False)
    source = readable.with_name(f"{readable.name}.unpacked")
    try:
        unpack(raw, source)
        return _decode(source, readable, declared, keep=True)
    finally:
        source.unlink(missing_ok=True)


def unpack(packed: Path, to: Path) -> None:
    """Write the unpacked form of a gzip file.

    Raises:
        TooLarge: it grows beyond :data:`UNPACKED_AT_LEAST` and :data:`UNPACKED_RATIO`.
        BadFile: it is damaged.
    """
    limit = max(UNPACKED_AT_LEAST, UNPACKED_RATIO * packed.stat().st_size)
    size = 0
    try:
        with gzip.open(packed) as stream, to.open("wb") as out:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(file=packed.name, limit=limit)
                out.write(chunk)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(file=packed.name, expected="gzip", reason=str(error)) from error


def first_text(file: Path, most: int) -> str:
    """Return up to ``most`` bytes of a UTF-8 file as text, without a character cut in half."""
    with file.open("rb") as stream:
        return codecs.getincrementaldecoder("utf-8")().decode(stream.read(most))


def _decode(source: Path, readable: Path, declared: str | None, *, keep: bool) -> str:
    mark, marked = _mark(source)
    tries = ["utf-8", "gb18030"]
    if declared or marked:
        tries = [_known(declared, marked) if declared else str(marked)]
    faults = []
    for encoding in tries:
        start = len(mark) if marked == encoding else 0
        try:
            if encoding == "utf-8" and not start and not keep:
                for _text in _pieces(source, encoding, start):
                    pass
            else:
                with readable.open("w", encoding="utf-8", newline="") as out:
                    out.writelines(_pieces(source, encoding, start))
        except _Undecodable as error:
            readable.unlink(missing_ok=True)
            faults.append((error.offset, encoding, error.found))
        else:
            return encoding
    offset, encoding, found = max(faults)
    raise UnreadableText(
        file=source.name.removesuffix(".unpacked"),
        encodings=tries,
        encoding=encoding,
        offset=offset,
        found=found,
    )


class _Undecodable(Exception):
    def __init__(self, offset: int, found: str) -> None:
        super().__init__(offset)
        self.offset = offset
        self.found = found


def _pieces(source: Path, encoding: str, start: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = start
    with source.open("rb") as stream:
        stream.seek(start)
        while True:
            chunk = stream.read(CHUNK)
            waiting = decoder.getstate()[0]
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                bad = error.object[error.start : error.start + 4].hex(" ")
                raise _Undecodable(offset - len(waiting) + error.start, bad) from None
            yield text
            if not chunk:
                return
            offset += len(chunk)


def _mark(source: Path) -> tuple[bytes, str | None]:
    with source.open("rb") as stream:
        head = stream.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return mark, encoding
    # UTF-16 without mark: every other byte of ASCII (commas, digits, line ends) is zero.
    if (even := head[::2].count(0)) + (odd := head[1::2].count(0)) > len(head) // 8:
        return b"", "utf-16-le" if odd > even else "utf-16-be"
    return b"", None


def _known(declared: str, marked: str | None) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError as error:
        raise UnknownEncoding(encoding=declared) from error
    if name in ("utf-16", "utf-32"):
        return marked if marked and marked.startswith(name) else f"{name}-le"
    return _SUPERSETS.get(name, name).removesuffix("-sig")
