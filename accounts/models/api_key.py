from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length, Now

from accounts.models.project import Project
from accounts.names import validate_plain


class ApiKey(models.Model):
    """A program's way in, on behalf of one person, to one project, for some of that person's permissions.

    The key itself is shown once and never stored: 256 random bits need no slow hash.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="api_keys")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=120, validators=[validate_plain])
    prefix = models.CharField(max_length=12)  # the public part, by which a key is found and recognised
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=16))
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)  # written at most once a minute

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["prefix"], name="api_key_prefix_unique"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="api_key_expires_later"
            ),
            models.CheckConstraint(condition=~models.Q(scopes=[]), name="api_key_has_a_scope"),
            models.CheckConstraint(
                condition=models.Q(models.lookups.Exact(Length("secret_sha256"), 32)),
                name="api_key_hash_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (rk_{self.prefix}_…)"
