"""Health tells the truth: green, red, and without a word to strangers."""

import os
import subprocess
import sys

import django
import pytest
from django.db import connection
from django.test import Client

from queues.models import Heartbeat
from reviewapp.environment import ROOT


def sweep_was(seconds: int) -> None:
    Heartbeat.objects.create(name="sweeper")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE queues_heartbeat SET at = now() - make_interval(secs => %s)", [seconds])


def test_the_process_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.content == b"ok\n"


@pytest.mark.django_db
def test_ready_means_database_and_migrations(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok", "sweeper": "never"}
    assert django.get_version() not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "word"), [(5, "ok"), (120, "late")])
def test_an_old_sweep_is_told_and_people_go_on_reviewing(client: Client, seconds: int, word: str) -> None:
    sweep_was(seconds)

    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json()["checks"]["sweeper"] == word


@pytest.mark.django_db
def test_a_missing_migration_turns_it_red(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'queues' AND name = '0001_tables'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"] == "pending"


ASK = """
import django, logging
django.setup()
logging.disable()
from django.conf import settings
settings.STORAGES = settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
from django.test import Client
client = Client(raise_request_exception=False)
SIGNED_IN = {"HTTP_COOKIE": "session=abcdefghijklmnopqrstuvwxyz012345"}
WITH_KEY = {"HTTP_AUTHORIZATION": "Bearer rk_0123456789ab_" + 64 * "0"}
API = "/api/v1/projects/x/predictions"
for path, who in (("/healthz", {}), ("/readyz", {}), ("/", SIGNED_IN), (API, WITH_KEY)):
    answer = client.get(path, HTTP_HOST="localhost", **who)
    print(path, answer.status_code, answer.headers.get("Retry-After"), answer.headers["Content-Type"])
"""


def test_a_database_away_is_a_pause_and_not_a_crash() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": "postgresql:///none?host=/nowhere",
            "DJANGO_SETTINGS_MODULE": "reviewapp.settings",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    answers = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}

    assert answers["/healthz"][0] == "200"
    assert answers["/readyz"][:2] == ["503", "2"]
    assert answers["/"][:2] == ["503", "2"]
    assert answers["/api/v1/projects/x/predictions"] == ["503", "2", "application/problem+json"]
