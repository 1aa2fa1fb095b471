"""Formats: what a verdict becomes, what is refused, and why."""

from typing import Any

import pytest

from queues.export import formats
from queues.export.formats import validate, write
from queues.export.row import Excluded, VerdictRow


def row(**fields: Any) -> VerdictRow:
    values: dict[str, Any] = {
        "item": 7,
        "verdict": 9,
        "prediction_id": "p-1",
        "environment": "production",
        "queue": "refunds",
        "decision": "correct",
        "basis": "single",
        "model_version": "prod-17",
        "locale": "en-GB",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": "How long?"}]}]},
        "output_text": "Refunds are instant.",
        "answered_in_text": True,
        "corrected_text": "Five days.",
    }
    return VerdictRow(**values | fields)


def written(name: str, **fields: Any) -> object:
    return write(formats.formats.get(name), row(**fields))


def test_a_corrected_answer_is_what_fine_tuning_learns() -> None:
    record = written("trl_sft")

    assert record == {
        "messages": [
            {"role": "user", "content": "How long?"},
            {"role": "assistant", "content": "Five days."},
        ]
    }


def test_a_pair_prefers_the_correction_to_the_output() -> None:
    record = written("trl_dpo")

    assert record == {
        "prompt": [{"role": "user", "content": "How long?"}],
        "chosen": [{"role": "assistant", "content": "Five days."}],
        "rejected": [{"role": "assistant", "content": "Refunds are instant."}],
    }


def test_a_golden_answer_has_a_stable_id() -> None:
    record = written("golden", decision="approve", corrected_text=None)

    assert record == {
        "id": "r-7",
        "input": [{"role": "user", "content": "How long?"}],
        "target": "Refunds are instant.",
    }


def test_system_instructions_come_first() -> None:
    record = written(
        "trl_sft", input={"prompt": "Hi", "system_instructions": [{"type": "text", "content": "Be kind."}]}
    )

    assert isinstance(record, dict)
    assert record["messages"][:2] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi"},
    ]


def test_text_parts_are_joined_by_nothing() -> None:
    parts = [{"type": "text", "content": " a\r\n"}, {"type": "text", "content": "\u2028b\u0301 "}]

    record = written("trl_sft", input={"messages": [{"role": "user", "parts": parts}]})

    assert isinstance(record, dict)
    assert record["messages"][0]["content"] == " a\r\n\u2028b\u0301 "


@pytest.mark.parametrize("name", ["trl_sft", "golden"])
def test_a_rejected_output_without_a_better_one_is_left_out(name: str) -> None:
    assert written(name, decision="reject", corrected_text=None) == Excluded("decision.rejected")


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_there_is_no_pair_without_a_correction(decision: str) -> None:
    assert written("trl_dpo", decision=decision, corrected_text=None) == Excluded("pair.no_correction")


@pytest.mark.parametrize(
    ("corrected", "code"),
    [
        ("Refunds are instant.", "pair.identical"),
        ("Refunds  are instant. ", "pair.identical_whitespace"),
        ("   ", "chosen.empty"),
    ],
)
def test_a_pair_that_teaches_nothing_is_left_out(corrected: str, code: str) -> None:
    assert written("trl_dpo", corrected_text=corrected) == Excluded(code)


def test_writing_words_together_or_apart_is_a_correction() -> None:
    record = written("trl_dpo", output_text="Thanks alot", corrected_text="Thanks a lot")

    assert isinstance(record, dict)


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ({"type": "tool_call", "id": "1", "name": "look_up", "arguments": {}}, "prompt.tool_call"),
        ({"type": "tool_call_response", "id": "1", "response": "x"}, "prompt.tool_call"),
        ({"type": "reasoning", "content": "hm"}, "prompt.reasoning"),
        ({"type": "uri", "modality": "image", "uri": "https://example.org/a.png"}, "prompt.not_text"),
    ],
)
def test_what_cannot_be_said_as_text_excludes_the_record_with_a_reason(
    part: dict[str, Any], code: str
) -> None:
    messages = [{"role": "user", "parts": [{"type": "text", "content": "x"}, part]}]

    assert written("trl_sft", input={"messages": messages}) == Excluded(code)


def test_an_approved_tool_call_is_not_exported_as_its_text() -> None:
    found = written("trl_sft", decision="approve", corrected_text=None, answered_in_text=False)

    assert found == Excluded("output.not_text")


@pytest.mark.parametrize("name", [name for name, _format in formats.formats])
@pytest.mark.parametrize(
    "junk", [None, 7, "", [], {}, [None], [[]], [{}], [{"role": []}], [{"role": "user"}]]
)
def test_a_check_names_a_fault_whatever_it_is_given(name: str, junk: Any) -> None:
    keys = formats.formats.get(name).keys

    assert validate(name, dict.fromkeys(keys, junk)) is not None


def test_an_unknown_kind_is_an_error_of_the_caller() -> None:
    with pytest.raises(KeyError):
        validate("nope", {})
