"""Alerts: when a number asks for action.

An alert watches one metric, per combination of dimension values, through the same policy-checked path as every other
reader. From firing to resolved is one *episode*: told once as ``alert.fired`` and once as ``alert.resolved``, whatever
is evaluated again or crashes in between. Missing data is a state of its own. ``workorders`` listens and opens orders; the
episodes themselves come back as the internal table ``alert_events``. See docs/alerts.md.
"""

from cityloop.alerts.checks import ALERT
from cityloop.alerts.model import AlertDefinition, Episode, Evaluation, Overview, Preview, Silence
from cityloop.alerts.service import MANAGE, Alerts, records
from cityloop.alerts.watching import JOB, Watch

__all__ = [
    "ALERT",
    "JOB",
    "MANAGE",
    "AlertDefinition",
    "Alerts",
    "Episode",
    "Evaluation",
    "Overview",
    "Preview",
    "Silence",
    "Watch",
    "records",
]
