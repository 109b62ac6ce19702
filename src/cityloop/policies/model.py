"""Nouns of the read path: what a policy says, what was decided for one person, what a read gives back, what can go wrong.

Rules are declared in ``policies/*.yaml``. Nothing is readable unless a rule, declared or built in
(:mod:`cityloop.policies.decisions`), allows it. Errors name only what the caller may know of; those of the engine never
pass through, for they may quote values of hidden rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, model_validator
from sqlglot import exp

from cityloop.contracts.model import Level
from cityloop.foundation import i18n
from cityloop.foundation.definition import Definition
from cityloop.foundation.errors import Forbidden, Invalid, NotFound, Unavailable

Purpose = Literal["analysis", "operation", "alert", "question", "export", "preview"]
"""What data is read for; a policy may allow some purposes and not others."""
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
"""Every purpose."""
REFUSED_LEVEL = 6
"""Core data (GB/T 43697) and state secrets: never given out by this system, whatever a policy says."""


class Allow(BaseModel):
    """One permission of a policy; whatever is left out sets no condition.

    ``roles``, ``departments``, ``purposes``: one of each must fit. ``level`` is the highest level of columns shown raw
    without being named (None: the reader's own). ``rows`` is an expression over the dataset's columns and
    ``principal.<attribute>``; None means all rows. ``columns`` treats single columns: ``raw``, ``deny`` or a mask
    (``phone``, ``bucket:10``). Nothing is shown raw above the reader's own level.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    level: Level | None = None
    rows: str | None = None
    columns: Mapping[str, str] = {}


class PolicyDefinition(Definition):
    """Who may read which rows and columns of some datasets; adds to the built-in rules, never takes away."""

    dataset: str | None = None
    datasets: tuple[str, ...] = ()
    allow: tuple[Allow, ...]

    @model_validator(mode="after")
    def _names_datasets(self) -> "PolicyDefinition":
        if (self.dataset is None) == (not self.datasets):
            message = "give either dataset or datasets"
            raise ValueError(message)
        if not self.allow:
            message = "allow is empty: the policy would do nothing"
            raise ValueError(message)
        return self

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the datasets it is about."""
        return self.datasets or ((self.dataset,) if self.dataset else ())


@dataclass(frozen=True, slots=True)
class Treatment:
    """How one column is shown: ``raw``, ``mask`` (then ``mask`` names it, e.g. ``bucket:10``) or ``deny``."""

    kind: Literal["raw", "mask", "deny"]
    mask: str = ""

    def __str__(self) -> str:
        """Return what a policy would write."""
        return self.mask or self.kind


RAW = Treatment("raw")
"""The value itself."""
DENY = Treatment("deny")
"""The column does not exist for the reader."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule said: ``matched``, and else ``because`` of which part (``role``, ``department``, ``purpose``, …)."""

    rule: str
    matched: bool
    because: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One rule that allows: ``rows`` with the reader's attributes bound as literals (None: all rows) and columns."""

    rule: str
    rows: exp.Expr | None
    columns: Mapping[str, Treatment]

    @property
    def filter_sql(self) -> str:
        """Return the row filter as text, empty for all rows; equal texts mean equal filters."""
        return "" if self.rows is None else self.rows.sql(dialect="duckdb")


@dataclass(frozen=True, slots=True)
class Decision:
    """What one principal may see of one dataset for one purpose.

    ``columns`` gives the widest treatment of each column in any row; ``rows`` says whether rows are left out.
    """

    dataset: str
    grants: tuple[Grant, ...]
    verdicts: tuple[Verdict, ...]
    columns: Mapping[str, Literal["raw", "mask", "deny"]]
    rows: Literal["all", "some", "none"]

    @property
    def allowed(self) -> bool:
        """Return whether any row and column may be read."""
        return bool(self.grants) and any(kind != "deny" for kind in self.columns.values())

    @property
    def readable(self) -> tuple[str, ...]:
        """Names of the columns that may be read, raw or masked, in the dataset's order."""
        return tuple(name for name, kind in self.columns.items() if kind != "deny")

    @property
    def is_raw(self) -> bool:
        """Return whether every row and every column is shown as it is stored."""
        return self.allowed and self.rows == "all" and set(self.columns.values()) == {"raw"}

    @property
    def reasons(self) -> tuple[str, ...]:
        """Names of the rules that allow."""
        return tuple(grant.rule for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why somebody can, or cannot, see a dataset.

    ``columns`` names only columns that he may know of, with their treatment (``raw``, a mask, ``deny``). ``filters`` gives
    the row filter of each rule whose filter uses only columns that he may read.
    """

    dataset: str
    purpose: Purpose
    allowed: bool
    verdicts: tuple[Verdict, ...]
    columns: Mapping[str, str]
    rows: Literal["all", "some", "none"]
    filters: Mapping[str, str]

    def sentences(self, lang: Literal["zh", "en"]) -> tuple[str, ...]:
        """Return the explanation in words: the outcome, then one sentence per rule."""
        outcome = f"policies.explain.{self.rows if self.allowed else 'none'}"
        named = {"dataset": self.dataset, "purpose": self.purpose}
        return (
            i18n.text(outcome, lang, named),
            *(
                i18n.text(
                    f"policies.because.{each.because or 'matched'}", lang, {"rule": each.rule}
                )
                for each in self.verdicts
            ),
        )


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """What somebody may know of a dataset: its name, whether he may read it, and the columns he may know of."""

    dataset: str
    readable: bool
    rows: Literal["all", "some", "none"]
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """Rows that somebody may see, and what they are.

    ``sql`` is the query as asked, over datasets' own names. ``versions`` and ``times`` say which data it saw: the number of
    each dataset's version and when it was published (missing: never loaded). ``cached`` says no engine ran.
    """

    table: pa.Table
    sql: str
    versions: Mapping[str, int]
    times: Mapping[str, datetime]
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    cached: bool = False

    @property
    def as_of(self) -> datetime | None:
        """The oldest of the datasets' times; None when there is none."""
        return min(self.times.values(), default=None)


class BadQuery(Invalid):
    """The query is not written in the language that people may use."""

    code = "policies.bad_query"


class UnknownDataset(NotFound):
    """There is no such dataset, or none that the caller may know of: the two look the same."""

    code = "policies.unknown_dataset"


class UnknownColumn(Invalid):
    """There is no such column among those the caller may read: a hidden one looks like a missing one."""

    code = "policies.unknown_column"


class ReadDenied(Forbidden):
    """No rule lets the caller read a dataset that he may know of."""

    code = "policies.read_denied"


class QueryFailed(Invalid):
    """The engine could not run the query; its own words are withheld."""

    code = "policies.query_failed"


class ResultTooLarge(Invalid):
    """The result has more rows than one answer may have."""

    code = "policies.result_too_large"


class QueryTooHeavy(Unavailable):
    """The query ran into the engine's limit of time or memory."""

    code, status = "policies.query_too_heavy", 504


class AuditUnavailable(Unavailable):
    """The read could not be recorded, so no rows are given."""

    code = "policies.audit_unavailable"


class UnknownMask(Invalid):
    """A policy names a mask that does not exist, or with wrong numbers."""

    code = "policies.unknown_mask"


class MaskMismatch(Invalid):
    """A mask is not made for the column's type."""

    code = "policies.mask_mismatch"


class UnknownPolicyColumn(Invalid):
    """A policy names a column that one of its datasets does not have."""

    code = "policies.unknown_policy_column"


class LevelRefused(Invalid):
    """A policy opens a column of level 6 (core data), which is never given out."""

    code = "policies.level_refused"
