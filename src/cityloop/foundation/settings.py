"""Settings of one running city: where its folder is, which state store and engine it uses.

Read once at the process's edge from the city folder's ``city.yaml`` (key ``settings``) and from environment variables
``CITYLOOP_<NAME>`` (which win), then passed in. Nothing else reads the environment.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import yaml
from pydantic import TypeAdapter, ValidationError

from cityloop.foundation.definition import Bilingual, OneOrBoth
from cityloop.foundation.errors import Invalid, NotFound, closest


class NoCity(NotFound):
    """The folder is not a city: it has no ``city.yaml``."""

    code = "foundation.no_city"


class UnknownSetting(Invalid):
    """A setting that does not exist."""

    code = "foundation.unknown_setting"


class BadCityFile(Invalid):
    """``city.yaml`` cannot be read, or is not a mapping of name and settings."""

    code = "foundation.bad_city_file"


class BadCityName(Invalid):
    """A city's name is neither one text nor its words in both languages."""

    code = "foundation.bad_city_name"


CityName = Annotated[Bilingual, OneOrBoth()]
"""``云江市``, or ``{zh: 云江市, en: Yunjiang}``."""
UNNAMED = Bilingual(zh="城市", en="City")
"""What a city is called that gives no name."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a city can be told from outside."""

    city: Path
    """The city's folder of definitions."""
    state_url: str
    """SQLAlchemy URL of the state store; default SQLite in ``<city>/.cityloop/state.db``."""
    name: CityName = UNNAMED
    """The city's own name, shown on every page: one text, or ``{zh: 云江市, en: Yunjiang}``."""
    time_zone: str = "Asia/Shanghai"
    """Local time of the city: naive times in sources are read in it, days and hours are cut in it."""
    language: str = "zh"
    """Language of texts when the caller names none: zh or en."""
    clock: Literal["real", "simulated"] = "real"
    """Which time the city lives in; ``simulated`` follows ``.cityloop/clock.json`` (the demo city)."""
    port: int = 8321
    """Port of ``cityloop serve``."""
    host: str = "127.0.0.1"
    """Address of ``cityloop serve``; anything but loopback expects a TLS proxy in front."""
    engine_threads: int = 2
    """Threads of the embedded engine: more is faster for one query and unfair to the others."""
    engine_memory: str = "4GB"
    """Memory the embedded engine may use before it spills to disk."""
    private_addresses: str = ""
    """Comma-separated hosts or networks inside that HTTP connectors may call; empty allows none."""
    upkeep_s: int = 300
    """Seconds between two looks for small files to join and old versions to clear; 0 leaves upkeep to the operator."""
    inbox_days: int = 365
    """Days for which raw deliveries are kept, and a dataset can be built anew from them; 0 keeps them for ever."""
    session_hours: int = 12
    """Hours a sign-in lasts without a new one."""
    calls_per_minute: int = 1200
    """API calls one principal may make a minute."""
    secure_cookies: bool = False
    """Send session cookies over TLS only; switch on behind a TLS proxy."""

    @property
    def data(self) -> Path:
        """Where everything the city makes is kept."""
        return self.city / ".cityloop"


def load_settings(city: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the city in folder ``city``.

    Args:
        city: folder with ``city.yaml``.
        environment: variables to read; None means the process's own.

    Raises:
        NoCity: there is no ``city.yaml``.
        UnknownSetting: ``city.yaml`` names a setting that does not exist.
        BadCityFile: ``city.yaml`` cannot be read.
        BadCityName: the name is neither one text nor its words in both languages.
        Invalid: a value has the wrong type.
    """
    file = city / "city.yaml"
    if not file.is_file():
        raise NoCity(folder=str(city))
    known = Settings.__dataclass_fields__
    document = _read(file)
    given = dict(document.get("settings") or {})
    for name in given:
        if name not in known:
            raise UnknownSetting(name=name, file=str(file), close=closest(name, known))
    if "name" in document:
        given.setdefault("name", document["name"])
    outside = os.environ if environment is None else environment
    for name in known:
        if (value := outside.get(f"CITYLOOP_{name.upper()}")) is not None:
            given[name] = value
    given["city"] = city.resolve()
    given.setdefault("state_url", f"sqlite:///{(city / '.cityloop' / 'state.db').resolve()}")
    try:
        return TypeAdapter(Settings).validate_python(given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        if field == "name":
            shown = json.dumps(given[field], ensure_ascii=False, default=str)
            raise BadCityName(value=shown) from error
        raise Invalid(field=field, value=given[field], reason=first["msg"]) from error


def _read(file: Path) -> Mapping[str, Any]:
    # Any: what somebody wrote; the settings are checked one by one.
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise BadCityFile(file=str(file), reason=reason) from error
    for part in (document, document.get("settings") or {} if isinstance(document, dict) else {}):
        if not isinstance(part, dict):
            raise BadCityFile(file=str(file), reason=f"{part!r} is not a mapping"[:200])
    return cast("Mapping[str, Any]", document)


def process_environment() -> Mapping[str, str]:
    """Return the process's environment, for secrets that definitions name as ``${env:NAME}``."""
    return os.environ
