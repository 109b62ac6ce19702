"""Who may see what, and the only way data leaves.

A policy (``policies/*.yaml``) allows roles, departments and purposes some rows and columns of datasets; built-in rules
cover owners and openly shared data; everything else is denied. ``Reader.read`` parses a query against a list of what is
allowed, replaces every dataset by what the reader may see of it, runs it on pinned versions, records it in the audit log
and only then gives rows. Masks are in ``masking``, the rules in ``decisions``, the language in ``language``.
"""

from cityloop.policies.cache import ResultCache
from cityloop.policies.journal import Journal
from cityloop.policies.kind import POLICY
from cityloop.policies.masking import PseudonymKeys, redact
from cityloop.policies.model import (
    CatalogueEntry,
    Decision,
    Explanation,
    PolicyDefinition,
    Purpose,
    Result,
)
from cityloop.policies.reader import Reader
from cityloop.policies.samples import Samples
from cityloop.policies.trail import AuditTrail

__all__ = [
    "POLICY",
    "AuditTrail",
    "CatalogueEntry",
    "Decision",
    "Explanation",
    "Journal",
    "PolicyDefinition",
    "PseudonymKeys",
    "Purpose",
    "Reader",
    "Result",
    "ResultCache",
    "Samples",
    "redact",
]
