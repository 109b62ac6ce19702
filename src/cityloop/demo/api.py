"""HTTP of the living demo: who can sign in, how the city lives, and what is made to happen in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from cityloop.accounts import DepartmentDefinition, Person, RoleDefinition
from cityloop.app import City
from cityloop.demo.accounts import DEMO_PASSWORD, STAFF
from cityloop.demo.live.feed import FASTEST, SPEEDS, Feed
from cityloop.demo.live.happenings import ALERTS, KINDS, TITLES, Happening, Kind, place_name
from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Forbidden, Invalid, Lang, closest
from cityloop.foundation.principal import Principal, operator
from cityloop.foundation.web import Caller, Language
from cityloop.workorders import Order, Wanted

PLAY = "demo.play"
"""Permission to change the city's speed and to make something happen."""
SHOWS = {
    "administrator": Bilingual(zh="管理平台：定义、来源、人员、权限；个人数据不向其开放", en="Runs the platform: definitions, sources, people; personal data stays closed"),
    "steward": Bilingual(zh="数据质量：来源、契约、隔离区与修复", en="Data quality: sources, contracts, quarantine and repair"),
    "analyst": Bilingual(zh="指标、看板与提问；明细被脱敏", en="Metrics, dashboards and questions; details are masked"),
    "leader": Bilingual(zh="驾驶舱、全市预警与工单", en="The cockpit, alerts and orders of the whole city"),
    "dispatcher": Bilingual(zh="预警与工单：派单、转派、督办", en="Alerts and orders: dispatch, transfer, follow up"),
    "auditor": Bilingual(zh="审计日志：谁为何看了什么", en="The audit log: who looked at what, and why"),
    "district_officer": Bilingual(zh="只看本区：同样的页面，少得多的行", en="One district only: the same pages, far fewer rows"),
    "case_worker": Bilingual(zh="本部门工单：受理、处置、办结", en="Orders of one department: accept, handle, finish"),
}  # fmt: skip
"""What each role of the demo city shows to a visitor."""
MOST_SHOWN = 12
"""Happenings that are shown, newest first."""
FIRST_WORKERS = ("transport", "city_management", "health")
"""Case workers offered on the sign-in page; those of the other departments work as well."""


class DemoAccount(BaseModel):
    """An account that anybody may try: who it is, and what it shows."""

    user_name: str
    password: str
    name: Bilingual
    shows: Bilingual
    roles: list[str]


class HappeningKind(BaseModel):
    """Something that a visitor can make happen, and the alert that it sets off."""

    kind: Kind
    title: Bilingual
    alert: str


class HappeningOut(BaseModel):
    """Something that happens or happened; ``alert`` is the one it sets off first.

    ``order`` is the number of the order that came of it, None while there is none that the caller may see.
    """

    id: str
    kind: Kind
    title: Bilingual
    district: str
    place: str
    started_at: datetime
    ends_at: datetime
    is_over: bool
    alert: str
    order: str | None


class DemoOut(BaseModel):
    """How the city lives.

    ``may_play`` says whether the caller may change it; ``trouble`` why the last step failed, empty when it did not;
    ``failed_steps`` were left out after several tries.
    """

    now: datetime
    speed: float
    is_running: bool
    staff: bool
    speeds: list[float]
    fed_until: datetime
    skipped_minutes: int
    failed_steps: int
    trouble: str
    may_play: bool
    districts: list[str]
    kinds: list[HappeningKind]
    happenings: list[HappeningOut]


class DemoChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"speed": 60, "is_running": True}]}
    )

    speed: Annotated[float, Field(gt=0, le=FASTEST)] | None = None
    is_running: bool | None = None
    staff: bool | None = None


