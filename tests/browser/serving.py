"""Serve a city for the browser tests: what ``cityloop serve`` does, on a port that is free now; ``--live``: what ``demo`` does."""

import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import uvicorn
from fastapi import APIRouter

from cityloop.app import City
from cityloop.demo import Demo
from cityloop.demo.api import router
from cityloop.demo.generation import DEFAULT_SEED
from cityloop.demo.live import staff
from cityloop.foundation.settings import load_settings
from cityloop.server import create_app
from cityloop.site import api as site

DAYS, SCALE = 20, 0.02
"""Size of the demo city of the browser tests."""
SPEED = 60.0
"""City seconds per real second of a living city: what a rule finds in its last hour, a busy machine has a minute to tell."""
WAITS_MIN = (1.0, 4.0)
"""City minutes before a duty officer does a task: at this speed as many seconds."""


def main() -> None:
    """Serve the city in folder ``argv[1]`` on port ``argv[2]`` until told to stop; ``argv[3]`` may be ``--live``."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    with ExitStack() as stack:
        if sys.argv[3:] == ["--live"]:
            staff.VISITORS_TIME, staff.LOOKS_S = timedelta(seconds=1), 1.0
            staff.WAITS_MIN = WAITS_MIN
            demo = Demo(folder, seed=DEFAULT_SEED, days=DAYS, scale=SCALE, note=lambda *_: None)
            city = stack.enter_context(demo).city
            feed = stack.enter_context(demo.living(speed=SPEED))
            _serve(city, port, router(city, feed))
            return
        city = City.open(load_settings(folder))
        stack.callback(city.close)
        _serve(city, port)


def _serve(city: City, port: int, demo: APIRouter | None = None) -> None:
    app = create_app(city, demo=demo)
    if not any(isinstance(route, site.PageRoute) for route in app.router.routes):
        site.install(app, city.settings, city.clock)
    uvicorn.run(app, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
