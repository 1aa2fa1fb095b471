from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

KEPT_DAYS = 7


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    def forget_old(self) -> int:
        """Delete answers that nobody will ask for again; how many."""
        return self.filter(created_at__lt=Now() - timedelta(days=KEPT_DAYS)).delete()[0]

    def empty_of(self, slug: str) -> None:
        """Forget what the answers of a project said, since any may hold a text that is erased.

        That they were given stays: a repeat does nothing a second time. A request that runs now may have read
        a text before it went: its row is waited for, so call this when the erasure is committed and with no
        other lock held. What begins later reads nothing that is erased.
        """
        theirs = self.filter(route__startswith=f"/api/v1/projects/{slug}/")
        given = theirs.filter(Q(body__isnull=False) | Q(status__isnull=True))
        given.update(body=None, headers={})


class StoredAnswer(models.Model):
    """The answer to a POST that carried an Idempotency-Key, kept for the caller's repeats.

    One row per caller, route and key; without a status while the first request still runs,
    and with a status but no body once it was emptied by an erasure.
    """

    caller = models.CharField(max_length=64)  # "key:12" or "person:7"
    route = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    request_sha256 = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = StoredAnswerQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["caller", "route", "key"], name="stored_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="stored_answer_by_age")]

    def __str__(self) -> str:
        return f"{self.caller} {self.route}: {self.status}"
