"""Commands for the city's maps: list them, import a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cityloop.cli.call import Call, cli, command
from cityloop.foundation.errors import Invalid

if TYPE_CHECKING:
    from cityloop.maps.coordinates import Coordinates


@cli.group("maps")
def maps() -> None:
    """Maps: list them, import a GeoJSON file or a zipped Shapefile."""


@command(maps, "list")
def list_maps(call: Call) -> None:
    """List the maps in the order of drawing; a broken one says why."""
    rows = [
        {
            "name": each.definition.name,
            "title": each.definition.title.text(call.lang),
            "shape": each.definition.shape,
            "dimension": each.definition.dimension,
            "features": len(each.drawn.keys) if each.drawn else 0,
            "file": each.definition.file,
            "problem": each.problem.message(call.lang) if each.problem else None,
        }
        for each in call.city.maps.all()
    ]
    if not call.document(rows):
        columns = ("name", "title", "shape", "dimension", "features", "problem")
        call.table(columns, ([row[column] for column in columns] for row in rows))


@command(maps, "import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Name of the map.")
@click.option("--title-zh", help="Title in Chinese (default: the name).")
@click.option("--title-en", help="Title in English (default: the name).")
@click.option(
    "--coordinates",
    required=True,
    type=click.Choice(["wgs84", "cgcs2000", "gcj02", "bd09"]),
    help="What the file's positions are in.",
)
@click.option("--key", required=True, help="Property that identifies a feature.")
@click.option("--label-zh", help="Property with the Chinese name.")
@click.option("--label-en", help="Property with the English name.")
@click.option("--dimension", help="Dimension whose values the keys are.")
@click.option("--class", "class_", help="Property by which features are drawn differently.")
@click.option("--note", default="", help="Why; kept with the version.")
@click.option("--as", "person", help="Act as this person.")
def import_map(
    call: Call,
    file: Path,
    name: str,
    title_zh: str | None,
    title_en: str | None,
    coordinates: "Coordinates",
    key: str,
    label_zh: str | None,
    label_en: str | None,
    dimension: str | None,
    class_: str | None,
    note: str,
    person: str | None,
) -> None:
    """Store the features of FILE in WGS84 and publish them as a map."""
    from cityloop.foundation.definition import Bilingual
    from cityloop.maps import NewMap
    from cityloop.maps.files import MOST_BYTES
    from cityloop.maps.importing import Upload
    from cityloop.maps.model import Label

    size = file.stat().st_size
    if size > MOST_BYTES:
        raise Invalid(field="FILE", value=f"{size:,} B", reason=f"≤ {MOST_BYTES:,} B")
    new = NewMap(
        name=name,
        title=Bilingual(zh=title_zh or name, en=title_en or name),
        coordinates=coordinates,
        key=key,
        label=Label(zh=label_zh, en=label_en),
        dimension=dimension,
        class_=class_,
    )
    upload = Upload(file.name, file.read_bytes())
    done = call.city.maps.publish(call.principal(person), upload, new, note=note)
    document = {
        "name": done.name,
        "file": done.file,
        "features": done.features,
        "revision": done.revision,
    }
    if not call.document(document):
        call.say(
            f"已发布地图 {done.name}：{done.features} 个要素，{done.file}。用 cityloop export 写入定义文件。",
            f"Published the map {done.name}: {done.features} features, {done.file}. Write its definition: cityloop export.",
        )
