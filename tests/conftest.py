"""One PostgreSQL for the run, one database and one folder per process; DATABASE_URL names another server.

Django is set up here, before any other test file is imported, because its settings need the server's address.
"""
# ruff: noqa: E402 - what needs Django's settings is imported when there are some

import os
import secrets
import shutil
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest

from tests import postgres

_SERVER = postgres.choose()
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")
django.setup()
# A worker of xdist that inherits it reads the settings before this file has given it a folder of its own.
del os.environ["DJANGO_SETTINGS_MODULE"]

from django.conf import settings
from django.utils import translation

from reviewapp.celery import app
from tests.flush import prepare_flushes
from tests.spread import Spread

prepare_flushes()
# Argon2 takes 50 ms on purpose; a test makes five people at a time.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
# Doorbells ring in memory and nobody hears them: a test calls what it wants done.
app.conf.update(broker_url="memory://", broker_transport_options={})
# A machine that is busy is not a function that is slow. Forty examples of a property by default; the slow run
# takes the hundred that are usual (`make test-all`).
hypothesis.settings.register_profile("here", deadline=None, max_examples=40)
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.load_profile("here")
# Names without hashes: no collectstatic before a test.
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}


def pytest_configure(config: pytest.Config) -> None:
    """With xdist the server must run before the workers need it."""
    if _SERVER and getattr(config.option, "numprocesses", None):
        _SERVER.start()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    return Spread(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _SERVER:
        _SERVER.stop()


@pytest.fixture(autouse=True)
def own_language() -> None:
    """No test inherits the language of the last request of another."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Without xdist the server starts with the first test that needs it."""
    if _SERVER:
        _SERVER.start()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_type: Any) -> dict[str, Any]:
    """The machine's own Chromium, else Playwright's; without either the test fails and says what to do.

    Its shell without a window opens a page for a third of the processor time of the whole browser.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None and not Path(browser_type.executable_path).exists():
        pytest.fail("There is no Chromium here. `requirements/chromium` installs one.", pytrace=False)
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    return {
        **browser_type_launch_args,
        **({"executable_path": found} if found else {}),
        "args": [*sandbox, "--disable-dev-shm-usage"],
    }
