"""Work orders: a number has asked for action; now somebody is responsible, by a deadline, with a timeline.

Each order is a case of the procedure its alert names, or of ``work_order``. While an order is open, the same alert at the
same place opens no second one but adds to its timeline. The orders themselves come back as the internal table ``orders``:
their metrics are defined like all others (``definitions/``), and the loop closes. See docs/workorders.md.
"""

from cityloop.workorders.intake import Intake
from cityloop.workorders.model import HANDLE, Detail, Location, NewOrder, Order, Page, Shown, Wanted
from cityloop.workorders.service import WorkOrders, records

__all__ = [
    "HANDLE",
    "Detail",
    "Intake",
    "Location",
    "NewOrder",
    "Order",
    "Page",
    "Shown",
    "Wanted",
    "WorkOrders",
    "records",
]
