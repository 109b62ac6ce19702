"""The oracle: queries over the town's rows answered in plain Python, with nothing taken from the compiler."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cityloop.metrics.model import Filter, Query

ZONE = ZoneInfo("Asia/Shanghai")
Row = dict[str, object]


def percentile(values: list[float], share: float) -> float | None:
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def values_of(rows: list[Row], name: str) -> list:
    return [row[name] for row in rows if row[name] is not None]


def total(values: list) -> float | None:
    return sum(values) if values else None


def mean(values: list) -> float | None:
    return sum(values) / len(values) if values else None


def divided(top, bottom):
    return None if top is None or not bottom else top / bottom


PARTS: Mapping[str, tuple[str, str | None, Callable[[list[Row]], object]]] = {
    "visit_count": ("visits", "arrived_at", len),
    "timed": ("visits", "arrived_at", lambda rows: len(values_of(rows, "wait_min"))),
    "wait": ("visits", "arrived_at", lambda rows: total(values_of(rows, "wait_min"))),
    "avg_wait": ("visits", "arrived_at", lambda rows: mean(values_of(rows, "wait_min"))),
    "median_wait": ("visits", "arrived_at", lambda rows: percentile(values_of(rows, "wait_min"), 0.5)),
    "p90_wait": ("visits", "arrived_at", lambda rows: percentile(values_of(rows, "wait_min"), 0.9)),
    "longest": ("visits", "arrived_at", lambda rows: max(values_of(rows, "wait_min"), default=None)),
    "patients": ("visits", "arrived_at", lambda rows: len(set(values_of(rows, "patient")))),
    "triage_sum": ("visits", "arrived_at", lambda rows: total(values_of(rows, "triage"))),
    "urgent": ("visits", "arrived_at", lambda rows: sum(row["triage"] <= 2 for row in rows)),
    "north_wait": ("visits", "arrived_at",
                   lambda rows: total(values_of([row for row in rows if row["side"] == "north"], "wait_min"))),
    "departures": ("visits", "left_on", len),
    "hospital_count": ("hospitals", None, len),
    "beds": ("hospitals", None, lambda rows: total(values_of(rows, "beds"))),
    "pm25": ("readings", "measured_at", lambda rows: mean(values_of(rows, "pm25"))),
    "spend": ("budgets", "day", lambda rows: total(values_of(rows, "amount"))),
}  # fmt: skip
COUNTS = {"visit_count", "timed", "patients", "urgent", "departures", "hospital_count"}
FORMULAS: Mapping[str, tuple[tuple[str, ...], Callable[..., object]]] = {
    "urgent_share": (("urgent", "visit_count"), divided),
    "visits_per_bed": (("visit_count", "beds"), divided),
    "spend_per_visit": (("spend", "visit_count"), divided),
    "calm": (("visit_count", "urgent"), lambda all_, urgent: all_ - urgent),
    "calm_share": (
        ("visit_count", "urgent"),
        lambda all_, urgent: None if not all_ else (all_ - urgent) / all_ * 100,
    ),
}
DIMENSIONS: Mapping[str, frozenset[str]] = {
    "visits": frozenset(
        {"triage", "insured", "hour_of_day", "wait_class", "hospital", "district", "side"}
    ),
    "hospitals": frozenset({"hospital", "district", "side"}),
    "readings": frozenset({"station", "district", "side"}),
    "budgets": frozenset({"district"}),
}


def parts_of(metric: str) -> tuple[str, ...]:
    return FORMULAS[metric][0] if metric in FORMULAS else (metric,)


def widened(tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Every fact with the columns of what it belongs to."""
    sides = {row["district"]: row["side"] for row in tables["areas"]}
    hospitals = {row["hospital_id"]: row for row in tables["hospitals"]}
    found: dict[str, list[Row]] = {name: [] for name in DIMENSIONS}
    for row in tables["visits"]:
        hospital = hospitals.get(row["hospital_id"], {})
        district, wait = hospital.get("district"), row["wait_min"]
        found["visits"].append(row | {
            "hospital": hospital.get("name"), "district": district, "side": sides.get(district),
            "hour_of_day": row["arrived_at"].astimezone(ZONE).hour,
            "wait_class": None if wait is None else "long" if wait >= 60 else "short",
        })  # fmt: skip
    for row in tables["hospitals"]:
        found["hospitals"].append(
            row | {"hospital": row["name"], "side": sides.get(row["district"])}
        )
    for row in tables["readings"]:
        found["readings"].append(row | {"side": sides.get(row["district"])})
    found["budgets"] = [dict(row) for row in tables["budgets"]]
    return found


