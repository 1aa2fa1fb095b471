"""Everything that is known of a row: prompt, better and worse answer, label, and where it came from."""

from queues.export.conversation import prompt_messages
from queues.export.formats.base import Format, formats
from queues.export.formats.sides import fault_in_prompt
from queues.export.groups import group_of
from queues.export.row import Excluded, Record, VerdictRow


class Neutral(Format):
    """`{"record_id", "group_id", "messages_in", "chosen", "rejected", "label", "soft_labels", "provenance"}`.

    chosen: null when nobody stands behind an answer; rejected: null when the output was approved.
    soft_labels: how answers spread, of the questions on which people may rightly differ; else empty.
    """

    shape = "neutral"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset(
        {"record_id", "group_id", "messages_in", "chosen", "rejected", "label", "soft_labels", "provenance"}
    )
    answers = ("chosen", "rejected", "label", "soft_labels")
    has_provenance = True
    has_view = True
    has_soft_labels = True

    def record(self, row: VerdictRow) -> Record | Excluded:
        if not row.answered_in_text:
            return Excluded("output.not_text")
        prompt = prompt_messages(row.input)
        if isinstance(prompt, Excluded):
            return prompt
        return {
            "record_id": row.record_id,
            "group_id": group_of(row),
            "messages_in": prompt,
            "chosen": row.good_answer,
            "rejected": row.bad_answer,
            "label": row.decision == "approve",
            "soft_labels": [one.as_record() for one in row.soft_labels],
        }

    def fault(self, record: Record) -> str | None:
        code = fault_in_prompt(record.get("messages_in"))
        if code is not None:
            return code
        sides = (record.get("chosen"), record.get("rejected"))
        if not any(isinstance(side, str) for side in sides):
            return "answer.missing"
        if not all(side is None or isinstance(side, str) for side in sides):
            return "answer.type"
        return None if isinstance(record.get("label"), bool) else "label.type"


formats.register("neutral")(Neutral())
