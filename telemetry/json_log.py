"""Log lines as JSON, one object per line, each with what it is about.

A process works on many things at once. What a line is about (request, scene) is bound where the
work begins, and every line written inside carries it, those of libraries and of threads included.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

_PLAIN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_about: ContextVar[dict[str, Any] | None] = ContextVar("about", default=None)


@contextmanager
def about(**fields: Any) -> Generator[None]:
    """Bind fields to every line written inside, in place of all bound outside; None is left out."""
    token = _about.set(fields)
    try:
        yield
    finally:
        _about.reset(token)


def note(**fields: Any) -> None:
    """Add fields to those of the innermost `about`; without one they go nowhere."""
    bound = _about.get()
    if bound is not None:
        bound.update(fields)


def bound(field: str) -> Any:
    """What a field of the innermost `about` is; None when it is not bound."""
    return (_about.get() or {}).get(field)


class JsonLines(logging.Formatter):
    """Writes a record's message as `event`, and every field beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """Turn one record into one line."""
        own = {k: v for k, v in vars(record).items() if k not in _PLAIN}
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "event": record.getMessage(),
            "request_id": None,
            **(_about.get() or {}),
            **own,
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        shown = {k: v for k, v in line.items() if v is not None or k == "request_id"}
        return msgspec.json.encode(shown, enc_hook=repr).decode()


def start() -> None:
    """Send what this process logs to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.getLogger().handlers = [handler]
    logging.captureWarnings(True)
    logging.getLogger("gondola").setLevel(logging.INFO)
