"""The server's OpenAPI document without a city: ``python -m cityloop.openapi`` prints it, the same bytes every time.

The web pages' types are generated from it, so it must need nothing but the code: the city it builds is empty and
lives in a temporary folder.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from cityloop.app import City
from cityloop.demo import api as demo_api
from cityloop.foundation.settings import load_settings
from cityloop.server import create_app


def document() -> dict[str, object]:
    """Return the OpenAPI document of an app with every feature mounted."""
    with TemporaryDirectory(prefix="cityloop-openapi-") as folder:
        (Path(folder) / "city.yaml").write_text("name: openapi\n", encoding="utf-8")
        city = City.open(load_settings(Path(folder), {}), environment={})
        try:
            return create_app(city, works=False, demo=demo_api.router(city, None)).openapi()
        finally:
            city.close()


def main() -> None:
    """Print the document as JSON with sorted keys."""
    json.dump(document(), sys.stdout, ensure_ascii=False, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
