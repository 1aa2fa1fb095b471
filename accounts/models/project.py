from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from accounts.names import validate_plain
from accounts.roles import Permission

SLUG_PATTERN = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


class Project(models.Model):
    """One model or product under review; the tenant. Nothing crosses its border."""

    slug = models.CharField(
        max_length=63,
        validators=[
            RegexValidator(
                rf"\A{SLUG_PATTERN}\Z", _("Use small letters a-z, digits and hyphens, at most 63 characters.")
            )
        ],
    )
    name = models.CharField(max_length=120, validators=[validate_plain])
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        permissions = [(permission.value, permission.name.capitalize()) for permission in Permission]
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="project_slug_unique"),
            models.CheckConstraint(
                condition=models.Q(slug__regex=rf"^{SLUG_PATTERN}$"), name="project_slug_shape"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectUserObjectPermission(UserObjectPermissionBase):
    """One permission that one person holds on one project; the foreign key takes it away with either."""

    content_object = models.ForeignKey(Project, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()
