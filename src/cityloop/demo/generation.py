"""Generate the demo city's exports: the one entry into the simulator.

<city>/inbound/<department>/…   the files, the database and the data of the weather service
<city>/inbound/geography.geojson  districts, lake, river and roads
<city>/maps/*.geojson           the same and the places on them, one file a map
<city>/planted.json             what a contract must find in each dataset
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from cityloop.demo.defects import Counts
from cityloop.demo.exports import (
    environment,
    health,
    hotline,
    market,
    parking,
    police,
    population,
    services,
    transport,
    weather,
)
from cityloop.demo.exports.desk import Desk, Export
from cityloop.demo.geography import geojson
from cityloop.demo.mapping import write_maps
from cityloop.demo.rhythm import Window, day_number
from cityloop.demo.world import build_city
from cityloop.foundation.errors import Conflict, Invalid

DEFAULT_SEED = 20260901
"""Seed of the published demo city; every number in the documents belongs to it."""
DEFAULT_DAYS = 92
"""Days of history: the third quarter."""
DEFAULT_LAST_ON = date(2026, 9, 30)
"""Last day of the history; the demo's clock starts after it."""

LARGEST_SCALE = 10.0
"""Beyond this, identification numbers of one day and district would run out."""

_OFFICES = (
    transport, police, weather, health, services, environment, hotline, parking, population, market,
)  # fmt: skip


class BadDemoSize(Invalid):
    """The demo city cannot have the wanted number of days or the wanted scale."""

    code = "demo.bad_size"


class OtherSize(Conflict):
    """A demo city of another size was built in this folder."""

    code = "demo.other_size"


class OtherCity(Conflict):
    """The folder holds the data of a city that is not a demo."""

    code = "demo.other_city"


@dataclass(frozen=True, slots=True)
class Planted:
    """What was generated, and what a contract must find in it."""

    seed: int
    first_on: date
    last_on: date
    exports: tuple[Export, ...]

    @property
    def counts(self) -> Mapping[str, Counts]:
        """Expected counts of each dataset."""
        return {e.dataset: e.counts for e in self.exports}

    @property
    def rows(self) -> int:
        """Rows written in all."""
        return sum(e.counts.read for e in self.exports)

    def to_json(self) -> str:
        """Return the content of `planted.json`."""
        whole = {
            "seed": self.seed,
            "from": self.first_on.isoformat(),
            "to": self.last_on.isoformat(),
            "rows": self.rows,
            "datasets": {e.dataset: {"files": e.files, **asdict(e.counts)} for e in self.exports},
        }
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def generate(
    target: Path,
    *,
    seed: int = DEFAULT_SEED,
    days: int = DEFAULT_DAYS,
    last_on: date = DEFAULT_LAST_ON,
    scale: float = 1.0,
) -> Planted:
    """Simulate the city and write every department's exports below `target`.

    Args:
        target: the city's folder; `inbound/`, `maps/*.geojson` and `planted.json` in it are written anew.
        seed: the same arguments give the same bytes.
        days: days of history, ≥ 1.
        last_on: last day of the history.
        scale: share of the full city's detectors, car parks, people …, > 0 and ≤ 10.

    Returns:
        the counts that a contract must reach, also written to `planted.json`.

    Raises:
        BadDemoSize: `days` or `scale` is out of its range.
    """
    if days < 1 or not 0.0 < scale <= LARGEST_SCALE:
        raise BadDemoSize(days=days, scale=scale)
    window = Window.ending(last_on, days=days)
    city = build_city(seed, scale=scale, until_day=day_number(window.first_on))
    desk = Desk(city, window, target / "inbound")
    for office in _OFFICES:
        office.export(desk)
    planted = Planted(seed, window.first_on, window.last_on, tuple(desk.exports))
    (desk.inbound / "geography.geojson").write_text(geojson(city.geography), encoding="utf-8")
    write_maps(city, target / "maps")
    (target / "planted.json").write_text(planted.to_json(), encoding="utf-8")
    return planted
