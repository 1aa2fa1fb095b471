"""Hidden checks: items whose right answer is known, given to people among the others."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.models.review import Decision


class Check(models.Model):
    """The verified answer to one settled item, under one version of the form, and why it is right.

    verdict: the one that it was made of; once it is taken back, nobody is given the check. golden: whose
    rule says which corrections are right; None: a correction is not judged. Retired: it is given to nobody
    any more; what people answered stays.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False)
    source = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="+", db_index=False)
    verdict = models.ForeignKey("queues.Verdict", on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey("queues.FormVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    golden = models.ForeignKey(
        "queues.GoldenVersion", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decision = models.CharField(max_length=8, choices=Decision.choices)
    answers = models.JSONField(default=dict)
    corrected_text = models.TextField(null=True)
    why = models.TextField()
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=models.Q(retired_at=None), name="check_one_in_use_per_item"
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=[d for d in Decision.values if d != "escalate"]),
                name="check_decides",
            ),
            models.CheckConstraint(condition=~models.Q(why=""), name="check_says_why"),
        ]
        indexes = [
            # Read when a check is drawn, and by the list of leads.
            models.Index(fields=["queue", "-id"], name="check_of_queue"),
        ]


class Purpose(models.TextChoices):
    """What a check is given for. Only hidden ones say how good the work is that nobody looks at."""

    TRAINING = "training", _("training")
    QUALIFYING = "qualifying", _("qualification")
    HIDDEN = "hidden", _("hidden check")


class ServedCheck(models.Model):
    """One check that one person was given, as an item of their own, and whether the answer was right.

    beside: the item in whose neighbourhood it was put. right: None while unanswered, and when the person
    asked the lead instead of deciding. marks: the decision, the correction and each question → whether it
    was right. seen_at: the person has read what was expected. reply: a lead's, where they asked the lead, in
    the thread of this item (the database refuses another's). withdrawn_at: what it shows was withdrawn
    from all releases before the person was through with it.
    """

    id = models.BigAutoField(primary_key=True)
    check_given = models.ForeignKey(Check, on_delete=models.PROTECT, related_name="served", db_index=False)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.OneToOneField("queues.Item", on_delete=models.PROTECT, related_name="served_check")
    beside = models.ForeignKey(
        "queues.Item", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    review = models.OneToOneField("queues.Review", null=True, on_delete=models.PROTECT, related_name="+")
    right = models.BooleanField(null=True)
    marks = models.JSONField(default=dict)
    served_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    reply = models.OneToOneField("queues.Note", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["check_given", "person"], name="check_never_twice_to_a_person"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, review=None, right=None, seen_at=None)
                | models.Q(answered_at__isnull=False, review__isnull=False),
                name="served_check_result_goes_with_review",
            ),
            models.CheckConstraint(
                condition=models.Q(purpose__in=Purpose.values), name="served_check_purpose_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reply=None) | models.Q(right=None, answered_at__isnull=False),
                name="served_check_reply_is_to_a_question",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(reply=None),
                name="served_check_withdrawn_has_no_reply",
            ),
        ]
        indexes = [
            # Read by a person's figures and by what they can learn from.
            models.Index(fields=["person", "queue", "-id"], name="served_check_of_person"),
            # Read by the leads' list of results, and by the figures of a queue.
            models.Index(fields=["queue", "-id"], name="served_check_of_queue"),
            # Read by the list of disputes: questions to the lead that have no reply yet.
            models.Index(
                fields=["queue", "id"],
                condition=models.Q(right=None, answered_at__isnull=False, reply=None),
                name="served_check_asked",
            ),
        ]
