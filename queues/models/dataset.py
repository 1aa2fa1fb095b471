"""Standing definitions of what to export."""

from django.db import models
from django.db.models.functions import Now

DATASET_NAME = r"[a-z0-9][a-z0-9-]{0,59}"


class Dataset(models.Model):
    """A standing definition of what to export, as it is now: the newest of its versions. Its format stays.

    filter: a filter/1 document; rules: what guards demand; splits: into which files the rows go, empty for
    one (queues.export.definition says all three); name: part of addresses and of `name@version`.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="datasets")
    name = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    format = models.CharField(max_length=40)
    filter = models.JSONField(default=dict)
    rules = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    splits = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    version = models.PositiveIntegerField(default=1, db_default=1)
    created_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="dataset_name_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(name__regex=rf"^{DATASET_NAME}$"), name="dataset_name_is_plain"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DatasetVersion(models.Model):
    """One version of what a dataset asks for, and why. Never changed: a release names its own."""

    id = models.BigAutoField(primary_key=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions", db_index=False)
    version = models.PositiveIntegerField()
    filter = models.JSONField()
    rules = models.JSONField()
    splits = models.JSONField()
    reason = models.TextField(default="", blank=True)  # empty: it was made so
    created_by = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["dataset", "version"], name="dataset_version_once"),
            models.CheckConstraint(
                condition=models.Q(version=1) | ~models.Q(reason=""),
                name="dataset_version_changed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version}"


class SplitGroup(models.Model):
    """The split of one group of rows of a dataset, from the release that first had it. Never changed.

    group_key: 64 bits of the hash of the group's name (queues.export.groups).
    """

    pk = models.CompositePrimaryKey("dataset_id", "group_key")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="+", db_index=False)
    group_key = models.BigIntegerField()
    split = models.CharField(max_length=10)
    release = models.ForeignKey("queues.Release", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(split__in=["train", "validation", "test"]), name="split_group_split_known"
            ),
        ]
