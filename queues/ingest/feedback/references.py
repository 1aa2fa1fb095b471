"""How an event names its prediction: by its id, by trace and span, or by the model's response id.

Each becomes a key of 16 bytes, so that one narrow index finds what waits, whatever it is called by.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

KEY_BYTES = 16
_SEPARATOR = "\x1f"  # no name holds it


def digest(*words: str) -> bytes:
    """128 bits of the words: another key for other words, for all practical purposes."""
    return blake2b(_SEPARATOR.join(words).encode(), digest_size=KEY_BYTES).digest()


def by_prediction(environment: str, prediction_id: str) -> bytes:
    return digest("prediction", environment, prediction_id)


def by_trace(trace_id: str, span_id: str) -> bytes:
    return digest("trace", trace_id, span_id)


def by_response(response_id: str) -> bytes:
    return digest("response", response_id)


def other_names(record: Mapping[str, Any]) -> list[bytes]:
    """The keys of a prediction/1 record beside that of its id: those that it carries."""
    keys = []
    trace = record.get("trace") or {}
    if (trace_id := trace.get("trace_id")) and (span_id := trace.get("span_id")):
        keys.append(by_trace(trace_id, span_id))
    if response_id := record["model"].get("response_id"):
        keys.append(by_response(response_id))
    return keys
