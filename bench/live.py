"""From a click to an order: seconds until each happening's alert fires and its order is open, against a running demo.

cityloop demo --port 8321 &
python bench/live.py http://127.0.0.1:8321
"""

import sys
import time

import httpx

from cityloop.demo.accounts import DEMO_PASSWORD

PATIENCE_S = 60.0


def main(url: str) -> None:
    """Make each kind happen and print how long its alert and its order took."""
    with httpx.Client(base_url=url, timeout=30) as client:
        body = {"user_name": "dispatcher", "password": DEMO_PASSWORD}
        me = client.post("/api/accounts/sign-in", json=body).raise_for_status().json()
        client.headers["X-CSRF-Token"] = me["csrf_token"]
        for kind in client.get("/api/demo").json()["kinds"]:
            _measure(client, kind["kind"], kind["alert"])


def _measure(client: httpx.Client, kind: str, alert: str) -> None:
    known = {order["number"] for order in _orders(client, alert)}
    began = time.monotonic()
    client.post("/api/demo/happenings", json={"kind": kind}).raise_for_status()
    while time.monotonic() - began < PATIENCE_S:
        if fresh := [o for o in _orders(client, alert) if o["number"] not in known]:
            seconds = time.monotonic() - began
            sys.stdout.write(f"{kind:10} {seconds:5.1f} s  {fresh[0]['number']}\n")
            return
        time.sleep(0.2)
    sys.stdout.write(f"{kind:10} no new order within {PATIENCE_S:.0f} s\n")


def _orders(client: httpx.Client, alert: str) -> list[dict[str, str]]:
    answer = client.get("/api/workorders").raise_for_status().json()
    orders = answer if isinstance(answer, list) else answer["orders"]
    return [each for each in orders if each["alert"] == alert]


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8321")
