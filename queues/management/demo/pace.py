"""How long a review of the demo took: said of its lease, as nobody waits for a demo to read."""

from datetime import timedelta

from django.db.models import F

from queues.management.demo.leanings import seconds_of
from queues.models import Prediction, Slot


def spend(slot_id: int, name: str, prediction: Prediction) -> None:
    """Let the lease have begun as long ago as this person needs for this answer."""
    seconds = seconds_of(name, prediction.prediction_id, prediction.payload.output_text)
    Slot.objects.filter(pk=slot_id).update(leased_at=F("leased_at") - timedelta(seconds=seconds))
