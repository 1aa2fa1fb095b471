"""A reason says something that a reader can see."""

import pytest

from queues.reasons import count_seen, faults_of_reason, is_reason

INVISIBLE = ("\u200b" * 12, "\u2060\u200d\ufeff", "\u202e\u202c", "\u3164\u2800\u115f", " \t\u00a0\u2003")


@pytest.mark.parametrize("text", INVISIBLE)
def test_what_shows_nothing_is_no_reason(text: str) -> None:
    assert not is_reason(text, most=100)
    assert [fault.code for fault in faults_of_reason(text, most=100, missing="Say why.")] == [
        "reason.missing"
    ]


@pytest.mark.parametrize("text", ["Nein, weil …", "理由", "لأن", "👍", "क्षमा"])
def test_what_can_be_read_is_one_in_any_script(text: str) -> None:
    assert is_reason(text, most=100)


def test_only_what_is_seen_is_counted() -> None:
    assert count_seen(" a\u200bb c\u3164 ") == 3
