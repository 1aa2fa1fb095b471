"""Empties the tables after tests that commit: once no server is at work, and with the audit log unlocked."""

import threading
import time
from typing import Any

from django.core.signals import request_finished, request_started
from django.db.backends.postgresql.operations import DatabaseOperations

_PATIENCE_SECONDS = 10.0

_sql_flush = DatabaseOperations.sql_flush
_answering: set[int] = set()  # the threads, beside the tests' own, in which a request is being answered


def prepare_flushes() -> None:
    """Around each flush, and only there, the trigger of the log is off: a method is replaced on purpose."""
    DatabaseOperations.sql_flush = _when_quiet_with_the_log_unlocked  # type: ignore[method-assign]
    request_started.connect(_begun)
    request_finished.connect(_ended)


def _when_quiet_with_the_log_unlocked(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
    """A request that still runs would lock the tables the other way round: a deadlock."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while _answering & {thread.ident for thread in threading.enumerate()} and time.monotonic() < end:
        time.sleep(0.01)
    statements = _sql_flush(self, style, tables, **options)
    unlock, lock = (
        f"ALTER TABLE accounts_event {word} TRIGGER accounts_event_no_truncate"
        for word in ("DISABLE", "ENABLE")
    )
    return [unlock, *statements, lock] if statements else []


def _begun(**said: Any) -> None:
    if threading.current_thread() is not threading.main_thread():
        _answering.add(threading.get_ident())


def _ended(**said: Any) -> None:
    _answering.discard(threading.get_ident())
