"""One PostgreSQL for the run, one database per xdist worker; DATABASE_URL names another server if set.

Django is set up here, before any other test file is imported, because its settings need the server's address.
"""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import django
import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests import postgres

_SERVER = postgres.choose()
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
django.setup()

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

# Argon2 takes 50 ms on purpose; a test makes five people at a time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
# Names without hashes: no collectstatic before a test.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


def _flush_with_the_log_unlocked(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
    """The audit log refuses TRUNCATE; tests that commit are cleaned up by it all the same."""
    statements = _sql_flush(self, style, tables, **options)
    unlock, lock = (
        f"ALTER TABLE accounts_event {word} TRIGGER accounts_event_no_truncate"
        for word in ("DISABLE", "ENABLE")
    )
    return [unlock, *statements, lock] if statements else []


_sql_flush = DatabaseOperations.sql_flush
DatabaseOperations.sql_flush = _flush_with_the_log_unlocked


def pytest_configure(config: pytest.Config) -> None:
    """With xdist the server must run before the workers need it."""
    if _SERVER and getattr(config.option, "numprocesses", None):
        _SERVER.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER:
        _SERVER.stop()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Without xdist the server starts with the first test that needs it."""
    if _SERVER:
        _SERVER.start()
    yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests with transaction=True empty every table at their end: here, and only here, events allow TRUNCATE.

    tests/accounts/test_events.py switches the trigger on again before it looks at it.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event DISABLE TRIGGER accounts_event_no_truncate")
