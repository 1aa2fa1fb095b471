from django.db import models


class RateBucket(models.Model):
    """A token bucket: how many requests one caller may still make right now."""

    caller = models.CharField(max_length=64, primary_key=True)  # "key:12" or "person:7"
    tokens = models.FloatField()
    filled_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.caller}: {self.tokens:.0f}"
