"""What the labels of a project say about its measures: curves to a probability, and what each is worth."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class CalibrationMethod(models.TextChoices):
    """Which curve: a logistic one from 50 labels, any rising one from 500 labels and 50 errors."""

    PLATT = "platt", _("logistic (Platt)")
    ISOTONIC = "isotonic", _("rising steps (isotonic)")


class Because(models.TextChoices):
    """Why a fit was taken into force, or was not."""

    FIRST = "first", _("the first fit")
    NOT_WORSE = "not_worse", _("not worse on the newest labels")
    WORSE = "worse", _("worse on the newest labels: the one before stays")


class Calibration(models.Model):
    """One fit of a measure's scores to the probability that a reviewer finds an error. Never changed.

    At most one of a (project, model version, measure) is in force. n_labels, n_errors: all labels, of which
    the older 80 % were fitted. brier_new, brier_old: of this curve and of the one in force before, on the
    newest 20 %.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    model_version = models.CharField(max_length=200)
    measure = models.CharField(max_length=60)
    method = models.CharField(max_length=8, choices=CalibrationMethod.choices)
    parameters = models.JSONField()
    n_labels = models.PositiveIntegerField()
    n_errors = models.PositiveIntegerField()
    brier_new = models.FloatField()
    brier_old = models.FloatField(null=True)
    because = models.CharField(max_length=9, choices=Because.choices)
    is_current = models.BooleanField(default=False)
    fitted_at = models.DateTimeField(db_default=Now())

    objects = models.Manager["Calibration"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "model_version", "measure"],
                condition=Q(is_current=True),
                name="calibration_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(method__in=CalibrationMethod.values), name="calibration_method_known"
            ),
            models.CheckConstraint(condition=Q(because__in=Because.values), name="calibration_because_known"),
            models.CheckConstraint(
                condition=Q(n_errors__lte=F("n_labels")), name="calibration_errors_are_labels"
            ),
            models.CheckConstraint(
                condition=Q(brier_new__gte=0, brier_new__lte=1)
                & (Q(brier_old__isnull=True) | Q(brier_old__gte=0, brier_old__lte=1)),
                name="calibration_brier_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(because="first", brier_old__isnull=True)
                | Q(because="not_worse", brier_old__isnull=False, brier_old__gte=F("brier_new"))
                | Q(because="worse", brier_old__isnull=False, brier_old__lt=F("brier_new"), is_current=False),
                name="calibration_worse_is_not_in_force",
            ),
        ]
        indexes = [
            # Read by the page of measures: the history of one measure.
            models.Index(fields=["project", "model_version", "measure", "-id"], name="calibration_newest"),
        ]


class Worth(models.Model):
    """How well one measure tells wrong outputs from right ones, as far as the newest labels say.

    Derived: written anew by each refit. figures: `queues.monitor.worth.Worth` as JSON.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey("accounts.Project", on_delete=models.PROTECT, db_index=False)
    model_version = models.CharField(max_length=200)
    measure = models.CharField(max_length=60)
    figures = models.JSONField()
    newest_verdict = models.BigIntegerField()  # the newest one that was looked at
    computed_at = models.DateTimeField(db_default=Now())

    objects = models.Manager["Worth"]()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "model_version", "measure"], name="worth_once_per_measure"
            ),
        ]
