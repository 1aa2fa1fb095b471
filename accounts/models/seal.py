from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import Exact

from accounts.models.event import TransactionId


class Seal(models.Model):
    """The place of one event in its chain, and the hash up to there. Never changed, never removed.

    chain: the id of the project, 0 for the events of the house. seq: 1, 2, 3 … without a gap.
    hash: SHA-256 over the hash of the place before and the event (see chain.document).
    """

    event_id = models.BigIntegerField(primary_key=True)
    chain = models.BigIntegerField()
    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now())

    objects = models.Manager["Seal"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="seal_one_event_each_place"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="seal_places_begin_at_1"),
            models.CheckConstraint(condition=Exact(Length("hash"), 32), name="seal_hash_length"),
        ]


class SealingPlace(models.Model):
    """How far the sealing of one chain is: where the next look for events begins. Proves nothing.

    Events up to (txid, event_id) have been looked at. cluster: the database server whose transactions `txid`
    counts; restored into another one, a log is walked from its beginning, and one never sealed, too.
    resumes_at: while that walk lasts, the transaction from which on the ordinary look goes on after it.
    head_seq, head_at: the newest head that was written outside.
    """

    chain = models.BigIntegerField(primary_key=True)
    cluster = models.BigIntegerField()
    txid = TransactionId()
    event_id = models.BigIntegerField(db_default=0)
    resumes_at = TransactionId(null=True)
    head_seq = models.BigIntegerField(db_default=0)
    head_at = models.DateTimeField(null=True)

    objects = models.Manager["SealingPlace"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(head_seq=0, head_at__isnull=True) | Q(head_seq__gte=1, head_at__isnull=False),
                name="sealing_head_has_its_time",
            )
        ]
