"""Random tokens: what is handed out, and the little of it that is stored.

Session tokens and API keys carry 256 random bits, so a plain SHA-256 keeps them safe (argon2 is for what people can
remember). The CSRF token is computed from the session token: nothing to store, and worthless for any other session.
"""

import hashlib
import hmac
import re
import secrets

_KEY = re.compile(r"city_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """Return 256 random bits, safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """Return what is stored of a token: its SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """Return the CSRF token that belongs to a session token."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Return whether two texts are equal, in time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def new_key() -> tuple[str, str]:
    """Return a new API key and its visible prefix.

    Example:
        >>> key, prefix = new_key()
        >>> prefix_of(key) == prefix
        True
    """
    prefix = secrets.token_hex(6)
    return f"city_{prefix}_{secrets.token_urlsafe(32)}", prefix


def prefix_of(key: str) -> str | None:
    """Return the prefix of an API key, None when the text is none.

    Example:
        >>> prefix_of("hello") is None
        True
    """
    found = _KEY.fullmatch(key)
    return found.group(1) if found else None
