import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.errors import Invalid
from queues.ingest import limits
from queues.ingest.record import check, check_sent
from tests.ingest.records import full_record, read, record

KEY = b"k" * 32


def faults(sent: object) -> dict[str, str]:
    """Pointer → code of everything that is wrong."""
    with pytest.raises(Invalid) as caught:
        check(sent)
    return {fault.pointer: fault.code for fault in caught.value.faults}


def test_every_field_of_the_record_is_kept() -> None:
    assert check(full_record()).record == full_record()


def test_what_is_narrow_is_taken_out() -> None:
    checked = check(full_record())

    assert (checked.prediction_id, checked.environment) == ("full-1", "staging")
    assert (checked.model_version, checked.locale, checked.segment) == ("prod-17", "en-GB", "retail")
    assert checked.output_text == "Five days."
    assert checked.occurred_at.isoformat() == "2026-03-01T10:00:02+00:00"


def test_the_environment_is_production_unless_told() -> None:
    assert check(record()).environment == "production"


def test_every_fault_is_named_at_once() -> None:
    wrong = record(
        confidense=1, params={"temperature": "0.7"}, logprobs={"content": [{"token": "a", "logprob": 1}]}
    )
    del wrong["prediction_id"]

    assert faults(wrong) == {
        "/prediction_id": "field.missing",
        "/confidense": "key.unknown",
        "/params/temperature": "type.wrong",
        "/logprobs/content/0/logprob": "number.too_large",
    }


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"output": {}}, "/output", "output.missing"),
        ({"output": None}, "/output", "output.missing"),
        ({"output": {"text": "", "class_probs": {"a": 0.5, "b": 0.6}}},
         "/output/class_probs", "output.class_probs"),
        ({"output": {"text": "x" * 200_001}}, "/output/text", "text.too_long"),
        ({"input": {}}, "/input/messages", "input.missing"),
        ({"input": {"prompt": "a", "messages": [{"role": "user", "content": ""}]}},
         "/input/prompt", "input.both"),
        ({"input": {"messages": []}}, "/input/messages", "list.too_short"),
        ({"input": {"messages": [{"role": "root", "content": "x"}]}},
         "/input/messages/0/role", "text.pattern"),
        ({"input": {"messages": [{"role": "user"}]}}, "/input/messages/0/parts", "message.empty"),
        ({"input": {"messages": [{"role": "user", "parts": [{"type": "text"}]}]}},
         "/input/messages/0/parts/0/content", "part.text"),
        ({"occurred_at": "2026-03-01T10:00:02"}, "/occurred_at", "time.format"),
        ({"occurred_at": "2126-03-01T10:00:02Z"}, "/occurred_at", "time.future"),
        ({"prediction_id": " p"}, "/prediction_id", "name.unprintable"),
        ({"prediction_id": "p\u200b"}, "/prediction_id", "name.unprintable"),
        ({"prediction_id": "p\0"}, "/prediction_id", "name.unprintable"),
        ({"prediction_id": "p" * 201}, "/prediction_id", "text.too_long"),
        ({"trace": {"trace_id": "0" * 32}}, "/trace/trace_id", "trace.zero"),
        ({"judges": [{"name": "j", "score": 2, "scale": [0, 1]}]}, "/judges/0/score", "judge.score"),
        ({"guardrails": [{"component": "f", "flagged": False, "score": None}]},
         "/guardrails/0/score", "guardrail.score"),
        ({"metadata": {"a": "x" * limits.METADATA_BYTES}}, "/metadata", "metadata.too_large"),
        ({"metadata": {"a": math.nan}}, "/metadata", "number.finite"),
        ({"confidence": True}, "/confidence", "type.wrong"),
        ({"subject": {"user_ref": "jane@example.org"}}, "/subject/user_ref", "subject.raw"),
        ({"project": "p"}, "/project", "key.unknown"),
        ({"tags": ["x"] * 51}, "/tags", "list.too_long"),
        ({"samples": [{"text": ""}] * 21}, "/samples", "list.too_long"),
        ({"rights": {"consent_scope": ["sell"]}}, "/rights/consent_scope/0", "value.unknown"),
        ({"output": {"text": "a", "messages": [{"role": "assistant", "content": "b"}]}},
         "/output/text", "output.differs"),
    ],
)  # fmt: skip
def test_a_fault_is_named_by_place_and_code(changed: dict[str, Any], pointer: str, code: str) -> None:
    assert faults(record(**changed)) == {pointer: code}


