"""How uncertain an output is, by every measure that its record allows."""

from django.db import models
from django.db.models.functions import Now


class Scores(models.Model):
    """The scores of one prediction. One row, because a row per measure would be a billion rows.

    values: measure name → finite number, higher = more uncertain; missing: measure name → why not.
    """

    prediction = models.OneToOneField("queues.Prediction", primary_key=True, on_delete=models.PROTECT)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    model_version = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    missing = models.JSONField(default=dict)
    scored_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        indexes = [
            # Read for ranks: the trailing window of a model version.
            models.Index(fields=["project", "model_version", "-prediction"], name="scores_window"),
        ]
