"""Settings come from city.yaml and the environment, and wrong ones are named."""

from pathlib import Path

import pytest

from cityloop.foundation.definition import Bilingual
from cityloop.foundation.errors import Invalid
from cityloop.foundation.i18n import LANGUAGES
from cityloop.foundation.settings import BadCityName, NoCity, UnknownSetting, load_settings


def city(tmp_path: Path, text: str) -> Path:
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_defaults_lie_in_the_city_folder(tmp_path: Path) -> None:
    settings = load_settings(city(tmp_path, "name: 云江市"), {})
    assert settings.time_zone == "Asia/Shanghai"
    assert settings.state_url == f"sqlite:///{tmp_path}/.cityloop/state.db"


@pytest.mark.parametrize(
    ("written", "zh", "en"),
    [
        ("name: 云江市", "云江市", "云江市"),
        ("name: {zh: 云江市, en: Yunjiang}", "云江市", "Yunjiang"),
        ("settings: {name: {zh: 云江市, en: Yunjiang}}", "云江市", "Yunjiang"),
        ("settings: {port: 9000}", "城市", "City"),
    ],
)
def test_a_city_is_named_once_or_in_both_languages(
    tmp_path: Path, written: str, zh: str, en: str
) -> None:
    assert load_settings(city(tmp_path, written), {}).name == Bilingual(zh=zh, en=en)


def test_a_name_from_the_environment_counts_in_both_languages(tmp_path: Path) -> None:
    folder = city(tmp_path, "name: {zh: 云江市, en: Yunjiang}")
    assert load_settings(folder, {"CITYLOOP_NAME": "临湖市"}).name.text("en") == "临湖市"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("name: {zh: 云江市}", '{"zh": "云江市"}'),
        ("name: {zh: 云江市, en: ''}", '{"zh": "云江市", "en": ""}'),
        ("name: {zh: 云江市, en: Yunjiang, fr: Y}", '"fr": "Y"'),
        ("name: ['云江市']", '["云江市"]'),
        ("name: 2026", "2026"),
        ("name: ''", '""'),
        ("name:", "null"),
    ],
)
def test_a_wrong_name_is_shown_with_how_to_write_it(
    tmp_path: Path, written: str, shown: str
) -> None:
    with pytest.raises(BadCityName) as raised:
        load_settings(city(tmp_path, written), {})
    for lang in LANGUAGES:
        assert shown in raised.value.message(lang)
        assert "name: {zh: 云江市, en: Yunjiang}" in raised.value.hint(lang)


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    folder = city(tmp_path, "settings: {port: 9000, secure_cookies: true}")
    settings = load_settings(folder, {"CITYLOOP_PORT": "9001"})
    assert (settings.port, settings.secure_cookies) == (9001, True)


def test_unknown_setting_names_close_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownSetting) as raised:
        load_settings(city(tmp_path, "settings: {prot: 1}"), {})
    assert "port" in raised.value.hint("en")


def test_wrong_type_names_the_value(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as raised:
        load_settings(city(tmp_path, "settings: {port: many}"), {})
    assert "port = many" in raised.value.message("en")


def test_folder_without_city_yaml_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NoCity) as raised:
        load_settings(tmp_path, {})
    assert "init" in raised.value.hint("zh")