class NewHappening(BaseModel):
    """What to make happen; without a district the city chooses one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "accident", "district": "临湖区"}]}
    )

    kind: Kind
    district: str | None = None


def router(city: City, feed: Feed | None) -> APIRouter:
    """Return the routes of the living demo; without a feed they can only be described."""
    routes = APIRouter(prefix="/api/demo", tags=["demo"])

    def live() -> Feed:
        if feed is None:
            raise Invalid(field="demo", value="", reason="the demo does not run here")
        return feed

    @routes.get("/accounts", operation_id="list_demo_accounts", summary="Accounts to try")
    def list_accounts() -> list[DemoAccount]:
        known = {person.user_name: person for person in city.accounts.people.all(operator())}
        names = [*(each.user_name for each in STAFF), *FIRST_WORKERS]
        return [
            DemoAccount(
                user_name=name,
                password=DEMO_PASSWORD,
                name=_called(city, known[name]),
                shows=SHOWS[min(known[name].roles)],
                roles=sorted(known[name].roles),
            )
            for name in names
            if name in known
        ]

    @routes.get("", operation_id="get_demo", summary="How the demo city lives")
    def get_demo(caller: Caller, lang: Language) -> DemoOut:
        return _shown(city, live(), caller, lang)

    @routes.patch("", operation_id="change_demo", summary="Pause the city, change its speed")
    def change_demo(caller: Caller, lang: Language, change: DemoChange) -> DemoOut:
        caller.require(PLAY, "demo")
        live().change(caller, **change.model_dump(exclude_none=True))
        return _shown(city, live(), caller, lang)

    @routes.post("/happenings", operation_id="make_happen", summary="Make something happen")
    def make_happen(caller: Caller, new: NewHappening) -> HappeningOut:
        caller.require(PLAY, "demo")
        running = live()
        names = [each.name for each in running.world.geography.districts]
        if new.district is not None and new.district not in names:
            reason = ", ".join(closest(new.district, names) or names)
            raise Invalid(field="district", value=new.district, reason=reason)
        return _happening(running, running.happen(caller, new.kind, new.district), running.at(0))

    return routes


def _called(city: City, person: Person) -> Bilingual:
    """Return who somebody is, for visitors who may not read Chinese names: the role, and whose."""
    definitions = city.definitions.current()
    role = definitions.one(RoleDefinition, min(person.roles)).title.en
    # The case workers are called like their departments.
    department = definitions.find(DepartmentDefinition, person.user_name)
    en = role if department is None else f"{role}, {department.title.en}"
    return Bilingual(zh=person.display_name, en=en)


def _shown(city: City, feed: Feed, caller: Principal, lang: Lang) -> DemoOut:
    state, now = feed.state, city.clock.now()
    newest = state.happenings[: -MOST_SHOWN - 1 : -1]
    orders = _orders(city, caller, {ALERTS[each.kind] for each in newest})
    return DemoOut(
        now=now,
        speed=state.speed,
        is_running=state.is_running,
        staff=state.staff,
        speeds=list(SPEEDS),
        fed_until=feed.at(state.until),
        skipped_minutes=state.skipped_min,
        failed_steps=state.failed,
        trouble=feed.told(lang),
        may_play=caller.may(PLAY),
        districts=[each.name for each in feed.world.geography.districts],
        kinds=[HappeningKind(kind=k, title=TITLES[k], alert=ALERTS[k]) for k in KINDS],
        happenings=[_happening(feed, each, now, orders) for each in newest],
    )


def _orders(city: City, caller: Principal, alerts: set[str]) -> Sequence[Order]:
    """Return the orders of some alerts that the caller may see, newest first."""
    try:
        found = [o for alert in sorted(alerts) for o in city.workorders.list(caller, Wanted(alert=alert))]  # fmt: skip
    except Forbidden:
        return ()
    return sorted(found, key=lambda order: order.opened_at, reverse=True)


def came_of(each: Happening, started: datetime, places: set[str], order: Order) -> bool:
    """Return whether an order is about a happening: its alert, its place, and still open or touched since.

    An alert that fires already opens no second order: what happens again is handled with the first.
    """
    is_there = each.kind == "failure" or not places.isdisjoint(map(str, order.place.values()))
    is_then = order.updated_at >= started or order.status in ("open", "accepted")
    return order.alert == ALERTS[each.kind] and is_there and is_then


def _happening(feed: Feed, each: Happening, now: datetime, orders: Sequence[Order] = ()) -> HappeningOut:  # fmt: skip
    ends, started = feed.at(each.ends), feed.at(each.started)
    place, district = place_name(feed.world, each), feed.world.geography.districts[each.district].name  # fmt: skip
    order = next((o for o in orders if came_of(each, started, {place, district}, o)), None)
    return HappeningOut(
        id=each.id,
        kind=each.kind,
        title=TITLES[each.kind],
        district=district,
        place=place,
        started_at=started,
        ends_at=ends,
        is_over=ends <= now,
        alert=ALERTS[each.kind],
        order=order.number if order else None,
    )
