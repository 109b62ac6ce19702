"""Small pieces of SQL text that the compiler puts together; the only place that quotes names and literals.

The compiler writes DuckDB's dialect as text and parses it once at the end: names and values of definitions and sources
enter only through :func:`name` and :func:`text`, so they cannot become syntax.
"""

import re
from collections.abc import Iterable, Mapping

INVISIBLE = r"\x{200B}-\x{200D}\x{2060}\x{FEFF}"
"""Characters without width: zero-width space and joiners, word joiner, byte order mark."""
BLANKS = r"\x00-\x20\x{85}\x{A0}\x{1680}\x{2000}-\x{200D}\x{2028}\x{2029}\x{202F}\x{205F}\x{2060}\x{3000}\x{FEFF}"
"""Characters that are trimmed: controls, every Unicode space, the ideographic space and those without width."""
FULL_WIDTH = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000"
"""Full-width forms of ASCII and the ideographic space …"""
HALF_WIDTH = "".join(map(chr, range(0x21, 0x7F))) + " "
"""… and what they stand for."""


def name(words: str) -> str:
    """Return ``words`` as a quoted identifier.

    Example:
        >>> name('a"b')
        '"a""b"'
    """
    return '"' + words.replace('"', '""') + '"'


def text(words: str) -> str:
    """Return ``words`` as a string literal.

    Example:
        >>> text("it's")
        "'it''s'"
    """
    return "'" + words.replace("'", "''") + "'"


def with_each(value: str, parameter: str, body: str) -> str:
    """Return ``body`` with ``parameter`` bound to ``value``, so that ``value`` is computed once.

    DuckDB has no LET in expressions; a lambda over a list of one does the same, also inside a lazy CASE branch.
    """
    return f"LIST_TRANSFORM([{value}], LAMBDA {parameter} : {body})[1]"


def struct(fields: Mapping[str, str]) -> str:
    """Return a struct of named expressions."""
    return "{" + ", ".join(f"{text(key)}: {value}" for key, value in fields.items()) + "}"


def all_of(conditions: Iterable[str]) -> str:
    """Return the conjunction of ``conditions``; TRUE when there is none."""
    return " AND ".join(f"({each})" for each in conditions) or "TRUE"


def any_of(conditions: Iterable[str]) -> str:
    """Return the disjunction of ``conditions``; FALSE when there is none."""
    return " OR ".join(f"({each})" for each in conditions) or "FALSE"


def one_of(value: str, words: Iterable[str]) -> str:
    """Return whether ``value`` is one of ``words``; written with OR, which stays lazy where IN becomes a join."""
    return any_of(f"{value} = {text(each)}" for each in words)


def choice(value: str, outcomes: Mapping[str, str]) -> str:
    """Return the outcome (an expression) of ``value``, NULL when it has none."""
    if not outcomes:
        return "NULL"
    branches = " ".join(f"WHEN {text(key)} THEN {then}" for key, then in outcomes.items())
    return f"CASE {value} {branches} END"


def trimmed(value: str) -> str:
    """Return ``value`` without blanks at both ends."""
    return f"REGEXP_REPLACE({value}, '^[{BLANKS}]+|[{BLANKS}]+$', '', 'g')"


def is_no_blank(code_point: str) -> str:
    """Return whether a code point is surely no blank: printable ASCII, or beyond U+3000 and not the byte order mark."""
    return f"{code_point} BETWEEN 33 AND 126 OR {code_point} > 12288 AND {code_point} <> 65279"


def half_width(value: str) -> str:
    """Return ``value`` with full-width forms made half-width and characters without width taken out.

    TRANSLATE with this many characters costs 3 µs a value, so it runs only where there is something to do.
    """
    folds = f"REGEXP_MATCHES({value}, '[\\x{{FF01}}-\\x{{FF5E}}\\x{{3000}}{INVISIBLE}]')"
    visible = f"REGEXP_REPLACE({value}, '[{INVISIBLE}]', '', 'g')"
    folded = f"TRANSLATE({visible}, {text(FULL_WIDTH)}, {text(HALF_WIDTH)})"
    return f"CASE WHEN STRLEN({value}) > LENGTH({value}) AND {folds} THEN {folded} ELSE {value} END"


def plain_trimmed(words: str) -> str:
    """Return ``words`` trimmed as :func:`trimmed` does, at compile time.

    Example:
        >>> plain_trimmed("　无 ")
        '无'
    """
    return _ENDS.sub("", words)


_PYTHON_BLANKS = re.sub(r"\\x\{([0-9A-F]+)\}", lambda code: f"\\u{code.group(1):0>4}", BLANKS)
_ENDS = re.compile(f"^[{_PYTHON_BLANKS}]+|[{_PYTHON_BLANKS}]+\\Z")
_FOLDS = str.maketrans(FULL_WIDTH, HALF_WIDTH)
_HIDDEN = re.compile("[\u200b-\u200d\u2060\ufeff]")


def plain_folded(words: str) -> str:
    """Return ``words`` as :func:`half_width` makes them, at compile time.

    Example:
        >>> plain_folded("Ａ１")
        'A1'
    """
    return _HIDDEN.sub("", words).translate(_FOLDS)


def plain_widened(words: str) -> str:
    """Return ``words`` with ASCII in full-width forms.

    Example:
        >>> plain_widened("N/A")
        'Ｎ／Ａ'
    """
    return words.translate(_WIDENS)


_WIDENS = str.maketrans(HALF_WIDTH, FULL_WIDTH)
