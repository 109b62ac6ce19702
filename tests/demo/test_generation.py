from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from cityloop.demo import generate
from cityloop.demo.generation import BadDemoSize

TINY = {"days": 2, "scale": 0.02}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): sha256(p.read_bytes()).hexdigest() for p in files}


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    generate(tmp_path / "one", **TINY)
    generate(tmp_path / "two", **TINY)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_writing_again_replaces_what_was_there(tmp_path):
    generate(tmp_path / "one", **TINY)
    before = digests(tmp_path / "one")
    generate(tmp_path / "one", **TINY)
    assert digests(tmp_path / "one") == before


def test_another_seed_is_another_city(tmp_path):
    generate(tmp_path / "one", **TINY)
    generate(tmp_path / "two", seed=7, **TINY)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert one.keys() == two.keys()
    assert {n for n in one if one[n] == two[n]} == {"inbound/services/事项清单.csv"}


def test_months_become_files(tmp_path):
    planted = generate(tmp_path, days=3, scale=0.02, last_on=date(2026, 9, 2))
    (export,) = (e for e in planted.exports if e.dataset == "detector_readings")
    assert export.files == ("transport/交通检测器_202608.csv", "transport/交通检测器_202609.csv")


def test_the_encodings_are_those_of_the_departments(tiny_city):
    inbound = tiny_city[0] / "inbound"
    readings = next((inbound / "transport").glob("交通检测器_*.csv")).read_bytes()
    assert readings.decode("gb18030").startswith("云江市交通检测器数据\r\n导出时间：2026年10月1日")
    assert (inbound / "market/企业登记信息.tsv").read_bytes()[:2] == b"\xff\xfe"
    assert (inbound / "environment/空气质量小时值.csv").read_bytes()[:3] == b"\xef\xbb\xbf"


@pytest.mark.parametrize("size", [{"days": 0}, {"scale": 0.0}, {"scale": 10.5}])
def test_an_impossible_size_is_refused(tmp_path, size):
    with pytest.raises(BadDemoSize):
        generate(tmp_path, **size)
    assert list(tmp_path.iterdir()) == []
