"""One PostgreSQL for the run, one database per xdist worker; DATABASE_URL names another server if set.

Django is set up here, before any other test file is imported, because its settings need the server's address.
"""

import os
import secrets
from collections.abc import Iterator

import django
import pytest

from tests import postgres

_SERVER = postgres.choose()
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
django.setup()

from django.conf import settings  # noqa: E402 - only now

# Argon2 takes 50 ms on purpose; a test makes five people at a time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
# Names without hashes: no collectstatic before a test.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


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
