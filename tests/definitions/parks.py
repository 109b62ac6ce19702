"""A small world of two kinds: parks belong to districts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cityloop.definitions import Definition, Kind, Problem, Reference, Snapshot
from cityloop.foundation.errors import Invalid

DISTRICT = """\
# the lake's side of the city
name: lakeside
title: {zh: 临湖区, en: Lakeside}
"""
PARK = """\
name: willow
title: {zh: 柳园, en: Willow Park}
district: lakeside
gates:
  - {name: north, kind: main}
  - {name: south}  # the small one
"""


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gate(Strict):
    name: str
    kind: Literal["main", "side"] = "side"
    width_m: float | None = Field(default=None, gt=0)


class Way(Strict):
    length_m: int


class DistrictDefinition(Definition):
    population: int | None = Field(default=None, ge=0)


class ParkDefinition(Definition):
    district: str
    gates: tuple[Gate, ...] = ()
    next_: str | Way | None = Field(default=None, alias="next")
    areas: dict[str, float] = Field(default_factory=dict)


def _references(park: ParkDefinition) -> Iterable[Reference]:
    yield Reference("district", park.district, ("district",))


def _check(park: ParkDefinition, snapshot: Snapshot) -> Iterable[Problem]:
    district = snapshot.find(DistrictDefinition, park.district)
    if district and district.population == 0 and park.gates:
        yield Problem(("gates", 0), Invalid(field="gates", value="", reason="nobody lives there"))


KINDS = (
    Kind(name="district", folder="districts", model=DistrictDefinition),
    Kind(name="park", folder="parks", model=ParkDefinition, references=_references, check=_check),
)


def write(folder: Path, file: str, text: str | bytes) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
