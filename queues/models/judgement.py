"""Decisions on what had been decided before; where the two differ, an override."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OverrideKind(models.TextChoices):
    """What stood before."""

    MODEL = "model", _("the model")
    SAFETY_FILTER = "safety_filter", _("a safety filter")
    REVIEWER = "reviewer", _("another reviewer")
    SENIOR = "senior", _("a reviewer of lower rank")
    ADJUDICATION = "adjudication", _("the majority of the reviews")
    GOLD = "gold", _("a golden answer")


class Judgement(models.Model):
    """One decision on what had been decided before: by the model, a filter, people, a golden answer.

    It overrides when the two differ; the others are the denominator of every rate. before, after: the
    decisions in words of the kind: decisions of reviews; "flagged" or "fine" of a filter; "right" or "wrong"
    of what a golden answer says of the output. before_person: whose decision stood before. review or verdict:
    which said it. component, category: of the filter. Never changed: what becomes of an override is read
    from later verdicts and golden answers; one whose review was taken back does not count.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="judgements")
    kind = models.CharField(max_length=13, choices=OverrideKind.choices)
    before = models.CharField(max_length=8)
    after = models.CharField(max_length=8)
    overrides = models.BooleanField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    before_person = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    component = models.CharField(max_length=200, default="", db_default="", blank=True)
    category = models.CharField(max_length=200, default="", db_default="", blank=True)
    reasons = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    review = models.ForeignKey(
        "queues.Review", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verdict = models.ForeignKey(
        "queues.Verdict", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=OverrideKind.values), name="judgement_kind_known"
            ),
            models.CheckConstraint(
                condition=(models.Q(overrides=True) & ~models.Q(before=models.F("after")))
                | models.Q(overrides=False, before=models.F("after")),
                name="judgement_overrides_when_they_differ",
            ),
            models.CheckConstraint(
                condition=models.Q(review__isnull=False, verdict__isnull=True)
                | models.Q(review__isnull=True, verdict__isnull=False),
                name="judgement_was_said_by_one",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="safety_filter") | models.Q(component="", category=""),
                name="judgement_category_is_a_filters",
            ),
        ]
        indexes = [
            # Read by the page of overrides: the newest of a project, of one queue, of one person.
            models.Index(fields=["project", "-id"], name="judgement_newest"),
            models.Index(fields=["queue", "-id"], name="judgement_of_queue"),
            models.Index(fields=["project", "person", "-id"], name="judgement_of_person"),
            # And its cases.
            models.Index(
                fields=["project", "kind", "-id"], condition=models.Q(overrides=True), name="override_cases"
            ),
        ]
