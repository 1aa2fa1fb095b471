"""What people say to each other about an item."""

from django.db import models
from django.db.models.functions import Length, Now
from django.db.models.lookups import LessThanOrEqual

NOTE_MAX = 4_000  # characters


class Note(models.Model):
    """One note of an item's thread. Never edited nor removed: a second thought is a new note."""

    id = models.BigAutoField(primary_key=True)
    item = models.ForeignKey("queues.Item", on_delete=models.PROTECT, related_name="notes", db_index=False)
    author = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("text"), NOTE_MAX), name="note_at_most_4000_characters"
            ),
            # What a row points at that names the note together with its item: a lead's reply about a check.
            models.UniqueConstraint(fields=["id", "item"], name="note_with_its_item"),
        ]
        indexes = [models.Index(fields=["item", "id"], name="note_thread")]


class Mention(models.Model):
    """One person whom a note names, and who is told of it."""

    id = models.BigAutoField(primary_key=True)
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions", db_index=False)
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="mention_once_per_note_and_person"),
        ]
        indexes = [models.Index(fields=["person", "-id"], name="mention_newest")]
