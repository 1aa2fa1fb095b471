"""A prediction/1 record as a conversation to read: turns, documents, facts. Plain rows, no Django."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a turn: its kind (text, reasoning, tool_call, …) and its text, exactly as sent."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation."""

    role: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One retrieved document; citations are [start, end) in code points of the output."""

    id: str
    text: str
    score: float | None
    used: bool | None
    uri: str
    citations: tuple[tuple[int, int], ...]


def turns_of(record: Record) -> tuple[Turn, ...]:
    """The input, without its system part; a bare prompt is one user turn."""
    source = record.get("input") or {}
    if prompt := source.get("prompt"):
        return (Turn("user", (Part("text", prompt),)),)
    return tuple(
        Turn(message["role"], _parts(message.get("parts") or ()))
        for message in source.get("messages") or ()
        if message["role"] != "system"
    )


def last_user_turn(turns: Sequence[Turn]) -> Turn | None:
    """What the user said last: the input in which places can be marked."""
    return next((turn for turn in reversed(turns) if turn.role == "user"), None)


def text_of(turn: Turn) -> str:
    """The text parts of a turn, nothing between them: as offsets into the input count."""
    return "".join(part.text for part in turn.parts if part.kind == "text")


def input_text(record: Record) -> str:
    """What the user wrote last, as offsets into the input count."""
    last = last_user_turn(turns_of(record))
    return text_of(last) if last else ""


def system_of(record: Record) -> str:
    """System instructions and system messages as one text; "" when there are none."""
    source = record.get("input") or {}
    parts = list(_parts(source.get("system_instructions") or ()))
    for message in source.get("messages") or ():
        if message["role"] == "system":
            parts.extend(_parts(message.get("parts") or ()))
    return "\n\n".join(part.text for part in parts)


def documents_of(record: Record) -> tuple[Document, ...]:
    """What was retrieved for this answer, in the client's order."""
    return tuple(
        Document(
            id=str(document["id"]),
            text=document.get("content") or "",
            score=document.get("score"),
            used=document.get("used"),
            uri=document.get("uri") or "",
            citations=tuple((start, end) for start, end in document.get("citations") or ()),
        )
        for document in (record.get("retrieval") or {}).get("documents") or ()
    )


def facts_of(record: Record) -> dict[str, str]:
    """What a reviewer may know of the making: model, prompt, temperature. Never a confidence."""
    model, prompt, params = (record.get(name) or {} for name in ("model", "prompt", "params"))
    named = {
        "model": model.get("version") or model.get("response_model") or model.get("request_model"),
        "prompt": " ".join(str(prompt[key]) for key in ("name", "version") if prompt.get(key)),
        "temperature": params.get("temperature"),
        "locale": (record.get("subject") or {}).get("locale"),
        "occurred": record.get("occurred_at"),
    }
    return {name: str(value) for name, value in named.items() if value not in (None, "")}


def _parts(parts: Iterable[Mapping[str, Any]]) -> tuple[Part, ...]:
    return tuple(Part(str(part.get("type", "text")), _text(part)) for part in parts)


def _text(part: Mapping[str, Any]) -> str:
    """Texts as they are; anything else as the JSON that it is, for reading."""
    if isinstance(content := part.get("content"), str):
        return content
    rest = {name: value for name, value in part.items() if name != "type"}
    return json.dumps(rest, ensure_ascii=False, indent=2)
