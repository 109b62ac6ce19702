"""Live channels: ``python bench/sse.py [--clients 50] [--rate 60] [--seconds 10]``.

A city's server in its own process; a thread of it commits events as the worker does, each in a transaction of its own,
each with the time of its making. The clients stand in this process and note when each event comes; both share the
machine. One of them hangs up in the middle and resumes with ``Last-Event-ID``. No peer: what counts is the delay, the
server's CPU for an idle and for a busy minute, and that nobody misses or sees twice.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bars import bar
from events import PASSWORD, make_city

IDLE_S = 5.0
PATIENCE_S = 30.0
News = tuple[str, dict[str, object]]
CHANGED: Sequence[News] = (("demo.changed", {}),)
"""News that reach everybody."""


@dataclass(slots=True)
class Client:
    """What one client has seen: numbers in the order of their coming, and how late each was, seconds."""

    seen: list[int] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    last_id: str = ""

    async def listen(self, port: int, cookie: str, *, until: int) -> None:
        """Read the channel until ``until`` events have come."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        resume = f"Last-Event-ID: {self.last_id}\r\n" if self.last_id else ""
        writer.write(f"GET /api/live HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n{resume}\r\n".encode())  # fmt: skip
        while len(self.seen) < until and (line := await reader.readline()):
            if line.startswith(b"id: "):
                self.last_id = line[4:].decode().strip()
            elif line.startswith(b"data: "):
                body = json.loads(line[6:])
                self.late_s.append(time.time() - body["made"])
                self.seen.append(body["n"])
        writer.close()


def serve(home: Path, port: int, rate: float, count: int, *, news: Sequence[News] = CHANGED) -> None:  # fmt: skip
    """Serve ``home``; a line on stdin starts the events, which take turns."""
    from cityloop.app import City
    from cityloop.foundation.settings import load_settings
    from cityloop.server import serve as run

    city = City.open(load_settings(home))

    def emit() -> None:
        sys.stdin.readline()
        began = time.monotonic()
        for n in range(count):
            time.sleep(max(0.0, began + n / rate - time.monotonic()))
            with city.db.begin() as tx:
                topic, payload = news[n % len(news)]
                key = str(payload.get("dataset", "bench"))
                city.outbox.emit(tx, topic, key, {**payload, "n": n, "made": time.time()})

    threading.Thread(target=emit, daemon=True).start()
    run(city, host="127.0.0.1", port=port)


def sign_in(port: int) -> str:
    """Return the cookies of a session, once the server is up."""
    body = json.dumps({"user_name": "analyst", "password": PASSWORD}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/accounts/sign-in", body, {"content-type": "application/json"})  # fmt: skip
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(request) as answer:
                return "; ".join(each.split(";")[0] for each in answer.headers.get_all("set-cookie"))  # fmt: skip
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


async def measure(server: subprocess.Popen[str], port: int, wanted: tuple[int, int]) -> tuple[list[Client], float, float]:  # fmt: skip
    """Return the clients, and the server's CPU seconds in idle and busy time."""
    people, count = wanted
    cookie = await asyncio.to_thread(sign_in, port)
    process = psutil.Process(server.pid)
    clients = [Client() for _ in range(people)]
    tasks = [asyncio.create_task(each.listen(port, cookie, until=count)) for each in clients[1:]]

    async def leaver() -> None:
        await clients[0].listen(port, cookie, until=count // 2)
        await asyncio.sleep(1.0)
        await clients[0].listen(port, cookie, until=count)

    tasks.append(asyncio.create_task(leaver()))
    await asyncio.sleep(3.0)
    before = cpu_s(process)
    await asyncio.sleep(IDLE_S)
    idle = cpu_s(process) - before
    assert server.stdin is not None
    server.stdin.write("go\n")
    server.stdin.flush()
    before = cpu_s(process)
    _done, late = await asyncio.wait(tasks, timeout=count + PATIENCE_S)
    for each in late:
        each.cancel()
    return clients, idle, cpu_s(process) - before


def cpu_s(process: psutil.Process) -> float:
    """Return user + system time so far."""
    times = process.cpu_times()
    return times.user + times.system


def main() -> None:
    """Run it and print one line per figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rate", type=float, default=60.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--port", type=int, default=8431)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    count = int(args.rate * args.seconds)
    if args.serve:
        serve(args.serve, args.port, args.rate, count)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "city"
        make_city(home, 1_000)
        command = [sys.executable, __file__, "--serve", str(home), "--port", str(args.port), "--rate", str(args.rate), "--seconds", str(args.seconds)]  # fmt: skip
        server = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
        try:
            clients, idle, busy = asyncio.run(measure(server, args.port, (args.clients, count)))
        finally:
            server.terminate()
            server.wait(20)
    # Who was away measures its absence, not the channel.
    late = sorted(each for client in clients[1:] for each in client.late_s)
    wrong = sum(client.seen != list(range(count)) for client in clients)
    lost = sum(count - len(set(client.seen)) for client in clients)
    cuts = statistics.quantiles(late, n=100) if len(late) > 1 else [0.0] * 99
    print(f"{args.clients} clients, {count} events at {args.rate:g}/s, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"delay   median {cuts[49] * 1000:.0f} ms  p95 {cuts[94] * 1000:.0f} ms  max {max(late, default=0) * 1000:.0f} ms")  # fmt: skip
    print(f"server  {idle / IDLE_S:.3f} CPU s/s idle  {busy:.2f} CPU s for the burst, {busy / count * 1000:.2f} ms an event")  # fmt: skip
    bar("live channel, delay p95", cuts[94] * 1000, 1000, unit=" ms")
    bar("live channel, events lost", lost, 0)
    bar("live channel, clients with a gap, a double or a wrong order", wrong, 0)


if __name__ == "__main__":
    main()
