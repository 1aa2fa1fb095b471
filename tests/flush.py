"""Empties the tables after tests that commit: once no server is at work, and with the audit log unlocked.

Django truncates every table and then writes its own rows of types and permissions anew: 0.2 s each time,
most of it for tables that nobody wrote to. Here only tables with rows are emptied, and those rows stay.
"""

import threading
import time

from django.core.signals import request_finished, request_started
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import TransactionTestCase

_PATIENCE_SECONDS = 10.0
_KEPT = {"django_content_type", "auth_permission"}  # the migrations wrote them, no test does
_WORN_BYTES = 2_000_000
_answering: set[int] = set()  # the threads, beside the tests' own, in which a request is being answered


def prepare_flushes() -> None:
    """A method of Django's tests is replaced on purpose: there is no setting for it."""
    TransactionTestCase._fixture_teardown = _empty_when_quiet  # type: ignore[attr-defined]
    request_started.connect(_begun)
    request_finished.connect(_ended)


def _empty_when_quiet(self: object) -> None:
    """A request that still runs would lock the tables the other way round: a deadlock."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while _answering & {thread.ident for thread in threading.enumerate()} and time.monotonic() < end:
        time.sleep(0.01)
    empty_tables()


def empty_tables() -> None:
    """Without triggers (only a superuser may): the log lets nobody delete, and no order of tables matters."""
    with connection.cursor() as cursor:
        tables = sorted(
            {*connection.introspection.django_table_names(only_existing=True, include_views=False)} - _KEPT
        )
        statements = [f"DELETE FROM {_quoted(name)}" for name in _filled(cursor, tables)]
        if worn := _worn(cursor, tables):
            statements.append(f"TRUNCATE {', '.join(map(_quoted, worn))} CASCADE")
        if statements:
            around = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
            cursor.execute("; ".join((around[0], *statements, around[1])))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def _filled(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """The tables that have a row."""
    asked = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {_quoted(name)})" for name in tables]
    cursor.execute(" UNION ALL ".join(asked))
    return [name for (name,) in cursor.fetchall()]


def _worn(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    """The tables that are large by rows which are gone: nobody vacuums the server of the tests."""
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relname = ANY(%s) AND pg_relation_size(oid) > %s",
        [tables, _WORN_BYTES],
    )
    return [name for (name,) in cursor.fetchall()]


def _begun(**said: object) -> None:
    if threading.current_thread() is not threading.main_thread():
        _answering.add(threading.get_ident())


def _ended(**said: object) -> None:
    _answering.discard(threading.get_ident())
