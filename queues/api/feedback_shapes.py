"""Feedback as JSON, and in the OpenAPI description: the very types that check what arrives."""

from typing import Any

from drf_spectacular.utils import extend_schema

from queues.models import Feedback

_RECORD = {"$ref": "#/components/schemas/FeedbackRecord"}
_LINES = {"type": "string", "description": "One feedback/1 record per line; gzip is taken."}
_RESULT = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "index": {"type": "integer", "description": "The record's place in the batch, from 0."},
        "event_id": {"type": "string"},
        "id": {"type": "integer"},
        "prediction": {
            "type": ["integer", "null"],
            "description": "Our number of what it is about; null while that has not arrived.",
        },
        "status": {"type": "integer", "enum": [200, 201, 409, 422, 429]},
        "result": {"type": "string", "enum": ["created", "duplicate", "conflict", "too_many", "invalid"]},
        "warnings": {"type": "array", "items": {"type": "object"}},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}
_RESULTS = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": _RESULT}},
}
_OBJECT = {"type": "object", "additionalProperties": {}}

send_one = extend_schema(request={"application/json": _RECORD}, responses={200: _RESULT, 201: _RESULT})
send_many = extend_schema(
    request={
        "application/json": {"type": "array", "items": _RECORD, "maxItems": 1000},
        "application/x-ndjson": _LINES,
    },
    responses={207: _RESULTS},
)
read = extend_schema(responses={200: _OBJECT})


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
