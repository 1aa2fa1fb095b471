"""What was asked, as one text: by it a prediction finds the golden item that asks the same. Pure."""

from collections.abc import Mapping
from typing import Any

import orjson

from queues.ingest.messages import asked_in

_INSTRUCTIONS = ("system", "developer")  # they change from version to version; the question does not
_BETWEEN = "\x1e"  # U+001E and U+001F, the separators of records and units: no one types them
_AFTER_ROLE = "\x1f"


def prompt_text(input_: Mapping[str, Any]) -> str:
    """The prompt, or the messages without the instructions; one user message is just its text.

    Of several messages each is its role and its text, in order. Parts that are no text count as their JSON.
    """
    if "prompt" in input_:
        return str(input_["prompt"])
    messages = input_["messages"]
    asked = [message for message in messages if message["role"] not in _INSTRUCTIONS] or messages
    if len(asked) == 1 and asked[0]["role"] == "user":
        return said_in(asked[0])
    return _BETWEEN.join(f"{message['role']}{_AFTER_ROLE}{said_in(message)}" for message in asked)


def whole_question(record: Mapping[str, Any]) -> str | None:
    """The question, when its vector is of all of it; None of a conversation, whose last turn is not all.

    None as well where something was asked that is no text.
    """
    asked = prompt_text(record["input"])
    return asked if asked.strip() and asked == asked_in(record) else None


def said_in(message: Mapping[str, Any]) -> str:
    """All that a message says: its text, and every part that is no text as its JSON."""
    return "".join(
        part["content"]
        if part["type"] == "text"
        else orjson.dumps(part, option=orjson.OPT_SORT_KEYS).decode()
        for part in message["parts"]
    )
