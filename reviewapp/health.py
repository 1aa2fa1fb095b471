"""Health for machines. /healthz: this process answers. /readyz: it can serve, with a reason for each red.

Both are public and say nothing about versions. When no worker is alive people can go on reviewing, so an old
sweep does not turn readiness red: it is reported, and pages say so.
"""

import logging
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.gate import public

log = logging.getLogger(__name__)

SWEEP_OLD_SECONDS = 60


@public
@never_cache
@require_safe
def process_lives(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@public
@never_cache
@require_safe
def ready_to_serve(request: HttpRequest) -> JsonResponse:
    try:
        checks = {"database": "ok", "migrations": _migrations(), "sweeper": _sweeper()}
    except DatabaseError as error:
        log.warning("not ready: %s", error)
        checks = {"database": "away"}
    is_ready = checks["database"] == "ok" and checks["migrations"] == "ok"
    response = JsonResponse({"ready": is_ready, "checks": checks}, status=200 if is_ready else 503)
    if not is_ready:
        response.headers["Retry-After"] = "2"
    return response


def _migrations() -> str:
    """Whether the database has every migration of this code; newer ones of the next release do not hurt."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return "ok" if _wanted() <= set(cursor.fetchall()) else "pending"


@cache
def _wanted() -> set[tuple[str, str]]:
    """The migrations on the disk, each as (app, name); a squashed one stands for what it replaces."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return set(loader.disk_migrations)


def _sweeper() -> str:
    """When somebody last looked for forgotten work: "ok", "late" or "never"."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT now() - at > make_interval(secs => %s) FROM queues_heartbeat WHERE name = 'sweeper'",
            [SWEEP_OLD_SECONDS],
        )
        row = cursor.fetchone()
    return "never" if row is None else "late" if row[0] else "ok"
