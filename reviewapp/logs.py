"""One line per log record, plain for people or JSON for collectors. Bodies and parameters are never in it."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

_PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OneLine(logging.Formatter):
    """Plain text; a line break inside a message cannot start a new record."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


class JsonLine(logging.Formatter):
    """One JSON object, ASCII only; a trace is one more field."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def logging_of(*, as_json: bool) -> dict[str, Any]:
    """Django's LOGGING: everything to stderr, where the supervisor or the container collects it."""
    formatter = {"()": JsonLine} if as_json else {"()": OneLine, "format": _PLAIN}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            name: {"handlers": ["stderr"], "level": "INFO", "propagate": False}
            for name in ("accounts", "queues", "reviewapp")
        }
        # RequestLog says all of this on its own line, with the request's id.
        | {"django.server": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
    }
