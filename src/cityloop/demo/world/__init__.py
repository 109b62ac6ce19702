"""What happens in the demo city, before any department writes it down.

Every module answers "what happened in this window?" from the city and the window alone, so that the
history, a test of three days and the live feed's next minute come from one world.
"""

from cityloop.demo.world.places import City, build_city

__all__ = ["City", "build_city"]
