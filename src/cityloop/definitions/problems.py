"""What can be wrong with definitions: one error class per problem, and where it was found."""

from dataclasses import dataclass
from typing import ClassVar

from cityloop.foundation import i18n
from cityloop.foundation.definition import Path
from cityloop.foundation.errors import CityError, Conflict, Invalid, Lang, NotFound


class BadYaml(Invalid):
    """The text is not YAML; the rest of this document cannot be read."""

    code = "definitions.bad_yaml"


class TabInYaml(Invalid):
    """YAML does not allow tabs before a value."""

    code = "definitions.tab"


class AliasInYaml(Invalid):
    """Anchors and aliases are refused: a few lines of them can blow up to gigabytes."""

    code = "definitions.alias"


class TagInYaml(Invalid):
    """Tags such as ``!!python/object`` are refused: a definition is plain data."""

    code = "definitions.tag"


class DuplicateKey(Invalid):
    """A mapping has one key twice."""

    code = "definitions.duplicate_key"


class BadKey(Invalid):
    """A key is a list or a mapping."""

    code = "definitions.bad_key"


class TooDeep(Invalid):
    """Lists and mappings are nested deeper than any definition needs."""

    code = "definitions.too_deep"


class TooLarge(Invalid):
    """A file is larger, or a folder holds more files, than definitions need."""

    code = "definitions.too_large"


class NotUtf8(Invalid):
    """A file is not UTF-8 text."""

    code = "definitions.not_utf8"


class OutsideCity(Invalid):
    """A link in the city's folder leads out of it."""

    code = "definitions.outside_city"


class NotAMapping(Invalid):
    """A document is a list or a single value."""

    code = "definitions.not_a_mapping"


class NoKind(Invalid):
    """A document does not say its kind, and its folder does not tell."""

    code = "definitions.no_kind"


class UnknownKind(Invalid):
    """No such kind of definition."""

    code = "definitions.unknown_kind"


class MissingKey(Invalid):
    """A key that the kind requires is not there."""

    code = "definitions.missing_key"


class UnknownKey(Invalid):
    """A key that the kind does not know."""

    code = "definitions.unknown_key"


class NotAllowed(Invalid):
    """A value is none of those that may stand there."""

    code = "definitions.not_allowed"


class _Spoken(Invalid):
    """An error one of whose fields is itself a text with two languages."""

    prefix: ClassVar[str]
    spoken: ClassVar[str]

    def _fields(self, lang: Lang) -> dict[str, object]:
        given = str(self.fields[self.spoken])
        said = [
            i18n.text(f"{self.prefix}.{each}", lang, self.fields)
            if f"{self.prefix}.{each}" in i18n.texts()
            else each
            for each in given.split("|")
        ]
        return {**self.fields, self.spoken: (" 或 " if lang == "zh" else " or ").join(said)}

    def message(self, lang: Lang = "en") -> str:
        """Return what happened, with which value."""
        return i18n.text(self.code, lang, self._fields(lang))

    def hint(self, lang: Lang = "en") -> str:
        """Return what to do next."""
        return i18n.text(f"{self.code}.hint", lang, self._fields(lang))


class WrongType(_Spoken):
    """A value has the wrong type; ``expected`` names the right ones, separated by ``|``."""

    code, prefix, spoken = "definitions.wrong_type", "definitions.type", "expected"


class BadValue(_Spoken):
    """A value has the right type and is still wrong; ``reason`` says why."""

    code, prefix, spoken = "definitions.bad_value", "definitions.reason", "reason"


class BadName(Invalid):
    """A name is not an identifier."""

    code = "definitions.bad_name"


class Duplicate(Invalid):
    """Two definitions have the same kind and name."""

    code = "definitions.duplicate"


class UnknownReference(Invalid):
    """A definition names another one that does not exist."""

    code = "definitions.unknown_reference"


class StillReferenced(Invalid):
    """A definition that others name cannot be deleted."""

    code = "definitions.still_referenced"


class DraftHasProblems(Invalid):
    """A draft with problems cannot be planned; ``findings`` lists all of them."""

    code = "definitions.has_problems"

    def __init__(self, findings: "tuple[Finding, ...]") -> None:
        super().__init__(
            count=len(findings), first=str(findings[0]), problems=[str(each) for each in findings]
        )
        self.findings = findings


class PlanOutdated(Conflict):
    """Somebody applied other definitions since this plan was made."""

    code = "definitions.plan_outdated"


class Overtaken(Conflict):
    """Somebody changed the very definition since the text was begun."""

    code = "definitions.overtaken"


class NoVersion(NotFound):
    """The definition has no version of this number that can be used."""

    code = "definitions.no_version"


class UnappliedEdits(Conflict):
    """An export would overwrite edits in the folder that were never applied."""

    code = "definitions.unapplied_edits"


class StoredDefinitionBroken(Invalid):
    """A published definition does not fit this release of CityLoop any more."""

    code = "definitions.stored_broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem and its place.

    ``line`` and ``column`` count from 1; ``file`` is relative to the city's folder. ``kind`` and ``name`` are None when
    the document cannot be read far enough to tell.
    """

    file: str
    line: int
    column: int
    kind: str | None
    name: str | None
    path: Path
    error: CityError

    @property
    def code(self) -> str:
        """The error's stable identifier."""
        return self.error.code

    def message(self, lang: Lang = "en") -> str:
        """Return what is wrong."""
        return self.error.message(lang)

    def hint(self, lang: Lang = "en") -> str:
        """Return what to do about it."""
        return self.error.hint(lang)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.error}"
