"""Verified answers, and how far outputs are from them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Golden(models.Model):
    """One question with a verified answer, under the project's own name for it; its versions say what it is.

    Retired: it is held against nothing any more, and stays; it can be restored.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    golden_id = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    retired_why = models.TextField(default="", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "golden_id"], name="golden_id_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True, retired_why="")
                | (models.Q(retired_at__isnull=False) & ~models.Q(retired_why="")),
                name="golden_retired_at_goes_with_why",
            ),
        ]

    def __str__(self) -> str:
        return self.golden_id


class GoldenVersion(models.Model):
    """One immutable version of a golden item: the question, the answers, and what counts as deviating.

    prompt_sha256, normalised_sha256: of the question as one text, exactly and in the form of normalise_v1.
    """

    id = models.BigAutoField(primary_key=True)
    golden = models.ForeignKey(Golden, on_delete=models.PROTECT, related_name="versions", db_index=False)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    version = models.PositiveIntegerField()
    content_hash = models.BinaryField(max_length=32)  # SHA-256 of the accepted record
    input = models.JSONField()  # as in prediction/1
    prompt = models.TextField()  # the question as one text
    prompt_sha256 = models.BinaryField(max_length=32)
    normalised_sha256 = models.BinaryField(max_length=32)
    targets = models.JSONField()  # the answers: texts, any of which is right
    rule = models.JSONField()  # what counts as deviating
    rubric = models.TextField(default="", blank=True)
    context = models.TextField(default="", blank=True)  # frozen: what the model was given to read
    locale = models.CharField(max_length=35, default="", blank=True)
    tags = models.JSONField(default=list)
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    is_current = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["golden", "version"], name="golden_version_once"),
            models.UniqueConstraint(
                fields=["golden"], condition=models.Q(is_current=True), name="golden_one_current"
            ),
        ]
        indexes = [
            # Read by every arrival: which golden item asks the same. All versions: the wall to training.
            models.Index(
                fields=["project", "-id"], condition=models.Q(is_current=True), name="golden_last_changed"
            ),
            models.Index(fields=["project", "prompt_sha256"], name="golden_by_prompt"),
            models.Index(fields=["project", "normalised_sha256"], name="golden_by_normalised"),
        ]


def name_of(golden_id: str, version: int, is_current: bool) -> str:  # noqa: FBT001 - a column
    """What guards call it: the item, or of one that says something else by now the version."""
    return golden_id if is_current else f"{golden_id}@{version}"


class GoldenVector(models.Model):
    """What one encoder made of the question of one version. Derived: it can be made again.

    vector: float32, of length 1; empty where the question has none, as a conversation.
    """

    id = models.BigAutoField(primary_key=True)
    version = models.ForeignKey(GoldenVersion, on_delete=models.CASCADE, related_name="+", db_index=False)
    encoder = models.ForeignKey(
        "queues.KnownEncoder", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    vector = models.BinaryField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["version", "encoder"], name="golden_vector_once_per_encoder"),
        ]
        indexes = [
            # Read by whoever compares: is there a newer one than those at hand?
            models.Index(fields=["project", "encoder", "-id"], name="golden_vector_newest"),
        ]


class MatchedBy(models.TextChoices):
    """How a prediction found what it is held against; the first of these that it has."""

    NAMED = "named", _("named by the sender")
    EXACT = "exact", _("the same question")
    NORMALISED = "normalised", _("the same question but for case and spaces")
    SENT = "sent", _("a value that the sender expected")
    EMBEDDING = "embedding", _("a question that is nearly the same")


class Deviation(models.Model):
    """One prediction held against what was expected of it, once. Never changed.

    When it was scored or, where only its vector finds what it answers, when it got that.
    version null: against the value that its sender expected. distance: 0 as expected … 1.
    """

    prediction = models.OneToOneField(
        "queues.Prediction", primary_key=True, on_delete=models.PROTECT, related_name="deviation"
    )
    version = models.ForeignKey(
        GoldenVersion, null=True, on_delete=models.PROTECT, related_name="deviations", db_index=False
    )
    matched_by = models.CharField(max_length=10, choices=MatchedBy.choices)
    deviates = models.BooleanField()
    distance = models.FloatField()
    why = models.CharField(max_length=40)
    compared_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(matched_by__in=MatchedBy.values), name="deviation_matched_by_known"
            ),
            models.CheckConstraint(
                condition=models.Q(distance__gte=0, distance__lte=1), name="deviation_distance_is_a_share"
            ),
        ]
        indexes = [
            models.Index(
                fields=["version", "-prediction"],
                condition=models.Q(version__isnull=False),
                name="deviation_of_golden",
            )
        ]
