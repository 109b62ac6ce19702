"""One error tree, so that every surface can say what happened, with which value, and what to do next.

    CityError
    ├── Permanent            repeating the same call fails again
    │   ├── Invalid          422  the input is wrong; it names the value
    │   ├── Unauthenticated  401  we do not know who you are
    │   ├── Forbidden        403  we know who you are; this is not yours
    │   ├── NotFound         404  no such thing, or none that you may know of
    │   ├── Conflict         409  somebody was faster, or the state does not allow it
    │   └── Broken           500  our own promise does not hold
    └── Transient            repeating later may succeed (jobs retry only these)
        ├── Unavailable      503  a peer is down, a lock is held
        └── TooMany          429  slow down

A feature derives its own errors from these, each with a stable ``code`` (``feature.what``) whose text stands in
the feature's ``texts.toml`` in Chinese and English.
"""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from rapidfuzz import process

from cityloop.foundation import i18n

Lang = Literal["zh", "en"]


class CityError(Exception):
    """Root of every error that CityLoop raises on purpose.

    Example:
        >>> try:
        ...     raise NotFound(kind="metric", name="pm")
        ... except CityError as error:
        ...     error.code, error.status
        ('not_found', 404)
    """

    code: ClassVar[str] = "error"
    """Stable identifier ``feature.what``; clients and tests rely on it."""
    status: ClassVar[int] = 500
    """HTTP status of the error."""

    def __init__(self, **fields: object) -> None:
        """Keep ``fields``: the values that the text names; never a secret or a graded value."""
        super().__init__(self.code, fields)
        self.fields = fields

    def message(self, lang: Lang = "en") -> str:
        """Return what happened, with which value."""
        return i18n.text(self.code, lang, self.fields)

    def hint(self, lang: Lang = "en") -> str:
        """Return what to do next."""
        return i18n.text(f"{self.code}.hint", lang, self.fields)

    def __str__(self) -> str:
        """Return the English text, with its code."""
        return f"[{self.code}] {self.message()} {self.hint()}".rstrip()


class Permanent(CityError):
    """Repeating the same call will fail again."""


class Transient(CityError):
    """Repeating the same call later may succeed."""


class Invalid(Permanent):
    """The input is wrong."""

    code, status = "invalid", 422


class Unauthenticated(Permanent):
    """Nobody, or nobody we know, is asking."""

    code, status = "unauthenticated", 401


class Forbidden(Permanent):
    """The one who asks may not do this."""

    code, status = "forbidden", 403


class NotFound(Permanent):
    """There is no such thing."""

    code, status = "not_found", 404


class Conflict(Permanent):
    """The present state does not allow this."""

    code, status = "conflict", 409


class Broken(Permanent):
    """A promise of CityLoop itself does not hold; please report it."""

    code, status = "broken", 500


class Unavailable(Transient):
    """Something that is needed does not answer now."""

    code, status = "unavailable", 503


class TooMany(Transient):
    """Too many calls in too short a time."""

    code, status = "too_many", 429


def closest(word: str, known: Iterable[str], *, most: int = 3) -> Sequence[str]:
    """Return up to ``most`` of the ``known`` names that look like ``word``, best first.

    Example:
        >>> closest("pm2.5", ["pm25", "pm10", "speed"])
        ['pm25']
    """
    found = process.extract(word, sorted(known), limit=most, score_cutoff=50)
    return [name for name, _score, _index in found]
