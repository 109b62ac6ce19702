"""The live feed: lets the city's clock run, writes step after step, and asks the platform to load what was written.

Before a step is written, its exact content is kept in ``.cityloop/demo.json``; afterwards that it is done. Whoever starts
after a crash writes the step again, the same bytes, so nothing is written twice and nothing is lost.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cityloop.app import LOADER
from cityloop.app import City as Platform
from cityloop.datasets.storage import full_reason
from cityloop.demo.exports import weather
from cityloop.demo.live import happenings as happen
from cityloop.demo.live.clearing import clear
from cityloop.demo.live.happenings import Happening, Kind
from cityloop.demo.live.steps import LiveDesk, Step, write_step
from cityloop.demo.rhythm import MINUTES_A_DAY, day_number
from cityloop.demo.world import City
from cityloop.foundation import log
from cityloop.foundation.audit import Act
from cityloop.foundation.clock import SimulatedClock
from cityloop.foundation.errors import CityError, Unavailable
from cityloop.foundation.principal import Principal

STEP_MIN = 5
"""City minutes of an ordinary step: shorter is livelier and costs more (0.15 s of CPU for each dataset that it feeds)."""
PAUSE_S = 3.0
"""Real seconds between two steps, however fast the city lives; then the steps become longer."""
LONGEST_STEP_MIN = 60
"""City minutes that one step catches up with at most."""
LONGEST_BACKLOG_MIN = 6 * 60
"""City minutes that are caught up with; of a longer gap only the last hour is written, and the gap is told."""
HOLD = timedelta(seconds=20)
"""Real time for which the clock runs on without the feed: a laptop's sleep or a killed process stops the city."""
MOST_TRIES = 3
"""A step that fails so often is left out, and the city goes on with the next."""
BEAT_S = 0.5
"""Real seconds between two looks at the clock."""
SPEEDS = (1.0, 60.0, 300.0)
"""City seconds in a real second that the pages offer."""
FASTEST = 3600.0

_log = log.get("demo")


class NoRoom(Unavailable):
    """The disk is full: the city stands still until there is room, and no step is left out."""

    code, status = "demo.no_room", 507


@dataclass(slots=True)
class State:
    """Where the feed is; ``until`` and the happenings' times are minutes since 1970-01-01 local time."""

    until: int
    speed: float = 60.0
    is_running: bool = True
    staff: bool = True
    steps: int = 0
    number: int = 0
    skipped_min: int = 0
    """City minutes that were left out after gaps."""
    happenings: list[Happening] = field(default_factory=list)
    pending: Step | None = None
    """A step that is being written."""
    failed: int = 0
    """Steps that were left out because they failed again and again."""


