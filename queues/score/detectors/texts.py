"""The text that each target of a finding means; a span counts code points of it, end exclusive.

    output     the text of the first candidate, as reviewers read it
    input      the prompt, or what users and tools said: all messages but those of system and developer
    retrieval  what the retrieved documents hold

Several texts of one target are joined by an empty line.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from queues.ingest.messages import text_of as text_of_message
from queues.score.detector import Record

OUTPUT, INPUT, RETRIEVAL = "output", "input", "retrieval"
_BETWEEN = "\n\n"
_OF_THE_HOUSE = frozenset({"system", "developer"})  # who wrote these wrote them on purpose


def text_of(record: Record, target: str) -> str:
    """The text of this target; "" when the record has none, or the target is unknown."""
    if target == OUTPUT:
        return _output(record.get("output") or {})
    if target == INPUT:
        return _BETWEEN.join(_said(record.get("input") or {}))
    return _BETWEEN.join(_retrieved(record.get("retrieval") or {})) if target == RETRIEVAL else ""


def _output(output: Mapping[str, Any]) -> str:
    if "text" in output:
        return str(output["text"])
    return text_of_message(output["messages"][0]) if output.get("messages") else ""


def _said(source: Mapping[str, Any]) -> Iterator[str]:
    if prompt := source.get("prompt"):
        yield prompt
    for message in source.get("messages") or ():
        if message["role"] not in _OF_THE_HOUSE:
            yield from (text for part in message.get("parts") or () if (text := _text_of_part(part)))


def _text_of_part(part: Mapping[str, Any]) -> str:
    if part.get("type") == "tool_call_response":
        response = part.get("response")
        return response if isinstance(response, str) else json.dumps(response, ensure_ascii=False)
    return part["content"] if part.get("type") == "text" else ""


def _retrieved(retrieval: Mapping[str, Any]) -> Iterator[str]:
    yield from (text for document in retrieval.get("documents") or () if (text := document.get("content")))
