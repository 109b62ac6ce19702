"""Whole numbers as people write them: 7, 七, 十二, 两百, seven."""

from collections.abc import Mapping

NUMERAL = r"(?:\d{1,4}|[零〇一二两三四五六七八九十百千]{1,9}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
"""Pattern of a numeral; :func:`number` tells whether it is one."""

WORD_END = r"(?!(?<=[a-z0-9])[a-z0-9])"
"""Pattern of a place where no Latin word or number goes on; it makes a pattern before it look for a longer reading."""

_DIGITS: Mapping[str, int] = {
    "零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
_SCALES: Mapping[str, int] = {"十": 10, "百": 100, "千": 1_000}
_WORDS: Mapping[str, int] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12,
}  # fmt: skip


def number(text: str) -> int | None:
    """Return the number that ``text`` writes; None when it is none.

    Example:
        >>> [number(text) for text in ("7", "十", "二十三", "两百零五", "三五", "seven")]
        [7, 10, 23, 205, None, 7]
    """
    if text.isascii():
        return int(text) if text.isdigit() else _WORDS.get(text)
    total, digit, last = 0, None, 10_000
    for place, character in enumerate(text):
        if character in _SCALES:
            scale = _SCALES[character]
            if scale >= last or (digit is None and not (scale == 10 and place == 0)):
                return None
            total, digit, last = total + (1 if digit is None else digit) * scale, None, scale
        elif character not in _DIGITS or digit:
            return None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)
