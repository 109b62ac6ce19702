"""Simulated case workers: they accept and finish orders after plausible delays, as people of their own, audited.

What a visitor has taken is left to the visitor, and every order waits long enough in real time that a visitor can be first.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cityloop.accounts import NewPerson
from cityloop.app import City
from cityloop.cases import ProcedureDefinition
from cityloop.demo.noise import Noise
from cityloop.foundation import log
from cityloop.foundation.clock import Clock
from cityloop.foundation.errors import CityError
from cityloop.foundation.principal import Principal, operator
from cityloop.workorders import Detail, Order, Wanted

LOOKS_S = 4.0
"""Real seconds between two looks at the board."""
VISITORS_TIME = timedelta(seconds=75)
"""Real time in which nobody of the simulated staff touches a task that nobody has taken yet."""
WAITS_MIN = (15.0, 60.0)
"""City minutes before a task is taken up or done, least and most."""
MOST_A_LOOK = 3
"""Tasks done at one look, so that the board moves steadily."""
SUFFIX = "_duty"
RESULTS = ("现场处置完毕", "已派员核查并处理", "已恢复正常", "已联系相关单位办结")

_log = log.get("demo")


@dataclass(slots=True)
class _Seen:
    """A task that waits: since when (real), and the city time from which it is done."""

    since: datetime
    due: datetime


@dataclass(slots=True)
class _Rest:
    """How an order was when it was looked at, and the city time before which nothing of it is due."""

    updated: datetime
    until: datetime


class Staff:
    """The duty officers of all departments.

    Args:
        city: the platform.
        real: the real time.
        noise: decides about delays.
        is_on: whether they work now.
    """

    def __init__(self, city: City, real: Clock, noise: Noise, is_on: Callable[[], bool]) -> None:
        self._city = city
        self._real = real
        self._noise = noise
        self._is_on = is_on
        self._seen: dict[str, _Seen] = {}
        self._rests: dict[str, _Rest] = {}
        self._is_hired = False
        self._is_failing = False

    def hire(self) -> None:
        """Add a duty officer to every department that has none, and one dispatcher."""
        accounts = self._city.accounts
        known = {person.user_name for person in accounts.people.all(operator())}
        wanted = [
            NewPerson(name + SUFFIX, f"{department.title.zh}值班员（模拟）", name, frozenset({"case_worker"}), 4)
            for name, department in accounts.principals.departments().items()
        ]  # fmt: skip
        wanted.append(NewPerson("dispatcher" + SUFFIX, "值班调度员（模拟）", "data_bureau", frozenset({"dispatcher"}), 3))  # fmt: skip
        for each in wanted:
            if each.user_name not in known:
                accounts.people.add(operator(), each)

    def run_until(self, stop: threading.Event) -> None:
        """Look at the board again and again until ``stop`` is set; an error is logged once, the next look goes on."""
        while not stop.wait(LOOKS_S):
            if not self._is_on():
                continue
            try:
                if not self._is_hired:
                    self.hire()
                    self._is_hired = True
                self.look()
                self._is_failing = False
            except Exception as error:  # noqa: BLE001 - process edge: one bad look must not end the shift
                if not self._is_failing:
                    _log.error("duty officers failed", exc_info=error)
                self._is_failing = True

    def look(self) -> int:
        """Do the tasks that are due; return how many. An order that refuses is left for a while."""
        began = time.monotonic()
        done = 0
        orders = self._city.workorders.list(operator(), Wanted(statuses=("open", "accepted")))
        for order in orders:
            if done >= MOST_A_LOOK or time.monotonic() - began > LOOKS_S:
                break
            if self._rests_still(order):
                continue
            detail = self._city.workorders.one(operator(), order.number)
            try:
                done += self._do_due(detail)
            except CityError as error:
                _log.warning("duty officer gave up", order=order.number, reason=error.code)
                self._forget(order.number)
        numbers = {order.number for order in orders}
        for number in {key.split("/")[0] for key in (*self._seen, *self._rests)} - numbers:
            self._forget(number)
        return done

    def _rests_still(self, order: Order) -> bool:
        rest = self._rests.get(order.number)
        return (
            rest is not None
            and rest.updated == order.updated_at
            and self._city.clock.now() < rest.until
        )

    def _forget(self, number: str) -> None:
        self._rests.pop(number, None)
        self._seen = {k: each for k, each in self._seen.items() if k.split("/")[0] != number}

    def _do_due(self, detail: Detail) -> int:
        number = detail.order.number
        soonest: datetime | None = None
        for task in detail.tasks:
            if task.state not in ("ready", "claimed"):
                continue
            mine = f"person:{self._name(task.department, task.role)}"
            if task.state == "claimed" and task.assignee not in (None, mine):
                continue  # a visitor's
            seen = self._seen.setdefault(f"{number}/{task.id}", self._wait(f"{number}/{task.id}"))
            is_taken = task.assignee == mine
            is_early = not is_taken and self._real.now() < seen.since + VISITORS_TIME
            if is_early or self._city.clock.now() < seen.due:
                soonest = min(soonest or seen.due, seen.due)
                continue
            self._do(detail, task.step, self._person(task.department, task.role))
            del self._seen[f"{number}/{task.id}"]  # what it has become by this waits anew
            return 1
        if soonest is not None:
            self._rests[number] = _Rest(detail.order.updated_at, soonest)
        return 0

    def _do(self, detail: Detail, step: str, who: Principal) -> None:
        orders, order = self._city.workorders, detail.order
        if order.status == "open":
            orders.accept(who, order.number)
            return
        outcome = next(iter(self._outcomes(step, detail.case.procedure)), None)
        result = RESULTS[
            int(self._noise.uniform("staff.result", len(self._seen))[0] * len(RESULTS))
        ]
        orders.finish(who, order.number, result=result, outcome=outcome)

    def _outcomes(self, step: str, procedure: str) -> Iterable[str]:
        found = self._city.definitions.current().one(ProcedureDefinition, procedure)
        return next((each.outcomes for each in found.steps if each.name == step), ())

    def _wait(self, key: str) -> _Seen:
        share = float(self._noise.uniform("staff.wait", sum(key.encode()) * 131 + len(key))[0])
        least, most = WAITS_MIN
        wait = timedelta(minutes=least + share * (most - least))
        return _Seen(self._real.now(), self._city.clock.now() + wait)

    def _person(self, department: str | None, role: str | None) -> Principal:
        return self._city.accounts.principal_of(self._name(department, role))

    @staticmethod
    def _name(department: str | None, role: str | None) -> str:
        return ("dispatcher" if role == "dispatcher" or not department else department) + SUFFIX
