"""Langfuse observations of the type GENERATION, as its API and its exports give them (version 3)."""

from collections.abc import Iterator, Mapping
from typing import Any

from queues.ingest.dialect import Mapped, dialects, not_an_output
from queues.ingest.dialect_values import (
    messages,
    milliseconds_between,
    params_of,
    present,
    text_or_json,
    time_of,
    trace_id,
    unpacked,
)

_MAPPED = {
    "id",
    "type",
    "traceId",
    "parentObservationId",
    "startTime",
    "endTime",
    "model",
    "modelParameters",
    "input",
    "output",
    "promptName",
    "promptVersion",
    "usageDetails",
    "environment",
    "version",
    "sessionId",
    "userId",
    "tags",
    "scores",
}


@dialects.register("langfuse@3")
def langfuse(observation: Mapping[str, Any], /) -> Mapped:
    """One generation; its scores of the source EVAL become judges."""
    kind = observation.get("type")
    if kind not in (None, "GENERATION"):
        raise not_an_output("/type", "Only observations of the type GENERATION hold an output.")
    rest = {name: value for name, value in observation.items() if name not in _MAPPED and value is not None}
    return Mapped(_record(observation), rest)


def _record(one: Mapping[str, Any]) -> dict[str, Any]:
    start, end = one.get("startTime"), one.get("endTime")
    usage, cost = one.get("usageDetails"), one.get("costDetails")
    parent = one.get("parentObservationId")
    version = one.get("promptVersion")
    return present(
        {
            "prediction_id": one.get("id"),
            "environment": one.get("environment"),
            "occurred_at": time_of(end or start),
            "input": _input(one.get("input")),
            "output": _output(one.get("output")) or None,
            "model": present({"request_model": one.get("model"), "version": one.get("version")}),
            "prompt": present(
                {
                    "name": one.get("promptName"),
                    "version": str(version) if isinstance(version, int) else version,
                }
            ),
            "params": params_of(unpacked(one.get("modelParameters"))),
            "usage": present(
                {
                    "input_tokens": _of(usage, "input"),
                    "output_tokens": _of(usage, "output"),
                    "reasoning_tokens": _of(usage, "output_reasoning_tokens"),
                    "latency_ms": milliseconds_between(start, end),
                    "cost": _of(cost, "total"),
                }
            ),
            "trace": present(
                {
                    "trace_id": trace_id(one.get("traceId")),
                    "conversation_id": one.get("sessionId"),
                    "parent_prediction_ids": [parent] if parent else None,
                }
            ),
            "subject": present({"user_ref": one.get("userId")}),
            "judges": list(_judges(one.get("scores"))),
            "tags": one.get("tags"),
        }
    )


def _input(sent: Any) -> dict[str, Any]:
    """Messages where it holds messages; anything else is the prompt, as text or as JSON text."""
    sent = unpacked(sent)
    tools = sent.get("tools") if isinstance(sent, Mapping) else None
    if isinstance(sent, Mapping) and isinstance(sent.get("messages"), list):
        return present({"messages": messages(sent["messages"]), "tools": tools})
    if isinstance(sent, list) and _are_messages(sent):
        return {"messages": messages(sent)}
    return {} if sent is None else {"prompt": text_or_json(sent)}


def _output(sent: Any) -> dict[str, Any]:
    """A message, a list of candidates, a text; anything else as structured output and as JSON text."""
    sent = unpacked(sent)
    if isinstance(sent, Mapping) and "role" in sent:
        return {"messages": messages([sent])}
    if isinstance(sent, list) and _are_messages(sent):
        return {"messages": messages(sent)}
    if sent is None:
        return {}
    if isinstance(sent, str):
        return {"text": sent}
    return {"text": text_or_json(sent), "structured": sent}


def _are_messages(sent: list[Any]) -> bool:
    return bool(sent) and all(isinstance(one, Mapping) and "role" in one for one in sent)


def _judges(scores: Any) -> Iterator[dict[str, Any]]:
    for score in scores if isinstance(scores, list) else []:
        if isinstance(score, Mapping) and score.get("source") == "EVAL":
            value = score.get("value")
            yield present(
                {
                    "name": score.get("name"),
                    "score": float(value) if isinstance(value, int) else value,
                    "label": score.get("stringValue"),
                    "explanation": score.get("comment"),
                }
            )


def _of(details: Any, name: str) -> Any:
    return details.get(name) if isinstance(details, Mapping) else None
