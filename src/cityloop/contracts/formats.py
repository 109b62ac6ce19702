"""Formats with rules of their own, checked in SQL: identity and organisation codes, card, phone and plate numbers.

Sources: GB 11643-1999 (18 characters, ISO 7064 MOD 11-2), GB 32100-2015 (18 characters, weights 3^i mod 31), ISO/IEC
7812-1 annex B (Luhn), GA 36-2018 (plates; new-energy plates have eight characters). Examples:
tests/contracts/test_formats.py. The area code of an identity number is not checked: old codes stay valid on old cards.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cityloop.contracts import sql
from cityloop.contracts.model import FormatName
from cityloop.contracts.parsing import Parser, value_or

GB32100_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Characters of a unified social credit code; no I, O, S, V, Z."""
PLATE = (
    "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]"
    "(?:[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳]|[DF][A-HJ-NP-Z0-9]\\d{4}|\\d{5}[DF])"
)
"""Civil plates: five characters after the city's letter, six on new-energy vehicles."""
PHONE = "1[3-9]\\d{9}|0\\d{2,3}-?[2-9]\\d{6,7}(?:-\\d{1,6})?|[48]00\\d{7}"
"""Mobile; area code and number, perhaps with an extension; 400 and 800 numbers."""
_NIBBLE = "15::UBIGINT"


@dataclass(frozen=True, slots=True)
class Format:
    """One format: ``valid(x, helper)`` is the test of canonical text, ``canonical(h)`` what is stored.

    ``helpers`` are computed one after the other; ``valid`` names each as ``helper(suffix)``.
    """

    valid: Callable[[str, Callable[[str], str]], str]
    canonical: Callable[[str], str]
    helpers: tuple[tuple[str, Callable[[str], str]], ...] = ()


def format_parser(which: FormatName) -> Parser:
    """Return how a text field of this format is read; a value that fails breaks the rule of the format's name."""
    chosen = FORMATS[which]

    def helper_of(x: str) -> Callable[[str], str]:
        return lambda suffix: x + suffix

    def parse(h: str) -> str:
        checked = f"CASE WHEN {chosen.valid('t', helper_of('t'))} THEN t END"
        for suffix, build in reversed(chosen.helpers):
            checked = sql.with_each(build("t"), f"t{suffix}", checked)
        return value_or(sql.with_each(chosen.canonical(h), "t", checked), which)

    return Parser(
        kind="VARCHAR",
        fast=lambda x: f"CASE WHEN {chosen.valid(x, helper_of(x))} THEN {x} END",
        parse=parse,
        helpers=chosen.helpers,
    )


def _digit(bits: str, place: int) -> str:
    return f"(({bits} >> {4 * place}) & {_NIBBLE})"


def _gb11643_valid(x: str, helper: Callable[[str], str]) -> str:
    """Digits 2–17 read as hexadecimal are their own decimal digits, four bits each: the rest is bit arithmetic."""
    b, total = helper("_b"), helper("_t")
    check = (
        f"['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][CAST(1 + {total} % 11 AS BIGINT)]"
    )
    century = f"(({b} >> 36) & 255::UBIGINT) IN (24, 25, 32)"
    month = f"({_digit(b, 6)} * 10 + {_digit(b, 5)})"
    day = f"({_digit(b, 4)} * 10 + {_digit(b, 3)})"
    written = (
        f"SUBSTRING({x}, 7, 4) || '-' || SUBSTRING({x}, 11, 2) || '-' || SUBSTRING({x}, 13, 2)"
    )
    real_day = f"{month} BETWEEN 1 AND 12 AND ({day} BETWEEN 1 AND 28 OR {day} BETWEEN 29 AND 31 AND TRY_CAST({written} AS DATE) IS NOT NULL)"
    # Blanks and underscores shorten the hexadecimal number; then its first digit is 0, as only Chongqing's 50 is.
    whole = f"({b} >> 60) > 0 OR REGEXP_FULL_MATCH({x}, '\\d{{17}}[0-9X]')"
    decimal = f"({b} >> 3) & (({b} >> 2) | ({b} >> 1)) & 1229782938247303441::UBIGINT = 0"
    return (
        f"{total} IS NOT NULL AND SUFFIX({x}, {check})"
        f" AND {century} AND {real_day} AND ({decimal}) AND ({whole}) AND NOT CONTAINS({x}, '_')"
    )


