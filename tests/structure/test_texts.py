"""Every error says in Chinese and in English what happened, with which value, and what to do next."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import cityloop
from cityloop.foundation import i18n
from cityloop.foundation.errors import CityError

FIELD = re.compile(r"\{(\w+)\}")


def errors(kind: type[CityError] = CityError) -> Iterator[type[CityError]]:
    for module in pkgutil.walk_packages(cityloop.__path__, "cityloop."):
        if not module.name.startswith(("cityloop.migrations", "cityloop.__main__")):
            importlib.import_module(module.name)
    waiting = [kind]
    while waiting:
        found = waiting.pop()
        waiting += [
            item for item in found.__subclasses__() if item.__module__.startswith("cityloop.")
        ]
        yield found


def test_every_error_has_both_languages_and_a_hint() -> None:
    texts = i18n.texts()
    silent = [
        f"{error.__name__} {error.code}"
        for error in errors()
        if error.code not in texts
        or (error.code != "error" and not all(texts[f"{error.code}.hint"].values()))
    ]
    assert silent == []


def test_codes_are_named_after_their_feature() -> None:
    wrong = [
        f"{error.__name__} {error.code}"
        for error in errors()
        if "." in error.code and error.code.split(".")[0] != error.__module__.split(".")[1]
    ]
    assert wrong == []


def test_no_two_errors_share_a_code_unless_one_derives_from_the_other() -> None:
    owners: dict[str, type[CityError]] = {}
    clashes = []
    for error in errors():
        other = owners.setdefault(error.code, error)
        if not (issubclass(error, other) or issubclass(other, error)):
            clashes.append(f"{error.__name__} and {other.__name__}: {error.code}")
    assert clashes == []


def test_both_languages_name_the_same_values() -> None:
    different = [
        key
        for key, entry in i18n.texts().items()
        if set(FIELD.findall(entry["zh"])) != set(FIELD.findall(entry["en"]))
    ]
    assert different == []
