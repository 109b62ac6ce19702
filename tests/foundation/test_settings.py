"""Settings come from city.yaml and the environment, and wrong ones are named."""

from pathlib import Path

import pytest

from cityloop.foundation.errors import Invalid
from cityloop.foundation.settings import NoCity, UnknownSetting, load_settings


def city(tmp_path: Path, text: str) -> Path:
    (tmp_path / "city.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_defaults_lie_in_the_city_folder(tmp_path: Path) -> None:
    settings = load_settings(city(tmp_path, "name: 云江市"), {})
    assert (settings.name, settings.time_zone) == ("云江市", "Asia/Shanghai")
    assert settings.state_url == f"sqlite:///{tmp_path}/.cityloop/state.db"


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
