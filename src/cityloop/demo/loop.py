"""The loop, once around: build the demo city, load it, ask it, let an alert open an order, handle it, see it as data.

What :func:`close_loop` reports is compared with what the simulator planted, so that its summary is a proof.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Literal
from zoneinfo import ZoneInfo

from cityloop.app import City
from cityloop.ask.model import Outcome
from cityloop.demo.accounts import add_staff
from cityloop.demo.founding import found_city
from cityloop.demo.generation import (
    DEFAULT_DAYS,
    DEFAULT_LAST_ON,
    DEFAULT_SEED,
    OtherCity,
    OtherSize,
    Planted,
    generate,
)
from cityloop.demo.live.feed import Feed, Threads, state_file
from cityloop.demo.live.staff import Staff
from cityloop.demo.rhythm import MINUTES_A_DAY, day_number
from cityloop.demo.weather_api import WeatherApi
from cityloop.demo.world import build_city
from cityloop.foundation.clock import SimulatedClock
from cityloop.foundation.errors import Broken
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.settings import load_settings
from cityloop.metrics import Query
from cityloop.workorders import Order

QUESTIONS = (
    "昨天各区的平均车速",
    "hotline calls by district yesterday",
    "上周每天的就诊量",
    "明天会下雨吗",
)
"""Asked in every round; the last one has no answer and must be refused."""
DEFAULT_SIZE: Mapping[str, float] = {"seed": DEFAULT_SEED, "days": DEFAULT_DAYS, "scale": 1.0}
"""Of a demo city that is built without a size of its own."""
MOST_STEPS = 6
"""Steps of the longest procedure of the demo city, with room."""

Note = Callable[[str, str], None]
"""Tells how the work goes on, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of one dataset, beside what was planted in it."""

    dataset: str
    found: Mapping[str, int]
    planted: Mapping[str, int]

    @property
    def agrees(self) -> bool:
        """Whether the loader counted exactly what the simulator planted."""
        return self.found == self.planted


@dataclass(slots=True)
class Summary:
    """One round of the loop, stage by stage; ``seconds`` of wall time per stage."""

    rows: int = 0
    loaded: list[Loaded] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)
    alerts: int = 0
    orders: int = 0
    handled: Order | None = None
    measured: Mapping[str, float] = field(default_factory=dict)
    audit_entries: int = 0
    audit_sound: bool = False
    seconds: dict[str, float] = field(default_factory=dict)

    def document(self, lang: Literal["zh", "en"]) -> dict[str, object]:
        """Return the summary as plain values."""
        return {
            "closed": self.is_closed,
            "rows": self.rows,
            "datasets": [
                {"dataset": each.dataset, **each.found, "agrees": each.agrees}
                for each in self.loaded
            ],
            "questions": [
                {
                    "text": each.text,
                    "status": each.status,
                    "message": each.message.text(lang),
                    "rows": each.answer.rows.num_rows if each.answer else 0,
                }
                for each in self.answers
            ],
            "alerts_fired": self.alerts,
            "orders_opened": self.orders,
            "order": self.handled.number if self.handled else None,
            "order_status": self.handled.status if self.handled else None,
            "measured": dict(self.measured),
            "audit": {"entries": self.audit_entries, "sound": self.audit_sound},
            "seconds": {**self.seconds, "total": round(sum(self.seconds.values()), 2)},
        }

    def text(self, lang: Literal["zh", "en"]) -> str:
        """Return the summary as lines for people."""
        zh = lang == "zh"
        lines = [
            f"{'来源→数据集' if zh else 'sources → datasets'}: {len(self.loaded)}, {self.rows:,} {'行' if zh else 'rows'}"
        ]
        for each in self.loaded:
            mark = "✓" if each.agrees else f"✗ {dict(each.planted)}"
            counts = " + ".join(f"{each.found.get(name, 0):,}" for name in _COUNTS[1:])
            lines.append(f"  {each.dataset}: {each.found.get('read', 0):,} = {counts} {mark}")
        lines += [
            f"{'问' if zh else 'asked'}: {each.text} → {each.message.text(lang)}"
            for each in self.answers
        ]
        handled = self.handled.number if self.handled else "–"
        status = self.handled.status if self.handled else "–"
        minutes = self.measured.get("order_handling_minutes", 0.0)
        lines += [
            f"{'预警' if zh else 'alerts'}: {self.alerts} → {'工单' if zh else 'orders'}: {self.orders}",
            f"{'工单' if zh else 'order'} {handled}: {status} → {'办理用时' if zh else 'handling time'} {minutes:.0f} min",
            f"{'审计' if zh else 'audit'}: {self.audit_entries} {'条，完好' if zh and self.audit_sound else 'entries, sound' if self.audit_sound else '✗'}",
            f"{'用时' if zh else 'seconds'}: {sum(self.seconds.values()):.1f} {self.seconds}",
            ("闭环完成。" if zh else "The loop is closed.")
            if self.is_closed
            else ("闭环未完成！" if zh else "The loop did NOT close!"),
        ]
        return "\n".join(lines)

    @property
    def is_closed(self) -> bool:
        """Whether every stage did what it promises."""
        return (
            all(each.agrees for each in self.loaded)
            and self.alerts > 0
            and self.handled is not None
            and self.handled.status == "finished"
            and self.measured.get("orders_finished", 0) >= 1
            and self.audit_sound
        )


class Demo(AbstractContextManager["Demo"]):
    """The demo city, open, with its weather service running.

    Args:
        folder: the city's folder; made and filled when it is not a city yet.
        seed: of the simulation; like the next two None: as the city was built, else :data:`DEFAULT_SIZE`.
        days: days of history.
        scale: share of the full city, > 0 and ≤ 1.
        note: told how the work goes on.

    Raises:
        OtherSize: a city of another size was built here.
        OtherCity: the folder holds data of a city that is not a demo.
    """

    def __init__(
        self, folder: Path, *, note: Note, seed: int | None = None, days: int | None = None,
        scale: float | None = None,
    ) -> None:  # fmt: skip
        self._note = note
        self._built = folder / ".cityloop" / "built.json"
        self._building = folder / ".cityloop" / "building.json"
        self.summary = Summary()
        built = _read_size(self._built)
        self.is_resumed = built is not None
        """Whether the city was built here before; then it goes on where it stopped."""
        asked = {"seed": seed, "days": days, "scale": scale}
        wanted = {name: value for name, value in asked.items() if value is not None}
        self._size = {**DEFAULT_SIZE, **wanted} if built is None else built
        if self._size != {**self._size, **wanted}:
            raise OtherSize(folder=str(folder), built=_told(self._size), wanted=_told({**self._size, **wanted}))  # fmt: skip
        if not self.is_resumed:
            self._build(folder)
        settings = load_settings(folder)
        if not self.is_resumed:
            zone = ZoneInfo(settings.time_zone)
            midnight = datetime.combine(self.planted.last_on + timedelta(days=1), time(), zone)
            SimulatedClock(settings.data / "clock.json").set(to=midnight, speed=1.0)
        self._weather = WeatherApi(folder / "inbound").__enter__()
        self.city = City.open(settings, environment=self._weather.environment)

    def __exit__(self, *_error: object) -> None:
        """Close the city and stop its weather service."""
        self.city.close()
        self._weather.__exit__(None, None, None)

    @contextmanager
    def living(self, *, speed: float | None) -> Iterator[Feed]:
        """Let the city live while the block runs: its clock, its departments, its duty officers.

        Args:
            speed: city seconds per real second; None: as before, 60 at first.
        """
        until = day_number(DEFAULT_LAST_ON) + 1
        first_on = DEFAULT_LAST_ON - timedelta(days=int(self._size["days"]) - 1)
        world = build_city(
            int(self._size["seed"]), scale=self._size["scale"], until_day=day_number(first_on)
        )
        feed = Feed(self.city, world, until=until * MINUTES_A_DAY, speed=speed)
        staff = Staff(self.city, self.city.real, world.noise, lambda: feed.state.staff)
        with Threads(feed.run_until, staff.run_until):
            yield feed

    def _build(self, folder: Path) -> None:
        with self._stage("simulate", "模拟各部门数据 …", "simulating the departments …"):
            self._clear(folder)
            found_city(folder)
            self.planted: Planted = generate(folder, **self._size)  # type: ignore[arg-type]  # three numbers

    def _clear(self, folder: Path) -> None:
        """Begin: what an earlier try left that was killed half-way would be counted twice."""
        if _read_size(self._building) is not None:
            shutil.rmtree(self._building.parent)
        elif (self._building.parent / "state.db").exists():
            raise OtherCity(folder=str(folder))
        self._building.parent.mkdir(parents=True, exist_ok=True)
        self._building.write_text(json.dumps(self._size), encoding="ascii")
        _forget_steps(folder)

    def run(self) -> Summary:
        """Go once around the loop.

        Raises:
            CityError: a stage failed.
        """
        with self._stage("apply", "检查并发布定义 …", "checking and applying definitions …"):
            self._apply()
            add_staff(self.city)
        with self._stage("load", "接入 …", "loading …"):
            self._load()
        with self._stage("ask", "提问 …", "asking …"):
            analyst = self._person("analyst")
            self.summary.answers = [self.city.ask.answer(analyst, each) for each in QUESTIONS]
        with self._stage("alert", "评估预警 …", "evaluating alerts …"):
            self.city.alerts.evaluate_all()
            self.city.work()
            self.summary.alerts = len(self.city.alerts.episodes(operator()))
        with self._stage("order", "处置一张工单 …", "handling an order …"):
            self._handle()
        with self._stage("measure", "工单回到数据 …", "orders come back as data …"):
            self._measure()
        verdict = self.city.trail.verify(operator())
        self.summary.audit_entries, self.summary.audit_sound = (
            verdict.entries,
            verdict.broken_at is None,
        )
        self._building.replace(self._built)
        return self.summary

    def _apply(self) -> None:
        definitions = self.city.definitions
        draft = definitions.read_folder(self.city.settings.city)
        findings = definitions.check(draft)
        if findings:
            raise Broken(what=str(findings[0]), reference="demo definitions")
        definitions.apply(operator(), definitions.plan(draft), note="demo")

    def _load(self) -> None:
        totals: dict[str, dict[str, int]] = {}
        for source in self.city.sources.all():
            if source.connector == "internal":
                continue
            self._note(f"  {source.title.zh}", f"  {source.title.en}")
            for report in self.city.datasets.ingest(operator(), source.name):
                total = totals.setdefault(report.dataset, dict.fromkeys(_COUNTS, 0))
                for count in _COUNTS:
                    total[count] += getattr(report, count)
        planted = {
            name: {count: getattr(each, count) for count in _COUNTS}
            for name, each in self.planted.counts.items()
        }
        names = sorted({*totals, *planted})
        self.summary.loaded = [
            Loaded(name, totals.get(name, {}), planted.get(name, {})) for name in names
        ]
        self.summary.rows = sum(total["read"] for total in totals.values())
        self.city.work()

    def _handle(self) -> None:
        boss = operator()
        orders = [each for each in self.city.workorders.list(boss) if each.status == "open"]
        self.summary.orders = len(orders)
        if not orders:
            return
        number = orders[0].number
        clock = self.city.clock
        for _ in range(MOST_STEPS):
            detail = self.city.workorders.one(boss, number)
            if detail.order.status in ("finished", "cancelled"):
                break
            self._step(number, self._whose(detail.tasks))
            if isinstance(clock, SimulatedClock):
                clock.set(to=clock.now() + timedelta(minutes=25))
        self.summary.handled = self.city.workorders.one(boss, number).order
        self.city.work()

    def _step(self, number: str, who: Principal) -> None:
        orders = self.city.workorders
        detail = orders.one(who, number)
        if detail.order.status == "open":
            orders.accept(who, number)
            return
        waiting = next(task for task in detail.tasks if task.state in ("ready", "claimed"))
        outcomes = next(iter(self._outcomes(waiting.step, detail.case.procedure)), None)
        orders.finish(who, number, result="现场处置完毕", outcome=outcomes)

    def _outcomes(self, step: str, procedure: str) -> Sequence[str]:
        from cityloop.cases import ProcedureDefinition

        found = self.city.definitions.current().one(ProcedureDefinition, procedure)
        return next(each.outcomes for each in found.steps if each.name == step)

    def _measure(self) -> None:
        self.city.work()
        query = Query.model_validate({"metrics": ["orders_finished", "order_handling_minutes"]})
        answer = self.city.metrics.query(self._person("dispatcher"), query)
        self.summary.measured = {
            column.name: answer.rows[column.name][0].as_py() or 0.0 for column in answer.columns
        }

    def _person(self, name: str) -> Principal:
        return self.city.accounts.principal_of(name)

    def _whose(self, tasks: Sequence[object]) -> Principal:
        waiting = next(t for t in tasks if getattr(t, "state", "") in ("ready", "claimed"))
        department = getattr(waiting, "department", None)
        role = getattr(waiting, "role", None)
        return self._person("dispatcher" if role == "dispatcher" else str(department))

    def _stage(self, name: str, zh: str, en: str) -> "_Stage":
        self._note(zh, en)
        return _Stage(name, self.summary.seconds)


class _Stage(AbstractContextManager["_Stage"]):
    def __init__(self, name: str, seconds: dict[str, float]) -> None:
        self._name, self._seconds = name, seconds
        self._began = perf_counter()

    def __exit__(self, *_error: object) -> None:
        self._seconds[self._name] = round(perf_counter() - self._began, 2)


def _read_size(file: Path) -> dict[str, float] | None:
    if not file.is_file():
        return None
    found: dict[str, float] = json.loads(file.read_text(encoding="ascii"))
    return found


def _told(size: Mapping[str, float]) -> str:
    return " ".join(f"--{name} {value:g}" if name == "scale" else f"--{name} {value}" for name, value in size.items())  # fmt: skip


def _forget_steps(folder: Path) -> None:
    """Delete what a living city left whose state is gone: its deliveries would not fit the new history."""
    state_file(folder).unlink(missing_ok=True)
    for file in (folder / "inbound").glob("*/*_????????_????*.*"):
        file.unlink()


_COUNTS = ("read", "good", "quarantined", "duplicate")
