"""Who may see what: built-in rules plus declared policies, evaluated once per principal, purpose and dataset. Pure.

Default deny. The built-in rules, in full:

* ``built-in:owner`` – people and keys of the department that owns a dataset see all its rows; columns raw up to their
  own level.
* ``built-in:unconditional`` – everybody signed in sees all rows of a dataset whose sharing is ``unconditional``;
  columns raw up to their own level.
* ``built-in:operator`` – whoever runs the command line on the machine that holds the data sees all rows, up to level 5.
* ``built-in:service`` – a part of CityLoop acting for a department is treated as that department's; one that acts for
  the whole city sees all rows up to its level for the purposes ``operation`` and ``alert`` only.

A column above the reader's level takes its format's default mask, or is denied. Level 6, of a column or of its whole
dataset, is denied to everybody.
Several rules that allow add up (:mod:`cityloop.policies.views` keeps them apart row by row).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from sqlglot import exp

from cityloop.contracts.model import DatasetDefinition
from cityloop.foundation.definition import Snapshot
from cityloop.foundation.errors import CityError, closest
from cityloop.foundation.expressions import parse_expression
from cityloop.foundation.principal import Principal
from cityloop.policies import masking
from cityloop.policies.model import (
    DENY,
    PURPOSES,
    RAW,
    REFUSED_LEVEL,
    Allow,
    CatalogueEntry,
    Decision,
    Explanation,
    Grant,
    PolicyDefinition,
    Purpose,
    Treatment,
    UnknownDataset,
    Verdict,
)

PRINCIPAL = "principal"
"""Prefix under which row filters name the reader's attributes."""
CITY_WIDE_PURPOSES: frozenset[Purpose] = frozenset({"operation", "alert"})
"""What a service that acts for no department may read for."""

VIEW_DEFINITIONS = "definitions.view"
"""Permission to read every definition, and so to know of every dataset and column; rows are not meant by it."""

MAX_DECISIONS = 20_000
"""Decisions remembered per snapshot; more are forgotten at once, for they cost little."""

MAX_KNOWN = 1_000
"""Principals of whom a rulebook remembers what they may know of."""

_ORDER = {"raw": 0, "mask": 1, "deny": 2}


def decide(
    principal: Principal,
    purpose: Purpose,
    dataset: DatasetDefinition,
    policies: Sequence[PolicyDefinition],
) -> Decision:
    """Return what ``principal`` may see of ``dataset`` for ``purpose``.

    Args:
        principal: who reads.
        purpose: what for.
        dataset: what is read.
        policies: the policies about this dataset, in order of name.
    """
    verdicts: list[Verdict] = []
    grants: list[Grant] = []
    for verdict, grant in (
        *_built_in(principal, purpose, dataset),
        *_declared(principal, purpose, dataset, policies),
    ):
        verdicts.append(verdict)
        if grant is not None:
            grants.append(grant)
    columns = {
        each.name: min((g.columns[each.name] for g in grants), key=width, default=DENY).kind
        for each in dataset.fields
    }
    if all(kind == "deny" for kind in columns.values()):
        grants = []
    return Decision(dataset.name, tuple(grants), tuple(verdicts), columns, _rows(grants))


def width(treatment: Treatment) -> tuple[int, int]:
    """Return a key that sorts treatments, the one that shows most first."""
    shown = masking.width(treatment.mask) if treatment.kind == "mask" else 0
    return _ORDER[treatment.kind], shown


class FilterNames(tuple[str, ...]):
    """Names that a row filter may use: the dataset's columns and any ``principal.<attribute>``."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        """Return whether the filter may use ``name``."""
        return super().__contains__(name) or str(name).startswith(f"{PRINCIPAL}.")


def parse_rows(rows: str, dataset: DatasetDefinition) -> exp.Expr:
    """Return the tree of a row filter.

    Raises:
        BadExpression: it is not an expression.
        UnknownColumn: it names a column that the dataset does not have.
    """
    return parse_expression(rows, FilterNames(each.name for each in dataset.fields))


def bind_rows(tree: exp.Expr, principal: Principal) -> exp.Expr | None:
    """Return the filter with the principal's attributes as literals; None when he lacks one of them."""
    bound = tree.copy()
    for column in list(bound.find_all(exp.Column)):
        if column.table == PRINCIPAL:
            value = attribute_of(principal, column.name)
            if value is None:
                return None
            literal = _literal(value)
            if column is bound:
                return literal
            column.replace(literal)
    return bound


