"""Preference pairs for TRL, always with an explicit prompt: TRL cuts implicit text pairs inside words."""

from queues.export.conversation import preferred, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import fault_in_pair, fault_in_prompt
from queues.export.row import Excluded, Record, VerdictRow


class TrlDpo(Format):
    """`{"prompt": [...], "chosen": [assistant], "rejected": [assistant]}`."""

    shape = "trl_dpo"
    scope = "train"
    file_name = "train.jsonl"
    answers = ("chosen", "rejected")
    keys = frozenset({"prompt", "chosen", "rejected"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = preferred(row)
        if isinstance(found, Excluded):
            return found
        prompt, *pair = found
        chosen, rejected = ([said_by_assistant(text)] for text in pair)
        return {"prompt": prompt, "chosen": chosen, "rejected": rejected}

    def fault(self, record: Record) -> str | None:
        prompt, chosen, rejected = (record.get(key) for key in ("prompt", "chosen", "rejected"))
        return fault_in_prompt(prompt) or fault_in_pair(chosen, rejected)


formats.register("trl_dpo")(TrlDpo())
