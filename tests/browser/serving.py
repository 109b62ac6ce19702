"""Serve a city for the browser tests: what ``cityloop serve`` does, on a port that is free now."""

import sys
from pathlib import Path

import uvicorn

from cityloop.app import City
from cityloop.foundation.settings import load_settings
from cityloop.server import create_app
from cityloop.site import api as site


def main() -> None:
    """Serve the city in folder ``argv[1]`` on port ``argv[2]`` until told to stop."""
    city = City.open(load_settings(Path(sys.argv[1])))
    app = create_app(city)
    if not any(isinstance(route, site.PageRoute) for route in app.router.routes):
        site.install(app, city.settings, city.clock)
    try:
        uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
    finally:
        city.close()


if __name__ == "__main__":
    main()
