"""Alpaca, as LLaMA-Factory reads it: instruction and output, earlier turns as a history of pairs."""

from collections.abc import Mapping, Sequence

from queues.export.conversation import Message, answered, is_blank
from queues.export.formats.base import Format, Told, formats
from queues.export.formats.llama_factory import dataset_info
from queues.export.row import Excluded, Record, VerdictRow


class Alpaca(Format):
    """`{"instruction", "input", "output", "system", "history": [[asked, answered], …]}`, all in every row."""

    shape = "alpaca"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"instruction", "input", "output", "system", "history"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        system, turns = _split(prompt)
        if [message["role"] for message in turns] != ["user", "assistant"] * (len(turns) // 2) + ["user"]:
            return Excluded("history.pairs")
        texts = [message["content"] for message in turns]
        return {
            "instruction": texts[-1],
            "input": "",
            "output": answer,
            "system": system,
            "history": [[texts[at], texts[at + 1]] for at in range(0, len(texts) - 1, 2)],
        }

    def fault(self, record: Record) -> str | None:
        if is_blank(record.get("instruction")):
            return "instruction.empty"
        if is_blank(record.get("output")):
            return "output.empty"
        return None if _are_pairs(record.get("history", [])) else "history.pairs"

    def companions(self, told: Told) -> Mapping[str, bytes]:
        columns = {"prompt": "instruction", "query": "input", "response": "output"}
        return dataset_info(told, columns=columns | {"system": "system", "history": "history"})


def _split(prompt: Sequence[Message]) -> tuple[str, Sequence[Message]]:
    """The system's text, and the rest."""
    if prompt and prompt[0]["role"] == "system":
        return prompt[0]["content"], prompt[1:]
    return "", prompt


def _are_pairs(history: object) -> bool:
    return isinstance(history, list) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(text, str) for text in pair)
        for pair in history
    )


formats.register("alpaca")(Alpaca())
