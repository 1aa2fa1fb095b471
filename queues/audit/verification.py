"""Verifying the chain of the audit log: the job that a lead asks for and each night brings, and its alarm.

A chain is walked from its beginning when somebody asks, each seventh night, and while something is broken; in
other nights from where the last walk ended. All heads that lie outside the database are compared each time.
"""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from accounts.chain import HOUSE, heads, sealing, state, verifying
from accounts.chain.verifying import Finding, Replaced
from queues.doorbell import ring
from queues.models import Job
from queues.progress import Progress
from queues.rechecks import Recheck

log = logging.getLogger(__name__)

KIND = "verify_audit"
NIGHT_HOUR = 3  # UTC; the sweeper asks for the day's verifications from then on

_RECHECK = Recheck(KIND, subject_kind="project", event="audit.verification_asked", hour=NIGHT_HOUR)
_OWED = """
SELECT project.id, project.id FROM accounts_project project
WHERE EXISTS (
    SELECT FROM accounts_seal seal WHERE seal.chain = project.id AND seal.seq = 1 AND seal.sealed_at < %s)
  AND NOT EXISTS (SELECT FROM queues_job WHERE unique_key = %s::text || project.id || %s::text)
"""
_ALONE = "SELECT pg_try_advisory_lock(hashtext('accounts_auditverification'))"
_NO_LONGER_ALONE = "SELECT pg_advisory_unlock(hashtext('accounts_auditverification'))"


def ask(project_id: int, *, by: Actor, now: datetime | None = None) -> Job:
    """A job that verifies the whole chain of a project; while one is under way, that one."""
    return _RECHECK.ask(project_id, project_id, by=by, now=now)


def ask_for_owed(now: datetime | None = None) -> int:
    """From NIGHT_HOUR on, ask once a day for each project sealed before that day; how many were asked for."""
    at = now or timezone.now()
    owed = _RECHECK.ask_for_owed(_OWED, [at.replace(hour=0, minute=0)], at=at)
    if at.hour >= NIGHT_HOUR and state.is_due(HOUSE, at):
        ring("queues.tasks.verify_house")
    return owed


def newest_job(project_id: int) -> Job | None:
    """The verification of this project's chain that was asked for last."""
    return _RECHECK.newest(project_id, project_id)


def run(job: Job) -> None:
    """Walk the chain, keep what was found, and raise the alarm in the audit log where it is broken."""
    after = None if job.asked_by_id else state.where_to_begin(job.project_id, timezone.now())
    try:
        with Progress(job) as progress:
            with connection.cursor() as cursor:
                progress.total = sealing.newest(cursor, job.project_id)[0] - (after.seq if after else 0)

            def told(seen: int) -> bool:
                progress.report(seen)
                return not progress.is_replaced

            found = verifying.verify(job.project_id, known=heads.kept(job.project_id), after=after, told=told)
    except Replaced:
        return
    keep(found, by_id=job.asked_by_id)


def verify_house(now: datetime | None = None) -> None:
    """The nightly walk along the chain of the house, for which no project waits; by one worker at a time."""
    at = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        if not cursor.fetchone()[0]:
            return
        try:
            if state.is_due(HOUSE, at):
                after = state.where_to_begin(HOUSE, at)
                keep(verifying.verify(HOUSE, known=heads.kept(HOUSE), after=after))
        finally:
            cursor.execute(_NO_LONGER_ALONE)


def write_heads(now: datetime | None = None) -> None:
    """Write the heads that are due; a chain that does not fit its last one is an alarm at once."""
    for chain, misfit in heads.write_due(now).items():
        keep(verifying.of_misfit(chain, misfit))


def keep(found: Finding, *, by_id: int | None = None) -> None:
    """Keep what was found; a break is also an error in the server's own log, which lies elsewhere."""
    with transaction.atomic():
        verifying.keep(found, by_id=by_id)
    if found.broken:
        log.error(
            "the audit log is broken: chain %d, place %s, %s",
            found.chain,
            found.broken.seq,
            found.broken.kind,
        )
