"""Try a source and see its first rows as far as one may see the dataset that they would fill.

Rows of a source were never checked, so nobody can say which row filter they would fall under: they are shown only to
those who may see every row of the dataset. Each cell is treated as its field is: raw, masked, or not at all; a masked
cell that has not the type of its field is hidden, and so is a column that the contract does not know. Whoever has every
permission tries sources to mend them and sees what came.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from cityloop.contracts.drift import compare
from cityloop.contracts.model import DatasetDefinition, FieldType
from cityloop.foundation.audit import Act
from cityloop.foundation.principal import Principal
from cityloop.policies import masking
from cityloop.policies.decisions import width
from cityloop.policies.model import DENY, RAW, Decision, Treatment, UnknownDataset
from cityloop.policies.reader import Reader
from cityloop.policies.views import INTERNAL
from cityloop.sources import Sources
from cityloop.sources.service import FeedPreview

Withheld = Literal["dataset", "rows"]
"""Why no row is shown: the dataset may not be read, or only some of its rows."""

_TABLE = f"{INTERNAL}sample"


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows of a feed as text, as far as they may be seen.

    ``treatments`` says of each column raw, mask or deny; cells of denied columns are None. ``withheld`` says why there
    are no rows, None when they are shown.
    """

    dataset: str
    columns: tuple[str, ...]
    treatments: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    encoding: str | None
    withheld: Withheld | None


@dataclass(frozen=True, slots=True)
class Samples:
    """Tries sources for people.

    Args:
        sources: read the rows.
        reader: decides, masks and records.
    """

    sources: Sources
    reader: Reader

    def take(self, principal: Principal, source: str, dataset: str) -> Sample:
        """Return the first rows of a feed, keeping nothing; what was shown is in the audit log before it is shown.

        Args:
            principal: who tries.
            source: name of the source.
            dataset: which of its feeds.

        Raises:
            Forbidden: the principal may not load sources.
            NotFound: there is no such source or feed.
            AuditUnavailable: the look could not be recorded.
            CityError: as the connector raises.
        """
        found = self.sources.test(principal, source, dataset)
        definition = self.reader.definitions().one(DatasetDefinition, dataset)
        mapping = dict(self.sources.feeds(source))[dataset]
        fields = _fields(definition, found.columns, mapping)
        treatments, withheld = self._treatments(principal, definition, fields)
        shown = [] if withheld else self._treated(principal, definition, found, fields, treatments)
        sample = Sample(
            dataset,
            found.columns,
            tuple(each.kind for each in treatments),
            tuple(shown),
            found.encoding,
            withheld if found.rows else None,
        )
        self._record(principal, source, sample)
        return sample

    def _treatments(
        self, principal: Principal, dataset: DatasetDefinition, fields: Sequence[Sequence[str]]
    ) -> tuple[Sequence[Treatment], Withheld | None]:
        if principal.may("*"):
            return [RAW] * len(fields), None
        try:
            decision = self.reader.decide(principal, "preview", dataset.name)
        except UnknownDataset:
            return [DENY] * len(fields), "dataset"
        best = _best(decision)
        treatments = [
            max((best.get(each, DENY) for each in fed), key=width, default=DENY) for fed in fields
        ]
        if not decision.allowed:
            return treatments, "dataset"
        return treatments, None if decision.rows == "all" else "rows"

    def _treated(
        self,
        principal: Principal,
        dataset: DatasetDefinition,
        found: FeedPreview,
        fields: Sequence[Sequence[str]],
        treatments: Sequence[Treatment],
    ) -> Sequence[tuple[str | None, ...]]:
        """Return the rows with every cell treated; the engine masks, as it does for any read."""
        scope, zone = masking.pseudonym_scope(principal), self.reader.time_zone
        masks = {
            place: _masked(place, each.mask, dataset.field(fields[place][0]).type, (scope, zone))
            for place, each in enumerate(treatments)
            if each.kind == "mask"
        }
        masked = self.reader.run_pinned(_query(found.rows, masks), {}).to_pylist() if masks else ()
        return [
            tuple(
                cell
                if each.kind == "raw"
                else masked[line][f"c{place}"]
                if place in masks
                else None
                for place, (cell, each) in enumerate(zip(row, treatments, strict=True))
            )
            for line, row in enumerate(found.rows)
        ]

    def _record(self, principal: Principal, source: str, sample: Sample) -> None:
        details = {
            "source": source,
            "rows": len(sample.rows),
            "withheld": sample.withheld,
            "columns": dict(zip(sample.columns, sample.treatments, strict=True)),
        }
        outcome = "refused" if sample.withheld else "done"
        act = Act(principal.id, "sources.look", f"source:{source}", "preview", outcome, details)
        self.reader.journal.record(act)


def _fields(
    dataset: DatasetDefinition, columns: Sequence[str], mapping: Mapping[str, str]
) -> Sequence[Sequence[str]]:
    """Return for each column of the source the fields that it feeds, none for a column that the contract does not know."""
    match = compare(dataset, columns, mapping)
    fed: dict[str, list[str]] = {column: [] for column in columns}
    for field, column in match.columns.items():
        fed[column].append(field)
    for field, parts in match.parts.items():
        for column in parts.values():
            fed[column].append(field)
    return [fed[column] for column in columns]


def _best(decision: Decision) -> Mapping[str, Treatment]:
    """Return the widest treatment of each field among the rules that open every row."""
    everywhere = [grant for grant in decision.grants if grant.rows is None]
    return {
        name: min((grant.columns[name] for grant in everywhere), key=width, default=DENY)
        for name in decision.columns
    }


def _masked(place: int, mask: str, kind: FieldType, within: tuple[str, str]) -> exp.Expr:
    """Return the masked cell of a column as text; a cell that has not the type of its field becomes null."""
    scope, zone = within
    typed = exp.TryCast(
        this=exp.column(f"c{place}", table=_TABLE), to=masking.typed_null(kind).args["to"].copy()
    )
    shown = masking.mask_column(mask, masking.Target(typed, kind, scope, zone))
    return exp.alias_(exp.cast(shown, "TEXT"), f"c{place}")


def _query(rows: Sequence[Sequence[str | None]], masks: Mapping[int, exp.Expr]) -> exp.Select:
    """Return the query that masks these rows; they stand in it as literals, there are only a few."""
    lines = [
        exp.Tuple(
            expressions=[
                exp.Literal.number(line),
                *(_literal(row[place]) for place in masks),
            ]
        )
        for line, row in enumerate(rows)
    ]
    names = ["line", *(f"c{place}" for place in masks)]
    values = exp.Values(
        expressions=lines,
        alias=exp.TableAlias(
            this=exp.to_identifier(_TABLE), columns=[exp.to_identifier(name) for name in names]
        ),
    )
    return exp.select(*masks.values()).from_(values).order_by(exp.column("line", table=_TABLE))


def _literal(cell: str | None) -> exp.Expr:
    return exp.cast(exp.Null() if cell is None else exp.Literal.string(cell), "TEXT")
