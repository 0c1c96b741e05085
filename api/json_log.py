"""Log lines as JSON, one object per line, on standard error."""

import logging
from datetime import UTC, datetime
from typing import Any

import msgspec

_PLAIN = {*vars(logging.makeLogRecord({})), "message", "asctime"}


class JsonLines(logging.Formatter):
    """Writes a record's message as `event`, and every extra field beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """Turn one record into one line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "event": record.getMessage(),
        }
        line |= {k: v for k, v in vars(record).items() if k not in _PLAIN and v is not None}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=repr).decode()


def start() -> None:
    """Send what the API logs to standard error as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("gondola")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