def keeps(row: Row, wanted: Filter) -> bool:
    value, op, given = row[wanted.dimension], wanted.op, list(wanted.values)
    if op == "is null":
        return value is None
    if op == "is not null":
        return value is not None
    if op in {"!=", "not in"}:
        return value not in given
    if value is None:
        return False
    return {
        "=": lambda: value == given[0],
        "in": lambda: value in given,
        "<": lambda: value < given[0],
        "<=": lambda: value <= given[0],
        ">": lambda: value > given[0],
        ">=": lambda: value >= given[0],
        "between": lambda: given[0] <= value <= given[-1],
    }[op]()


def local(value) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        return value.astimezone(ZONE).replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - local on purpose


def period(value, grain: str):
    moment = local(value)
    if moment is None:
        return None
    if grain == "hour":
        return moment.replace(minute=0, second=0, microsecond=0)
    day = moment.date()
    return {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "quarter": day.replace(day=1, month=(day.month - 1) // 3 * 3 + 1),
        "year": day.replace(day=1, month=1),
    }[grain]


def recount(query: Query, tables: Mapping[str, list[Row]]) -> list[tuple]:
    """The rows of the answer in any order: keys, level if totals were asked, metrics in order."""
    facts = widened(tables)
    wanted = list(dict.fromkeys(part for metric in query.metrics for part in parts_of(metric)))
    grouped: dict[tuple, dict[str, object]] = {}
    timeless: dict[str, list[Row]] = {}
    for part in wanted:
        model, time, compute = PARTS[part]
        rows = [row for row in facts[model] if all(keeps(row, each) for each in query.filters)]
        if query.range is not None and time is not None:
            rows = [row for row in rows if within(local(row[time]), query.range)]
        if query.grain and time is None:
            timeless[part] = rows
            continue
        for key, members in groups_of(query, rows, time).items():
            grouped.setdefault(key, {})[part] = compute(members)
    for key, parts in grouped.items():
        for part, rows in timeless.items():  # no time of their own: whole in every period
            members = [row for row in rows if tuple(row[name] for name in query.by) == key[1:-1]]
            if members or not query.by:
                parts[part] = PARTS[part][2](members)
    found = []
    for key, parts in grouped.items():
        filled = {name: parts.get(name, 0 if name in COUNTS else None) for name in wanted}
        shown = key if query.totals else key[:-1]
        found.append((*shown, *(computed(metric, filled) for metric in query.metrics)))
    return found


def groups_of(query: Query, rows: list[Row], time: str | None) -> dict[tuple, list[Row]]:
    """Key and mask of totals → the rows below them; the grand total is there even without rows."""
    count = len(query.by) + bool(query.grain)
    masks = totals_of(bool(query.grain), count) if query.totals else [0]
    groups: dict[tuple, list[Row]] = {}
    for mask in masks:
        if all(mask >> i & 1 for i in range(count)):
            groups[(*(None for _ in range(count)), mask)] = []
        for row in rows:
            key = [period(row[time], query.grain)] if query.grain else []
            key += [row[name] for name in query.by]
            shown = [None if mask >> i & 1 else value for i, value in enumerate(key)]
            groups.setdefault((*shown, mask), []).append(row)
    return groups


def computed(metric: str, parts: Mapping[str, object]) -> object:
    if metric in FORMULAS:
        names, formula = FORMULAS[metric]
        return formula(*(parts[name] for name in names))
    return parts[metric]


def totals_of(timed: bool, count: int) -> list[int]:
    """Bit masks of totalled keys: every prefix of the keys, with and without time."""
    masks = set()
    for length in range(1 if timed else 0, count + 1):
        mask = sum(1 << i for i in range(length, count))
        masks |= {mask, mask | 1} if timed else {mask}
    return sorted(masks) if count else [0]


def within(moment: datetime | None, span) -> bool:
    if moment is None:
        return False
    start, end = local_of(span.from_), local_of(span.to)
    return (start is None or start <= moment) and (end is None or moment < end)


def local_of(value: date | datetime | None) -> datetime | None:
    return value if value is None or isinstance(value, datetime) else local(value)


__all__ = ["DIMENSIONS", "PARTS", "parts_of", "recount"]
