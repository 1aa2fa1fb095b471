"""Published versions of datasets: what left, and what it was made of."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ReleaseState(models.TextChoices):
    """draft → building → published → superseded, or failed. A published one is never changed."""

    DRAFT = "draft", _("waiting to be built")
    BUILDING = "building", _("being built")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")
    FAILED = "failed", _("failed")


RELEASE_MOVES: dict[ReleaseState, frozenset[ReleaseState]] = {
    ReleaseState.DRAFT: frozenset({ReleaseState.BUILDING, ReleaseState.FAILED}),
    ReleaseState.BUILDING: frozenset({ReleaseState.BUILDING, ReleaseState.PUBLISHED, ReleaseState.FAILED}),
    ReleaseState.PUBLISHED: frozenset({ReleaseState.SUPERSEDED}),
    ReleaseState.SUPERSEDED: frozenset(),
    ReleaseState.FAILED: frozenset(),
}

OUT = (ReleaseState.PUBLISHED, ReleaseState.SUPERSEDED)  # states in which files have left


class Release(models.Model):
    """One version of a dataset. Once published, a trigger refuses every change but "superseded".

    definition: the version of its dataset's definition that it is built by. version: given when it is
    published, because it depends on what changed since the one before.
    accepted: guard → why it may not stop this one. findings: code → what the guards found.
    folder: where the storage keeps the files of the current attempt; an attempt that finds another
    folder here has been replaced, and publishes nothing.
    """

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey("queues.Dataset", on_delete=models.PROTECT, related_name="releases")
    definition = models.ForeignKey(
        "queues.DatasetVersion", null=True, on_delete=models.PROTECT, related_name="releases", db_index=False
    )
    version = models.CharField(max_length=40, null=True)
    state = models.CharField(max_length=10, choices=ReleaseState.choices, db_default=ReleaseState.DRAFT)
    notes = models.TextField(default="", blank=True)
    accepted = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    findings = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    folder = models.UUIDField(null=True)
    manifest = models.JSONField(null=True)
    manifest_sha256 = models.CharField(max_length=64, default="")
    dataset_sha256 = models.CharField(max_length=64, default="")
    rows = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    published_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="release_version_once_per_dataset"),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=models.Q(state__in=["draft", "building"]),
                name="release_one_under_way_per_dataset",
            ),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=models.Q(state="published"),
                name="release_one_current_per_dataset",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=ReleaseState.values), name="release_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=OUT,
                    version__isnull=False,
                    manifest__isnull=False,
                    rows__isnull=False,
                    published_at__isnull=False,
                )
                | (~models.Q(state__in=OUT) & models.Q(version__isnull=True, published_at__isnull=True)),
                name="release_published_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.version or self.pk}"


class ReleaseFile(models.Model):
    """One file of a release. storage_name: random, so that no name of a person's becomes a path."""

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=100)
    bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.BigIntegerField(null=True)  # null: not a file of rows
    storage_name = models.CharField(max_length=100)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "path"], name="release_file_path_once_per_release"),
        ]


class ReleaseRow(models.Model):
    """Which verdict stands on which line of a release: "which release contains it" for every row, for ever.

    Narrow, and without foreign keys in the database: a million of them are copied in at once, and
    what they name is append-only. line: in the file of its split. record_sha256: hash of the record, without
    provenance. group_key: of its group (SplitGroup); null in releases from before there were groups.
    """

    id = models.BigAutoField(primary_key=True)
    release = models.ForeignKey(
        Release, on_delete=models.DO_NOTHING, related_name="lineage", db_constraint=False, db_index=False
    )
    line = models.IntegerField()  # from 1
    item = models.ForeignKey(
        "queues.Item", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    verdict = models.ForeignKey(
        "queues.Verdict", on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    split = models.CharField(max_length=10)
    record_sha256 = models.BinaryField(max_length=32)
    group_key = models.BigIntegerField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            # No record twice; also read by "which releases contain this item?".
            models.UniqueConstraint(fields=["item", "release"], name="release_row_item_once"),
            models.UniqueConstraint(
                fields=["release", "split", "line"], name="release_row_line_of_split_once"
            ),
        ]
        # Read by the comparison of two releases.
        indexes = [models.Index(fields=["release", "item"], name="release_row_by_item")]


class ExportKey(models.Model):
    """The secret under which a project's reviewers are named in its releases: stable inside it only."""

    project = models.OneToOneField("accounts.Project", primary_key=True, on_delete=models.PROTECT)
    secret = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
