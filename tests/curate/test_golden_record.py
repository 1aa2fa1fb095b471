"""golden/1: what is taken, and what is refused where."""

from typing import Any

import pytest

from queues.curate.golden.record import check
from queues.errors import Invalid
from tests.factories.golden import golden_record

MESSAGES = {
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How long?"}]
}


def faults(**changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        check(golden_record(**changed))
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_one_answer_and_a_list_of_one_are_the_same_item() -> None:
    assert check(golden_record(target="x")).content_hash == check(golden_record(target=["x"])).content_hash


def test_messages_are_stored_as_parts_and_the_question_without_instructions() -> None:
    found = check(golden_record(input=MESSAGES))

    assert found.prompt == "How long?"
    assert found.input["messages"][1]["parts"] == [{"type": "text", "content": "How long?"}]


def test_case_and_spaces_of_a_question_differ_exactly_and_not_normalised() -> None:
    one, other = (check(golden_record(input={"prompt": text})) for text in ("How long?", "HOW  long?"))

    assert one.prompt_sha256 != other.prompt_sha256
    assert one.normalised_sha256 == other.normalised_sha256


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"target": None}, [("/target", "target.missing")]),
        ({"target": []}, [("/target", "target.missing")]),
        ({"target": ""}, [("/target", "text.too_short")]),
        ({"target": ["a", 5]}, [("/target/1", "type.wrong")]),
        ({"target": ["a"] * 21}, [("/target", "list.too_long")]),
        ({"input": None}, [("/input", "field.missing")]),
        ({"input": {"prompt": " \n"}}, [("/input", "input.empty")]),
        ({"input": {"prompt": "x", "messages": []}}, [("/input/messages", "list.too_short")]),
        ({"rule": {"kind": "mood"}}, [("/rule/kind", "value.unknown")]),
        ({"rule": {}}, [("/rule/kind", "field.missing")]),
        ({"rule": "exact"}, [("/rule", "type.wrong")]),
        ({"rule": {"kind": "similarity"}}, [("/rule/threshold", "field.missing")]),
        ({"rule": {"kind": "similarity", "threshold": 1.1}}, [("/rule/threshold", "number.too_large")]),
        ({"rule": {"kind": "number", "absolute": -1}}, [("/rule/absolute", "number.too_small")]),
        ({"rule": {"kind": "number"}, "target": "soon"}, [("/target/0", "target.deviates")]),
        ({"rule": {"kind": "regex", "pattern": "("}}, [("/rule/pattern", "rule.pattern")]),
        ({"rule": {"kind": "regex", "pattern": "(?<=a)b"}}, [("/rule/pattern", "rule.pattern")]),
        ({"rule": {"kind": "regex", "pattern": r"a\C"}}, [("/rule/pattern", "rule.pattern")]),
        ({"rule": {"kind": "regex", "pattern": "((a{100}){100}){100}"}}, [("/rule/pattern", "rule.pattern")]),
        (
            {"rule": {"kind": "regex", "pattern": "weeks"}},
            [("/target/0", "target.deviates"), ("/target/1", "target.deviates")],
        ),
        ({"golden_id": "a\u202eb"}, [("/golden_id", "name.unprintable")]),
        ({"is_golden": True}, [("/is_golden", "key.unknown")]),
        ({"locale": "not a locale"}, [("/locale", "text.pattern")]),
    ],
)
def test_what_is_wrong_is_named_where_it_is(changed: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert faults(**changed) == expected


def test_a_pattern_is_answer_enough() -> None:
    assert check(golden_record(target=None, rule={"kind": "regex", "pattern": "days"})).targets == []


# Each takes more than five times what is allowed, so that a faster machine refuses it too.
@pytest.mark.parametrize(
    "pattern", ["[ab]*a[ab]{990}c|[ab]*b[ab]{990}d|[ab]{990}e", r"(?i)\w*a\w{990}c|\w*b\w{990}d"]
)
def test_a_pattern_that_could_hold_up_arrivals_is_refused(pattern: str) -> None:
    assert faults(rule={"kind": "regex", "pattern": pattern}) == [("/rule/pattern", "rule.pattern_slow")]


def test_an_ordinary_pattern_is_quick_enough() -> None:
    pattern = r"(?i)\b(five|5) (working|business) days\b"

    assert check(golden_record(rule={"kind": "regex", "pattern": pattern})).rule["pattern"] == pattern


def test_a_tolerance_beyond_all_numbers_is_refused() -> None:
    assert faults(rule={"kind": "number", "absolute": 1e30})[0][0].startswith("/rule")
