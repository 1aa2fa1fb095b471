"""Lets tests that commit be cleaned up: the audit log refuses TRUNCATE, also to Django's flush."""

from typing import Any

from django.db.backends.postgresql.operations import DatabaseOperations

_sql_flush = DatabaseOperations.sql_flush


def unlock_the_log() -> None:
    """Around each flush, and only there, the trigger of the log is off: a method is replaced on purpose."""
    DatabaseOperations.sql_flush = _with_the_log_unlocked  # type: ignore[method-assign]


def _with_the_log_unlocked(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
    statements = _sql_flush(self, style, tables, **options)
    unlock, lock = (
        f"ALTER TABLE accounts_event {word} TRIGGER accounts_event_no_truncate"
        for word in ("DISABLE", "ENABLE")
    )
    return [unlock, *statements, lock] if statements else []
