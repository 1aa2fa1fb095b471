"""ShareGPT, as LLaMA-Factory reads it. Not for TRL, which takes the roles `human` and `gpt` as they are."""

from collections.abc import Mapping

from queues.export.conversation import answered, is_blank
from queues.export.formats.base import Format, Told, formats
from queues.export.formats.llama_factory import dataset_info
from queues.export.row import Excluded, Record, VerdictRow

_ASKING = ("human", "observation")  # the odd turns, from one
_ANSWERING = ("gpt", "function_call")
_NAMES = {"user": "human", "assistant": "gpt"}


class Sharegpt(Format):
    """`{"conversations": [{"from": "human", "value"}, {"from": "gpt", "value"}, …], "system"}`."""

    shape = "sharegpt"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"conversations", "system"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        has_system = bool(prompt) and prompt[0]["role"] == "system"
        # A role without a name here keeps its own, and the check refuses the row by it.
        turns = [
            {"from": _NAMES.get(message["role"], message["role"]), "value": message["content"]}
            for message in prompt[has_system:]
        ]
        system = prompt[0]["content"] if has_system else ""
        return {"conversations": [*turns, {"from": "gpt", "value": answer}], "system": system}

    def fault(self, record: Record) -> str | None:
        turns = record.get("conversations")
        if not isinstance(turns, list) or not turns or not all(isinstance(turn, dict) for turn in turns):
            return "turns.empty"
        roles = [turn.get("from") for turn in turns]
        if any(role not in (*_ASKING, *_ANSWERING) for role in roles):
            return "turns.role"
        if any(role not in (_ANSWERING if at % 2 else _ASKING) for at, role in enumerate(roles)):
            return "turns.order"
        if any(is_blank(turn.get("value")) for turn in turns):
            return "turns.empty"
        return "turns.order" if len(turns) % 2 else None

    def companions(self, told: Told) -> Mapping[str, bytes]:
        columns = {"messages": "conversations", "system": "system"}
        return dataset_info(told, formatting="sharegpt", columns=columns)


formats.register("sharegpt")(Sharegpt())
