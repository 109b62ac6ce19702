"""Structured logs: a constant sentence plus fields, one JSON line each, secrets never.

Use: ``log = get("datasets")`` then ``log.info("batch accepted", dataset=name, rows=n, seconds=t)``.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.tracebacks import ExceptionDictTransformer

SECRET_FIELDS = frozenset(
    {"password", "token", "secret", "api_key", "authorization", "cookie", "session", "dsn"}
)
"""Fields whose value is never written, whatever it is."""


def configure(*, level: str = "INFO") -> None:
    """Send JSON lines to standard error from ``level`` upwards; call once, at the process's edge."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_secrets,
            # Local variables stay out of tracebacks: they hold rows and keys.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def get(feature: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of a feature."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(feature=feature)
    return logger


def _without_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # Any: structlog's own signature of an event dictionary.
    for field in event:
        if field.lower() in SECRET_FIELDS:
            event[field] = "***"
    return event
