"""Real cities for tests that go through every part: the demo city, built once per run, and one with planted secrets.

Both are built by the command line itself and shared by all test processes; a test that changes something takes a copy.
"""

import fcntl
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from cityloop.foundation.clock import SimulatedClock

DAYS, SCALE = 3, 0.02
"""Size of the city: 5,000 rows in 24 datasets, some 20 s of work."""

LAKE, CLOUD = "临湖区", "云中区"


def id_number(stem: str) -> str:
    """Return an identity number of ``stem`` (17 digits) with its check digit (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(stem, weights, strict=True))
    return stem + "10X98765432"[total % 11]


CANARIES = {
    "call_text_lake": "金丝雀临湖诉求",
    "call_name_lake": "雀临湖甲",
    "call_phone_lake": "13987650001",
    "call_street_lake": "金丝雀湖滨街道",
    "call_text_cloud": "金丝雀云中诉求",
    "call_name_cloud": "雀云中乙",
    "call_phone_cloud": "13987650002",
    "call_street_cloud": "金丝雀云顶街道",
    "call_text_bad": "金丝雀隔离诉求",
    "call_name_bad": "雀隔离丙",
    "call_phone_bad": "13987650003",
    "visit_name": "雀就诊丁",
    "visit_id": id_number("99010219770707777"),
    "visit_phone": "13987650004",
    "visit_diagnosis": "金丝雀综合征",
    "resident_name": "雀居民戊",
    "resident_id": id_number("99010219780808888"),
    "resident_phone": "13987650005",
    "resident_address": "金丝雀路177号9室",
    "police_name": "雀报警己",
    "police_phone": "13987650006",
    "police_id": id_number("99010219790909999"),
}
"""Values that stand in exactly one row each, most of them in graded columns."""

MAY_SEE = {
    "linhu": {"call_text_lake", "call_street_lake"},
    "analyst": {"call_street_lake", "call_street_cloud", "visit_diagnosis"},
    "leader": {"call_street_lake", "call_street_cloud", "visit_diagnosis"},
    "key": {"call_street_lake", "call_street_cloud"},
    "transport": set[str](),
}
"""Which canaries each person may find, by the demo city's own policies; they must find these and no others."""


def shared(folder: Path, name: str, build: Callable[[Path], None]) -> Path:
    """Return ``folder/name``, built by the first process that asks while the others wait."""
    done, place = folder / f"{name}.done", folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(place, ignore_errors=True)
            build(place)
            done.touch()
    return place


def copy_city(origin: Path, target: Path) -> Path:
    """Return a copy of a city that nobody has open."""
    shutil.copytree(origin, target)
    return target


def build_demo(place: Path) -> None:
    """Build the demo city by ``cityloop demo --once``; its summary lies beside it."""
    done = run_cli(place, "demo", "--once", "--days", str(DAYS), "--scale", str(SCALE), "--json")
    place.with_suffix(".stdout").write_text(done.stdout, encoding="utf-8")
    assert done.returncode == 0, done.stderr + done.stdout
    # The time of the city stands still, so that nothing falls due while tests look.
    SimulatedClock(place / ".cityloop" / "clock.json").set(speed=0)


def plant(place: Path, origin: Path) -> None:
    """Copy the demo city and deliver rows with canaries to it."""
    copy_city(origin, place)
    inbound = place / "inbound"
    _plant_calls(inbound / "hotline" / "12345热线.jsonl")
    _plant_visit(inbound / "health" / "his.db")
    c = CANARIES
    with (inbound / "population" / "常住人口登记.csv").open(
        "a", encoding="gb18030", newline=""
    ) as f:
        f.write(
            f"{c['resident_id']},{c['resident_name']},女,1978-08-08,{c['resident_phone']},{LAKE},"
            f"云塘街道,{c['resident_address']},2020-01-01\r\n"
        )
    with (inbound / "police" / "110接处警.csv").open("a", encoding="gb18030", newline="") as f:
        f.write(
            f"JQ202609309999,{c['police_name']},{c['police_phone']},{c['police_id']},盗窃,{LAKE},"
            "2026-09-30 17:00:00,7,立案\r\n"
        )
    sources = ("hotline_log", "hospital_system", "police_files", "population_register")
    done = run_cli(place, "load", *sources, "--json")
    assert done.returncode == 0, done.stderr + done.stdout
    counts = {each["dataset"]: each for each in json.loads(done.stdout)}
    assert counts["hotline_calls"]["good"] == 2, counts
    assert counts["hotline_calls"]["rules"]["codes"] >= 1, counts
    for dataset in ("hospital_visits", "residents", "police_calls"):
        assert counts[dataset]["good"] == 1, counts


def _plant_calls(file: Path) -> None:
    c = CANARIES
    rows = [
        {
            "call_id": f"RX20260930999{number}",
            "created_at": "2026-09-30 09:00:00",
            "closed_at": None,
            "category": category,
            "content": c[f"call_text_{where}"],
            "district": district,
            "street": c.get(f"call_street_{where}", "东桥街道"),
            "caller_name": c[f"call_name_{where}"],
            "caller_phone": c[f"call_phone_{where}"],
            "department": "城市管理局",
            "status": "办理中",
            "satisfied": None,
        }
        for number, (where, district, category) in enumerate(
            [("lake", LAKE, "占道经营"), ("cloud", CLOUD, "占道经营"), ("bad", LAKE, "没有这一类")]
        )
    ]
    with file.open("a", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _plant_visit(file: Path) -> None:
    c = CANARIES
    hospital = sqlite3.connect(file)
    with hospital:
        hospital.execute(
            "INSERT INTO visits VALUES ('H02A202609309999','H02','07',?,?,?,'I25.1',?,"
            "'2026-09-30 20:00:00','2026-10-09 00:00:00',52.5)",
            [c["visit_name"], c["visit_id"], c["visit_phone"], c["visit_diagnosis"]],
        )
    hospital.close()


def run_cli(city: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line in a process of its own."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]  # options as subprocess takes them
        [sys.executable, "-m", "cityloop", "--city", str(city), *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
