"""What can be wrong with a source beyond its types: unknown connector or options, secrets in plain, double feeds."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from cityloop.foundation.definition import Bilingual, Kind, Path, Problem, Reference, Snapshot
from cityloop.foundation.errors import CityError, Invalid, closest
from cityloop.sources.connectors.base import Options
from cityloop.sources.connectors.registry import STANDARD
from cityloop.sources.errors import BadOptions, SecretInPlain, UnknownConnector
from cityloop.sources.model import SHORTEST_S, SourceDefinition
from cityloop.sources.secrets import in_plain


def references(source: SourceDefinition) -> Iterable[Reference]:
    """Yield the datasets that the source fills."""
    for place, feed in enumerate(source.feeds):
        yield Reference("dataset", feed.dataset, ("feeds", place, "dataset"))


def check(source: SourceDefinition, _snapshot: Snapshot) -> Iterator[Problem]:
    """Yield everything wrong with a source that its types cannot say."""
    connector = STANDARD.get(source.connector)
    if connector is None:
        close = closest(source.connector, STANDARD) or sorted(STANDARD)
        yield Problem(
            ("connector",),
            UnknownConnector(kind="connector", name=source.connector, close=close),
        )
        return
    yield from _options(
        source.name, ("connection",), connector.connection_options, source.connection
    )
    for place, feed in enumerate(source.feeds):
        path = ("feeds", place, "read")
        yield from _options(source.name, path, connector.read_options, feed.read)
    yield from _feeds(source)


def validated(source: str, where: str, model: type[Options], written: Mapping[str, Any]) -> Options:
    """Return options in the connector's own model.

    Raises:
        BadOptions: they are not what it understands; the value is named only when it cannot be a secret.
    """
    try:
        return model.model_validate(written)
    except ValidationError as error:
        raise _bad_options(source, where, model, error)[1] from None


def _options(
    source: str, path: Path, model: type[Options], written: Mapping[str, Any]
) -> Iterator[Problem]:
    for place in in_plain(written):
        yield Problem(
            (*path, *place), SecretInPlain(source=source, option=".".join(map(str, place)))
        )
    try:
        model.model_validate(written)
    except ValidationError as error:
        where, problem = _bad_options(source, str(path[-1]), model, error)
        yield Problem((*path, *where), problem)


def _bad_options(
    source: str, where: str, model: type[Options], error: ValidationError
) -> tuple[Path, CityError]:
    # Not the input: it may hold a secret.
    first = error.errors(include_input=False, include_url=False)[0]
    place = tuple(first["loc"])
    names = sorted(each.alias or name for name, each in model.model_fields.items())
    option = ".".join(map(str, (where, *place)))
    return place, BadOptions(source=source, option=option, reason=first["msg"], known=names)


def _feeds(source: SourceDefinition) -> Iterator[Problem]:
    seen = set()
    for place, feed in enumerate(source.feeds):
        if feed.dataset in seen:
            reason = "two feeds of one source cannot fill the same dataset"
            error = Invalid(field="dataset", value=feed.dataset, reason=reason)
            yield Problem(("feeds", place, "dataset"), error)
        seen.add(feed.dataset)
    if source.schedule is not None and source.schedule.every_s < SHORTEST_S:
        error = Invalid(
            field="every", value=source.schedule.every, reason=f"at least {SHORTEST_S}s"
        )
        yield Problem(("schedule", "every"), error)


SOURCE = Kind(
    name="source",
    folder="sources",
    model=SourceDefinition,
    references=references,
    check=check,
    title=Bilingual(zh="数据来源", en="Source"),
)
"""The kind of definition that this feature brings."""
