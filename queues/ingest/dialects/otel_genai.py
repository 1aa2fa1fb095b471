"""OpenTelemetry spans of model calls, by the GenAI conventions 1.41.

A span as an object with its attributes as an object, or as OTLP's JSON writes it (a list of key and typed
value, times in nanoseconds). Messages may be JSON in strings; they may stand in the event that carries
the content of the call instead of the span.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from queues.ingest.dialect import Mapped, dialects
from queues.ingest.dialect_values import (
    messages,
    milliseconds_between,
    present,
    time_of,
    unpacked,
    whole,
    with_text,
)

_DETAILS = "gen_ai.client.inference.operation.details"
_EVALUATION = "gen_ai.evaluation.result"
_PARAMS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "seed": "seed",
    "max_tokens": "max_tokens",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "stop_sequences": "stop_sequences",
    "choice_count": "choice.count",
}
_MAPPED = {
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.request.model",
    "gen_ai.response.model",
    "gen_ai.response.id",
    "gen_ai.conversation.id",
    "gen_ai.prompt.name",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.system_instructions",
    "gen_ai.tool.definitions",
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.retrieval.documents",
    "gen_ai.retrieval.query.text",
    "openai.response.system_fingerprint",
    "user.id",
    *(f"gen_ai.request.{name}" for name in _PARAMS.values()),
}


@dialects.register("otel-genai@1.41")
def otel_genai(span: Mapping[str, Any], /) -> Mapped:
    """One span of a model call; its id is trace and span, joined."""
    events = [_event(one) for one in _list(span.get("events"))]
    attributes = _attributes(span.get("attributes"))
    for name, more in events:
        if name == _DETAILS:
            attributes |= more
    record = _record(span, attributes) | present({"judges": list(_judges(events))})
    rest = {name: value for name, value in attributes.items() if name not in _MAPPED}
    return Mapped(record, rest)


def otel_messages_fault(kind: str, value: Any) -> str | None:
    """What is wrong with input or output messages by the conventions' own schema; None when nothing is."""
    if not isinstance(value, list):
        return "not a list"
    for one in value:
        if not isinstance(one, dict) or not isinstance(one.get("role"), str):
            return "a message needs its role"
        parts = one.get("parts")
        if not isinstance(parts, list) or not all(_is_part(part) for part in parts):
            return "a message needs parts, each with its type"
        if kind == "output" and not isinstance(one.get("finish_reason"), str):
            return "an output message needs its finish_reason"
    return None


def _is_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("type"), str)


def _record(span: Mapping[str, Any], attributes: Mapping[str, Any]) -> dict[str, Any]:
    trace, span_id = (_either(span, *names) for names in (("trace_id", "traceId"), ("span_id", "spanId")))
    start = _either(span, "start_time", "startTimeUnixNano")
    end = _either(span, "end_time", "endTimeUnixNano")
    asked, answered = attributes.get("gen_ai.request.model"), attributes.get("gen_ai.response.model")
    return present(
        {
            "prediction_id": f"{trace}:{span_id}" if trace and span_id else None,
            "occurred_at": time_of(end),
            "operation": attributes.get("gen_ai.operation.name"),
            "input": _input(attributes),
            "output": with_text(messages(attributes.get("gen_ai.output.messages"))) or None,
            "model": present(
                {
                    "provider": attributes.get("gen_ai.provider.name"),
                    "request_model": asked or answered,
                    "response_model": answered,
                    "response_id": attributes.get("gen_ai.response.id"),
                    "system_fingerprint": attributes.get("openai.response.system_fingerprint"),
                }
            ),
            "prompt": present({"name": attributes.get("gen_ai.prompt.name")}),
            "params": present(
                {ours: attributes.get(f"gen_ai.request.{theirs}") for ours, theirs in _PARAMS.items()}
            ),
            "usage": present(
                {
                    "input_tokens": attributes.get("gen_ai.usage.input_tokens"),
                    "output_tokens": attributes.get("gen_ai.usage.output_tokens"),
                    "latency_ms": milliseconds_between(start, end),
                }
            ),
            "retrieval": present(
                {
                    "query": attributes.get("gen_ai.retrieval.query.text"),
                    "documents": unpacked(attributes.get("gen_ai.retrieval.documents")),
                }
            ),
            "trace": present(
                {
                    "trace_id": trace,
                    "span_id": span_id,
                    "conversation_id": attributes.get("gen_ai.conversation.id"),
                }
            ),
            "subject": present({"user_ref": attributes.get("user.id")}),
        }
    )


def _input(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return present(
        {
            "messages": messages(attributes.get("gen_ai.input.messages")),
            "system_instructions": unpacked(attributes.get("gen_ai.system_instructions")),
            "tools": unpacked(attributes.get("gen_ai.tool.definitions")),
        }
    )


def _judges(events: list[tuple[str, dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for name, attributes in events:
        if name == _EVALUATION:
            yield present(
                {
                    "name": attributes.get("gen_ai.evaluation.name"),
                    "score": attributes.get("gen_ai.evaluation.score.value"),
                    "label": attributes.get("gen_ai.evaluation.score.label"),
                    "explanation": attributes.get("gen_ai.evaluation.explanation"),
                }
            )


def _event(event: Any) -> tuple[str, dict[str, Any]]:
    if not isinstance(event, Mapping):
        return "", {}
    return str(event.get("name")), _attributes(event.get("attributes"))


def _attributes(sent: Any) -> dict[str, Any]:
    """An object as it is; OTLP's list of `{key, value: {stringValue: …}}` as an object."""
    if isinstance(sent, Mapping):
        return dict(sent)
    pairs = [one for one in _list(sent) if isinstance(one, Mapping) and isinstance(one.get("key"), str)]
    return {one["key"]: _typed(one.get("value")) for one in pairs}


def _typed(value: Any) -> Any:
    """The value within OTLP's `{stringValue: …}`; whole numbers are written as strings there."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind == "intValue":
        return whole(inner)
    if kind == "arrayValue" and isinstance(inner, Mapping):
        return [_typed(one) for one in _list(inner.get("values"))]
    if kind == "kvlistValue" and isinstance(inner, Mapping):
        return _attributes(inner.get("values"))
    return inner if kind in ("stringValue", "doubleValue", "boolValue") else value


def _either(span: Mapping[str, Any], *names: str) -> Any:
    return next((span[name] for name in names if span.get(name) is not None), None)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
