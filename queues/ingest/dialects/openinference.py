"""OpenInference spans (Phoenix, Arize): attributes flattened or nested, JSON in strings."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from queues.ingest.dialect import Mapped, dialects, not_an_output
from queues.ingest.dialect_values import (
    milliseconds_between,
    params_of,
    present,
    role,
    text_or_json,
    time_of,
    trace_id,
    unpacked,
    with_text,
)

_LONGEST_LIST = 1_000
_MAPPED = {
    "openinference.span.kind",
    "llm.model_name",
    "llm.provider",
    "llm.invocation_parameters",
    "llm.prompt_template.version",
    "llm.prompt_template.variables",
    "llm.token_count.prompt",
    "llm.token_count.completion",
    "session.id",
    "user.id",
    "input.value",
    "output.value",
}
_MAPPED_LISTS = ("llm.input_messages.", "llm.output_messages.", "retrieval.documents.", "tag.tags")
_PLACE = re.compile(r"([0-9]{1,4})\.(.+)", re.DOTALL)

Attributes = Mapping[str, Any]


@dialects.register("openinference@1")
def openinference(span: Mapping[str, Any], /) -> Mapped:
    """One span of the kind LLM."""
    attributes = dict(_flat(span.get("attributes")))
    kind = attributes.get("openinference.span.kind")
    if kind is not None and kind != "LLM":
        raise not_an_output("/attributes", "Only spans of the kind LLM hold an output; leave the others out.")
    rest = {
        name: value
        for name, value in attributes.items()
        if name not in _MAPPED and not name.startswith(_MAPPED_LISTS)
    }
    return Mapped(_record(span, attributes), rest)


def _record(span: Mapping[str, Any], attributes: Attributes) -> dict[str, Any]:
    context = span.get("context")
    ids = context if isinstance(context, Mapping) else span
    trace, span_id = ids.get("trace_id"), ids.get("span_id")
    end = span.get("end_time")
    invocation = unpacked(attributes.get("llm.invocation_parameters"))
    return present(
        {
            "prediction_id": f"{trace}:{span_id}" if trace and span_id else None,
            "occurred_at": time_of(end),
            "input": _input(attributes),
            "output": _output(attributes) or None,
            "model": present(
                {
                    "provider": attributes.get("llm.provider"),
                    "request_model": attributes.get("llm.model_name"),
                }
            ),
            "params": params_of(invocation),
            "prompt": present(
                {
                    "version": attributes.get("llm.prompt_template.version"),
                    "variables": unpacked(attributes.get("llm.prompt_template.variables")),
                }
            ),
            "usage": present(
                {
                    "input_tokens": attributes.get("llm.token_count.prompt"),
                    "output_tokens": attributes.get("llm.token_count.completion"),
                    "latency_ms": milliseconds_between(span.get("start_time"), end),
                }
            ),
            "retrieval": present({"documents": _documents(attributes)}),
            "trace": present(
                {
                    "trace_id": trace_id(trace),
                    "span_id": span_id if trace_id(trace) else None,
                    "conversation_id": attributes.get("session.id"),
                }
            ),
            "subject": present({"user_ref": attributes.get("user.id")}),
            "tags": _tags(attributes),
        }
    )


def _input(attributes: Attributes) -> dict[str, Any]:
    messages = [_message(one) for one in _entries(attributes, "llm.input_messages.")]
    if messages:
        return {"messages": messages}
    asked = attributes.get("input.value")
    return {} if asked is None else {"prompt": text_or_json(asked)}


def _output(attributes: Attributes) -> dict[str, Any]:
    messages = [_message(one) for one in _entries(attributes, "llm.output_messages.")]
    if messages:
        return with_text(messages)
    said = attributes.get("output.value")
    return {} if said is None else {"text": text_or_json(said)}


def _message(fields: Attributes) -> dict[str, Any]:
    """A message in parts: of `message.content` or `message.contents.N`, and the calls of tools."""
    parts = [*_content(fields), *_calls(fields)]
    call_id = fields.get("message.tool_call_id")
    if call_id is not None:
        said = "".join(part["content"] for part in parts if part["type"] == "text")
        parts = [{"type": "tool_call_response", "id": call_id, "response": said}]
    named = present({"role": role(fields.get("message.role")), "name": fields.get("message.name")})
    return named | {"parts": parts}


def _content(fields: Attributes) -> Iterator[dict[str, Any]]:
    content = fields.get("message.content")
    if isinstance(content, str):
        yield {"type": "text", "content": content}
    for one in _entries(fields, "message.contents."):
        text, image = one.get("message_content.text"), one.get("message_content.image.image.url")
        if isinstance(text, str):
            yield {"type": "text", "content": text}
        elif isinstance(image, str):
            yield {"type": "uri", "modality": "image", "uri": image}


def _calls(fields: Attributes) -> Iterator[dict[str, Any]]:
    for one in _entries(fields, "message.tool_calls."):
        yield {
            "type": "tool_call",
            "id": one.get("tool_call.id"),
            "name": one.get("tool_call.function.name"),
            "arguments": unpacked(one.get("tool_call.function.arguments")),
        }


def _documents(attributes: Attributes) -> list[dict[str, Any]]:
    return [
        present(
            {
                "id": one.get("document.id", str(place)),
                "score": one.get("document.score"),
                "content": one.get("document.content"),
            }
        )
        for place, one in enumerate(_entries(attributes, "retrieval.documents."))
    ]


def _tags(attributes: Attributes) -> list[Any]:
    whole = unpacked(attributes.get("tag.tags"))
    if isinstance(whole, list):
        return whole
    places = {name: value for name, value in attributes.items() if name.startswith("tag.tags.")}
    return list(places.values())


def _entries(attributes: Attributes, prefix: str) -> list[dict[str, Any]]:
    """The entries of a flattened list, in their order: `prefix` + number + "." + name."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in attributes.items():
        if name.startswith(prefix) and (place := _PLACE.fullmatch(name, len(prefix))):
            found.setdefault(int(place[1]), {})[place[2]] = value
    return [found[place] for place in sorted(found)[:_LONGEST_LIST]]


def _flat(value: Any, at: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Nested objects and lists of objects as dotted names; what is flat already stays."""
    nested = isinstance(value, Mapping) or (isinstance(value, list) and _holds_objects(value))
    if not nested or depth > _DEEPEST:
        if at:
            yield at, value
        return
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value[:_LONGEST_LIST])
    for name, inner in pairs:
        yield from _flat(inner, f"{at}.{name}" if at else str(name), depth + 1)


def _holds_objects(value: list[Any]) -> bool:
    return bool(value) and all(isinstance(one, Mapping) for one in value)


_DEEPEST = 16
