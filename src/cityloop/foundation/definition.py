"""What a definition is: the base types that every kind of city-as-code shares.

A feature derives its kinds from :class:`Definition` and registers each as a :class:`Kind`; at run time it asks a
:class:`Snapshot` for what is published. Reading, planning, applying and versions live in ``cityloop.definitions``,
which re-exports these names; they stand here so that its sibling features may use them too.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, ClassVar, Generic, Literal, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from typing_extensions import Unpack

from cityloop.foundation.errors import CityError, NotFound, closest

Name = Annotated[str, StringConstraints(pattern=r"^[^\W\d_]\w*$", max_length=64)]
"""Identifier: letters of any script, digits and ``_``; starts with a letter; at most 64 characters."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
"""Words for people; never empty."""
Path = tuple[str | int, ...]
"""Where in a definition: keys and list positions, e.g. ``("fields", 2, "unit")``."""


class Bilingual(BaseModel):
    """One text in both languages.

    Example:
        >>> Bilingual(zh="临湖区", en="Linhu District").text("en")
        'Linhu District'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: Text
    en: Text

    def text(self, lang: Literal["zh", "en"]) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class OneOrBoth:
    """Lets a :class:`Bilingual` be written as one text that counts in both languages, and writes it so again.

    ``pattern`` says in the JSON Schema which texts may stand alone; it does not refuse others.

    Example:
        >>> from pydantic import TypeAdapter
        >>> TypeAdapter(Annotated[Bilingual, OneOrBoth()]).validate_python("km/h")
        Bilingual(zh='km/h', en='km/h')
    """

    pattern: str | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Read one text as both languages; write both as one where they agree."""
        shown = core_schema.plain_serializer_function_ser_schema(_shorter)
        return core_schema.no_info_before_validator_function(
            _both, handler(source), serialization=shown
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say that one text or both languages are fine."""
        one: JsonSchemaValue = {"type": "string", "minLength": 1}
        return {
            "anyOf": [one | ({"pattern": self.pattern} if self.pattern else {}), handler(schema)]
        }


def _both(value: object) -> object:
    return {"zh": value, "en": value} if isinstance(value, str) else value


def _shorter(words: Bilingual) -> str | dict[str, str]:
    return words.zh if words.zh == words.en else words.model_dump()


class Definition(BaseModel):
    """One thing that a city defines. A kind derives from this and adds its own fields.

    ``kind_name`` is what YAML writes after ``kind:``; it follows from the class name (``MetricDefinition`` → ``metric``)
    unless the class sets it. A field whose YAML key is a Python keyword takes an alias (``Field(alias="from")``);
    Python code may use either name.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )
    kind_name: ClassVar[str] = "definition"

    name: Name
    title: Bilingual
    description: Bilingual | None = None
    owner: str | None = None
    """Name of the department that answers for it; None when nobody in particular does."""

    def __init_subclass__(cls, **options: Unpack[ConfigDict]) -> None:
        """Derive ``kind_name`` from the class name unless the class sets it."""
        super().__init_subclass__(**options)
        if "kind_name" not in cls.__dict__:
            words = re.findall(r"[A-Z][a-z0-9]*", cls.__name__.removesuffix("Definition"))
            cls.kind_name = "_".join(words).lower()


D = TypeVar("D", bound=Definition)


@dataclass(frozen=True, slots=True)
class Reference:
    """A definition names another one of ``kind`` called ``name``; ``path`` says where it does."""

    kind: str
    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at ``path`` of one definition; ``error`` says what, in both languages (it is not raised)."""

    path: Path
    error: CityError


def _no_references(_definition: Definition) -> Iterable[Reference]:
    return ()


def _no_problems(_definition: Definition, _snapshot: "Snapshot") -> Iterable[Problem]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind(Generic[D]):
    """One kind of definition and what it knows about itself.

    Args:
        name: what YAML writes after ``kind:``; equals ``model.kind_name``.
        folder: files below this folder of the city are of this kind unless they say otherwise.
        model: the class; pydantic checks types with it.
        references: yields whatever it names of other kinds; ``owner`` is taken care of already.
        check: yields everything wrong that types cannot say; the snapshot holds all definitions of the draft,
            and references may still dangle (they are reported apart), so look up with :meth:`Snapshot.find`.
        title: its name for people; None shows ``name``.

    Raises:
        ValueError: ``name`` and ``model.kind_name`` differ.
    """

    name: str
    folder: str
    model: type[D]
    references: Callable[[D], Iterable[Reference]] = _no_references
    check: Callable[[D, "Snapshot"], Iterable[Problem]] = _no_problems
    title: Bilingual | None = None

    def __post_init__(self) -> None:
        if self.model.kind_name != self.name:
            message = f"kind {self.name!r}: {self.model.__name__}.kind_name is {self.model.kind_name!r}; set it"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All definitions of one moment; never changes, so a request may keep it as long as it lasts.

    ``revision`` grows with each apply (0: nothing applied, or built by :meth:`of`); ``versions`` says how often each
    ``(kind, name)`` was changed, starting with 1.

    Example:
        >>> class LampDefinition(Definition):
        ...     watts: int
        >>> lamp = LampDefinition(name="tall", title={"zh": "高灯", "en": "Tall"}, watts=90)
        >>> Snapshot.of(lamp).one(LampDefinition, "tall").watts
        90
    """

    revision: int
    versions: Mapping[tuple[str, str], int]
    kinds: Mapping[str, Mapping[str, Definition]]
    """Kind → name → definition, each in order of name."""

    @classmethod
    def of(
        cls,
        *definitions: Definition,
        revision: int = 0,
        versions: Mapping[tuple[str, str], int] | None = None,
    ) -> "Snapshot":
        """Return a snapshot of these; of two with the same kind and name the later one counts.

        Args:
            definitions: of any kinds.
            revision: which apply it shows.
            versions: of each definition; None gives each version 1.
        """
        found: dict[str, dict[str, Definition]] = {}
        for definition in sorted(definitions, key=lambda each: each.name):
            found.setdefault(definition.kind_name, {})[definition.name] = definition
        if versions is None:
            versions = {(each.kind_name, each.name): 1 for each in definitions}
        return cls(
            revision,
            MappingProxyType(dict(versions)),
            MappingProxyType({kind: MappingProxyType(found[kind]) for kind in sorted(found)}),
        )

    def one(self, model: type[D], name: str) -> D:
        """Return the definition of this class and name.

        Raises:
            NotFound: there is none; close names are given.
        """
        found = self.find(model, name)
        if found is None:
            raise NotFound(kind=model.kind_name, name=name, close=closest(name, self.all(model)))
        return found

    def find(self, model: type[D], name: str) -> D | None:
        """Return the definition of this class and name, or None when there is none."""
        return self.all(model).get(name)

    def all(self, model: type[D]) -> Mapping[str, D]:
        """Return every definition of this class by name, in order of name; empty when there is none."""
        # A kind has one class, so its definitions are of that class.
        return cast("Mapping[str, D]", self.kinds.get(model.kind_name, _NONE))

    def has(self, kind: str, name: str) -> bool:
        """Return whether there is a definition of ``kind`` called ``name``."""
        return name in self.kinds.get(kind, _NONE)


_NONE: Mapping[str, Definition] = MappingProxyType({})
