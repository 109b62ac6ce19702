"""The demo city 云江市 (Yunjiang): fictional, seeded, and as messy as real departments.

`generate` simulates weather, traffic, health, calls and services that depend on each other, and
writes them the way ten departments export them: old encodings, titles above headers, dates in five
styles, and defects whose numbers are known exactly (`Planted`), so that every count of the platform
can be checked. `found_city` lays down the definitions; `WeatherApi` is the weather bureau's service.
"""

from cityloop.demo.founding import found_city
from cityloop.demo.generation import Planted, generate
from cityloop.demo.loop import Demo, Summary
from cityloop.demo.weather_api import WeatherApi

__all__ = ["Demo", "Planted", "Summary", "WeatherApi", "found_city", "generate"]
