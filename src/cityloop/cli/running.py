"""Commands that run the city: people, serve, worker, demo."""

import ctypes
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import Broken, Invalid
from cityloop.foundation.principal import operator

if TYPE_CHECKING:
    from cityloop.accounts import RoleRequest
    from cityloop.demo import Summary
    from cityloop.demo.live import Feed


_M_ARENA_MAX = -8
"""``mallopt(3)``: the most heaps that malloc makes."""


@cli.group("people")
def people() -> None:
    """People who may sign in."""


@command(people, "add")
@click.argument("name")
@click.option("--display-name", help="How people call them; default: the user name.")
@click.option("--department")
@click.option("--role", "roles", multiple=True)
@click.option("--level", type=click.IntRange(1, 6), default=2, show_default=True)
@click.option("--attribute", "attributes", multiple=True, help="key=value, e.g. district=临湖区.")
def add(
    call: Call,
    name: str,
    display_name: str | None,
    department: str | None,
    roles: tuple[str, ...],
    level: int,
    attributes: tuple[str, ...],
) -> None:
    """Add a person; prints a one-time password."""
    from cityloop.accounts import NewPerson

    pairs = [each.partition("=") for each in attributes]
    for key, sign, value in pairs:
        if not (key and sign and value):
            raise Invalid(field="--attribute", value=key + sign + value, reason="key=value")
    new = NewPerson(
        name,
        display_name or name,
        department,
        frozenset(roles),
        level,
        {key: value for key, _sign, value in pairs},
    )
    made = call.city.accounts.people.add(operator(), new)
    password = made.password if made else None
    if not call.document({"name": name, "password": password}):
        call.say(f"{name} 的一次性密码：{password}", f"One-time password of {name}: {password}")


@command(people, "list")
def list_people(call: Call) -> None:
    """List the people who may sign in."""
    rows = [
        {
            "name": each.user_name,
            "display_name": each.display_name,
            "department": each.department,
            "roles": sorted(each.roles),
            "level": each.level,
        }
        for each in call.city.accounts.people.all(operator())
    ]
    if not call.document(rows):
        call.table(
            ("name", "display_name", "department", "roles", "level"),
            (list(row.values()) for row in rows),
        )


@command(people, "requests")
def list_requests(call: Call) -> None:
    """List the role requests that wait for a decision, the oldest first."""
    rows = [
        {
            "request": each.id,
            "name": each.user_name,
            "role": each.role,
            "reason": each.reason,
            "asked_at": each.asked_at,
        }
        for each in call.city.role_requests.open(operator())
    ]
    if not call.document(rows):
        columns = ("request", "name", "role", "reason", "asked_at")
        call.table(columns, (list(row.values()) for row in rows))


@command(people, "grant")
@click.argument("request")
@click.option("--note", default="", help="A word to the one who asked.")
def grant(call: Call, request: str, note: str) -> None:
    """Give the role that was asked for."""
    _decided(call, call.city.role_requests.grant(operator(), request, note=note))


@command(people, "decline")
@click.argument("request")
@click.option("--note", required=True, help="Why the role is not given.")
def decline(call: Call, request: str, note: str) -> None:
    """Decline a role request."""
    _decided(call, call.city.role_requests.decline(operator(), request, note=note))


@command(cli, "serve")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: the city's setting, 8321.")
@click.option("--host", help="Default: the city's setting, 127.0.0.1.")
def serve(call: Call, port: int | None, host: str | None) -> None:
    """Serve API and worker in one process until interrupted."""
    _share_heaps()
    first = call.city.accounts.people.bootstrap()
    if first is not None:
        call.note(
            f"首个管理员 {first.user_name}，一次性密码：{first.password}",
            f"First administrator {first.user_name}, one-time password: {first.password}",
        )
    settings = call.city.settings
    if (settings.data / "built.json").is_file():
        call.note(
            "这是演示城市：时间停在上次停下的时刻，也没有新数据；要让它运转，请用 cityloop demo。",
            "This is the demo city: its time stands still and no new data comes; `cityloop demo` lets it live.",
        )
    call.document({"url": _url(host or settings.host, port or settings.port)})
    _serve(call, host, port)


