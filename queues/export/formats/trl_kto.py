"""Single answers with a thumb up or down, for TRL's KTO: what a person thought of each output."""

from queues.export.conversation import prompt_messages, said_by_assistant
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import fault_in_completion
from queues.export.row import Excluded, Record, VerdictRow


class TrlKto(Format):
    """`{"prompt": [...], "completion": [assistant], "label": true or false}`."""

    shape = "trl_kto"
    scope = "train"
    file_name = "train.jsonl"
    answers = ("completion", "label")
    keys = frozenset({"prompt", "completion", "label"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """The model's own output: desirable when it was approved, undesirable when corrected or rejected."""
        if not row.answered_in_text:
            return Excluded("output.not_text")
        prompt = prompt_messages(row.input)
        if isinstance(prompt, Excluded):
            return prompt
        label = row.decision == "approve"
        return {"prompt": prompt, "completion": [said_by_assistant(row.output_text)], "label": label}

    def fault(self, record: Record) -> str | None:
        return fault_in_completion(record.get("prompt"), record.get("completion")) or _fault_in_label(record)


def _fault_in_label(record: Record) -> str | None:
    if "label" not in record:
        return "label.missing"
    return None if isinstance(record["label"], bool) else "label.type"


def weight_ranges(desirable: int, undesirable: int) -> dict[str, tuple[float, float]] | None:
    """The ranges that TRL asks of the weights, of which ONE is to be set; None unless both kinds are there.

    Effective counts should stay between 1:1 and 4:3: the heavier weight in [U/D, 1.33 U/D], or the other in
    [D/(1.33 U), D/U]. Source: trl 1.16 KTOTrainer, rounded to two places as it does.
    """
    if not desirable or not undesirable:
        return None
    ratio = undesirable / desirable
    return {
        "desirable_weight": (round(ratio, 2), round(ratio * 1.33, 2)),
        "undesirable_weight": (round(1 / (ratio * 1.33), 2), round(1 / ratio, 2)),
    }


formats.register("trl_kto")(TrlKto())
