"""What records say of whom an output was for, kept so that it stays few: figures are told apart by it."""

from django.db import models


class SubjectValue(models.Model):
    """One value that some record of a project gave, so that the next one with it is known.

    about: `segment`, `cohort` (value: one of its keys) or `cohort.<key>` (value: a word of it).
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    about = models.CharField(max_length=210)
    value = models.CharField(max_length=200)

    objects = models.Manager["SubjectValue"]()

    class Meta:
        default_permissions = ()
        constraints = [
            # Also counted by.
            models.UniqueConstraint(fields=["project", "about", "value"], name="subject_value_once"),
        ]
