"""Verified answers as tests of promptfoo: a question, and what the answer must be."""

import json
from collections.abc import Mapping
from typing import Any

from queues.export.conversation import answered_question, is_blank
from queues.export.formats.base import Format, Told, formats
from queues.export.row import Excluded, Record, VerdictRow

# promptfoo fills in templates and loads files that a value names: such a text would arrive as another one.
_TEMPLATE = ("{{", "{%", "{#")
_LOADED = ("file://", "package:")


class Promptfoo(Format):
    """`{"description", "vars": {"question"}, "assert": [{"type", "value"}], "metadata": {"record_id"}}`."""

    shape = "promptfoo"
    scope = "eval"
    file_name = "golden.jsonl"
    keys = frozenset({"description", "vars", "assert", "metadata"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered_question(row)
        if isinstance(found, Excluded):
            return found
        question, answer = found
        return {
            "description": row.record_id,
            "vars": {"question": question},
            "assert": [{"type": "equals", "value": answer}],
            "metadata": {"record_id": row.record_id},
        }

    def fault(self, record: Record) -> str | None:
        values, asserts = record.get("vars"), record.get("assert")
        if not isinstance(values, dict) or not values:
            return "vars.missing"
        if any(is_blank(value) for value in values.values()):
            return "vars.empty"
        if not isinstance(asserts, list) or not asserts:
            return "assert.missing"
        return _fault_in_asserts(asserts) or _fault_in_texts(
            [*values.values(), *(one.get("value") for one in asserts)]
        )

    def companions(self, told: Told) -> Mapping[str, bytes]:
        """A configuration to start from, with promptfoo's echo instead of a model."""
        config = {
            "description": f"{told.dataset}@{told.version}",
            "prompts": ["{{question}}"],
            "providers": ["echo"],
            "tests": f"file://{next(iter(told.files.values()))}",
        }
        return {"promptfooconfig.json": json.dumps(config, indent=2).encode() + b"\n"}


def _fault_in_asserts(asserts: list[Any]) -> str | None:
    for one in asserts:
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            return "assert.type_missing"
        if is_blank(one.get("value")):
            return "assert.value_missing"
    return None


def _fault_in_texts(texts: list[Any]) -> str | None:
    if any(mark in text for text in texts for mark in _TEMPLATE):
        return "text.template"
    return "text.file_reference" if any(text.strip().startswith(_LOADED) for text in texts) else None


formats.register("promptfoo")(Promptfoo())
