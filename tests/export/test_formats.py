"""Formats: what a verdict becomes, what is refused, and why."""

import json
from typing import Any

import pytest

from queues.export import formats
from queues.export.formats import validate, write
from queues.export.formats.trl_kto import weight_ranges
from queues.export.row import Excluded
from tests.export.rows import row


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


@pytest.mark.parametrize(("decision", "label"), [("approve", True), ("correct", False), ("reject", False)])
def test_kto_learns_what_a_person_thought_of_the_output_itself(decision: str, label: bool) -> None:
    corrected = "Five days." if decision == "correct" else None

    record = written("trl_kto", decision=decision, corrected_text=corrected)

    assert isinstance(record, dict)
    assert (record["completion"][0]["content"], record["label"]) == ("Refunds are instant.", label)


def conversation(*contents: str, system: str | None = None) -> dict[str, Any]:
    roles = ["user", "assistant"] * len(contents)
    turns = [{"role": role, "content": content} for role, content in zip(roles, contents, strict=False)]
    return {"messages": ([{"role": "system", "content": system}] if system else []) + turns}


def test_alpaca_says_earlier_turns_as_pairs() -> None:
    record = written("alpaca", input=conversation("Hi", "Hello", "How long?", system="Be kind."))

    assert record == {
        "instruction": "How long?",
        "input": "",
        "output": "Five days.",
        "system": "Be kind.",
        "history": [["Hi", "Hello"]],
    }


def test_sharegpt_has_names_of_its_own_for_who_speaks() -> None:
    record = written("sharegpt", input=conversation("Hi", "Hello", "How long?", system="Be kind."))

    assert isinstance(record, dict)
    assert [turn["from"] for turn in record["conversations"]] == ["human", "gpt", "human", "gpt"]
    assert record["system"] == "Be kind."


@pytest.mark.parametrize(("name", "code"), [("alpaca", "history.pairs"), ("sharegpt", "turns.order")])
def test_turns_that_do_not_alternate_have_no_place_in_formats_of_pairs(name: str, code: str) -> None:
    turns = [{"role": "user", "content": "Hi"}, {"role": "user", "content": "How long?"}]

    assert written(name, input={"messages": turns}) == Excluded(code)


@pytest.mark.parametrize("name", ["lm_eval", "promptfoo"])
@pytest.mark.parametrize(
    "asked", [conversation("Hi", "Hello", "How long?"), conversation("How long?", system="x")]
)
def test_a_test_of_single_questions_takes_no_conversation(name: str, asked: dict[str, Any]) -> None:
    assert written(name, input=asked) == Excluded("prompt.not_single_turn")


@pytest.mark.parametrize(
    ("answer", "code"),
    [("Pay {{ amount }}", "text.template"), ("file:///etc/passwd", "text.file_reference")],
)
def test_promptfoo_gets_no_text_that_it_would_fill_in_or_load(answer: str, code: str) -> None:
    assert written("promptfoo", corrected_text=answer) == Excluded(code)
    assert written("promptfoo", input={"prompt": answer}) == Excluded(code)


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{"role": "tool", "tool_call_id": "1", "content": "x"}], "tool.orphan_result"),
        ([{"role": "assistant", "tool_calls": [{"id": "1"}]}], "tool.unanswered_call"),
        (
            [
                {"role": "assistant", "tool_calls": [{"id": "1"}]},
                {"role": "tool", "tool_call_id": "1", "content": "x"},
            ],
            None,
        ),
    ],
)
def test_openai_wants_each_tool_call_answered(messages: list[dict[str, Any]], code: str | None) -> None:
    turns = [{"role": "user", "content": "Hi"}, *messages, {"role": "assistant", "content": "Done."}]

    assert validate("openai_chat", {"messages": turns}) == code


def test_every_format_gives_what_its_own_check_accepts() -> None:
    for name, format_ in formats.formats:
        record = written(name)

        assert isinstance(record, dict), name
        assert record.keys() <= format_.keys, name


TOLD = formats.Told("refunds-sft", "1.2.0", 'Refunds: "all"', {"train": "train.jsonl", "test": "test.jsonl"})


@pytest.mark.parametrize("name", ["alpaca", "sharegpt"])
def test_llama_factory_finds_each_split_by_a_name(name: str) -> None:
    told = formats.formats.get(name).companions(TOLD)

    info = json.loads(told["dataset_info.json"])
    assert {key: entry["file_name"] for key, entry in info.items()} == {
        "refunds-sft": "train.jsonl",
        "refunds-sft_test": "test.jsonl",
    }


@pytest.mark.parametrize("name", ["lm_eval", "openai_evals", "promptfoo"])
def test_a_consumer_of_golden_answers_gets_the_file_that_runs_them(name: str) -> None:
    told = formats.formats.get(name).companions(TOLD)

    assert len(told) == 1
    assert b"train.jsonl" in next(iter(told.values()))


@pytest.mark.parametrize("counts", [(0, 5), (5, 0), (0, 0)])
def test_weights_need_both_kinds_of_answers(counts: tuple[int, int]) -> None:
    assert weight_ranges(*counts) is None
