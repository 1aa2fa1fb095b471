"""How one person works in one project."""

from django.db import models
from django.db.models import Q, Value

DAILY_LIMIT_MOST = 5_000


class WorkProfile(models.Model):
    """What one person can do in one project, how much, and whether a lead has paused them.

    languages: two- or three-letter codes; skills: words that the project's leads have chosen. daily_limit:
    reviews a day, none: as many as they like. refused: groups of harmful content that the person does not
    want to see; veils: such content is hidden until they ask for it. paused_until: None while paused means
    until a lead ends it; or, with until_read, until the person has read what a lead wants them to read again.
    """

    id = models.BigAutoField(primary_key=True)
    project = models.ForeignKey(
        "accounts.Project", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="work_profiles")
    languages = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    skills = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    daily_limit = models.SmallIntegerField(null=True)
    refused = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    veils = models.BooleanField(default=True, db_default=True)
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    until_read = models.BooleanField(default=False, db_default=False)
    paused_by = models.ForeignKey(
        "accounts.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pause_reason = models.CharField(max_length=500, default="", db_default="", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="work_profile_once_per_project"),
            models.CheckConstraint(
                condition=Q(daily_limit__gte=1, daily_limit__lte=DAILY_LIMIT_MOST) | Q(daily_limit=None),
                name="work_profile_daily_limit_within_bounds",
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, paused_by__isnull=True, paused_until__isnull=True)
                | Q(paused_at__isnull=False, paused_by__isnull=False),
                name="work_profile_paused_at_goes_with_paused_by",
            ),
            models.CheckConstraint(
                condition=Q(until_read=False) | Q(paused_at__isnull=False, paused_until=None),
                name="work_profile_until_read_is_a_pause",
            ),
            models.CheckConstraint(
                condition=Q(paused_until=None) | Q(paused_until__gt=models.F("paused_at")),
                name="work_profile_pause_ends_after_it_began",
            ),
        ]
