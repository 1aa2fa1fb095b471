"""What can be wrong with a prompt, and with the answers to it: the checks that several formats share."""

from typing import Any

from queues.export.conversation import is_blank, is_blank_message


def fault_in_prompt(prompt: Any) -> str | None:
    """A prompt of role/content messages: something is said in it, and it is the assistant's turn."""
    if not isinstance(prompt, list) or all(is_blank_message(message) for message in prompt):
        return "prompt.empty"
    if isinstance(prompt[-1], dict) and prompt[-1].get("role") == "assistant":
        return "prompt.last_is_assistant"
    return None


def fault_in_completion(prompt: Any, completion: Any) -> str | None:
    """Prompt and completion: both texts, or both messages; the completion is one answer of the assistant.

    TRL decides by the prompt alone which of the two they are, so a mixture is read wrongly.
    """
    if is_nothing(prompt):
        return "prompt.empty"
    if isinstance(prompt, str) != isinstance(completion, str):
        return "completion.empty" if is_nothing(completion) else "mixed.conversational_and_text"
    if is_nothing(completion):
        return "completion.empty"
    if isinstance(completion, list) and not is_one_answer(completion):
        return "completion.role"
    return None


def fault_in_pair(chosen: Any, rejected: Any) -> str | None:
    """Identical but for the width of white space is identical: such a pair teaches nothing."""
    if is_nothing(rejected):
        return "rejected.empty"
    if not is_one_answer(chosen) or not is_one_answer(rejected):
        return "pair.role"
    if is_nothing(chosen):
        return "chosen.empty"
    better, worse = chosen[0]["content"], rejected[0]["content"]
    if better == worse:
        return "pair.identical"
    # Words apart and together differ ("alot", "a lot"); only how wide the gap is does not count.
    return "pair.identical_whitespace" if better.split() == worse.split() else None


def is_nothing(side: object) -> bool:
    """Nothing is said: no text, or no message with any."""
    if isinstance(side, str):
        return is_blank(side)
    return not isinstance(side, list) or all(is_blank_message(message) for message in side)


def is_one_answer(side: object) -> bool:
    """One message of the assistant."""
    return (
        isinstance(side, list)
        and len(side) == 1
        and isinstance(side[0], dict)
        and side[0].get("role") == "assistant"
    )
