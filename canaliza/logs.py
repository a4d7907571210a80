"""Logging for every command: one JSON line an event on standard error, never a citizen's words."""

import logging
import sys

import structlog

WARNING = logging.WARNING


def set_up(*, level: int = logging.INFO) -> None:
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format='{"event": "%(name)s", "level": "%(levelname)s"}'
    )
    logging.getLogger("httpx").setLevel(logging.ERROR)  # it logs URLs, and Telegram's hold the token
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
