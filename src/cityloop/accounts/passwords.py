"""Passwords: which are good enough, and how they are kept.

Length counts most (NIST SP 800-63B, 5.1.1.2): at least 10 characters, none of the usual ones, nothing made of the
person's own name. Kept as argon2id (RFC 9106, second recommended option) and verified by few threads at a time, since
each check takes 64 MiB.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from threading import Semaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cityloop.accounts.model import WeakPassword

SHORTEST = 10
"""Characters; longer is safer and harder to remember."""
LONGEST = 128
"""Characters; more would only cost time."""
AT_ONCE = 2
"""Checks at the same time: 64 MiB and about 50 ms of one core each; the others wait their turn."""

_LEET = str.maketrans("013457@$!", "oleastasi")
_USUAL = frozenset(
    [
        "password",
        "passwords",
        "passwort",
        "passw",
        "passwd",
        "pass",
        "admin",
        "administrator",
        "root",
        "user",
        "guest",
        "welcome",
        "letmein",
        "changeme",
        "secret",
        "login",
        "master",
        "hello",
        "test",
        "tester",
        "testing",
        "demo",
        "default",
        "system",
        "server",
        "iloveyou",
        "woaini",
        "wodemima",
        "mima",
        "woaiwojia",
        "zhongguo",
        "china",
        "beijing",
        "hangzhou",
        "qwerty",
        "qwertyuiop",
        "qwertyuiopasdfghjkl",
        "asdfgh",
        "asdfghjkl",
        "zxcvbn",
        "zxcvbnm",
        "qazwsx",
        "qazwsxedc",
        "qwer",
        "asdf",
        "zxcv",
        "abc",
        "abcd",
        "abcdef",
        "aaaaaa",
        "dragon",
        "monkey",
        "sunshine",
        "princess",
        "football",
        "baseball",
        "superman",
        "trustno",
        "cityloop",
        "chengshi",
        "zhengfu",
        "gov",
        "huanying",
        "nihao",
    ]
)
_ROWS = (
    "01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)  # fmt: skip


def check_password(password: str, names: Iterable[str]) -> None:
    """Do nothing when the password is good enough.

    Args:
        password: as typed.
        names: the person's user name and display name.

    Raises:
        WeakPassword: too short, too long, usual, or made of a name; the reason is a text key.

    Example:
        >>> check_password("heron over the lake", ["mei"])
    """
    reason = _weakness(password, names)
    if reason:
        raise WeakPassword(reason=reason, shortest=SHORTEST, longest=LONGEST)


def one_time_password() -> str:
    """Return a random password of 16 characters (96 bits)."""
    return secrets.token_urlsafe(12)


class Passwords:
    """Keeps and checks passwords.

    Args:
        hasher: argon2 with its costs; None takes the second recommended option of RFC 9106.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = Semaphore(AT_ONCE)
        self._nobody: str | None = None

    def keep(self, password: str) -> str:
        """Return what may be stored of ``password``."""
        with self._turn:
            return self._hasher.hash(_normal(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Return whether ``password`` is the kept one; takes as long when there is none (``kept`` None)."""
        with self._turn:
            if (
                self._nobody is None
            ):  # made on the first check, whoever is checked: starting stays quick
                self._nobody = self._hasher.hash(secrets.token_urlsafe())
            try:
                good = self._hasher.verify(kept or self._nobody, _normal(password)[: LONGEST * 4])
            except (VerificationError, InvalidHashError):
                return False
        return good and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Return whether it was kept with other costs than those in use now."""
        return self._hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _weakness(password: str, names: Iterable[str]) -> str | None:
    text = _normal(password)
    if len(text) < SHORTEST:
        return "too_short"
    if len(text) > LONGEST:
        return "too_long"
    plain = text.casefold()
    core = re.sub(r"^[^a-z]+|[^a-z]+$", "", plain).translate(_LEET)
    bare = "".join(char for char in plain if char.isalpha())
    if len(set(plain)) < 5 or any(_is_run(each) for each in (plain, bare) if each):
        return "usual"
    if not bare or {core, bare} & _USUAL:
        return "usual"
    for name in names:
        own = _normal(name).casefold()
        rest = len(plain) - len(own)
        if len(own) >= 2 and own in plain and rest < SHORTEST:
            return "own_name"
    return None


def _is_run(text: str) -> bool:
    return len(text) >= 6 and any(text in row for row in _ROWS)
