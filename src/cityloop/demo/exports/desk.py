"""The desk at which a department's export is made: the city, the window, the folder, the counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np

from cityloop.demo.defects import Counts, Messy, Plan, plant
from cityloop.demo.noise import FloatArray, IntArray
from cityloop.demo.rhythm import Window, month_number
from cityloop.demo.text import Text, joined, padded, plain, words
from cityloop.demo.world import City


@dataclass(frozen=True, slots=True)
class Export:
    """One dataset as it was handed over."""

    dataset: str
    files: tuple[str, ...]
    """Paths below the folder `inbound`."""
    counts: Counts


Sheet = tuple[dict[str, Text], Plan]
"""Clean columns of a dataset, and what a department does to them."""


@dataclass(slots=True)
class Desk:
    """Everything an export needs, and what has been exported so far."""

    city: City
    window: Window
    inbound: Path
    exports: list[Export] = field(default_factory=list)

    @property
    def issued(self) -> str:
        """The day after the window as departments write it above their exports."""
        after = self.window.last_on + timedelta(days=1)
        return f"{after.year}年{after.month}月{after.day}日 00:10"

    @property
    def district_names(self) -> tuple[str, ...]:
        """Names of the districts in the order of their indices."""
        return tuple(d.name for d in self.city.geography.districts)

    def mess(
        self,
        dataset: str,
        columns: Mapping[str, Text],
        plan: Plan | None = None,
        *,
        part: IntArray | None = None,
    ) -> Messy:
        """Return the columns with the dataset's defects planted; without a plan they stay clean."""
        return plant(dataset, columns, plan or Plan(), seed=self.city.noise.seed, part=part)

    def note(self, dataset: str, messy: Messy, *files: str) -> None:
        """Remember that a dataset was written to these files below `inbound`."""
        self.exports.append(Export(dataset, files, messy.counts))

    def months(self, day: IntArray) -> tuple[IntArray, list[str]]:
        """Return the number of the monthly file of each day, and the names (202609) of the files."""
        month = month_number(day)
        first = int(month.min())
        names = [f"{1970 + m // 12}{m % 12 + 1:02d}" for m in range(first, int(month.max()) + 1)]
        return month - first, names


def daily_id(prefix: str, day: IntArray, number: IntArray, *, width: int = 4) -> Text:
    """Return identifiers such as JQ202609010007 from the day and the number within the day."""
    days = np.unique(day)
    names = [prefix + str(d).replace("-", "") for d in days.astype("datetime64[D]")]
    return joined(words(names, np.searchsorted(days, day)), padded(number + 1, width))


def coordinates(points: FloatArray) -> dict[str, Text]:
    """Return the columns 经度 and 纬度 of points, shape (n, 2), with six decimals."""
    return {"经度": _degrees(points[:, 0]), "纬度": _degrees(points[:, 1])}


def _degrees(value: FloatArray) -> Text:
    micro = np.rint(value * 1e6).astype(np.int64)
    return joined(plain(micro // 10**6), ".", padded(micro % 10**6, 6))


def money(value: FloatArray) -> Text:
    """Return amounts with two decimals, for any range of values."""
    cents = np.rint(value * 100).astype(np.int64)
    return joined(plain(cents // 100), ".", padded(cents % 100, 2))
