"""Time is passed in, never fetched, so that tests and the living demo can set it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Whoever can say what time it is."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""

    @property
    def speed(self) -> float:
        """How many of its seconds pass in one real second; 0 stands still."""


class SystemClock:
    """The machine's own clock."""

    speed = 1.0

    def now(self) -> datetime:
        """Return the machine's present moment, aware, in UTC."""
        return datetime.now(UTC)


class FakeClock:
    """A clock that stands still until it is moved.

    Example:
        >>> clock = FakeClock(datetime(2026, 9, 1, tzinfo=UTC))
        >>> clock.advance(timedelta(hours=4))
        >>> clock.now().hour
        4
    """

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment this clock was moved to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._now += by


class SimulatedClock:
    """A clock that many processes share through a file and that may run faster, slower, or stand still.

    The file says which city time belonged to which real time, how many city seconds pass in a real one, and for how
    long it runs without being set again: a city whose simulator sleeps or was killed waits for it. Used by the demo
    city, whose data ends on a fixed day.

    Args:
        file: made by :meth:`set`; while it is absent the clock shows the real time.
        real: tells the real time.
    """

    def __init__(self, file: Path, real: Clock | None = None) -> None:
        self._file = file
        self._real = real or SystemClock()

    def now(self) -> datetime:
        """Return the city's present moment, aware, in UTC."""
        city, real, speed, runs = self._read()
        return city + min(self._real.now() - real, runs) * speed

    @property
    def speed(self) -> float:
        """City seconds that pass in one real second; 0 stands still."""
        return self._read()[2]

    def set(
        self,
        *,
        to: datetime | None = None,
        speed: float | None = None,
        runs: timedelta | None = None,
    ) -> None:
        """Move the clock.

        Args:
            to: the city's time now; None leaves it where it is.
            speed: city seconds per real second; None: as before.
            runs: real time after which it stands still unless it is set again; None: it runs for ever.
        """
        body = {
            "runs_s": None if runs is None else runs.total_seconds(),
            "city": (to or self.now()).astimezone(UTC).isoformat(),
            "real": self._real.now().isoformat(),
            "speed": self.speed if speed is None else speed,
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(body), encoding="ascii")
        fresh.replace(self._file)

    def _read(self) -> tuple[datetime, datetime, float, timedelta]:
        try:
            body = json.loads(self._file.read_text(encoding="ascii"))
        except FileNotFoundError:
            now = self._real.now()
            return now, now, 1.0, timedelta.max
        city, real = (datetime.fromisoformat(body[name]) for name in ("city", "real"))
        runs_s = body.get("runs_s")
        runs = timedelta.max if runs_s is None else timedelta(seconds=runs_s)
        return city, real, float(body["speed"]), runs