def test_a_record_may_have_a_mebibyte_and_no_more() -> None:
    history = [{"role": "user", "content": "x" * 5_000}] * limits.MESSAGES
    check(record(input={"messages": history}))

    too_long = [{"role": "user", "content": "x" * 5_300}] * limits.MESSAGES
    assert faults(record(input={"messages": too_long})) == {"": "record.too_large"}


def test_the_form_of_openai_is_stored_as_parts() -> None:
    messages = [
        {"role": "user",
         "content": [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "x"}}]},
        {"role": "assistant", "content": None,
         "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "5"},
    ]  # fmt: skip

    stored = check(record(input={"messages": messages})).record["input"]["messages"]

    assert [message["parts"] for message in stored] == [
        [{"type": "text", "content": "Hi"}, {"type": "image_url", "image_url": {"url": "x"}}],
        [{"type": "tool_call", "id": "c1", "name": "f", "arguments": "{}"}],
        [{"type": "tool_call_response", "id": "c1", "response": "5"}],
    ]


def test_unstorable_characters_in_texts_are_replaced_and_reported() -> None:
    checked = check(record(output={"text": "a\0b\ud800"}, metadata={"note": "c\0"}, tags=["\udfff"]))

    assert checked.output_text == "a\ufffdb\ufffd"
    assert checked.altered == ("/output/text", "/metadata/note", "/tags/0")


def test_a_raw_user_becomes_a_pseudonym_and_a_pseudonym_stays() -> None:
    def ref(user_ref: str) -> str:
        return check(record(subject={"user_ref": user_ref}), user_key=KEY).record["subject"]["user_ref"]

    assert ref("jane@example.org") == ref("jane@example.org") != ref("joe@example.org")
    assert ref("jane@example.org").startswith("h:")
    assert ref("h:5b1c") == "h:5b1c"
    assert ref("h:jane") != "h:jane"


def test_the_hash_does_not_depend_on_the_order_of_keys_nor_on_spelling() -> None:
    one = check(record()).content_hash
    turned = dict(reversed(record().items()))

    assert check(turned).content_hash == one
    assert check_sent(read(json.dumps(turned, indent=1).encode())).content_hash == one
    assert check(record(output={"text": "Refunds are instant!"})).content_hash != one


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=10)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
)


@given(texts, texts, st.dictionaries(texts, texts, max_size=3))
def test_what_is_stored_is_what_was_sent(question: str, answer: str, metadata: dict[str, str]) -> None:
    metadata.pop("source", None)
    sent = record(
        input={"messages": [{"role": "user", "content": question}]},
        output={"text": answer},
        metadata=metadata,
    )

    checked = check_sent(read(json.dumps(sent).encode()))

    assert checked.output_text == answer
    assert checked.record["metadata"] == metadata
    assert checked.record["input"]["messages"][0]["parts"][0]["content"] == question
    assert json.loads(checked.json) == checked.record
    assert checked.altered == ()


@settings(max_examples=100)
@given(values)
def test_any_value_is_accepted_or_invalid(value: object) -> None:
    with suppress(Invalid):
        check(value)


FIELDS = sorted(full_record())


@settings(max_examples=100)
@given(st.sampled_from(FIELDS), values, st.booleans())
def test_any_value_in_any_field_is_accepted_or_invalid(field: str, value: object, is_inside: bool) -> None:
    sent = full_record()
    if is_inside and isinstance(sent[field], dict):
        first = next(iter(sent[field]))
        sent[field] = sent[field] | {first: value}
    else:
        sent[field] = value
    try:
        checked = check(sent)
    except Invalid as error:
        for fault in error.faults:
            json.dumps([fault.pointer, fault.code, fault.detail]).encode()
            fault.detail.encode()
    else:
        assert len(checked.content_hash) == 32
