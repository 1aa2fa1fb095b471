"""Encoders, and the one that this installation uses."""

from django.conf import settings
from django.utils.module_loading import import_string

from queues.score.encoder import Encoder


def configured() -> Encoder | None:
    """The encoder that settings.ENCODER names; None: no vectors and no search by meaning here."""
    name = getattr(settings, "ENCODER", "")
    return import_string(name)() if name else None
