"""What belongs together: rows of one conversation, else rows that ask the same, else a row alone. Pure."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from queues.export.conversation import prompt_messages
from queues.export.normalised import normalised
from queues.export.row import Excluded, VerdictRow
from queues.score.prompt_text import prompt_text


def prompt_of(row: VerdictRow) -> str:
    """What was asked, as one text."""
    return prompt_of_input(row.input)


def prompt_of_input(input_: Mapping[str, Any]) -> str:
    """As golden questions are kept (queues.score.prompt_text), where the input has that shape."""
    try:
        return prompt_text(input_)
    except (KeyError, TypeError):
        messages = prompt_messages(input_)
        return "" if isinstance(messages, Excluded) else "\n".join(one["content"] for one in messages)


def group_of(row: VerdictRow) -> str:
    """The name of the row's group. Asked of the row as it leaves: a redacted prompt names no one here."""
    return group_among(row, normalised(prompt_of(row)))


def group_among(row: VerdictRow, same: str) -> str:
    """The same, where the normalised prompt is at hand."""
    return row.conversation_id or group_of_same(same) or row.prediction_id


def group_of_same(same: str) -> str:
    """Of all prompts that are `same` when they are normalised; empty for an empty one."""
    return f"q-{digest_of(same).hex()[:32]}" if same else ""


@lru_cache(maxsize=512)
def key_of(group: str) -> int:
    """64 bits of its hash, with a sign, as the database keeps it."""
    return int.from_bytes(digest_of(group)[:8], "big", signed=True)


def digest_of(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
