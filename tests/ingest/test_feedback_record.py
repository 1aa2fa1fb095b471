"""feedback/1: what is taken, what is refused and where, and what rules read of it."""

from typing import Any, get_args

import pytest

from queues.errors import Invalid
from queues.ingest.feedback import values
from queues.ingest.feedback.record import check
from queues.models import FeedbackName
from tests.ingest.events import event

TRACE = {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "b7ad6b7169203331"}
MESSAGES = [{"role": "assistant", "content": "Five days."}]


def faults(**changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check(event(**changed))
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_the_words_of_the_record_and_of_the_table_are_the_same() -> None:
    assert set(get_args(values.FeedbackName)) == set(values.KIND_OF) == set(FeedbackName.values)


@pytest.mark.parametrize(
    ("name", "value", "number", "label", "is_negative"),
    [
        ("thumb", -1, -1, "", True),
        ("thumb", 1, 1, "", False),
        ("stars", 2, 2, "", True),
        ("stars", 3, 3, "", False),
        ("choice", 0, 0, "", False),
        ("reason_codes", ["factual", "rude"], None, "", False),
        ("comment", "Did not help.\n", None, "", False),
        ("correction", "Five days.", None, "", True),
        ("correction", "", None, "", True),
        ("correction", MESSAGES, None, "", True),
        ("report", "hate", None, "hate", True),
    ],
)
def test_what_somebody_said_is_read(
    name: str, value: object, number: float | None, label: str, *, is_negative: bool
) -> None:
    found = check(event(name=name, value=value))

    assert (found.kind, found.number, found.label, found.is_negative) == (
        "explicit",
        number,
        label,
        is_negative,
    )


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("copy", {"share": 0.4}, 0.4),
        ("dwell", {"ms": 900}, 900),
        ("abandon", {"ms": 12.5}, 12.5),
        ("regenerate", {"count": 3}, 3),
        ("reformulate", {"next_prediction_id": "p-2", "similarity": 0.8}, 0.8),
        ("reformulate", {"next_prediction_id": "p-2"}, None),
        ("edit_before_send", {"edit_similarity": 0.3}, 0.3),
        ("accept", None, None),
        ("handoff", None, None),
        ("retry", None, None),
    ],
)
def test_what_somebody_did_is_read_and_is_no_judgement(
    name: str, value: object, number: float | None
) -> None:
    found = check(event(kind="implicit", name=name, value=value))

    assert (found.number, found.is_negative) == (number, False)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"value": 0}, [("/value", "value.unknown")]),
        ({"value": True}, [("/value", "type.wrong")]),
        ({"value": 1.0}, [("/value", "type.wrong")]),
        ({"value": "up"}, [("/value", "value.unknown")]),
        ({"value": None}, [("/value", "field.missing")]),
        ({"name": "stars", "value": 2.5}, [("/value", "type.wrong")]),
        ({"name": "stars", "value": 6}, [("/value", "number.too_large")]),
        ({"name": "report", "value": 5}, [("/value", "type.wrong")]),
        ({"name": "correction", "value": [{"role": "x"}]}, [("/value/0/role", "text.pattern")]),
        ({"kind": "implicit"}, [("/kind", "feedback.kind")]),
        ({"kind": "implicit", "name": "retry", "value": 1}, [("/value", "value.unexpected")]),
        ({"kind": "implicit", "name": "copy", "value": {"share": 2}}, [("/value/share", "number.too_large")]),
        ({"name": "vote"}, [("/name", "value.unknown")]),
        ({"name": "thumb\u200b"}, [("/name", "value.unknown")]),
        ({"weight": 9}, [("/weight", "key.unknown")]),
        ({"project": "other"}, [("/project", "key.unknown")]),
        ({"occurred_at": "yesterday"}, [("/occurred_at", "time.format")]),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, [("/occurred_at", "time.future")]),
        ({"actor": {"kind": "robot"}}, [("/actor/kind", "value.unknown")]),
        ({"actor": {"user_ref": "jane@example.com"}}, [("/actor/user_ref", "subject.raw")]),
        ({"comment": "c" * 10_001}, [("/comment", "text.too_long")]),
        ({"prediction_id": None}, [("/prediction_id", "feedback.reference")]),
        ({"response_id": "r-1"}, [("/response_id", "feedback.references")]),
        ({"prediction_id": None, "trace_id": TRACE["trace_id"]}, [("/span_id", "feedback.trace")]),
        ({"span_id": TRACE["span_id"]}, [("/trace_id", "feedback.trace")]),
    ],
)
def test_what_is_wrong_is_named_where_it_is(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(**changed) == expected


def test_all_faults_are_named_at_once() -> None:
    assert faults(event_id=7, name="stars", value=9, prediction_id=None, weight=1) == [
        ("/event_id", "type.wrong"),
        ("/weight", "key.unknown"),
        ("/prediction_id", "feedback.reference"),
        ("/value", "number.too_large"),
    ]


def test_each_way_to_name_a_prediction_has_its_own_key() -> None:
    ways: list[dict[str, Any]] = [
        {},
        {"environment": "staging"},
        {"prediction_id": None, **TRACE},
        {"prediction_id": None, "response_id": "p-1"},
    ]

    assert len({check(event(**way)).reference for way in ways}) == len(ways)


def test_without_a_name_all_of_one_kind_are_one_actor() -> None:
    nobody = check(event(actor=None))

    assert nobody.actor == check(event(actor={"kind": "end_user"})).actor
    assert nobody.actor != check(event(actor={"kind": "system"})).actor
    assert nobody.actor != check(event()).actor


def test_a_raw_user_becomes_the_pseudonym_that_a_prediction_would_get() -> None:
    found = check(event(actor={"user_ref": "jane@example.com"}), user_key=b"k")

    assert b"jane" not in found.json
    assert b'"user_ref":"h:' in found.json


def test_a_text_that_cannot_be_stored_is_replaced_and_told() -> None:
    found = check(event(comment="a\0b\ud800"))

    assert found.altered == ("/comment",)
    assert "a\ufffdb\ufffd" in found.json.decode()


def test_a_correction_is_stored_as_parts() -> None:
    found = check(event(name="correction", value=MESSAGES))

    assert b'"parts":[{"content":"Five days.","type":"text"}]' in found.json
