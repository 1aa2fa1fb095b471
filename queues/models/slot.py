"""One review that an item still needs, and who holds it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SlotState(models.TextChoices):
    """open → leased → done; back to open when the lease ends or the person skips; void when not needed."""

    OPEN = "open", _("open")
    LEASED = "leased", _("leased")
    DONE = "done", _("done")
    VOID = "void", _("void")


# An undo leases a done slot again; a reopened item needs its void slots after all.
SLOT_MOVES: dict[SlotState, frozenset[SlotState]] = {
    SlotState.OPEN: frozenset({SlotState.LEASED, SlotState.VOID}),
    SlotState.LEASED: frozenset({SlotState.OPEN, SlotState.DONE, SlotState.VOID}),
    SlotState.DONE: frozenset({SlotState.LEASED}),
    SlotState.VOID: frozenset({SlotState.OPEN, SlotState.LEASED}),
}


class Slot(models.Model):
    """One review that an item needs. A lease is a slot held by a person for some minutes, with a token.

    untouched: nobody has ever held a slot of this item, so a claim needs not ask "have I seen it?".
    Queue, priority and due time are the item's, repeated so that a claim reads one index.
    place, lane, bucket: where the queue's order of work puts it within its priority, among which it is
    chosen, and what it is spread over; 0, "" and null where the order is by due time.
    aside: its holder keeps it for later, until the lease ends; it is not on their screen.
    is_blind: whoever holds it is told neither why the item is here nor what filters found in it.
    """

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="slots", db_index=False)
    queue = models.ForeignKey("queues.Queue", on_delete=models.PROTECT, db_index=False)
    seq = models.SmallIntegerField()  # 1..reviews_needed
    state = models.CharField(max_length=6, choices=SlotState.choices, db_default=SlotState.OPEN)
    untouched = models.BooleanField(db_default=True)
    is_blind = models.BooleanField(default=False, db_default=False)
    place = models.BigIntegerField(default=0, db_default=0)
    lane = models.CharField(max_length=8, default="", db_default="", blank=True)
    bucket = models.IntegerField(null=True)
    priority = models.SmallIntegerField()
    due_at = models.DateTimeField()
    person = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, db_index=False)
    lease_token = models.UUIDField(null=True)
    leased_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    aside = models.BooleanField(default=False, db_default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "seq"], name="slot_seq_once_per_item"),
            models.UniqueConstraint(
                fields=["item", "person"],
                condition=models.Q(person__isnull=False),
                name="slot_one_per_person_and_item",
            ),
            models.CheckConstraint(condition=models.Q(state__in=SlotState.values), name="slot_state_known"),
            models.CheckConstraint(
                condition=models.Q(
                    state="leased",
                    person__isnull=False,
                    lease_token__isnull=False,
                    leased_at__isnull=False,
                    lease_until__isnull=False,
                )
                | models.Q(state="done", person__isnull=False)
                | models.Q(
                    state__in=["open", "void"],
                    person__isnull=True,
                    lease_token__isnull=True,
                    leased_at__isnull=True,
                    lease_until__isnull=True,
                ),
                name="slot_holder_goes_with_state",
            ),
            models.CheckConstraint(
                condition=models.Q(aside=False) | models.Q(state="leased"), name="slot_aside_is_leased"
            ),
        ]
        indexes = [
            # The two walks of a claim (queues.assign.claim), each in exactly its order.
            models.Index(
                fields=["queue", "-priority", "due_at", "id"],
                condition=models.Q(state="open", untouched=True, seq=1),
                name="slot_untouched",
            ),
            models.Index(
                fields=["queue", "-priority", "due_at", "id"],
                condition=models.Q(state="open", untouched=False),
                name="slot_started",
            ),
            # The same two walks where the order gives a place, and where it chooses among lanes.
            models.Index(
                fields=["queue", "-priority", "place", "id"],
                condition=models.Q(state="open", untouched=True, seq=1, place__gt=0),
                name="slot_placed_untouched",
            ),
            models.Index(
                fields=["queue", "-priority", "place", "id"],
                condition=models.Q(state="open", untouched=False, place__gt=0),
                name="slot_placed_started",
            ),
            models.Index(
                fields=["queue", "lane", "-priority", "due_at", "id"],
                condition=models.Q(state="open", untouched=True, seq=1),
                name="slot_lane_untouched",
            ),
            models.Index(
                fields=["queue", "lane", "-priority", "due_at", "id"],
                condition=models.Q(state="open", untouched=False),
                name="slot_lane_started",
            ),
            # Read when an item is placed: how many of its bucket came before it.
            models.Index(
                fields=["queue", "bucket", "-place"],
                condition=models.Q(bucket__isnull=False, seq=1),
                name="slot_bucket",
            ),
            # Read at each "next": what I hold already.
            models.Index(fields=["person", "queue"], condition=models.Q(state="leased"), name="slot_held"),
            # Read by the figures of people: their newest reviews in a queue.
            models.Index(
                "queue",
                "person",
                models.F("leased_at").desc(nulls_last=True),
                condition=models.Q(state="done"),
                name="slot_done_by",
            ),
            # Read by the sweeper: leases that have ended.
            models.Index(fields=["lease_until"], condition=models.Q(state="leased"), name="slot_lease_end"),
        ]


class SkipReason(models.TextChoices):
    """Why a person passed an item on."""

    LANGUAGE = "language", _("Not my language")
    CONFLICT = "conflict", _("Conflict of interest")
    BROKEN = "broken", _("Broken or unreadable")
    TOO_HARD = "too_hard", _("Too hard for me")


class Skip(models.Model):
    """A person passed an item on: it never comes back to the same person."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="skips", db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=SkipReason.choices)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "person"], name="skip_once_per_person_and_item"),
            models.CheckConstraint(
                condition=models.Q(reason__in=SkipReason.values), name="skip_reason_known"
            ),
        ]
