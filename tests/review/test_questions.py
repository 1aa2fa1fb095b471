"""Every kind of question: what answers it, how it is stored, and how two people's answers are compared."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.errors import Invalid
from queues.review import form as forms
from queues.review.question import FAULTS_MAX, Question, kinds
from tests.factories.questions import ANSWERS, KINDS, OPTIONS, question
from tests.factories.work import FORM

OUTPUT_LENGTH, INPUT_LENGTH = 20, 9
LENGTHS = {"output": OUTPUT_LENGTH, "input": INPUT_LENGTH}
BASE = {name: content for name, content in FORM.items() if name != "questions"}


def asked(kind: str, **fields: Any) -> Question:
    return forms.parse({**BASE, "questions": [question(kind, **fields)]}).questions[0]


def faults_of(kind: str, value: object, **fields: Any) -> list[tuple[str, str]]:
    found = asked(kind, **fields).faults(value, LENGTHS)
    return [(fault.pointer, fault.code.removeprefix("answers.")) for fault in found]


values = st.sampled_from([option["value"] for option in OPTIONS])
words = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1)


def places(code: str, codes: list[str], length: int) -> st.SearchStrategy[dict[str, Any]]:
    ends = st.tuples(st.integers(0, length), st.integers(0, length)).filter(lambda pair: pair[0] < pair[1])
    return st.builds(
        lambda where, mark: {"start": where[0], "end": where[1], code: mark}, ends, st.sampled_from(codes)
    )


def spans() -> st.SearchStrategy[dict[str, Any]]:
    severity = st.sampled_from(["minor", "major"])
    plain = places("category", ["accuracy", "fluency"], INPUT_LENGTH)
    more = st.fixed_dictionaries(
        {"severity": severity},
        optional={"comment": st.text(max_size=20), "on": st.sampled_from(["output", "input"])},
    )
    return st.builds(lambda place, rest: {**place, **rest}, plain, more)


def where(place: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(place.get(name, "output") for name in ("on", "start", "end", "category", "severity", "mark"))


ANY_ANSWER: dict[str, st.SearchStrategy[Any]] = {
    "single_choice": values,
    "multiple_choice": st.lists(values, min_size=1, unique=True),
    "rating": st.integers(1, 5),
    "yes_no": st.sampled_from(["yes", "no"]),
    "number": st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15, allow_subnormal=False),
    "short_text": words.filter(lambda text: bool(text.strip()))
    .map(lambda text: text[:500])
    .filter(str.strip),
    "long_text": words.filter(lambda text: bool(text.strip())),
    "ranking": st.permutations([option["value"] for option in OPTIONS]),
    "preference": st.sampled_from(["a", "b", "tie"]),
    "spans": st.lists(spans(), max_size=6, unique_by=where),
    "claims": st.lists(
        places("mark", ["supported", "not_supported"], OUTPUT_LENGTH), max_size=6, unique_by=where
    ),
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def test_every_registered_kind_is_tried_here() -> None:
    assert {name for name, _kind in kinds} == set(KINDS) == set(ANY_ANSWER)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_an_answer_that_fits_is_stored_so_that_it_reads_back_as_itself(
    kind: str, data: st.DataObject
) -> None:
    answer, of = data.draw(ANY_ANSWER[kind]), asked(kind)

    stored = of.canonical(answer)

    assert of.faults(answer, LENGTHS) == of.faults(stored, LENGTHS) == []
    assert of.canonical(stored) == stored == json.loads(json.dumps(stored))
    assert of.rating(stored) == of.rating(answer) is not None


@pytest.mark.parametrize("kind", KINDS)
@given(value=json_values)
def test_no_json_value_does_worse_than_being_refused(kind: str, value: Any) -> None:
    of = asked(kind, allows_unsure=True)

    if not of.faults(value, LENGTHS):
        assert of.canonical(of.canonical(value)) == of.canonical(value)
        assert of.rating(value) is not None
    else:
        assert of.rating(value) is None


@pytest.mark.parametrize("kind", KINDS)
def test_unsure_answers_every_kind_where_it_is_allowed_and_none_where_not(kind: str) -> None:
    free_text = kind in ("short_text", "long_text")

    assert faults_of(kind, "unsure", allows_unsure=True) == []
    assert asked(kind, allows_unsure=True).rating("unsure") == "unsure"
    assert bool(faults_of(kind, "unsure")) is not free_text
    assert faults_of(kind, [ANSWERS[kind], "unsure"], allows_unsure=True) == [("", "both")]


@given(st.data())
def test_sets_and_places_are_compared_whatever_order_they_were_chosen_in(data: st.DataObject) -> None:
    for kind in ("multiple_choice", "spans", "claims"):
        answer = data.draw(ANY_ANSWER[kind])
        shuffled = data.draw(st.permutations(answer))

        assert asked(kind).canonical(shuffled) == asked(kind).canonical(answer)
        assert asked(kind).rating(shuffled) == asked(kind).rating(answer)


def test_a_comment_makes_no_difference_between_two_marks_of_one_place() -> None:
    place = {"start": 0, "end": 3, "category": "fluency", "severity": "minor"}

    ratings = {asked("spans").rating([{**place, "comment": comment}]) for comment in ("", "a", "b")}

    assert ratings == {'[["output",0,3,"fluency","minor"]]'}


PLACE = {"start": 0, "end": 3, "category": "fluency", "severity": "minor"}


@pytest.mark.parametrize(
    ("kind", "value", "fields", "faults"),
    [
        ("single_choice", "rude", {}, [("", "value")]),
        ("single_choice", ["clear"], {}, [("", "value")]),
        ("multiple_choice", "clear", {}, [("", "type")]),
        ("multiple_choice", ["clear", "rude", 3], {}, [("/1", "value"), ("/2", "value")]),
        ("multiple_choice", ["clear", "clear"], {}, [("/1", "twice")]),
        ("multiple_choice", [], {}, [("", "too_few")]),
        ("multiple_choice", [], {"min_chosen": 0}, []),
        ("multiple_choice", ["clear"], {"min_chosen": 2}, [("", "too_few")]),
        ("multiple_choice", ["clear", "brief"], {"max_chosen": 1}, [("", "too_many")]),
        ("rating", 0, {}, [("", "range")]),
        ("rating", 6, {}, [("", "range")]),
        ("rating", 3.0, {}, [("", "range")]),
        ("rating", True, {}, [("", "range")]),
        ("rating", 100, {"minimum": 0, "maximum": 100}, []),
        ("yes_no", "unsure", {}, [("", "value")]),
        ("yes_no", True, {}, [("", "value")]),
        ("number", "3", {}, [("", "type")]),
        ("number", True, {}, [("", "type")]),
        ("number", float("nan"), {}, [("", "type")]),
        ("number", 2**53 + 2, {}, [("", "range")]),
        ("number", -1, {"minimum": 0}, [("", "range")]),
        ("number", 11, {"maximum": 10}, [("", "range")]),
        ("short_text", " \n", {}, [("", "empty")]),
        ("short_text", "x" * 501, {}, [("", "too_long")]),
        ("short_text", "\U0001f600" * 500, {}, []),
        ("long_text", "x" * 20_001, {}, [("", "too_long")]),
        ("ranking", ["clear", "polite"], {}, [("", "too_few")]),
        ("ranking", ["clear", "clear", "brief"], {}, [("/1", "twice")]),
        ("ranking", ["clear", "", "brief"], {}, [("/1", "value")]),
        ("preference", "c", {}, [("", "value")]),
        ("spans", {"start": 0}, {}, [("", "type")]),
        ("spans", ["x"], {}, [("/0", "type")]),
        ("spans", [{**PLACE, "end": 21}], {}, [("/0/end", "range")]),
        ("spans", [{**PLACE, "end": 10, "on": "input"}], {}, [("/0/end", "range")]),
        ("spans", [{**PLACE, "on": "input"}], {"on": ["output"]}, [("/0/on", "value")]),
        ("spans", [{**PLACE, "start": 3}], {}, [("/0/end", "range")]),
        ("spans", [{**PLACE, "start": -1}], {}, [("/0/start", "type")]),
        ("spans", [{**PLACE, "start": 0.0}], {}, [("/0/start", "type")]),
        ("spans", [{**PLACE, "category": "tone"}], {}, [("/0/category", "value")]),
        ("spans", [{"start": 0, "end": 3, "category": "fluency"}], {}, [("/0/severity", "missing")]),
        ("spans", [PLACE], {"severities": []}, [("/0/severity", "value")]),
        ("spans", [{**PLACE, "comment": "x" * 2_001}], {}, [("/0/comment", "too_long")]),
        (
            "spans",
            [{**PLACE, "colour": "red", "a/b": 1}],
            {},
            [("/0/colour", "unknown_field"), ("/0/a~1b", "unknown_field")],
        ),
        ("spans", [PLACE, {**PLACE, "comment": "again"}], {}, [("/1", "twice")]),
        ("spans", [], {}, []),
        ("claims", [{"start": 0, "end": 3, "mark": "maybe"}], {}, [("/0/mark", "value")]),
        ("claims", [{"start": 0, "end": 3, "mark": "supported", "on": "input"}], {}, [("/0/on", "value")]),
    ],
)
def test_each_fault_of_an_answer_is_named_by_its_place(
    kind: str, value: object, fields: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    assert faults_of(kind, value, **fields) == faults


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (question("slider"), "/kind"),
        (question("spans", categories=[]), "/categories"),
        (question("single_choice", level="interval"), "/level"),
        (question("single_choice", options=[*OPTIONS, OPTIONS[0]]), "/options/3/value"),
        (question("single_choice", bad_values=["rude"]), "/bad_values/0"),
        (
            question("yes_no", allows_unsure=True, asked_when={"question": "first", "any_of": ["maybe"]}),
            "/asked_when/any_of/0",
        ),
        (question("yes_no", asked_when={"question": "later", "any_of": ["yes"]}), "/asked_when/question"),
        (question("yes_no", asked_when={"question": "words", "any_of": ["x"]}), "/asked_when/question"),
        (question("yes_no", asked_when={"decision": ["escalate"]}), "/asked_when/decision/0"),
        (question("yes_no", asked_when={}), "/asked_when"),
        (question("yes_no", asked_when={"question": "first"}), "/asked_when"),
        (question("yes_no", key="first"), "/key"),
        (question("rating", minimum=5, maximum=5), "/maximum"),
        (question("rating", labels=["low"]), "/labels"),
        (question("number", minimum=3, maximum=1), "/maximum"),
        (question("multiple_choice", min_chosen=4), "/max_chosen"),
        (
            question(
                "single_choice", allows_unsure=True, options=[*OPTIONS, {"value": "unsure", "label": "?"}]
            ),
            "/options/3/value",
        ),
        (question("short_text", label="a\0b"), "/label"),
        (question("short_text", required_for=["maybe"]), "/required_for/0"),
    ],
)
def test_each_fault_of_a_question_is_named_by_its_place(wrong: dict[str, Any], pointer: str) -> None:
    before = [question("single_choice", key="first"), question("short_text", key="words")]
    document = {
        **BASE,
        "decisions": ["approve", "correct", "reject"],
        "note_required_for": [],
        "questions": [*before, wrong, question("yes_no", key="later")],
    }

    with pytest.raises(Invalid) as refused:
        forms.parse(document)

    assert {fault.pointer for fault in refused.value.faults} == {f"/questions/2{pointer}"}


def test_a_question_is_asked_where_what_it_depends_on_is_asked_and_answered_so() -> None:
    form = forms.parse(
        {
            **BASE,
            "questions": [
                question("yes_no", key="wrong", asked_when={"decision": ["reject"]}),
                question("multiple_choice", key="how", asked_when={"question": "wrong", "any_of": ["yes"]}),
                question("short_text", key="why", asked_when={"question": "how", "any_of": ["brief"]}),
            ],
        }
    )

    def keys(decision: str, **answers: object) -> list[str]:
        return [one.key for one in form.asked(decision, answers)]

    assert keys("approve", wrong="yes", how=["brief"]) == []
    assert keys("reject") == ["wrong"]
    assert keys("reject", wrong="no", how=["brief"]) == ["wrong"]
    assert keys("reject", wrong="yes", how=["clear", "brief"]) == ["wrong", "how", "why"]
    assert keys("reject", wrong="yes", how=["clear"]) == ["wrong", "how"]


def test_a_comparison_asks_the_preference_and_marks_no_places_in_two_texts() -> None:
    whole = forms.parse({**BASE, "questions": [question(kind) for kind in KINDS]})

    compared, single = forms.for_item(whole, compares=True), forms.for_item(whole, compares=False)

    assert {q.key for q in whole.questions} - {q.key for q in compared.questions} == {"spans", "claims"}
    assert {q.key for q in whole.questions} - {q.key for q in single.questions} == {"preference"}
    assert [q.key for q in compared.questions if q.required] == ["preference"]


def test_the_schema_of_a_form_knows_every_kind() -> None:
    schema = forms.json_schema()

    assert schema["title"] == "form/1"
    assert set(schema["properties"]["questions"]["items"]["discriminator"]["mapping"]) == set(KINDS)


def test_of_thousands_of_wrong_places_the_first_are_told() -> None:
    places = [{"start": 0, "end": 4, "category": "none"}] * 5_000

    assert len(asked("spans").faults(places, LENGTHS)) == FAULTS_MAX
