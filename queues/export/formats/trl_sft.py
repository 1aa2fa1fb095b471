"""Supervised fine-tuning with TRL: the conversation, closed by the answer a person stands behind."""

from typing import Any

from queues.export.conversation import answered, fault_in_messages, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.row import Excluded, Record, VerdictRow


class TrlSft(Format):
    """`{"messages": [system?, user, …, assistant]}`."""

    shape = "trl_sft_messages"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"messages"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """Approved outputs as they are, corrected ones as corrected; a rejected one has no good answer."""
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        return {"messages": [*prompt, said_by_assistant(answer)]}

    def fault(self, record: Record) -> str | None:
        messages: Any = record.get("messages")
        code = fault_in_messages(messages)
        if code is None and messages[-1]["role"] != "assistant":
            return "messages.last_not_assistant"
        return code


formats.register("trl_sft")(TrlSft())
