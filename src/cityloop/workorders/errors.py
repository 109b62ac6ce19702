"""What can go wrong with work orders; texts in ``texts.toml``."""

from cityloop.foundation.errors import Conflict, NotFound


class NoOrder(NotFound):
    """No such order, or none that the caller may see."""

    code = "workorders.no_order"


class NotWaiting(Conflict):
    """No task of the order waits for the caller."""

    code = "workorders.not_waiting"
