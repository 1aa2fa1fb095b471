from datetime import timedelta

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now

KEPT_DAYS = 7


class StoredAnswerQuerySet(models.QuerySet["StoredAnswer"]):
    """What changes many rows locks them first, in the order of their ids: else two of them could wait for
    each other for ever."""

    @transaction.atomic
    def forget_old(self) -> int:
        """Delete answers that nobody will ask for again; how many."""
        return self._locked(created_at__lt=Now() - timedelta(days=KEPT_DAYS)).delete()[0]

    @transaction.atomic
    def empty_of(self, slug: str) -> None:
        """Forget what the answers of a project said, since any may hold a text that is erased.

        That they were given stays: a repeat does nothing a second time. A request that runs now may have read
        a text before it went: its row is waited for, so call this when the erasure is committed and with no
        other lock held. What begins later reads nothing that is erased.
        """
        given = Q(body__isnull=False) | Q(status__isnull=True)
        theirs = self._locked(given, route__startswith=f"/api/v1/projects/{slug}/")
        theirs.update(body=None, headers={})

    def _locked(self, *conditions: Q, **more: object) -> "StoredAnswerQuerySet":
        rows = self.filter(*conditions, **more).order_by("pk").select_for_update()
        return self.filter(pk__in=rows.values("pk"))


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
        indexes = [
            models.Index(fields=["created_at"], name="stored_answer_by_age"),
            # Read by an erasure: of a project, by the beginning of their route, those that say something.
            models.Index(
                fields=["route"],
                opclasses=["varchar_pattern_ops"],
                condition=Q(body__isnull=False) | Q(status__isnull=True),
                name="stored_answer_by_route",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.caller} {self.route}: {self.status}"
