from typing import Any

import pytest

from queues.ingest.messages import as_parts
from queues.score.prompt_text import prompt_text

USER = {"role": "user", "content": "How long?"}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([USER], "How long?"),
        ([{"role": "system", "content": "Be brief."}, USER], "How long?"),
        ([{"role": "developer", "content": "v2"}, USER], "How long?"),
        ([USER, {"role": "assistant", "content": "Days."}], "user\x1fHow long?\x1eassistant\x1fDays."),
        ([{"role": "system", "content": "Alone"}], "system\x1fAlone"),
    ],
)
def test_the_question_is_what_was_asked_and_not_the_instructions(
    messages: list[dict[str, Any]], expected: str
) -> None:
    assert prompt_text({"messages": as_parts(messages)}) == expected


def test_a_prompt_and_one_user_message_are_the_same_question() -> None:
    assert prompt_text({"prompt": "How long?"}) == prompt_text({"messages": as_parts([USER])})


def test_another_picture_is_another_question() -> None:
    def asked(uri: str) -> str:
        parts = [{"type": "text", "content": "What?"}, {"type": "uri", "modality": "image", "uri": uri}]
        return prompt_text({"messages": [{"role": "user", "parts": parts}]})

    assert asked("a.png") != asked("b.png")