class Feed:
    """The living city of one platform.

    Args:
        platform: the open city.
        world: the simulated one.
        until: minute up to which its history was written, when the feed never ran here.
        speed: city seconds per real second; None: as before.
    """

    def __init__(
        self, platform: Platform, world: City, *, until: int, speed: float | None = None
    ) -> None:
        self._platform = platform
        self.world = world
        self._file = platform.settings.data / "demo.json"
        self._inbound = platform.settings.city / "inbound"
        self._zone = ZoneInfo(platform.settings.time_zone)
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._state = self._read() or State(until)
        if speed is not None:
            self._state.speed, self._state.is_running = (speed or self._state.speed), speed > 0
        clock = platform.clock
        self._clock = clock if isinstance(clock, SimulatedClock) else None
        self._tries = 0
        self.step_seconds = 0.0
        """CPU that the last step took this thread, seconds."""
        self.trouble = ""
        """Why the last step failed: the error's code or name; empty while all is well."""
        self._told: CityError | None = None

    @property
    def state(self) -> State:
        """A copy of where the feed is."""
        with self._lock:
            return replace(self._state, happenings=list(self._state.happenings))

    def told(self, lang: Literal["zh", "en"]) -> str:
        """Return ``trouble`` for people, with what to do next where somebody must."""
        error = self._told if self.trouble else None
        return self.trouble if error is None else f"{error.message(lang)} {error.hint(lang)}"

    def run_until(self, stop: threading.Event) -> None:
        """Live until ``stop`` is set.

        A step that fails is tried again, in the end left out; the error is logged once and shown by ``trouble``.
        """
        last = 0.0
        while not stop.is_set():
            self._wake.wait(BEAT_S)
            try:
                forced = self._wake.is_set()
                self._wake.clear()
                self._tick()
                is_time = forced or time.monotonic() - last >= PAUSE_S
                if is_time and self.advance(forced=forced):
                    last = time.monotonic()
            except Exception as error:  # noqa: BLE001 - process edge: one bad step must not stop the city
                self._note_failure(error)
                stop.wait(PAUSE_S)
        self._tick(0.0)

    def _note_failure(self, error: Exception) -> None:
        if reason := full_reason(error):
            error = NoRoom(folder=str(self._inbound.parent), reason=reason)
        with self._lock:
            self._tries += not isinstance(error, NoRoom)
            self._told = error if isinstance(error, CityError) else None
            if not self.trouble:
                _log.error("demo step failed", exc_info=error)
            self.trouble = error.code if isinstance(error, CityError) else type(error).__name__
            step = self._state.pending
            if step is None or self._tries < MOST_TRIES:
                return
            _log.warning("demo leaves a step out", step=step.number, tries=self._tries)
            self._tries = 0
            self._state.failed += 1
            with suppress(OSError):  # a full disk: kept with the next step
                self._end(step)

    def advance(self, *, forced: bool = False) -> LiveDesk | None:
        """Write one step when it is due (``forced``: now, up to the present minute); return what was handed over."""
        with self._lock:
            step = self._state.pending or self._next(forced=forced)
            if step is None:
                return None
            began = time.thread_time()
            self._state.pending = step
            self._write()
            desk, sources = write_step(self.world, self._inbound, step)
            self._load(sources)
            self._end(step)
            clear(self._platform, step.end)
            if self.trouble:
                _log.info("demo goes on", step=step.number)
            self._tries, self.trouble = 0, ""
            self.step_seconds = time.thread_time() - began
        return desk

    def _end(self, step: Step) -> None:
        state = self._state
        state.pending, state.until, state.steps = None, step.end, step.number + 1
        state.happenings = state.happenings[-50:]
        self._write()

    def happen(self, who: Principal, kind: Kind, district: str | None) -> Happening:
        """Make something happen now; the next step is written at once."""
        names = [each.name for each in self.world.geography.districts]
        with self._lock:
            at = max(self._minute(), self._state.until)
            index = names.index(district) if district in names else None
            self._state.number += 1
            made = happen.begin(
                self.world, kind, index, self._state.number, at, self._state.happenings
            )
            self._state.happenings.append(made)
            self._write()
        self._tell(who, "demo.happened", made.id, {"kind": kind, "district": names[made.district]})
        self._wake.set()
        return made

    def change(self, who: Principal, **values: float | bool) -> None:
        """Set ``speed``, ``is_running`` or ``staff``."""
        with self._lock:
            for name, value in values.items():
                setattr(self._state, name, value)
            self._write()
            self._tick(self._state.speed if self._state.is_running else 0.0)
        self._tell(who, "demo.changed", "demo", values)

    def at(self, minute: int) -> datetime:
        """Return a minute of the world as a moment."""
        day, rest = divmod(minute, MINUTES_A_DAY)
        start = datetime(1970, 1, 1, tzinfo=self._zone) + timedelta(days=day, minutes=rest)
        return start.astimezone(UTC)

    def _minute(self) -> int:
        here = self._platform.clock.now().astimezone(self._zone)
        return day_number(here.date()) * MINUTES_A_DAY + here.hour * 60 + here.minute

    def _next(self, *, forced: bool) -> Step | None:
        state = self._state
        now = self._minute()
        end = max(now, state.until) + 1 if forced else now - now % STEP_MIN
        if end - state.until > LONGEST_BACKLOG_MIN:
            start = end - LONGEST_STEP_MIN
            state.skipped_min += start - state.until
            _log.warning("demo skips a gap", minutes=start - state.until)
            state.until = start
        start, end = state.until, min(end, state.until + LONGEST_STEP_MIN)
        if end <= start:
            return None
        # What is over still matters for a day: its cases are closed, its accidents cleared.
        going = tuple(h for h in state.happenings if h.overlaps(start - MINUTES_A_DAY, end))
        size = (self._inbound / weather.OBSERVATIONS).stat().st_size
        return Step(state.steps, start, end, going, size)

    def _tick(self, speed: float | None = None) -> None:
        """Let the clock run on for a while."""
        if self._clock is not None:
            if speed is None:
                speed = self._state.speed if self._state.is_running else 0.0
            self._clock.set(speed=speed, runs=HOLD)

    def _load(self, sources: Sequence[str]) -> None:
        for name in sources:
            self._platform.sources.load_soon(LOADER, name)
        self._platform.outbox.wake()

    def _tell(self, who: Principal, topic: str, key: str, payload: dict[str, Any]) -> None:
        platform = self._platform
        with platform.db.begin() as tx:
            platform.audit.record(tx, Act(who.id, topic, f"demo:{key}", details=payload))
            platform.outbox.emit(tx, topic, key, payload)
        platform.outbox.wake()

    def _read(self) -> State | None:
        if not self._file.is_file():
            return None
        body: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        pending = body.pop("pending")
        body["happenings"] = [Happening(**each) for each in body["happenings"]]
        state = State(**body)
        if pending is not None:
            going = tuple(Happening(**each) for each in pending.pop("going"))
            state.pending = Step(**pending, going=going)
        return state

    def _write(self) -> None:
        fresh = self._file.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(asdict(self._state), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._file)


Doing = Callable[[threading.Event], None]
"""What a thread of the living demo does until it is told to stop."""


class Threads:
    """Threads that live while the `with` block does."""

    def __init__(self, *doings: Doing) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=d, args=(self._stop,), daemon=True) for d in doings]  # fmt: skip

    def __enter__(self) -> "Threads":
        """Start them."""
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop them; each ends what it does first."""
        self._stop.set()
        for each in self._threads:
            each.join(10)


def state_file(folder: Path) -> Path:
    """Return where the feed of a city keeps its state."""
    return folder / ".cityloop" / "demo.json"
