"""One verdict as formats are given it."""

from typing import Any

from queues.export.row import VerdictRow


def row(**fields: Any) -> VerdictRow:
    """A corrected answer to one question; `fields` say what is different."""
    values: dict[str, Any] = {
        "item": 7,
        "verdict": 9,
        "prediction_id": "p-1",
        "environment": "production",
        "queue": "refunds",
        "decision": "correct",
        "basis": "single",
        "model_version": "prod-17",
        "locale": "en-GB",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": "How long?"}]}]},
        "output_text": "Refunds are instant.",
        "answered_in_text": True,
        "corrected_text": "Five days.",
    }
    return VerdictRow(**values | fields)
