from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from accounts.models.project import Project
from accounts.roles import Role


class Membership(models.Model):
    """What one person is in one project. Written by `accounts.actions` only, with its permissions."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="membership_one_role_each"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.role} of {self.project_id}"
