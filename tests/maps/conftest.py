"""A city with districts and a model, but without data; its maps are what tests bring."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cityloop.app import City
from cityloop.foundation.principal import operator
from cityloop.foundation.settings import load_settings

YAML = """
kind: codes
name: district
title: {zh: 行政区, en: District}
values:
  - {value: 云中区, title: {zh: 云中区, en: Yunzhong District}, aliases: ["990102", Yunzhong]}
  - {value: 临湖区, title: {zh: 临湖区, en: Linhu District}, aliases: ["990104", Linhu]}
  - {value: 北岸区, title: {zh: 北岸区, en: Bei'an District}, aliases: ["990106"]}
---
kind: dataset
name: areas
title: {zh: 片区, en: Areas}
key: [district]
load: merge
fields:
  - {name: district, title: {zh: 区, en: District}, type: text, codes: district}
  - {name: wards, title: {zh: 街道数, en: Wards}, type: integer}
---
kind: model
name: areas
title: {zh: 片区, en: Areas}
dataset: areas
key: [district]
dimensions:
  - {name: district, title: {zh: 行政区, en: District}}
  - {name: wards, title: {zh: 街道数, en: Wards}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "city"
    (place / "maps").mkdir(parents=True)
    (place / "city.yaml").write_text("name: 云江市\n", encoding="utf-8")
    (place / "all.yaml").write_text(YAML, encoding="utf-8")
    return place


@pytest.fixture
def city(folder: Path) -> Iterator[City]:
    found = City.open(load_settings(folder, {}), environment={})
    found.definitions.apply(
        operator(), found.definitions.plan(found.definitions.read_folder(folder))
    )
    yield found
    found.close()
