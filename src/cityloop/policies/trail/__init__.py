"""The audit log for those who may look at it: found by filters, page by page, verified, taken away.

``entries`` says which entries are meant and what each is about, ``service`` holds the verbs, ``files`` the downloads.
"""

from cityloop.policies.trail.entries import Entry, Thing, Wanted
from cityloop.policies.trail.service import AuditTrail, Overview

__all__ = ["AuditTrail", "Entry", "Overview", "Thing", "Wanted"]
