from django.db import models


class LoginDelay(models.Model):
    """How often login failed for one account from one address, and until when it must wait.

    The account is kept as a digest: what was typed may be somebody's password.
    """

    account_sha256 = models.BinaryField(max_length=32)
    address = models.GenericIPAddressField(null=True)
    failures = models.IntegerField(default=0)
    failed_at = models.DateTimeField()
    wait_until = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["account_sha256", "address"], name="login_delay_one_row", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.failures} failures from {self.address}"
