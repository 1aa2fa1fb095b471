"""Where a group of people works with one form."""

from django.db import models
from django.db.models.functions import Now


class Queue(models.Model):
    """A place where a group of people works with one form, one guideline and one dispute rule."""

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="queues")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    purpose = models.TextField(default="", blank=True)
    lease_seconds = models.PositiveIntegerField(default=600)
    shows_scores = models.BooleanField(default=False)  # else "why here" names the rule without its score
    form = models.ForeignKey("queues.FormVersion", null=True, on_delete=models.PROTECT, related_name="+")
    dispute_rule = models.ForeignKey(  # None: unanimous
        "queues.DisputeRule", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "slug"], name="queue_slug_once_per_project"),
            models.CheckConstraint(
                condition=models.Q(lease_seconds__gte=10, lease_seconds__lte=86_400),
                name="queue_lease_between_10_s_and_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormVersion(models.Model):
    """One immutable version of a queue's form, as a form/1 document."""

    id = models.BigAutoField(primary_key=True)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="form_versions")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["queue", "version"], name="form_version_once_per_queue"),
        ]