@command(cli, "worker")
@click.option("--once", is_flag=True, help="Do what is due and stop.")
def worker(call: Call, once: bool) -> None:
    """Work on jobs, events and clocks until interrupted."""
    if once:
        done = call.city.work()
        if not call.document({"done": done}):
            call.say(f"完成 {done} 项。", f"Did {done} things.")
    else:
        _share_heaps()
        call.document({"city": str(call.city.settings.city), "works": True})
        call.city.work_until(threading.Event())


@command(cli, "demo")
@click.option("--once", is_flag=True, help="Go once around the loop, print its summary, stop.")
@click.option("--days", type=click.IntRange(2, 400), help="Days of history. Default: 92.")
@click.option(
    "--scale", type=click.FloatRange(0.01, 1.0), help="Share of the full city. Default: 1."
)
@click.option("--seed", type=int, help="Of the simulation. Default: 20260901.")
@click.option("--port", type=click.IntRange(1, 65535), help="Default: 8321.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 3600),
    help="City seconds per real second; 0 pauses. Default: as it was, 60 at first.",
)
def demo(
    call: Call, /, once: bool, port: int | None, speed: float | None, **size: float | None
) -> None:
    """Build the fictional city 云江市, go once around the loop, then let it live and serve it.

    A city that was built here before goes on where it stopped; another size or seed than its own is refused.
    """
    from cityloop.demo import Demo  # heavy: the simulator

    _share_heaps()
    if call.folder == Path():
        call.folder = Path("demo-city")
    seed, days = (None if size[name] is None else int(size[name] or 0) for name in ("seed", "days"))
    with Demo(call.folder, note=call.note, seed=seed, days=days, scale=size["scale"]) as running:
        summary = running.summary
        if once and running.is_resumed:
            if not call.document({"built": True, "city": str(call.folder)}):
                call.say(
                    "城市已经建好，没有再走一遍；要重来，请删除这个文件夹或换一个。",
                    "The city is built, so the loop was not closed again; delete the folder, or name another one.",
                )
            return
        if not running.is_resumed:
            summary = running.run()
            _show(call, summary)
        else:
            call.note(
                "城市已经建好，从停下的时刻继续。",
                "The city is built; it goes on where it stopped.",
            )
        if not once:
            call.use(running.city)
            with running.living(speed=speed) as feed:
                _serve(call, None, port, feed)
            return
    if not summary.is_closed:
        if call.as_json:  # the one document says `closed: false`
            raise SystemExit(1)
        raise Broken(what="the demo's loop did not close as planted", reference="cityloop demo")


def _decided(call: Call, made: "RoleRequest") -> None:
    row = {"request": made.id, "name": made.user_name, "role": made.role, "state": made.state}
    if not call.document(row):
        name, role = made.user_name, made.role
        if made.state == "granted":
            call.say(f"{name} 现有角色 {role}。", f"{name} has the role {role} now.")
        else:
            call.say(
                f"已拒绝 {name} 申请角色 {role}。", f"Declined: {name} asked for the role {role}."
            )


def _share_heaps() -> None:
    """Let the process's many threads share a heap per core.

    glibc gives up to eight a core to threads that work at once, and each keeps what it once needed: after some hours of a
    busy city a third of its memory. Elsewhere (macOS, musl) nothing is done.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, os.cpu_count() or 1)


def _serve(call: Call, host: str | None, port: int | None, feed: "Feed | None" = None) -> None:
    from cityloop.server import serve as run  # heavy: the web server

    settings = call.city.settings
    host, port = host or settings.host, port or settings.port
    call.note(_url(host, port), _url(host, port))
    routes = None
    if feed is not None:
        from cityloop.demo import api  # heavy: the simulator

        routes = api.router(call.city, feed)
    run(call.city, host=host, port=port, demo=routes)


def _url(host: str, port: int) -> str:
    return f"http://{host}:{port}/"


def _show(call: Call, summary: "Summary") -> None:
    if call.document(summary.document(call.lang)):
        return
    call.out.print(summary.text(call.lang), markup=False)
