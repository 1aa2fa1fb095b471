"""A sealed log to be tampered with, and hands that the database's triggers do not hold."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.test import override_settings

from accounts import events
from accounts.actor import Actor
from accounts.chain import heads, sealing
from accounts.chain.document import CHAIN, DOCUMENT, START, link
from accounts.events import EventRow
from accounts.models import Event, SealingPlace

CHAIN_OF = 7  # a project of which nothing but the log is there
_PATIENCE_SECONDS = 60.0
_REASONS = ("", "too strict", "Ümläut, 語, \U0001f600", "line\nbreak")


def logged(count: int, *, project_id: int | None = CHAIN_OF) -> None:
    """Events of every shape: with and without actor, subject, facts and reason."""
    events.record_many(
        [
            EventRow(
                project_id=project_id,
                kind=f"kind.{number % 5}",
                by=Actor(number % 4 or None, number if number % 3 == 0 else None),
                subject_kind="item",
                subject_id=number if number % 7 else None,
                before={"state": "open", "share": number / 7} if number % 2 else None,
                after={"n": number, "inner": [{"deep": [None, True, "x" * (number % 9)]}]}
                if number % 4
                else None,
                reason=_REASONS[number % 4],
            )
            for number in range(1, count + 1)
        ]
    )


def sealed(count: int, *, chain: int = CHAIN_OF, batch: int = 50) -> None:
    """So many more events, sealed though the test's own transaction still runs: as a log that is walked."""
    logged(count, project_id=chain or None)
    SealingPlace.objects.filter(chain=chain).update(txid="0", event_id=0, resumes_at="0")
    while sealing.seal_batch(chain, at_most=batch):
        pass
    newest = Event.objects.filter(project_id=chain or None).order_by("txid", "id").last()
    assert newest is not None
    SealingPlace.objects.filter(chain=chain).update(txid=newest.txid, event_id=newest.pk)


def an_hour_later() -> None:
    """The newest heads are as old as makes the next ones due."""
    SealingPlace.objects.update(head_at=F("head_at") - 2 * heads.EVERY)


def finished(*, but_for: int | None = None) -> None:
    """Wait until no transaction runs on the server, of other tests as well, that is older than this moment.

    but_for: the number of one that goes on.
    """
    end = time.monotonic() + _PATIENCE_SECONDS
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        wanted = but_for or cursor.fetchone()[0]
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if cursor.fetchone()[0] >= wanted:
                return
            assert time.monotonic() < end, "a transaction of another test does not end"
            time.sleep(0.02)


def run(statement: str, *values: Any) -> None:
    """One statement of somebody whom no trigger stops."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def hashed_anew(chain: int = CHAIN_OF) -> None:
    """Every seal of the chain computed again from the events as they are now, as a forger would."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seal.seq, {DOCUMENT} FROM accounts_seal seal"
            f" JOIN accounts_event event ON event.id = seal.event_id WHERE {CHAIN} = %s ORDER BY seal.seq",
            [chain],
        )
        rows = cursor.fetchall()
    hash_ = START
    for seq, document in rows:
        hash_ = link(hash_, document)
        run("UPDATE accounts_seal SET hash = %s WHERE chain = %s AND seq = %s", hash_, chain, seq)


@contextmanager
def tampered() -> Iterator[None]:
    """What is done inside is undone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def own_storage(folder: Path) -> Iterator[Path]:
    """Heads lie in this folder while it is open."""
    own = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}}
    with override_settings(STORAGES=settings.STORAGES | {"audit_heads": own}):
        yield folder
