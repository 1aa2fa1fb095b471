"""Supervised fine-tuning at OpenAI: one conversation a line, and not a key more than its API takes."""

from typing import Any

from queues.export.conversation import answered, fault_in_messages, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.row import Excluded, Record, VerdictRow


class OpenaiChat(Format):
    """`{"messages": [...]}`; the check also knows `tools`, tool calls, and `weight` of an answer."""

    shape = "openai_chat"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"messages", "tools"})
    rows_min = 10  # the API refuses a shorter file

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        return {"messages": [*prompt, said_by_assistant(answer)]}

    def fault(self, record: Record) -> str | None:
        messages: Any = record.get("messages")
        code = fault_in_messages(messages)
        if code is not None:
            return code
        if messages[-1]["role"] != "assistant":
            return "messages.last_not_assistant"
        code = _fault_in_weights(messages) or _fault_in_tools(messages)
        return code or ("extra.key" if record.keys() - self.keys else None)


def _fault_in_weights(messages: list[dict[str, Any]]) -> str | None:
    """0 or 1 where one is given, and at least one answer that is learned from."""
    weights = [message.get("weight", 1) for message in messages if message["role"] == "assistant"]
    if any(type(weight) is not int or weight not in (0, 1) for weight in weights):
        return "weight.value"
    return None if any(weights) else "weight.no_trainable"


def _fault_in_tools(messages: list[dict[str, Any]]) -> str | None:
    """Each call is answered before anybody else speaks, each result belongs to a call."""
    open_calls: set[object] = set()
    for message in messages:
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                return "tool.orphan_result"
            open_calls.remove(message.get("tool_call_id"))
        elif open_calls:
            return "tool.unanswered_call"
        open_calls.update(str(call.get("id")) for call in message.get("tool_calls") or ())
    return "tool.unanswered_call" if open_calls else None


formats.register("openai_chat")(OpenaiChat())
