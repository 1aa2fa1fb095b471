"""Feedback as JSON, and in the OpenAPI description: the very types that check what arrives."""

from typing import Any

from drf_spectacular.utils import extend_schema

from queues.api.batch_shapes import OBJECT, describes_batch, record_named, result_of
from queues.models import Feedback

_RECORD = record_named("FeedbackRecord")
_RESULT = result_of(
    {
        "event_id": {"type": "string"},
        "id": {"type": "integer"},
        "prediction": {
            "type": ["integer", "null"],
            "description": "Our number of what it is about; null while that has not arrived.",
        },
    },
    statuses=[200, 201, 409, 422, 429],
    results=["created", "duplicate", "conflict", "too_many", "invalid"],
)

send_one = extend_schema(request={"application/json": _RECORD}, responses={200: _RESULT, 201: _RESULT})
send_many = describes_batch(_RECORD, _RESULT, kind="feedback/1")
read = extend_schema(responses={200: OBJECT})


def feedback_line(feedback: Feedback) -> dict[str, Any]:
    """One event: what it says, and the record exactly as it was stored."""
    return {
        "id": feedback.pk,
        "event_id": feedback.event_id,
        "prediction": feedback.prediction_id,
        "kind": feedback.kind,
        "name": feedback.name,
        "is_negative": feedback.is_negative,
        "occurred_at": feedback.occurred_at,
        "received_at": feedback.received_at,
        "record": feedback.record,
        "erased_at": feedback.erased_at,
    }
