"""Values as other tools write them, in our words: times, JSON in strings, roles, messages. Never raises."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from queues.ingest.messages import text_of

_ROLES = {
    "system": "system",
    "developer": "developer",
    "user": "user",
    "human": "user",
    "HumanMessage": "user",
    "assistant": "assistant",
    "ai": "assistant",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "SystemMessage": "system",
    "model": "model",
    "tool": "tool",
    "ToolMessage": "tool",
    "function": "function",
    "FunctionMessage": "function",
}
_PARAMS = ("temperature", "top_p", "top_k", "seed", "frequency_penalty", "presence_penalty")
_OTHER_ROLE = re.compile(r"[^a-z0-9_-]+")
_MESSAGE_KEYS = ("role", "parts", "content", "name", "finish_reason", "tool_calls", "tool_call_id", "refusal")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_OFFSET = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?")
_DIGITS = re.compile(r"[0-9]{1,19}")
_HEX = re.compile(r"[0-9a-f]{32}")


def present(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing: null, {} and []."""
    return {name: value for name, value in values.items() if value is not None and value not in ({}, [])}


def unpacked(value: Any) -> Any:
    """The JSON that a string holds where it holds a list or an object; anything else as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            return value
    return value


def time_of(value: Any) -> Any:
    """RFC 3339: nanoseconds since 1970 become a time; one without offset is UTC, as those tools mean it."""
    if isinstance(value, str) and _NO_OFFSET.fullmatch(value):
        return f"{value}Z"
    nanoseconds = whole(value)
    if isinstance(nanoseconds, int) and nanoseconds > 10**15:
        try:
            moment = _EPOCH + timedelta(microseconds=nanoseconds // 1_000)
        except OverflowError:
            return value
        return moment.isoformat().replace("+00:00", "Z")
    return value


def milliseconds_between(start: Any, end: Any) -> float | None:
    """How long it took; None where the two are no times in this order."""
    try:
        took = datetime.fromisoformat(str(time_of(end))) - datetime.fromisoformat(str(time_of(start)))
    except (ValueError, TypeError):
        return None
    return took / timedelta(milliseconds=1) if took >= timedelta() else None


def whole(value: Any) -> Any:
    """The whole number that OTLP's JSON writes as a string; anything else as it is."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def trace_id(value: Any) -> str | None:
    """32 hexadecimal digits, also of a UUID; None for what is no such id."""
    digits = value.replace("-", "").lower() if isinstance(value, str) else ""
    return digits if _HEX.fullmatch(digits) and digits.strip("0") else None


def role(value: Any) -> Any:
    """One of our roles; any other name as one's own, x-…."""
    if not isinstance(value, str) or value in _ROLES:
        return _ROLES.get(value, value) if isinstance(value, str) else value
    own = _OTHER_ROLE.sub("-", value.lower()).strip("-")[:60]
    return own if own.startswith("x-") else f"x-{own or 'other'}"


def messages(value: Any) -> Any:
    """Messages with our roles and without keys that prediction/1 does not know; no list stays as it is."""
    value = unpacked(value)
    if not isinstance(value, list):
        return value
    return [message(one) if isinstance(one, dict) else one for one in value]


def message(sent: Mapping[str, Any]) -> dict[str, Any]:
    """One message in our words."""
    kept = {key: sent[key] for key in _MESSAGE_KEYS if sent.get(key) is not None}
    kept["role"] = role(sent.get("role"))
    if isinstance(calls := kept.get("tool_calls"), list):
        kept["tool_calls"] = [_call(call) if isinstance(call, dict) else call for call in calls]
    return kept


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call in OpenAI's form, also from LangChain's `{name, args, id}`; its arguments as a text."""
    function = call.get("function")
    if not isinstance(function, dict):
        function = {"name": call.get("name"), "arguments": call.get("arguments", call.get("args", {}))}
    arguments = function.get("arguments")
    called = {"name": function.get("name"), "arguments": text_or_json(arguments)}
    return {"id": call.get("id"), "type": "function", "function": called}


def text_or_json(value: Any) -> Any:
    """A text as it is, anything else as JSON text."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return value


def with_text(output_messages: Any) -> dict[str, Any]:
    """`output` of messages in parts: with the text of the first beside them, where it has one."""
    if output_messages in (None, [], ""):
        return {}
    output = {"messages": output_messages}
    first = output_messages[0] if isinstance(output_messages, list) else None
    try:
        text = text_of(first) if first else None
    except (KeyError, TypeError):
        text = None
    return output if text is None else output | {"text": text}


def params_of(invocation: Any) -> dict[str, Any]:
    """Parameters by the names that model APIs give them."""
    if not isinstance(invocation, Mapping):
        return {}
    stop = invocation.get("stop")
    longest = invocation.get("max_tokens", invocation.get("max_completion_tokens"))
    return present(
        {name: invocation.get(name) for name in _PARAMS}
        | {
            "max_tokens": longest,
            "stop_sequences": [stop] if isinstance(stop, str) else stop,
            "choice_count": invocation.get("n"),
        }
    )
