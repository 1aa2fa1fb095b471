"""What was said: messages and their parts, in the record's own form or in OpenAI's.

A message is `{role, parts}`. OpenAI's `{role, content, tool_calls, tool_call_id}` is accepted too and
stored as parts, so that everything behind ingest knows one form only. Parts of a type that we do not
know are kept as they are.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Discriminator, Field, StringConstraints, Tag, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from queues.ingest import limits
from queues.ingest.kinds import STRICT, FreeObject, Name, Text

_ROLES = "system|developer|user|assistant|model|tool|function"
# A mistyped or invented role would decide who is believed to have said a text; one's own are x-….
Role = Annotated[str, StringConstraints(pattern=rf"^(?:{_ROLES}|x-[a-z0-9_-]{{1,60}})$")]

_TEXT_PARTS = {"text": "content", "reasoning": "content"}
_NAMED_PARTS = {"tool_call": "name"}
_MODALITIES = {"blob", "file", "uri"}


def _wrong(code: str, detail: str, *at: str | int) -> PydanticCustomError:
    return PydanticCustomError(code, detail, {"at": at})


def _check_part(part: dict[str, Any]) -> dict[str, Any]:
    kind = part.get("type")
    if not isinstance(kind, str) or not kind:
        raise _wrong("part.type", "A part needs a type, such as text.", "type")
    wanted = _TEXT_PARTS.get(kind) or _NAMED_PARTS.get(kind)
    if wanted and not isinstance(part.get(wanted), str):
        raise _wrong("part.text", "A part of this type needs this key, with a text.", wanted)
    if kind == "tool_call_response" and "response" not in part:
        raise _wrong("part.response", "A tool_call_response needs its response.", "response")
    if kind in _MODALITIES and not isinstance(part.get("modality"), str):
        raise _wrong("part.modality", "A blob, file or uri needs its modality, such as image.", "modality")
    return part


Part = Annotated[FreeObject, AfterValidator(_check_part)]
Parts = Annotated[list[Part], Field(max_length=limits.PARTS)]


def _check_content_part(part: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(part.get("type"), str):
        raise _wrong("part.type", "A content part needs a type, such as text.", "type")
    if part["type"] in _OPENAI_TEXT and not isinstance(part.get("text"), str):
        raise _wrong("part.text", "A text part needs its text.", "text")
    return part


_OPENAI_TEXT = {"text", "input_text", "output_text"}
ContentPart = Annotated[FreeObject, AfterValidator(_check_content_part)]
ContentParts = Annotated[list[ContentPart], Field(max_length=limits.PARTS)]


@with_config(STRICT)
class CalledFunction(TypedDict):
    name: Name
    arguments: Text


@with_config(STRICT)
class ToolCall(TypedDict):
    id: NotRequired[Text | None]
    type: NotRequired[Literal["function"]]
    function: CalledFunction
    index: NotRequired[int]


def _content_kind(content: Any) -> str:
    return "list" if isinstance(content, list) else "plain"


Content = Annotated[
    Annotated[Text, Tag("plain")] | Annotated[ContentParts, Tag("list")], Discriminator(_content_kind)
]


@with_config(STRICT)
class _Message(TypedDict):
    role: Role
    parts: NotRequired[Parts]
    name: NotRequired[Name | None]
    finish_reason: NotRequired[Name | None]
    # OpenAI's form
    content: NotRequired[Content | None]
    tool_calls: NotRequired[Annotated[list[ToolCall], Field(max_length=limits.PARTS)] | None]
    tool_call_id: NotRequired[Text | None]
    refusal: NotRequired[Text | None]


def _check_message(message: dict[str, Any]) -> dict[str, Any]:
    """Parts or content, one of the two."""
    has_other = message.get("tool_calls") or message.get("refusal")
    if "parts" in message:
        if "content" in message or has_other:
            raise _wrong("message.both", "Send either parts or content, not both.", "parts")
    elif message.get("content") is None and not has_other:
        raise _wrong("message.empty", "A message needs its parts, or its content.", "parts")
    return message


Message = Annotated[_Message, AfterValidator(_check_message)]
Messages = Annotated[list[Message], Field(min_length=1, max_length=limits.MESSAGES)]


def as_parts(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same messages with every OpenAI `content` as parts; the same list when none has one."""
    if all("parts" in message for message in messages):
        return messages
    return [message if "parts" in message else _from_openai(message) for message in messages]


def _from_openai(message: dict[str, Any]) -> dict[str, Any]:
    kept = {key: message[key] for key in ("role", "name", "finish_reason") if key in message}
    content, call_id = message.get("content"), message.get("tool_call_id")
    if call_id is not None:
        return kept | {"parts": [{"type": "tool_call_response", "id": call_id, "response": content}]}
    parts = [{"type": "text", "content": content}] if isinstance(content, str) else []
    if isinstance(content, list):
        parts = [_part_from_openai(part) for part in content]
    if message.get("refusal"):
        parts.append({"type": "refusal", "content": message["refusal"]})
    return kept | {"parts": parts + [_called(call) for call in message.get("tool_calls") or []]}


def _part_from_openai(part: dict[str, Any]) -> dict[str, Any]:
    if part["type"] not in _OPENAI_TEXT:
        return part
    others = {key: value for key, value in part.items() if key not in ("type", "text")}
    return {"type": "text", "content": part["text"]} | others


def _called(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {
        "type": "tool_call",
        "id": call.get("id"),
        "name": function["name"],
        "arguments": function["arguments"],
    }


def text_of(message: Mapping[str, Any]) -> str:
    """The text parts of a message, joined as they are."""
    parts = message["parts"]
    if len(parts) == 1 and parts[0]["type"] == "text":
        return parts[0]["content"]
    return "".join(part["content"] for part in parts if part["type"] == "text")


def output_text(output: Mapping[str, Any]) -> str:
    """The text under review of a record's output: its text, or that of its first message."""
    text: str = output["text"] if "text" in output else text_of(output["messages"][0])
    return text


def asked_in(record: Mapping[str, Any]) -> str:
    """What the model was asked: the prompt, or the text of the user's last message; "" without either."""
    source = record.get("input") or {}
    if prompt := source.get("prompt"):
        return str(prompt)
    said = [message for message in source.get("messages") or () if message["role"] == "user"]
    return text_of(said[-1]) if said else ""
