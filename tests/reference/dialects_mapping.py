"""Which of our mappers answers the reference cases about records of other tools."""

from collections.abc import Callable, Mapping
from typing import Any

from queues.ingest import dialects as _shipped  # noqa: F401 - importing it registers the dialects
from queues.ingest.dialect import dialects
from queues.ingest.dialects.otel_genai import otel_messages_fault


def otel_to_prediction(case: Mapping[str, Any]) -> object:
    return dialects.get("otel-genai@1.41")(case).record


def openinference_to_prediction(case: Mapping[str, Any]) -> object:
    """The case calls the raw user by another name: ours is made a pseudonym by the check that follows."""
    record = dialects.get("openinference@1")(case).record
    return record | {"subject": {"user_ref_raw": record["subject"]["user_ref"]}}


def otel_messages_valid(case: Mapping[str, Any]) -> object:
    return {"valid": [otel_messages_fault(one["kind"], one["value"]) is None for one in case["values"]]}


DIALECTS: dict[str, Callable[[Mapping[str, Any]], object]] = {
    "openinference_to_prediction": openinference_to_prediction,
    "otel_messages_valid": otel_messages_valid,
    "otel_to_prediction": otel_to_prediction,
}
