"""Jobs that look again whether what is kept is right: a lead asks, and each night brings them once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.doorbell import ring
from queues.models import Job, JobState


@dataclass(frozen=True, slots=True)
class Recheck:
    """One kind of such a job. subject_kind: what is looked at; event: what is recorded when it is asked for.

    hour: of the night, UTC, from which on the sweeper asks for the day's jobs.
    """

    kind: str
    subject_kind: str
    event: str
    hour: int

    def ask(self, project_id: int, subject_id: int, *, by: Actor, now: datetime | None = None) -> Job:
        """A job for this subject; while one is under way, that one."""
        minute = (now or timezone.now()).strftime("%Y%m%d%H%M")
        with transaction.atomic():
            under_way = self.newest(project_id, subject_id)
            if under_way and under_way.state in (JobState.QUEUED, JobState.RUNNING):
                return under_way
            return self._asked(project_id, subject_id, f":{minute}", by)

    def newest(self, project_id: int, subject_id: int) -> Job | None:
        """The one that was asked for last."""
        jobs = Job.objects.filter(project=project_id, kind=self.kind, subject_id=subject_id)
        return jobs.order_by("-pk").first()

    def ask_for_owed(self, owed: str, arguments: Sequence[datetime], *, at: datetime) -> int:
        """Ask once for this night, from `hour` on; how many were asked for.

        owed: SQL for (project, subject) that are to be looked at, without those that have a job of the key
        before the subject's number (its last argument but one) and after it (its last).
        """
        if at.hour < self.hour:
            return 0
        night = f":night:{at:%Y%m%d}"
        with connection.cursor() as cursor:
            cursor.execute(owed, [*arguments, f"{self.kind}:", night])
            found = cursor.fetchall()
        for project_id, subject_id in found:
            with transaction.atomic():
                self._asked(project_id, subject_id, night, SYSTEM)
        return len(found)

    def _asked(self, project_id: int, subject_id: int, when: str, by: Actor) -> Job:
        job = Job.objects.ask(
            project_id=project_id,
            kind=self.kind,
            subject_id=subject_id,
            unique_key=f"{self.kind}:{subject_id}{when}",
            asked_by=by.person_id,
        )
        events.record(
            project_id=project_id,
            kind=self.event,
            by=by,
            subject_kind=self.subject_kind,
            subject_id=subject_id,
            after={"job": job.pk},
        )
        ring("queues.tasks.run_job", job.pk)
        return job
