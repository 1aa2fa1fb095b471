"""How far a person has passed over what a queue holds and they may not have."""

from django.db import models
from django.db.models import Q


class Bookmark(models.Model):
    """Everything before this place of one track of a queue was not for this person when they passed it.

    track: an index of slots that a claim walks, by name (queues.assign.further). The place is that of the
    last slot that was passed: its priority, its due time or its place in the order of work, its id. Only a
    hint: without it a claim starts from the top.
    """

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey("queues.Queue", on_delete=models.CASCADE, db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.CASCADE, related_name="+")
    track = models.CharField(max_length=40)
    priority = models.SmallIntegerField()
    due_at = models.DateTimeField(null=True)
    place = models.BigIntegerField(null=True)
    slot_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "person", "track"], name="bookmark_once_per_track"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, place__isnull=False)
                | Q(due_at__isnull=False, place__isnull=True),
                name="bookmark_has_one_place",
            ),
        ]
