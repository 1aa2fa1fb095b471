"""Feedback events for tests."""

from typing import Any


def event(event_id: str = "f-1", **changed: Any) -> dict[str, Any]:
    """A thumb down on p-1, with these top-level fields changed; None takes a field away."""
    good: dict[str, Any] = {
        "event_id": event_id,
        "prediction_id": "p-1",
        "occurred_at": "2026-03-01T10:01:00Z",
        "actor": {"kind": "end_user", "user_ref": "h:5b1c"},
        "kind": "explicit",
        "name": "thumb",
        "value": -1,
    }
    return {key: value for key, value in (good | changed).items() if value is not None}
