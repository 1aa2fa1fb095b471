"""Preference pairs for TRL, always with an explicit prompt: TRL cuts implicit text pairs inside words."""

from typing import Any

from queues.export.conversation import Message, prompt_messages
from queues.export.formats.base import formats
from queues.export.row import Excluded, Record, VerdictRow


class TrlDpo:
    """`{"prompt": [...], "chosen": [assistant], "rejected": [assistant]}`."""

    shape = "trl_dpo"
    scope = "train"
    file_name = "train.jsonl"
    keys = frozenset({"prompt", "chosen", "rejected"})

    def record(self, row: VerdictRow) -> Record | Excluded:
        """Chosen is the correction, rejected the output it corrects: same prompt, same candidate."""
        if row.corrected_text is None:
            return Excluded("pair.no_correction")
        if not row.answered_in_text:
            return Excluded("output.not_text")
        prompt = prompt_messages(row.input)
        if isinstance(prompt, Excluded):
            return prompt
        return {
            "prompt": prompt,
            "chosen": [{"role": "assistant", "content": row.corrected_text}],
            "rejected": [{"role": "assistant", "content": row.output_text}],
        }

    def fault(self, record: Record) -> str | None:
        prompt, chosen, rejected = (record.get(key) for key in ("prompt", "chosen", "rejected"))
        return _fault_in_prompt(prompt) or _fault_in_pair(chosen, rejected)


def _fault_in_prompt(prompt: Any) -> str | None:
    if not isinstance(prompt, list) or all(_is_blank(message) for message in prompt):
        return "prompt.empty"
    if isinstance(prompt[-1], dict) and prompt[-1].get("role") == "assistant":
        return "prompt.last_is_assistant"
    return None


def _fault_in_pair(chosen: Any, rejected: Any) -> str | None:
    """Identical but for the width of white space is identical: such a pair teaches nothing."""
    if _is_nothing(rejected):
        return "rejected.empty"
    if not _is_one_answer(chosen) or not _is_one_answer(rejected):
        return "pair.role"
    if _is_nothing(chosen):
        return "chosen.empty"
    better, worse = chosen[0]["content"], rejected[0]["content"]
    if better == worse:
        return "pair.identical"
    # Words apart and together differ ("alot", "a lot"); only how wide the gap is does not count.
    return "pair.identical_whitespace" if better.split() == worse.split() else None


def _is_nothing(side: object) -> bool:
    return not isinstance(side, list) or all(_is_blank(message) for message in side)


def _is_one_answer(side: object) -> bool:
    return (
        isinstance(side, list)
        and len(side) == 1
        and isinstance(side[0], dict)
        and side[0].get("role") == "assistant"
    )


def _is_blank(message: Message) -> bool:
    content = message.get("content") if isinstance(message, dict) else None
    return not isinstance(content, str) or not content or content.isspace()


formats.register("trl_dpo")(TrlDpo())
