from django.db import models
from django.db.models.functions import Coalesce, Now


class TransactionId(models.Field):
    """PostgreSQL's xid8: the number of the transaction that wrote the row; never wraps around."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class CurrentTransactionId(models.Func):
    function = "pg_current_xact_id"
    output_field = TransactionId()
    arity = 0


class Event(models.Model):
    """One line of the audit log: who did what to which thing, when and why. Never changed, never removed.

    Plain ids instead of foreign keys, so that the log never interferes with live data. `txid` tells
    the sealing (accounts/chain) which events are surely committed, so that their order stays.
    """

    id = models.BigAutoField(primary_key=True)
    project_id = models.BigIntegerField(null=True)  # null: of the whole house (login, password)
    kind = models.CharField(max_length=64)
    actor_person_id = models.BigIntegerField(null=True)  # null: the system
    actor_key_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(default="", db_default="")
    at = models.DateTimeField(db_default=Now())
    txid = TransactionId(db_default=CurrentTransactionId())

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["project_id", "id"], name="event_by_project"),
            models.Index(fields=["project_id", "subject_kind", "subject_id", "id"], name="event_by_subject"),
            # Read by the sealing: what comes after its last look at this chain?
            models.Index(Coalesce("project_id", 0), "txid", "id", name="event_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_kind} {self.subject_id}"