def attribute_of(principal: Principal, name: str) -> str | int | None:
    """Return ``id``, ``level``, ``department`` or another attribute of the principal; None when there is none."""
    if name == "id":
        return principal.id
    if name == "level":
        return principal.level
    if name == "department":
        return principal.department
    return principal.attribute(name)


def _literal(value: str | int) -> exp.Expr:
    return exp.Literal.number(value) if isinstance(value, int) else exp.Literal.string(value)


class Rulebook:
    """Every rule of one snapshot, with the decisions already made; a new snapshot gets a new rulebook.

    Args:
        snapshot: the published definitions.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.datasets: Mapping[str, DatasetDefinition] = snapshot.all(DatasetDefinition)
        self._by_name = {name.lower(): name for name in self.datasets}
        self._policies: dict[str, list[PolicyDefinition]] = {}
        self._decided: dict[tuple[Principal, Purpose, str], Decision] = {}
        self._known: dict[Principal, Mapping[str, Collection[str]]] = {}
        for policy in snapshot.all(PolicyDefinition).values():
            for name in dict.fromkeys(policy.targets):
                self._policies.setdefault(name, []).append(policy)

    def decide(self, principal: Principal, purpose: Purpose, dataset: str) -> Decision:
        """Return what the principal may see of the dataset called ``dataset``, which must exist."""
        key = (principal, purpose, dataset)
        if (known := self._decided.get(key)) is not None:
            return known
        policies = self._policies.get(dataset, ())
        decision = decide(principal, purpose, self.datasets[dataset], policies)
        if len(self._decided) >= MAX_DECISIONS:
            self._decided.clear()
        self._decided[key] = decision
        return decision

    def find(self, principal: Principal, name: str) -> str:
        """Return the dataset's own name.

        Args:
            principal: who asks.
            name: as written; upper and lower case are the same.

        Raises:
            UnknownDataset: there is none that the principal may know of.
        """
        own = self._by_name.get(name.lower())
        if own is None or not self.knows(principal, own):
            close = closest(name, [each for each in self.datasets if self.knows(principal, each)])
            raise UnknownDataset(kind="dataset", name=name[:80], close=close)
        return own

    def knows(self, principal: Principal, dataset: str) -> bool:
        """Return whether the principal may know that the dataset exists: it is catalogued, his own, or readable."""
        definition = self.datasets[dataset]
        catalogued = definition.sharing != "none" and definition.level < REFUSED_LEVEL
        owns = definition.owner is not None and principal.department == definition.owner
        return catalogued or owns or self.reads(principal, dataset)

    def known(self, principal: Principal) -> Mapping[str, Collection[str]]:
        """Return every dataset whose existence is no secret to the principal, with the columns that are none to him.

        Whoever may read the definitions finds all of them there; everybody else knows what his catalogue shows.
        """
        if (known := self._known.get(principal)) is not None:
            return known
        if principal.may(VIEW_DEFINITIONS):
            known = {
                name: frozenset(field.name for field in each.fields)
                for name, each in self.datasets.items()
            }
        else:
            catalogue = self.catalogue(principal, "analysis")
            known = {name: frozenset(each.columns) for name, each in catalogue.items()}
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[principal] = known
        return known

    def reads(self, principal: Principal, dataset: str) -> bool:
        """Return whether the principal may read the dataset for some purpose."""
        return any(self.decide(principal, purpose, dataset).allowed for purpose in PURPOSES)

    def catalogue(self, principal: Principal, purpose: Purpose) -> Mapping[str, CatalogueEntry]:
        """Return every dataset that the principal may know of, with the columns that he may know of."""
        return {
            name: CatalogueEntry(
                name, decision.allowed, decision.rows, self._columns(principal, decision)
            )
            for name in self.datasets
            if self.knows(principal, name)
            for decision in (self.decide(principal, purpose, name),)
        }

    def explain(self, principal: Principal, purpose: Purpose, dataset: str) -> Explanation:
        """Return why the principal can, or cannot, see the dataset; hidden columns are not named."""
        decision = self.decide(principal, purpose, dataset)
        readable = set(decision.readable)
        filters = {
            grant.rule: grant.filter_sql
            for grant in decision.grants
            if grant.rows is not None
            and all(column.name in readable for column in grant.rows.find_all(exp.Column))
        }
        columns = self._columns(principal, decision)
        return Explanation(
            dataset, purpose, decision.allowed, decision.verdicts, columns, decision.rows, filters
        )

    def _columns(self, principal: Principal, decision: Decision) -> Mapping[str, str]:
        """Return each column that may be known: shown as it is, masked, or denied but no more graded than the reader."""
        definition = self.datasets[decision.dataset]
        best = {
            name: str(min((grant.columns[name] for grant in decision.grants), key=width))
            for name in decision.readable
        }
        return {
            each.name: best.get(each.name, "deny")
            for each in definition.fields
            if each.name in best or definition.level_of(each.name) <= principal.level
        }


Ruling = tuple[Verdict, Grant | None]


def _built_in(
    principal: Principal, purpose: Purpose, dataset: DatasetDefinition
) -> Iterator[Ruling]:
    everything = Allow()
    owns = dataset.owner is not None and principal.department == dataset.owner
    if principal.kind == "operator":
        yield _granted("built-in:operator", everything, dataset, principal)
        return
    if principal.kind == "service" and principal.department is None:
        if purpose in CITY_WIDE_PURPOSES:
            yield _granted("built-in:service", everything, dataset, principal)
        else:
            yield Verdict("built-in:service", matched=False, because="purpose"), None
    if owns:
        yield _granted("built-in:owner", everything, dataset, principal)
    else:
        yield Verdict("built-in:owner", matched=False, because="department"), None
    if dataset.sharing == "unconditional":
        yield _granted("built-in:unconditional", everything, dataset, principal)
    else:
        yield Verdict("built-in:unconditional", matched=False, because="sharing"), None


def _declared(
    principal: Principal,
    purpose: Purpose,
    dataset: DatasetDefinition,
    policies: Sequence[PolicyDefinition],
) -> Iterator[Ruling]:
    for policy in policies:
        for number, allow in enumerate(policy.allow, start=1):
            rule = policy.name if len(policy.allow) == 1 else f"{policy.name}/{number}"
            if because := _mismatch(principal, purpose, allow):
                yield Verdict(rule, matched=False, because=because), None
                continue
            yield _with_rows(_granted(rule, allow, dataset, principal), allow, dataset, principal)


def _mismatch(principal: Principal, purpose: Purpose, allow: Allow) -> str:
    if allow.roles and not principal.roles.intersection(allow.roles):
        return "role"
    if allow.departments and principal.department not in allow.departments:
        return "department"
    if allow.purposes and purpose not in allow.purposes:
        return "purpose"
    return ""


def _with_rows(
    ruling: Ruling, allow: Allow, dataset: DatasetDefinition, principal: Principal
) -> Ruling:
    verdict, grant = ruling
    if grant is None or allow.rows is None:
        return ruling
    try:
        rows = bind_rows(parse_rows(allow.rows, dataset), principal)
    except CityError:  # checked when it was applied; should it not hold any more, it opens nothing and names nothing
        return Verdict(verdict.rule, matched=False, because="broken"), None
    if rows is None:
        return Verdict(verdict.rule, matched=False, because="attribute"), None
    return verdict, replace(grant, rows=rows)


def _granted(
    rule: str, allow: Allow, dataset: DatasetDefinition, principal: Principal
) -> tuple[Verdict, Grant | None]:
    columns = {each.name: _treat(each.name, allow, dataset, principal) for each in dataset.fields}
    if all(treatment is DENY for treatment in columns.values()):
        return Verdict(rule, matched=False, because="level"), None
    return Verdict(rule, matched=True), Grant(rule, None, columns)


def _treat(
    column: str, allow: Allow, dataset: DatasetDefinition, principal: Principal
) -> Treatment:
    level, named = dataset.level_of(column), allow.columns.get(column)
    if max(level, dataset.level) >= REFUSED_LEVEL or named == "deny":
        return DENY
    if named is not None and named != "raw":
        return Treatment("mask", named)
    cap = principal.level if named == "raw" or allow.level is None else allow.level
    if level <= min(cap, principal.level):
        return RAW
    mask = masking.default_mask(dataset, column)
    return DENY if mask is None else Treatment("mask", mask)


def _rows(grants: Sequence[Grant]) -> Literal["all", "some", "none"]:
    if not grants:
        return "none"
    return "all" if any(grant.rows is None for grant in grants) else "some"
