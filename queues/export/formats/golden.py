"""Verified answers to test models against, in the shape of inspect_ai's json_dataset."""

import re
from typing import Any

from queues.export.conversation import answered, is_blank
from queues.export.formats.base import Format, formats
from queues.export.row import Excluded, Record, VerdictRow

# inspect_ai raises ValueError for any other role, `developer` among them.
_ROLES = ("system", "user", "assistant", "tool")
_LETTER = re.compile(r"\A[A-Z]\Z")


class Golden(Format):
    """`{"id", "input": text or messages, "target": text or texts, "choices"?, "metadata"?}`."""

    shape = "inspect_ai"
    scope = "eval"
    file_name = "golden.jsonl"
    keys = frozenset({"id", "input", "target"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """The conversation as input, the answer a person stands behind as target."""
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        return {"id": row.record_id, "input": prompt, "target": answer}

    def fault(self, record: Record) -> str | None:
        return (
            _fault_in_input(record.get("input"))
            or _fault_in_target(record.get("target"))
            or _fault_in_choices(record.get("choices"), record.get("target"))
        )


def _fault_in_input(input_: object) -> str | None:
    if isinstance(input_, str):
        return "input.empty" if is_blank(input_) else None
    if not isinstance(input_, list) or not input_:
        return "input.empty"
    if any(not isinstance(message, dict) or message.get("role") not in _ROLES for message in input_):
        return "messages.role_invalid"
    if any(is_blank(message.get("content")) for message in input_):
        return "content.empty"
    return None


def _fault_in_target(target: object) -> str | None:
    """A missing target would be read as "" without a word, so it is refused here."""
    if target is None or target == [] or (isinstance(target, str) and is_blank(target)):
        return "target.missing"
    texts = target if isinstance(target, list) else [target]
    if not all(isinstance(text, str) for text in texts):
        return "target.type"
    return None


def _fault_in_choices(choices: Any, target: Any) -> str | None:
    if choices is None:
        return None
    letters = target if isinstance(target, list) else [target]
    if not all(_LETTER.match(letter) and ord(letter) - ord("A") < len(choices) for letter in letters):
        return "choices.target_letter"
    return None


formats.register("golden")(Golden())
