"""Supervised fine-tuning with TRL: the conversation, closed by the answer a person stands behind."""

from typing import Any

from queues.export.conversation import fault_in_messages, prompt_messages
from queues.export.formats.base import formats
from queues.export.row import Excluded, Record, VerdictRow


class TrlSft:
    """`{"messages": [system?, user, …, assistant]}`."""

    shape = "trl_sft_messages"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"messages"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """Approved outputs as they are, corrected ones as corrected; a rejected one has no good answer."""
        answer = row.good_answer
        if answer is None:
            return Excluded("decision.rejected")
        if row.decision == "approve" and not row.answered_in_text:
            return Excluded("output.not_text")
        prompt = prompt_messages(row.input)
        if isinstance(prompt, Excluded):
            return prompt
        return {"messages": [*prompt, {"role": "assistant", "content": answer}]}

    def fault(self, record: Record) -> str | None:
        messages: Any = record.get("messages")
        code = fault_in_messages(messages)
        if code is None and messages[-1]["role"] != "assistant":
            return "messages.last_not_assistant"
        return code


formats.register("trl_sft")(TrlSft())
