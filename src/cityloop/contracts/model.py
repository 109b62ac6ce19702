"""What a dataset must look like: fields, code tables and rules, as people write them in ``datasets/`` and ``codes/``.

Pure nouns. ``check.py`` says what is wrong with them beyond types; ``compiler.py`` turns them into SQL.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from cityloop.foundation.definition import Bilingual, Definition, Name
from cityloop.foundation.units import UnitWords

FieldType = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
"""Types a field may have; a timestamp is stored as a UTC moment, a number as a 64-bit float."""
FormatName = Literal["gb11643", "gb32100", "luhn", "phone", "plate"]
"""Formats with their own rule, see ``formats.py``."""
DateOrder = Literal["ymd", "mdy", "dmy"]
"""Order of the parts of a date written with ``/`` or ``-`` whose year does not come first."""

DEFAULT_NULLS = ("", "无", "/", "-", "—", "--", "——", "N/A", "n/a", "null", "NULL", "NaN", "nan", "None", "空")  # fmt: skip
"""Values that mean "no value" when a dataset says nothing else; compared after trimming."""
DEFAULT_LEVEL = 2
"""Level of a dataset that names none: not public until somebody says so (GB/T 43697: 1 open … 6 core)."""
BUILT_IN_RULES = frozenset(
    {"type", "required", "range", "codes", "unit", "pattern", "shape", "key_conflict", "extra_columns"}
    | {"gb11643", "gb32100", "luhn", "phone", "plate"}
)  # fmt: skip
"""Rules that every contract has; a rule of one's own may not take their names."""


def _null_token(value: object) -> object:
    return "null" if value is None else value


NullToken = Annotated[str, BeforeValidator(_null_token)]
"""A null token; YAML's bare ``null`` means the text ``null``."""
SourceName = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""Name of a column as the source writes it: any characters."""
Level = Annotated[int, Field(ge=1, le=6)]
"""Data level, GB/T 43697: 1–4 general, 5 important, 6 core."""


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True
    )


class CodeValue(_Part):
    """One value of a code table: ``value`` is stored; it and its ``aliases`` are accepted on input."""

    value: SourceName
    title: Bilingual
    aliases: tuple[SourceName, ...] = ()


class CodesDefinition(Definition):
    """A code table: the values that a field may take.

    ``ordered`` says that they have an order of their own, as severities have; charts keep it. Other values stand by size.
    """

    values: tuple[CodeValue, ...] = Field(min_length=1)
    ordered: bool = False

    def spellings(self) -> Mapping[str, str]:
        """Return every accepted spelling with the value it stands for.

        Example:
            >>> two = {"zh": "一", "en": "One"}
            >>> CodesDefinition(name="c", title=two, values=[{"value": "1", "title": two, "aliases": ["I"]}]).spellings()
            {'1': '1', 'I': '1'}
        """
        found = {alias: each.value for each in self.values for alias in each.aliases}
        return {each.value: each.value for each in self.values} | found


class FieldDefinition(_Part):
    """One column of a dataset.

    ``sources`` (YAML ``from``) are other names under which sources deliver it; its own name and its titles always
    count. ``unit`` is stored; values written with another unit of the same kind are converted. ``default`` replaces a
    missing value. ``time_zone`` is where times without an offset were written; None means the city's own. ``compose``
    puts the text together from several source columns: ``"{year}-{month}-{day} {hour}:00"``.
    """

    name: Name
    title: Bilingual
    type: FieldType
    unit: UnitWords | None = None
    required: bool = False
    sources: tuple[SourceName, ...] = Field(default=(), alias="from")
    codes: str | None = None
    format: FormatName | None = None
    pattern: str | None = None
    min: int | float | date | datetime | None = None
    max: int | float | date | datetime | None = None
    level: Level | None = None
    time_zone: str | None = None
    default: bool | int | float | str | date | datetime | None = None
    date_order: DateOrder = "ymd"
    compose: str | None = None

    def names(self) -> tuple[str, ...]:
        """Return every name under which a source may deliver the field, the surest first."""
        return tuple(dict.fromkeys((self.name, *self.sources, self.title.zh, self.title.en)))


class RuleDefinition(_Part):
    """A rule over one row: ``expression`` must be true; ``flag`` only counts, ``quarantine`` keeps the row out."""

    name: Name
    title: Bilingual
    expression: str = Field(min_length=1)
    on_fail: Literal["quarantine", "flag"] = "quarantine"


class Limits(_Part):
    """When a delivery is too bad: more than ``bad_share`` (0–1) of its rows broken → hold it or let the rest pass.

    Of fewer than ``from_rows`` rows a share says nothing: one bad row of two is a bad row, no bad delivery. A delivery that
    replaces the whole dataset is judged however small it is.
    """

    bad_share: float = Field(default=0.2, ge=0, le=1)
    from_rows: int = Field(default=20, ge=1)
    on_breach: Literal["hold", "pass"] = "hold"


class DatasetDefinition(Definition):
    """A dataset: its fields, its key, how deliveries are loaded and which rows are good.

    ``level`` is the level of fields that name none. ``key`` empty means rows have no identity. ``key_conflict`` says
    what happens to two different rows with one key in one delivery.
    """

    level: Level = DEFAULT_LEVEL
    sharing: Literal["unconditional", "conditional", "none"] = "conditional"
    time: str | None = None
    key: tuple[str, ...] = ()
    load: Literal["merge", "append", "replace"] = "append"
    key_conflict: Literal["quarantine", "last"] = "quarantine"
    nulls: tuple[NullToken, ...] = DEFAULT_NULLS
    extra_columns: Literal["ignore", "refuse", "quarantine"] = "ignore"
    limits: Limits = Limits()
    fields: tuple[FieldDefinition, ...] = Field(min_length=1)
    rules: tuple[RuleDefinition, ...] = ()

    def field(self, name: str) -> FieldDefinition:
        """Return the field called ``name``.

        Raises:
            KeyError: there is none; the checks of definitions make sure there is.
        """
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)

    def level_of(self, name: str) -> int:
        """Return the level of the field called ``name``.

        Raises:
            KeyError: there is none.
        """
        return self.field(name).level or self.level
