"""CityLoop."""
