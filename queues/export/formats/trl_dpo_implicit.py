"""Preference pairs whose prompt stands in both conversations, as reward trainers of TRL also read them.

Conversations only: TRL finds the prompt of two texts letter by letter, and cuts "The sky is bl|ue".
"""

from typing import Any

from queues.export.conversation import preferred, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import fault_in_pair, fault_in_prompt
from queues.export.row import Excluded, Record, VerdictRow


class TrlDpoImplicit(Format):
    """`{"chosen": [prompt…, assistant], "rejected": [prompt…, assistant]}`."""

    shape = "trl_dpo_implicit"
    scope = "train"
    file_name = "train.jsonl"
    answers = ("chosen", "rejected")
    keys = frozenset({"chosen", "rejected"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = preferred(row)
        if isinstance(found, Excluded):
            return found
        prompt, *pair = found
        chosen, rejected = ([*prompt, said_by_assistant(text)] for text in pair)
        return {"chosen": chosen, "rejected": rejected}

    def fault(self, record: Record) -> str | None:
        chosen: Any = record.get("chosen")
        rejected: Any = record.get("rejected")
        if isinstance(chosen, str) and isinstance(rejected, str):
            return "pair.identical" if chosen == rejected else "implicit.text_pair"
        if not _is_conversation(chosen) or not _is_conversation(rejected):
            return "pair.role"
        if chosen[:-1] != rejected[:-1]:
            return "pair.prompt_mismatch"
        return fault_in_prompt(chosen[:-1]) or fault_in_pair(chosen[-1:], rejected[-1:])


def _is_conversation(side: Any) -> bool:
    return isinstance(side, list) and bool(side) and all(isinstance(message, dict) for message in side)


formats.register("trl_dpo_implicit")(TrlDpoImplicit())
