"""What people said."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Decision(models.TextChoices):
    """The four decisions. Escalate is a question to the lead, not a judgement of the output."""

    APPROVE = "approve", _("Approve")
    CORRECT = "correct", _("Correct")
    REJECT = "reject", _("Reject")
    ESCALATE = "escalate", _("Escalate")


class Draft(models.Model):
    """What a person has typed on an item and not submitted. Outlives the lease; one per person and item.

    revision: counts the saves, so that an older tab cannot overwrite a newer text unseen. tab: the page
    that saved it last, none where a program or an undo did; tab_save: which of its saves that was.
    discarded_at: its author has put it away; no desk shows it, and for a while it can be brought back. A
    save does so too.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="drafts", db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()  # a submission/1 document, as far as it was filled in
    revision = models.PositiveIntegerField(default=1)
    tab = models.UUIDField(null=True)
    tab_save = models.PositiveIntegerField(null=True)
    saved_at = models.DateTimeField(db_default=Now())
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="draft_one_per_person_and_item"),
            models.CheckConstraint(
                condition=models.Q(tab=None, tab_save=None)
                | models.Q(tab__isnull=False, tab_save__isnull=False),
                name="draft_tab_counts_its_saves",
            ),
        ]
        indexes = [
            # Read by the sweeper, which removes them after a while.
            models.Index(
                fields=["discarded_at"],
                condition=models.Q(discarded_at__isnull=False),
                name="draft_discarded",
            ),
        ]


class Review(models.Model):
    """One person's submitted work on one item. Never edited: a second thought is a new review.

    lease_token: the lease under which it was given; a token gives one review, however often it is sent.
    withdrawn_at: set once by an undo; the review stays in the history.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="reviews", db_index=False)
    slot = models.ForeignKey(
        "queues.Slot",
        on_delete=models.PROTECT,
        related_name="reviews",
        related_query_name="review",
        db_index=False,
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, db_index=False)
    form = models.ForeignKey("queues.FormVersion", on_delete=models.PROTECT, related_name="+", db_index=False)
    lease_token = models.UUIDField(unique=True)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    reasons = models.JSONField(default=list)  # values of the form's reason codes
    answers = models.JSONField(default=dict)  # question key → value
    corrected_text = models.TextField(null=True)
    note = models.TextField(default="", blank=True)
    opened_at = models.DateTimeField()  # when the item was leased; an undo lets the time count on
    submitted_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decision__in=Decision.values), name="review_decision_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="correct", corrected_text__isnull=False)
                | (~models.Q(decision="correct") & models.Q(corrected_text__isnull=True)),
                name="review_corrected_text_goes_with_correct",
            ),
            models.UniqueConstraint(
                fields=["item", "person"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="review_one_standing_per_person_and_item",
            ),
        ]
        indexes = [
            # Read by "my last decisions" and "done today".
            models.Index(fields=["person", "-submitted_at"], name="review_of_person"),
            # Read by stories and by what a lead's verdict says of the reviews: also what was taken back.
            models.Index(fields=["item"], name="review_of_item"),
        ]
