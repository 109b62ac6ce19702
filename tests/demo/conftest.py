from pathlib import Path

import pytest

from cityloop.demo import Planted, generate

DAYS, SCALE = 4, 0.1


@pytest.fixture(scope="session")
def tiny_city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """A city of four days and few stations, with every kind of defect in it."""
    target = tmp_path_factory.mktemp("yunjiang")
    return target, generate(target, days=DAYS, scale=SCALE)
