"""One step of the living city: what every department would have written in some minutes, in its own form.

Windows are half-open, [start, end), in minutes since 1970-01-01 local time, so that any two steps side by side hold the
same rows as one long step. Writing the same step again gives the same bytes: a step broken off is written again.
"""

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from cityloop.demo.dates import moment_text
from cityloop.demo.defects import Messy, Plan, plant
from cityloop.demo.exports import environment, health, hotline, police, services, transport
from cityloop.demo.exports import parking as parking_export
from cityloop.demo.exports import weather as weather_export
from cityloop.demo.exports.desk import Desk, Sheet
from cityloop.demo.exports.writers import Dialect, json_lines, write_delimited, write_json_lines
from cityloop.demo.live import happenings as happen
from cityloop.demo.live.happenings import Happening, those
from cityloop.demo.noise import IntArray
from cityloop.demo.rhythm import MINUTES_A_DAY, SLOT_MINUTES, Window
from cityloop.demo.text import Text, joined, stacked, taken, utf8, words
from cityloop.demo.world import City
from cityloop.demo.world.calls import HotlineCalls, hotline_calls, police_calls
from cityloop.demo.world.climate import air, weather
from cityloop.demo.world.health import visits
from cityloop.demo.world.parking import parking
from cityloop.demo.world.services import Applications, applications
from cityloop.demo.world.streets import Incidents, incidents, traffic

STORM_REPORT_MIN = 10
"""Weather stations in a storm report every so many minutes instead of every hour."""
_SPEED, _FAULT = "平均速度(km/h)", "故障"
LONGEST_CALL_DAYS, LONGEST_CASE_DAYS = 27, 56
"""No call, no application stays open longer, calendar days."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to write: minutes, and the happenings that may matter in them. ``number`` decides about defects."""

    number: int
    start: int
    end: int
    going: tuple[Happening, ...] = ()
    weather_bytes: int = 0
    """Size of the weather service's data before the step; what lies behind it is of a try that broke off."""


@dataclass(slots=True)
class LiveDesk(Desk):
    """A desk for one step: defects by chance, files named by the step's end."""

    step: Step = field(kw_only=True)

    def mess(
        self,
        dataset: str,
        columns: Mapping[str, Text],
        plan: Plan | None = None,
        *,
        part: IntArray | None = None,
    ) -> Messy:
        """Return the columns with defects planted by chance."""
        seed, step = self.city.noise.seed, self.step.number
        return plant(dataset, columns, plan or Plan(), seed=seed, part=part, step=step)

    def name(self, stem: str, ending: str) -> str:
        """Return the path of a delivery below `inbound`: it sorts behind all earlier ones."""
        day, minute = divmod(self.step.end, MINUTES_A_DAY)
        on = date(1970, 1, 1) + timedelta(days=day)
        return f"{stem}_{on:%Y%m%d}_{minute // 60:02d}{minute % 60:02d}{ending}"


Writer = Callable[[Path, Messy], None]


