"""The input of a prediction as the role/content messages that trainers take.

Code points stay as they were stored: text parts are joined by nothing, and what cannot be said as
text (tool calls, files, reasoning) excludes the record instead of being left out silently.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from queues.export.row import Excluded, VerdictRow

Message = dict[str, Any]

# TRL's chat templates know these; `developer` is what newer ones call the system role.
ROLES = ("system", "developer", "user", "assistant", "tool")

_WHY_NOT = {
    "tool_call": "prompt.tool_call",
    "tool_call_response": "prompt.tool_call",
    "reasoning": "prompt.reasoning",
}


class _NotTextError(Exception):
    """A part that has no place in a text message."""


def prompt_messages(input_: Mapping[str, Any]) -> list[Message] | Excluded:
    """System instructions, then the messages (or the bare prompt), as role/content."""
    if input_.get("tools"):
        # The model saw tools; a prompt without them would teach answers to another question.
        return Excluded("prompt.tools")
    try:
        return [*_system(input_), *_turns(input_)]
    except _NotTextError as refusal:
        return Excluded(str(refusal))


def _system(input_: Mapping[str, Any]) -> list[Message]:
    parts = input_.get("system_instructions")
    if not parts:
        return []
    return [{"role": "system", "content": parts if isinstance(parts, str) else _text(parts)}]


def _turns(input_: Mapping[str, Any]) -> list[Message]:
    messages = input_.get("messages")
    if messages is None:
        return [{"role": "user", "content": input_.get("prompt") or ""}]
    return [{"role": message["role"], "content": _content(message)} for message in messages]


def _content(message: Mapping[str, Any]) -> str:
    parts = message.get("parts", message.get("content"))
    return parts if isinstance(parts, str) else _text(parts or ())


def _text(parts: Iterable[Mapping[str, Any]]) -> str:
    return "".join([_text_of(part) for part in parts])


def _text_of(part: Mapping[str, Any]) -> str:
    content = part.get("content")
    if part.get("type") != "text" or not isinstance(content, str):
        raise _NotTextError(_WHY_NOT.get(str(part.get("type")), "prompt.not_text"))
    return content


def fault_in_messages(messages: Any) -> str | None:
    """The code of the first thing wrong with a list of role/content messages; None when it is sound."""
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return "messages.type"
    if not messages:
        return "messages.empty"
    roles = [message.get("role") for message in messages]
    if any(role not in ROLES for role in roles):
        return "messages.role_invalid"
    if any(map(_is_empty, messages)):
        return "content.empty"
    return None if "user" in roles else "messages.no_user"


def _is_empty(message: Message) -> bool:
    return not message.get("tool_calls") and is_blank_message(message)


def is_blank_message(message: object) -> bool:
    """No text that says anything; what is no message says nothing either."""
    return is_blank(message.get("content") if isinstance(message, dict) else None)


def is_blank(content: object) -> bool:
    """No text, or white space only."""
    return not isinstance(content, str) or not content or content.isspace()


def answered(row: VerdictRow) -> tuple[list[Message], str] | Excluded:
    """The prompt, and the answer to it that a person stands behind."""
    answer = row.good_answer
    if answer is None:
        return Excluded("decision.rejected")
    if row.decision == "approve" and not row.answered_in_text:
        return Excluded("output.not_text")
    prompt = prompt_messages(row.input)
    return prompt if isinstance(prompt, Excluded) else (prompt, answer)


def preferred(row: VerdictRow) -> tuple[list[Message], str, str] | Excluded:
    """The prompt, the correction, and the output that it corrects: same prompt, same candidate."""
    if row.corrected_text is None:
        return Excluded("pair.no_correction")
    if not row.answered_in_text:
        return Excluded("output.not_text")
    prompt = prompt_messages(row.input)
    return prompt if isinstance(prompt, Excluded) else (prompt, row.corrected_text, row.output_text)


def single_question(messages: Sequence[Message]) -> str | Excluded:
    """The text of a prompt that is one message of a user, for consumers that know no conversation."""
    if len(messages) != 1 or messages[0]["role"] != "user":
        return Excluded("prompt.not_single_turn")
    return str(messages[0]["content"])


def answered_question(row: VerdictRow) -> tuple[str, str] | Excluded:
    """The same as `answered` for consumers that know no conversation: the question is a text."""
    found = answered(row)
    if isinstance(found, Excluded):
        return found
    prompt, answer = found
    question = single_question(prompt)
    return question if isinstance(question, Excluded) else (question, answer)


def said_by_assistant(content: str) -> Message:
    return {"role": "assistant", "content": content}
