"""Vectors: what an encoder made of a text. Their table needs pgvector, and is absent without it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """Which text of a prediction a vector was made of."""

    INPUT = "input", _("what was asked")
    OUTPUT = "output", _("what was answered")


class KnownEncoder(models.Model):
    """One encoder that has made vectors here. Vectors of different encoders are never compared.

    The vectors themselves are in the table `queues_vector` (see `queues.score.vectors`), which
    Django does not know: its column type comes with pgvector, and a server may be without.
    """

    name = models.CharField(max_length=200, unique=True)
    dimensions = models.SmallIntegerField()
    is_semantic = models.BooleanField()
    first_used_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            # More than pgvector can index as halfvec.
            models.CheckConstraint(
                condition=models.Q(dimensions__gte=1, dimensions__lte=4000),
                name="encoder_dimensions_1_to_4000",
            ),
        ]


class Question(models.Model):
    """One text that somebody searches by meaning; a worker gives it its vector, within a second or so.

    Kept some days, so that the same search is answered at once. vector: as JSON, null until answered.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    encoder = models.CharField(max_length=200)
    text = models.CharField(max_length=1_000)
    vector = models.JSONField(null=True)
    error = models.TextField(db_default="", blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    answered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "encoder", "text"], name="question_once_per_text"),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=True, vector__isnull=True, error="")
                | models.Q(answered_at__isnull=False, vector__isnull=False, error="")
                | (models.Q(answered_at__isnull=False, vector__isnull=True) & ~models.Q(error="")),
                name="question_answered_or_failed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(answered_at__isnull=True), name="question_unanswered"
            ),
            models.Index(fields=["asked_at"], name="question_age"),
        ]
