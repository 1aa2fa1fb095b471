"""Preference fine-tuning (DPO) at OpenAI: the conversation, the better and the worse answer to it."""

from typing import Any

from queues.export.conversation import preferred, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import is_nothing, is_one_answer
from queues.export.row import Excluded, Record, VerdictRow


class OpenaiPreference(Format):
    """`{"input": {"messages", …}, "preferred_output": [assistant], "non_preferred_output": [assistant]}`."""

    shape = "openai_preference"
    scope = "train"
    file_name = "train.jsonl"
    answers = ("chosen", "rejected")
    keys = frozenset({"input", "preferred_output", "non_preferred_output"})
    rows_min = 10  # the API refuses a shorter file

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = preferred(row)
        if isinstance(found, Excluded):
            return found
        prompt, *pair = found
        better, worse = ([said_by_assistant(text)] for text in pair)
        input_ = {"messages": prompt, "tools": [], "parallel_tool_calls": True}
        return {"input": input_, "preferred_output": better, "non_preferred_output": worse}

    def fault(self, record: Record) -> str | None:
        code = _fault_in_input(record.get("input"))
        if code is not None:
            return code
        better: Any = record.get("preferred_output")
        worse: Any = record.get("non_preferred_output")
        for output in (better, worse):
            if not isinstance(output, list) or len(output) != 1:
                return "output.not_one_message"
            if not is_one_answer(output):
                return "output.role"
            if is_nothing(output):
                return "content.empty"
        return "pair.identical" if better[0]["content"] == worse[0]["content"] else None


def _fault_in_input(input_: Any) -> str | None:
    if not isinstance(input_, dict):
        return "input.missing"
    messages = input_.get("messages")
    if not isinstance(messages, list) or is_nothing(messages):
        return "messages.empty"
    last = messages[-1]
    return "input.last_is_assistant" if isinstance(last, dict) and last.get("role") == "assistant" else None


formats.register("openai_preference")(OpenaiPreference())
