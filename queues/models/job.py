"""Work that people wait for: a row before it is a message."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """queued → running → done, or failed after the last attempt; queued again after a death or when asked."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


JOB_MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.FAILED}),
    JobState.RUNNING: frozenset({JobState.RUNNING, JobState.QUEUED, JobState.DONE, JobState.FAILED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
}


ATTEMPTS_MAX = 3  # a poisonous job stops here and is shown with its error
LEASE = timedelta(seconds=60)


class JobQuerySet(models.QuerySet["Job"]):
    """The moves of a job; each is one conditional UPDATE, so a doubled message does nothing."""

    def ask(
        self, *, project_id: int, kind: str, subject_id: int, unique_key: str, asked_by: int | None
    ) -> "Job":
        """The job of this key, made now unless it was asked for before."""
        job, _made = self.get_or_create(
            unique_key=unique_key,
            defaults={
                "project_id": project_id,
                "kind": kind,
                "subject_id": subject_id,
                "asked_by_id": asked_by,
            },
        )
        return job

    def owed(self) -> "JobQuerySet":
        """Not started, or started by a worker that has not reported within its lease."""
        return self.filter(Q(state="queued") | Q(state="running", lease_until__lt=Now()))

    def start(self, job_id: int) -> int | None:
        """Take the job; the number of this attempt, or None when it is done, failed, or in other hands."""
        taken = (
            self.owed()
            .filter(pk=job_id, attempts__lt=ATTEMPTS_MAX)
            .update(state="running", attempts=F("attempts") + 1, lease_until=Now() + LEASE, error="")
        )
        return self.values_list("attempts", flat=True).get(pk=job_id) if taken else None

    def report(self, job_id: int, *, attempt: int, progress: int, total: int | None = None) -> bool:
        """How far this attempt is; also renews the worker's lease. False: it was replaced, or given up."""
        told = self._of(job_id, attempt).update(
            progress=progress, lease_until=Now() + LEASE, **({} if total is None else {"total": total})
        )
        return bool(told)

    def finish(self, job_id: int, *, attempt: int) -> None:
        self._of(job_id, attempt).update(state="done", finished_at=Now(), lease_until=None)

    def fail(self, job_id: int, error: str, *, attempt: int) -> None:
        """Back to the queue, or failed for good after the last attempt."""
        running = self._of(job_id, attempt)
        if attempt >= ATTEMPTS_MAX:
            running.update(state="failed", error=error, finished_at=Now(), lease_until=None)
        else:
            running.update(state="queued", error=error, lease_until=None)

    def _of(self, job_id: int, attempt: int) -> "JobQuerySet":
        """The job while this attempt is the one that counts: a worker that was replaced changes nothing."""
        return self.filter(pk=job_id, state="running", attempts=attempt)

    def again(self, unique_key: str) -> bool:
        """From the beginning, with all its attempts, because somebody asks; False: it has not failed."""
        failed = self.filter(unique_key=unique_key, state="failed")
        return bool(failed.update(state="queued", attempts=0, progress=0, finished_at=None))

    def give_up(self) -> int:
        """Jobs whose workers died in every attempt: failed, so that somebody sees them."""
        return (
            self.owed()
            .filter(attempts__gte=ATTEMPTS_MAX)
            .update(
                state="failed", error="The worker died in every attempt.", finished_at=Now(), lease_until=None
            )
        )


class Job(models.Model):
    """One piece of background work that somebody waits for, with its progress and its error.

    subject_id: the release to build, the queue to check; for a refit the newest verdict when it was asked.
    unique_key: what this work is, so that asking twice makes one job. lease_until: while it runs,
    by when its worker must report again; after that the sweeper gives it to another.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    unique_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=7, choices=JobState.choices, db_default=JobState.QUEUED)
    attempts = models.SmallIntegerField(db_default=0)
    progress = models.BigIntegerField(db_default=0)
    total = models.BigIntegerField(null=True)
    error = models.TextField(default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False) | ~models.Q(state="running"),
                name="job_running_has_a_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="job_unfinished"
            ),
            # Read by the sweeper: which verdict was the newest when a refit was last asked for?
            models.Index(
                fields=["project", "-subject_id"],
                condition=models.Q(kind="refit_calibration"),
                name="job_newest_refit",
            ),
            # Read by the page of agreement: is its queue being checked?
            models.Index(
                fields=["subject_id", "-id"],
                condition=models.Q(kind="check_agreement"),
                name="job_newest_check",
            ),
            # Read by the page of seals: is the chain of this project being verified?
            models.Index(
                fields=["subject_id", "-id"],
                condition=models.Q(kind="verify_audit"),
                name="job_newest_verification",
            ),
        ]


class Heartbeat(models.Model):
    """When a background process last said that it lives; one row per process name."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    objects = models.Manager["Heartbeat"]()

    class Meta:
        default_permissions = ()
