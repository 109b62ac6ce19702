"""Fills ``${env:NAME}`` into options at the moment of reading; the result is never stored, logged or audited."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from cityloop.foundation.definition import Path
from cityloop.sources.errors import DemoAsleep, MissingSecret
from cityloop.sources.model import SECRET

SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|api[-_]?key|authorization|credential|cookie", re.IGNORECASE
)
"""Names of options whose value is a secret."""
DEMO = "CITYLOOP_DEMO_"
"""Beginning of the variables that only the process of the living demo sets."""


def fill_in(value: Any, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 - any YAML value
    """Return ``value`` with every ``${env:NAME}`` replaced.

    Raises:
        MissingSecret: the environment has no such variable.
        DemoAsleep: it is one that the living demo sets.

    Example:
        >>> fill_in({"url": "https://x/?k=${env:K}"}, {"K": "7"})
        {'url': 'https://x/?k=7'}
    """

    def found(match: re.Match[str]) -> str:
        if match.group(1) not in environment:
            kind = DemoAsleep if match.group(1).startswith(DEMO) else MissingSecret
            raise kind(variable=match.group(1))
        return environment[match.group(1)]

    if isinstance(value, str):
        return SECRET.sub(found, value)
    if isinstance(value, Mapping):
        return {key: fill_in(each, environment) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [fill_in(each, environment) for each in value]
    return value


def variables(value: object) -> Iterator[str]:
    """Yield the environment variables that ``value`` names."""
    if isinstance(value, str):
        yield from SECRET.findall(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from variables(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from variables(each)


def in_plain(options: Any, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - any YAML value
    """Yield where ``options`` hold a secret itself: under a telling name, or as the password of a URL.

    Example:
        >>> list(in_plain({"headers": {"X-Api-Key": "abc"}, "url": "https://a:${env:P}@x"}))
        [('headers', 'X-Api-Key')]
    """
    if isinstance(options, Mapping):
        for key, each in options.items():
            if isinstance(each, str) and SECRET_NAMES.search(str(key)) and not SECRET.search(each):
                yield (*path, str(key))
            else:
                yield from in_plain(each, (*path, str(key)))
    elif isinstance(options, str) and "://" in options and _password_of(SECRET.sub("", options)):
        yield path


def _password_of(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None
