"""Supervised fine-tuning with TRL on the answer only: prompt and completion apart, both as messages."""

from queues.export.conversation import answered, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import fault_in_completion
from queues.export.row import Excluded, Record, VerdictRow


class TrlSftPromptCompletion(Format):
    """`{"prompt": [...], "completion": [assistant]}`; as a check, both may be texts."""

    shape = "trl_sft_prompt_completion"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"prompt", "completion"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        found = answered(row)
        if isinstance(found, Excluded):
            return found
        prompt, answer = found
        return {"prompt": prompt, "completion": [said_by_assistant(answer)]}

    def fault(self, record: Record) -> str | None:
        return fault_in_completion(record.get("prompt"), record.get("completion"))


formats.register("trl_sft_prompt_completion")(TrlSftPromptCompletion())
