"""Print the server's OpenAPI as JSON: from ``cityloop.openapi`` when there is one, else from the routers found."""

import importlib
import importlib.util
import inspect
import json
import runpy
import sys
from pathlib import Path
from unittest.mock import MagicMock


def main() -> None:
    """Write the schema to standard output."""
    if importlib.util.find_spec("cityloop.openapi"):
        runpy.run_module("cityloop.openapi", run_name="__main__")
        return
    json.dump(partial(), sys.stdout, ensure_ascii=False)


def partial() -> dict[str, object]:
    """Return the schema of every ``api.router`` that can be imported; their collaborators are never called."""
    from fastapi import FastAPI

    import cityloop
    from cityloop.foundation.web import ErrorResponse

    app = FastAPI(title="CityLoop 城环", version="0.1.0", responses={401: {"model": ErrorResponse}})
    for file in sorted(Path(cityloop.__path__[0]).glob("*/api.py")):
        module = importlib.import_module(f"cityloop.{file.parent.name}.api")
        if not hasattr(module, "router"):
            continue
        wanted = inspect.signature(module.router).parameters.values()
        needed = [MagicMock() for each in wanted if each.kind is each.POSITIONAL_OR_KEYWORD]
        routes = module.router(*needed)
        if routes is not None:
            app.include_router(routes)
    return app.openapi()


if __name__ == "__main__":
    main()
