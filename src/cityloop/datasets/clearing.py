"""Raw deliveries are given up after a while: a table stands by itself, its oldest deliveries only serve to build it anew.

What somebody may still need stays: deliveries of batches that wait or are held, and the newest of every feed. That a
delivery was here before is known from its batch (decision 0023), so that giving its bytes up doubles nothing.
"""

from datetime import datetime, timedelta

from cityloop.datasets import store
from cityloop.datasets.errors import Busy
from cityloop.datasets.ground import Ground

LOOK_EVERY = timedelta(hours=1)
"""How often the inbox is looked through, city time: a feed's folders are listed each time."""
MOST_AT_ONCE = 1_000
"""Deliveries given up at one look, so that other jobs get their turn."""


def clear(ground: Ground, older_than: timedelta) -> int:
    """Delete raw deliveries older than ``older_than`` that nobody waits for; return how many.

    A dataset that is being written now is left for next time. Broken off anywhere, the next call goes on.
    """
    before, total = ground.clock.now() - older_than, 0
    for source, dataset in ground.sources.kept_feeds():
        if total >= MOST_AT_ONCE:
            break
        try:
            with ground.writing(dataset, wait_s=0):
                total += _clear_feed(ground, source, dataset, before, MOST_AT_ONCE - total)
        except Busy:
            continue
    return total


def _clear_feed(ground: Ground, source: str, dataset: str, before: datetime, most: int) -> int:
    kept = ground.sources.kept_ids(source, dataset)
    with ground.db.read() as connection:
        needed = store.needed_deliveries(connection, source, dataset, since=before)
    gone = 0
    for delivery in sorted(set(kept) - needed):
        # A source that still has an old file hands it over again at every load: that copy is young.
        gone += ground.sources.forget(source, dataset, delivery, before=before)
        if gone == most:
            break
    return gone
