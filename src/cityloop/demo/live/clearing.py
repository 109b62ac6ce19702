"""Old deliveries of the feed go: departments, too, take a file away some days after it was fetched."""

import re
from datetime import date

from cityloop.app import City
from cityloop.demo.rhythm import MINUTES_A_DAY, day_number

KEPT_MIN = 2 * MINUTES_A_DAY
"""City minutes for which a delivery stays where the department put it; its bytes stay in the inbox for longer."""
_OURS = re.compile(r"_(\d{4})(\d{2})(\d{2})_(\d{2})(\d{2})")
"""What the feed writes is named by its step's end; the history is not, and stays."""


def clear(city: City, until: int) -> int:
    """Delete what the feed wrote more than :data:`KEPT_MIN` before minute ``until``; return how many files.

    A file goes only when loading has gone past it: the one that a source stopped at, and those behind it, stay. Broken off
    anywhere, the next call goes on.

    Raises:
        OSError: a file cannot be deleted.
    """
    home, count = city.settings.city, 0
    for source in city.sources.all():
        for feed in source.feeds:
            reached = city.datasets.reached(source.name, feed.dataset)
            if reached is None or not feed.read.get("in_order"):
                continue
            for file in sorted(home.glob(feed.read["path"])):
                written = written_at(file.name)
                is_old = written is not None and written < until - KEPT_MIN
                if is_old and file.relative_to(home).as_posix() < reached:
                    file.unlink(missing_ok=True)
                    count += 1
    return count


def written_at(name: str) -> int | None:
    """Return the minute at which the step of a delivery ended; None when the feed did not write it.

    Example:
        >>> written_at("停车场余位_19700102_0130.csv")
        1530
        >>> written_at("交通检测器_202609.csv") is None
        True
    """
    found = _OURS.search(name)
    if found is None:
        return None
    year, month, day, hour, minute = map(int, found.groups())
    return day_number(date(year, month, day)) * MINUTES_A_DAY + hour * 60 + minute