def _gb11643_bits(x: str) -> str:
    return f"CASE WHEN STRLEN({x}) = 18 THEN TRY_CAST('0x' || SUBSTRING({x}, 2, 16) AS UBIGINT) END"


def _gb11643_total(x: str) -> str:
    """Return Σ digit × 2^(18 − position): the check character is 12 − total, modulo 11."""
    terms = [f"{_digit(f'{x}_b', place)} * {2 ** (place + 1) % 11}" for place in range(16)]
    first = f"CAST(ORD({x}) - 48 AS UBIGINT) * {2**17 % 11}"
    known = f"{x}_b IS NOT NULL AND ORD({x}) BETWEEN 49 AND 57"
    return f"CASE WHEN {known} THEN {' + '.join(terms)} + {first} END"


def _gb32100_valid(x: str, _helper: Callable[[str], str]) -> str:
    rank = "(STRPOS('{0}', SUBSTRING({1}, {2}, 1)) - 1)"
    terms = [
        f"{rank.format(GB32100_ALPHABET, x, place + 1)} * {3**place % 31}" for place in range(17)
    ]
    check = f"SUBSTRING('{GB32100_ALPHABET}', CAST((31 - ({' + '.join(terms)}) % 31) % 31 AS BIGINT) + 1, 1)"
    shape = f"REGEXP_FULL_MATCH({x}, '[0-9A-HJ-NP-RTUWXY]{{2}}\\d{{6}}[0-9A-HJ-NP-RTUWXY]{{10}}')"
    return f"CASE WHEN {shape} THEN SUFFIX({x}, {check}) ELSE FALSE END"


def _luhn_valid(_x: str, helper: Callable[[str], str]) -> str:
    n = helper("_n")
    pairs = []
    for pair in range(10):
        two = f"({n} // {100**pair}::UBIGINT % 100)"
        pairs.append(
            f"{two} % 10 + [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][CAST(1 + {two} // 10 AS BIGINT)]"
        )
    return f"{n} IS NOT NULL AND ({' + '.join(pairs)}) % 10 = 0"


def _luhn_number(x: str) -> str:
    return f"CASE WHEN REGEXP_FULL_MATCH({x}, '\\d{{8,19}}') THEN TRY_CAST({x} AS UBIGINT) END"


def _matches(pattern: str) -> Callable[[str, Callable[[str], str]], str]:
    return lambda x, _helper: f"REGEXP_FULL_MATCH({x}, {sql.text(pattern)})"


def _without(characters: str) -> Callable[[str], str]:
    return lambda h: f"UPPER(REGEXP_REPLACE({h}, {sql.text(characters)}, '', 'g'))"


def _phone(h: str) -> str:
    plain = f"REGEXP_REPLACE({h}, '[\\s()]', '', 'g')"
    mobile = f"REGEXP_REPLACE({plain}, '^(?:\\+|00)?(?:86)?-?(1[3-9]\\d)-?(\\d{{4}})-?(\\d{{4}})$', '\\1\\2\\3')"
    return f"REGEXP_REPLACE({mobile}, '^([48]00)-?(\\d{{3,4}})-?(\\d{{3,4}})$', '\\1\\2\\3')"


FORMATS: dict[FormatName, Format] = {
    "gb11643": Format(
        _gb11643_valid, _without("\\s"), (("_b", _gb11643_bits), ("_t", _gb11643_total))
    ),
    "gb32100": Format(_gb32100_valid, _without("[\\s-]")),
    "luhn": Format(_luhn_valid, _without("[\\s-]"), (("_n", _luhn_number),)),
    "phone": Format(_matches(PHONE), _phone),
    "plate": Format(_matches(PLATE), _without("[\\s·.-]")),
}
"""Every format by name."""
