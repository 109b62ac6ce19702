"""Errors speak both languages and say what to do next."""

from cityloop.foundation.errors import Invalid, NotFound, closest
from cityloop.foundation.i18n import text


def test_error_names_value_and_next_step_in_both_languages() -> None:
    error = NotFound(kind="metric", name="pm2.5", close=["pm25", "pm10"])
    assert "pm2.5" in error.message("zh")
    assert error.hint("zh").endswith("pm25、pm10")
    assert error.hint("en").endswith("pm25, pm10")


def test_braces_in_values_are_not_filled_in_again() -> None:
    error = Invalid(field="name", value="{reason}", reason="secret")
    assert "name = {reason}" in error.message("en")


def test_empty_list_reads_as_a_dash() -> None:
    assert NotFound(kind="x", name="y", close=[]).hint("en").endswith("–")


def test_unknown_key_is_shown_and_unknown_hint_is_empty() -> None:
    assert text("no.such", "en") == "no.such"
    assert text("no.such.hint", "zh") == ""


def test_closest_names_come_best_first() -> None:
    assert closest("avg_sped", ["average_speed", "avg_speed", "visits"])[0] == "avg_speed"
    assert closest("zzz", ["average_speed"]) == []