def write_step(city: City, inbound: Path, step: Step) -> tuple[LiveDesk, tuple[str, ...]]:
    """Write everything of a step below ``inbound``.

    Returns:
        the desk with what was planted, and the names of the sources that have something new, in order.
    """
    first_on = date(1970, 1, 1) + timedelta(days=step.start // MINUTES_A_DAY)
    last = (step.end - 1) // MINUTES_A_DAY - step.start // MINUTES_A_DAY
    desk = LiveDesk(city, Window(first_on, last + 1), inbound, step=step)
    for department in (_incidents, _readings, _weather, _air, _hotline, _police, _visits, _parking, _services):  # fmt: skip
        department(desk)
    fed = {each.dataset for each in desk.exports}
    return desk, tuple(source for source, dataset in _SOURCES if dataset in fed)


_SOURCES = (
    ("transport_incidents", "traffic_incidents"),
    ("hospital_system", "hospital_visits"),
    ("weather_service", "weather_observations"),
    ("transport_files", "detector_readings"),
    ("hotline_log", "hotline_calls"),
    ("environment_files", "air_quality"),
    ("police_files", "police_calls"),
    ("parking_files", "parking_occupancy"),
    ("service_workbook", "service_applications"),
)


def _deliver(desk: LiveDesk, dataset: str, sheet: Sheet, file: str, write: Writer) -> None:
    messy = desk.mess(dataset, *sheet)
    if write is _insert:
        write(desk.inbound / file, messy)
    else:
        _write_whole(desk.inbound / file, lambda path: write(path, messy))
    desk.note(dataset, messy, file)


def _write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let a file appear as a whole: nobody loads a half of it when the process dies or the disk is full."""
    fresh = path.with_name(f".{path.name}")
    try:
        write(fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _in(desk: LiveDesk, minute: IntArray) -> IntArray:
    return np.flatnonzero((minute >= desk.step.start) & (minute < desk.step.end))


def _incidents(desk: LiveDesk) -> None:
    step = desk.step
    days = desk.window.earlier(1)
    seen = happen.with_accidents(incidents(desk.city, days), step.going)
    cleared = seen.started + seen.duration_min
    rows = np.union1d(_in(desk, seen.started), _in(desk, cleared))
    if rows.size:
        told: Incidents = those(seen, rows)
        columns, plan = transport.reports(desk, told, cleared[rows] >= step.end)
        # A defect beside what a visitor made happen could have the delivery held, and nothing would come of it.
        is_made = bool((told.ids[1] >= happen.FIRST_NUMBER).any())
        sheet = (columns, Plan() if is_made else plan)
        _deliver(
            desk, "traffic_incidents", sheet, desk.name("transport/交通事件", ".jsonl"),
            lambda path, messy: write_json_lines(path, messy, unquoted=("injured",)),
        )  # fmt: skip


def _readings(desk: LiveDesk) -> None:
    step, city = desk.step, desk.city
    # A slot is told when it is over.
    seen = traffic(city, desk.window.earlier(1))
    told = happen.slowed(city, those(seen, _in(desk, seen.minute + SLOT_MINUTES)), step.going)
    fails, failures = happen.failing(city, step.going)
    if told.minute.size:
        columns, plan = transport.readings(desk, told)
        moment, detector = np.repeat(told.minute, fails.size), np.tile(fails, told.minute.size)
        broken = detector & np.any([(moment >= f.started) & (moment < f.ends) for f in failures], axis=0)  # fmt: skip
        # What a failing gateway sends: a word in the place of a number. Such rows get no other defect.
        speed = columns[_SPEED]
        columns[_SPEED] = taken(stacked([speed, words([_FAULT], np.zeros(1, dtype=np.int64))]), np.where(broken, len(speed), np.arange(len(speed))))  # fmt: skip
        messy = desk.mess("detector_readings", columns, replace(plan, eligible=~broken))
        _hand_over(desk, _counting(messy, int(broken.sum())), "transport/交通检测器")
    if any(each.started >= step.start for each in failures):
        _hand_over(
            desk, _fault_reports(desk, np.flatnonzero(fails)), "transport/交通检测器", "故障"
        )


def _hand_over(desk: LiveDesk, messy: Messy, stem: str, more: str = "") -> None:
    file = desk.name(stem, f"{more}.csv")
    dialect = transport.readings_dialect(desk)
    _write_whole(desk.inbound / file, lambda path: write_delimited(path, messy, dialect))
    desk.note("detector_readings", messy, file)


def _fault_reports(desk: LiveDesk, detector: IntArray) -> Messy:
    """Return what a gateway sends at once when it fails: fault reports of its last minutes, one a minute."""
    city = desk.city
    minutes = -(-happen.FAULT_ROWS // detector.size)
    at = np.repeat(desk.step.end - 1 - np.arange(minutes), detector.size)
    detector = np.tile(detector, minutes)
    nothing = words(["0"], np.zeros(at.size, dtype=np.int64))
    columns = {
        "检测器编号": words(city.detectors.ids, detector),
        "道路名称": words([r.name for r in city.geography.roads], city.detector_road[detector]),
        "采集时间": moment_text(at),
        "流量(辆)": nothing,
        _SPEED: words([_FAULT], np.zeros(at.size, dtype=np.int64)),
        "占有率(%)": nothing,
    }
    return _counting(desk.mess("detector_readings", columns), at.size)


def _counting(messy: Messy, broken: int) -> Messy:
    """Return the sheet with ``broken`` of its good rows counted as of the wrong type."""
    if not broken:
        return messy
    counts = messy.counts
    rules = {**counts.rules, "type": counts.rules.get("type", 0) + broken}
    fresh = replace(
        counts, good=counts.good - broken, quarantined=counts.quarantined + broken, rules=rules
    )
    return replace(messy, counts=fresh)


def _weather(desk: LiveDesk) -> None:
    step, city = desk.step, desk.city
    minute = np.arange(step.start, step.end)
    hourly = minute % 60 == 0
    storms = [each for each in step.going if each.kind == "storm"]
    stormy = np.zeros(minute.size, dtype=np.bool_)
    for each in storms:
        since = minute - each.started
        stormy |= (since >= 0) & (minute < each.ends) & (since % STORM_REPORT_MIN == 0)
    at = minute[hourly | stormy]
    if not at.size:
        return
    stations = len(city.weather_stations)
    seen = happen.rained_on(city, at, weather(city.noise, at, stations=stations), storms)
    columns, plan = weather_export.observations(desk, at, seen)
    messy = desk.mess("weather_observations", columns, plan)
    lines = utf8(joined(json_lines(messy.columns, unquoted=weather_export.NUMBERS), "\n"))
    _append(desk.inbound / weather_export.OBSERVATIONS, lines.encode(), step.weather_bytes)
    desk.note("weather_observations", messy, weather_export.OBSERVATIONS)


def _air(desk: LiveDesk) -> None:
    minute = np.arange(desk.step.start, desk.step.end)
    at = minute[minute % 60 == 0]
    if at.size:
        seen = air(desk.city.noise, at, stations=len(desk.city.air_stations))
        sheet = environment.hourly(desk, at, seen)
        file = desk.name("environment/空气质量小时值", ".csv")
        _deliver(desk, "air_quality", sheet, file, _delimited(environment.DIALECT))


def _hotline(desk: LiveDesk) -> None:
    step, city = desk.step, desk.city
    seen = _calls_until(city, (step.end - 1) // MINUTES_A_DAY)
    rows = np.union1d(_in(desk, seen.created), _in(desk, seen.closed))
    told: HotlineCalls = those(seen, rows)
    own = happen.flooded_calls(city, those(seen, rows[:0]), step.going, (step.start - MINUTES_A_DAY, step.end))  # fmt: skip
    mine = np.union1d(_in(desk, own.created), _in(desk, own.closed))
    told = happen.joined(told, those(own, mine))
    if told.created.size:
        sheet = hotline.calls(desk, told, told.closed >= step.end)
        _deliver(
            desk, "hotline_calls", sheet, desk.name("hotline/12345热线", ".jsonl"),
            lambda path, messy: write_json_lines(path, messy, unquoted=("satisfied",)),
        )  # fmt: skip


def _police(desk: LiveDesk) -> None:
    seen = police_calls(desk.city, desk.window)
    rows = _in(desk, seen.reported)
    if rows.size:
        sheet = police.calls(desk, those(seen, rows))
        file = desk.name("police/110接处警", ".csv")
        _deliver(desk, "police_calls", sheet, file, _delimited(police.dialect(desk)))


def _visits(desk: LiveDesk) -> None:
    step = desk.step
    seen = visits(desk.city, desk.window)
    told = replace(seen, updated=seen.arrived)
    told = those(told, _in(desk, seen.arrived))
    told = happen.sick_pupils(desk.city, told, step.going, (step.start, step.end))
    if told.arrived.size:
        _deliver(desk, "hospital_visits", health.records(desk, told), health.FILE, _insert)


def _parking(desk: LiveDesk) -> None:
    seen = parking(desk.city, desk.window)
    told = those(seen, _in(desk, seen.minute))
    if told.minute.size:
        file = desk.name("parking/停车场余位", ".csv")
        _deliver(
            desk,
            "parking_occupancy",
            parking_export.occupancy(desk, told),
            file,
            _delimited(Dialect()),
        )


def _services(desk: LiveDesk) -> None:
    step = desk.step
    seen = _cases_until(desk.city, (step.end - 1) // MINUTES_A_DAY)
    decided = services.decided_at(seen)
    rows = np.union1d(_in(desk, seen.accepted), _in(desk, decided))
    if rows.size:
        sheet = services.cases(desk, those(seen, rows), decided[rows] >= step.end)
        file = desk.name("services/政务服务办件明细", ".xlsx")
        _deliver(
            desk, "service_applications", sheet, file,
            lambda path, messy: services.write_workbook(desk, path, messy),
        )  # fmt: skip


def _delimited(dialect: Dialect) -> Writer:
    return lambda path, messy: write_delimited(path, messy, dialect)


def _append(path: Path, lines: bytes, size: int) -> None:
    """Append to a file that was ``size`` bytes long before; what lies behind is of a try that broke off."""
    with path.open("r+b", buffering=0) as file:
        file.truncate(size)
        file.seek(size)
        left = memoryview(lines)
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError:  # a full disk: the service must not hand out half a line
            os.ftruncate(file.fileno(), size)
            raise


def _insert(path: Path, messy: Messy) -> None:
    """Insert visits into the hospitals' database, in one transaction; those of a try that broke off are replaced."""
    rows = list(zip(*(column.to_pylist() for column in messy.columns.values()), strict=True))
    marks = ", ".join("?" * len(messy.columns))
    with closing(sqlite3.connect(path)) as hospital, hospital:
        hospital.execute("CREATE INDEX IF NOT EXISTS visits_visit_id ON visits (visit_id)")
        hospital.executemany("DELETE FROM visits WHERE visit_id = ?", [row[:1] for row in rows])
        hospital.executemany(f"INSERT INTO visits VALUES ({marks})", rows)  # noqa: S608 - only marks


@lru_cache(maxsize=2)
def _calls_until(city: City, day: int) -> HotlineCalls:
    """Return the calls that may be created or closed on ``day``; worked out once a day, for it takes 0.2 s."""
    return hotline_calls(city, _window(day, LONGEST_CALL_DAYS))


@lru_cache(maxsize=2)
def _cases_until(city: City, day: int) -> Applications:
    """Return the applications that may be accepted or decided on ``day``."""
    return applications(city, _window(day, LONGEST_CASE_DAYS))


def _window(day: int, days: int) -> Window:
    return Window.ending(date(1970, 1, 1) + timedelta(days=day), days=days)
