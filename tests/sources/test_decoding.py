"""Text in any encoding becomes UTF-8 without loss, or is refused with the offset of the first wrong byte."""

import gzip
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cityloop.sources.connectors import decoding
from cityloop.sources.connectors.decoding import to_utf8
from cityloop.sources.errors import BadFile, TooLarge, UnknownEncoding, UnreadableText


def decoded(tmp_path: Path, body: bytes, declared: str | None = None, name: str = "a.csv") -> tuple[str, str]:  # fmt: skip
    raw, readable = tmp_path / name, tmp_path / "readable"
    raw.write_bytes(body)
    readable.unlink(missing_ok=True)
    encoding = to_utf8(raw, readable, declared)
    source = readable if readable.exists() else raw
    return source.read_bytes().decode("utf-8"), encoding


def test_every_gb18030_code_point_comes_through(tmp_path: Path) -> None:
    surrogates = range(0xD800, 0xE000)
    text = "".join(chr(code) for code in range(1, sys.maxunicode + 1) if code not in surrogates)
    assert decoded(tmp_path, text.encode("gb18030")) == (text, "gb18030")


def test_plain_utf8_is_not_copied(tmp_path: Path) -> None:
    raw, readable = tmp_path / "a.csv", tmp_path / "readable"
    raw.write_text("编号\n1\n", encoding="utf-8")
    assert (to_utf8(raw, readable, None), readable.exists()) == ("utf-8", False)


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gbk", "gb18030"]
)
def test_encoding_is_recognised(tmp_path: Path, encoding: str) -> None:
    text = "编号,名称,a\r\n0071,停车场,b\r\n"
    assert decoded(tmp_path, text.encode(encoding))[0] == text


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_mark_is_taken_off(tmp_path: Path, order: str) -> None:
    assert decoded(tmp_path, "\ufeff编号".encode(order)) == ("编号", order)


def test_declared_encoding_wins(tmp_path: Path) -> None:
    # These bytes are valid UTF-8 as well.
    body = "联通".encode("gbk")
    assert decoded(tmp_path, "é".encode("big5hkscs") + body, "latin-1")[1] == "iso8859-1"
    assert decoded(tmp_path, "名稱".encode("big5"), "big5") == ("名稱", "big5")


def test_declared_utf16_takes_its_order_from_the_mark(tmp_path: Path) -> None:
    assert decoded(tmp_path, "\ufeff编号".encode("utf-16-be"), "utf-16") == ("编号", "utf-16-be")


@pytest.mark.parametrize("before", [0, 5, (1 << 20) - 1, (1 << 20), (1 << 21) + 7])
def test_damaged_bytes_are_refused_with_their_offset(tmp_path: Path, before: int) -> None:
    body = b"a" * before + b"\xff\xff" + "停车场".encode()
    with pytest.raises(UnreadableText) as refused:
        decoded(tmp_path, body)
    assert refused.value.fields["offset"] == before
    assert "ff" in refused.value.message("zh")


def test_offset_is_right_when_a_character_spans_two_chunks(tmp_path: Path) -> None:
    body = b"a" * ((1 << 20) - 1) + "停".encode("gbk") + b"b" * 10 + b"\x81\xff"
    with pytest.raises(UnreadableText) as refused:
        decoded(tmp_path, body, "gb18030")
    assert refused.value.fields["offset"] == len(body) - 2


def test_one_gbk_row_inside_utf8_is_refused(tmp_path: Path) -> None:
    body = "编号,名称\n1,停车场\n".encode() + "2,路口\n".encode("gbk") + "3,医院㐀\n".encode()
    with pytest.raises(UnreadableText):
        decoded(tmp_path, body)


def test_unknown_encoding_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnknownEncoding, match="gb999"):
        decoded(tmp_path, b"a", "gb999")


def test_packed_file_is_unpacked_and_decoded(tmp_path: Path) -> None:
    body = gzip.compress("编号\n1\n".encode("gbk"))
    assert decoded(tmp_path, body, name="a.csv.gz") == ("编号\n1\n", "gb18030")
    assert {each.name for each in tmp_path.iterdir()} == {"a.csv.gz", "readable"}


def test_bomb_is_refused_and_cleared_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "UNPACKED_AT_LEAST", 1 << 16)
    with pytest.raises(TooLarge):
        decoded(tmp_path, gzip.compress(b"0" * (1 << 23)), name="a.csv.gz")
    assert {each.name for each in tmp_path.iterdir()} == {"a.csv.gz"}


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"abc" * 1000, mtime=0)[:-12]], ids=["not gzip", "cut off"]
)
def test_damaged_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    with pytest.raises(BadFile):
        decoded(tmp_path, body, name="a.csv.gz")


@settings(max_examples=50, deadline=None)
@given(
    text=st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), min_size=1
    )
)
def test_text_round_trips_through_gb18030_when_declared(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("text")
    assert decoded(folder, text.encode("gb18030"), "gb18030")[0] == text
