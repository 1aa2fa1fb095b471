"""What the leads of a project want found: lists of words and of patterns, versioned."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from queues.models.flag import Severity

LIST_NAME = r"[a-z0-9][a-z0-9-]{0,59}"


class ListKind(models.TextChoices):
    """How the entries of a list are read."""

    WORDS = "words", _("words and phrases")
    PATTERNS = "patterns", _("patterns (RE2)")


class ListTarget(models.TextChoices):
    """Which text of a prediction is looked at."""

    OUTPUT = "output", _("output")
    INPUT = "input", _("input")


class WordList(models.Model):
    """One immutable version of a word list. At most one version of a name is active.

    locale: "" for all predictions, else those of this language or none. too_slow_ms: the program switched
    it off because it took so long on one text; a person may switch it on again.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, related_name="word_lists")
    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=ListKind.choices)
    entries = models.JSONField()  # texts, in the lead's order
    category = models.CharField(max_length=60)
    severity = models.SmallIntegerField(choices=Severity.choices)
    target = models.CharField(max_length=6, choices=ListTarget.choices)
    locale = models.CharField(max_length=35, default="", blank=True)
    author = models.ForeignKey("accounts.Person", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    is_active = models.BooleanField(default=False)
    too_slow_ms = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "name", "version"], name="word_list_version_once"),
            models.UniqueConstraint(
                fields=["project", "name"], condition=models.Q(is_active=True), name="word_list_one_active"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ListKind.values), name="word_list_kind_known"),
            models.CheckConstraint(
                condition=models.Q(target__in=ListTarget.values), name="word_list_target_known"
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values), name="word_list_severity_known"
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(too_slow_ms__isnull=True),
                name="word_list_too_slow_is_off",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
