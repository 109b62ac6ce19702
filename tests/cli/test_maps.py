"""Import a map by the command line, find it in the list, and see what is wrong with a file."""

import json
from pathlib import Path

from command_line import Shell

SQUARE = [[114.3, 29.3], [114.4, 29.3], [114.4, 29.4], [114.3, 29.3]]


def write(file: Path, *names: str) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
        }
        for name in names
    ]
    document = {"type": "FeatureCollection", "features": features}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


def test_an_imported_map_is_listed_and_exported(lamps: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "parts.geojson", "东片", "西片")
    options = ("--name", "parts", "--coordinates", "gcj02", "--key", "name", "--title-zh", "片区")
    done = lamps.json("maps", "import", str(file), *options)
    assert (done["name"], done["features"]) == ("parts", 2)
    [row] = lamps.json("maps", "list")
    assert (row["title"], row["shape"], row["problem"]) == ("片区", "area", None)
    lamps("export")
    assert "coordinates: wgs84" in (lamps.city / "maps" / "parts.yaml").read_text(encoding="utf-8")
    assert lamps("plan").code == 0


def test_a_file_that_cannot_be_drawn_is_refused(lamps: Shell, tmp_path: Path) -> None:
    file = write(tmp_path / "parts.geojson", "东片", "东片")
    options = ("--name", "parts", "--coordinates", "wgs84", "--key", "name")
    error = lamps.json("maps", "import", str(file), *options, expect=1)["error"]
    assert error["code"] == "maps.key_twice"
    assert lamps.json("maps", "list") == []
