"""An answer of the API as an outcome."""

from typing import Any

from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.outcome import Outcome, Watch


def post(sender: Sender, address: str, body: bytes, content_type: str, **headers: str) -> Outcome:
    """Send a body and read the answer."""
    watch = Watch()
    extra: dict[str, Any] = sender.headers | headers
    response = sender.client.generic("POST", address, body, content_type=content_type, **extra)
    return outcome_of(response, watch.seconds)


def outcome_of(response: Any, seconds: float) -> Outcome:
    is_json = "json" in response.headers.get("Content-Type", "")
    body: Any = response.json() if is_json and response.content else None
    is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
    errors = body.get("errors", []) if is_problem else []
    return Outcome(response.status_code, is_problem, [error["pointer"] for error in errors], body, seconds)
