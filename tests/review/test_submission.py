"""What fits a form, and what is said about what does not."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queues.errors import Invalid
from queues.review import form as forms
from queues.review import line_ends, submission
from tests.factories.questions import question
from tests.factories.work import FORM, TONE

OUTPUT = "Refunds are instant.\nAnything else?"
WITH_TONE = {**FORM, "questions": [TONE]}


def faults_of(document: dict[str, Any], form: dict[str, Any] = FORM, *, is_flagged: bool = False) -> set[str]:
    try:
        submission.check(document, form=forms.parse(form), output_text=OUTPUT, is_flagged=is_flagged)
    except Invalid as error:
        return {fault.pointer for fault in error.faults}
    return set()


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({"decision": "approve"}, set()),
        ({"decision": "reject", "reasons": ["vague"]}, set()),
        ({"decision": "reject"}, {"/reasons"}),
        ({"decision": "reject", "reasons": ["no_such"]}, {"/reasons"}),
        ({"decision": "reject", "reasons": ["vague", "vague"]}, {"/reasons"}),
        ({"decision": "reject", "reasons": "vague"}, {"/reasons"}),
        ({"decision": "reject", "reasons": ["other"]}, {"/note"}),
        ({"decision": "reject", "reasons": ["other"], "note": "  "}, {"/note"}),
        ({"decision": "reject", "reasons": ["other"], "note": "Wrong product."}, set()),
        ({"decision": "escalate"}, {"/note"}),
        ({"decision": "escalate", "note": "Is this allowed?"}, set()),
        ({}, {"/decision"}),
        ({"decision": ""}, {"/decision"}),
        ({"decision": "Approve"}, {"/decision"}),
        ({"decision": 1}, {"/decision"}),
        ({"decision": "correct", "reasons": ["vague"]}, {"/corrected_text"}),
        ({"decision": "correct", "reasons": ["vague"], "corrected_text": OUTPUT}, {"/corrected_text"}),
        (
            {"decision": "correct", "reasons": ["vague"], "corrected_text": OUTPUT.replace("\n", "\r\n")},
            {"/corrected_text"},
        ),
        ({"decision": "correct", "reasons": ["vague"], "corrected_text": "\u2003"}, {"/corrected_text"}),
        ({"decision": "correct", "reasons": ["vague"], "corrected_text": "Refunds take days."}, set()),
        ({"decision": "approve", "corrected_text": "Refunds take days."}, {"/decision"}),
        ({"decision": "approve", "corrected_text": OUTPUT}, set()),
        ({"decision": "approve", "note": "a\0b"}, {"/note"}),
        ({"decision": "approve", "note": "x" * 10_001}, {"/note"}),
        ({"decision": "approve", "is_golden": True}, {"/is_golden"}),
        ({"decision": "approve", "answers": {"tone": "fine"}}, {"/answers/tone"}),
        ({"decision": "approve", "answers": ["fine"]}, {"/answers"}),
    ],
)
def test_each_fault_is_named_by_its_place(document: dict[str, Any], pointers: set[str]) -> None:
    assert faults_of(document) == pointers


def test_a_required_question_is_asked_for_judgements_and_not_for_escalations() -> None:
    assert faults_of({"decision": "approve"}, WITH_TONE) == {"/answers/tone"}
    assert faults_of({"decision": "approve", "answers": {"tone": "purple"}}, WITH_TONE) == {"/answers/tone"}
    assert faults_of({"decision": "approve", "answers": {"tone": "fine"}}, WITH_TONE) == set()
    assert faults_of({"decision": "escalate", "note": "?"}, WITH_TONE) == set()


def test_an_answer_to_a_question_that_is_not_asked_is_refused() -> None:
    only_rejected = {**TONE, "asked_when": {"decision": ["reject"]}}
    form = {**FORM, "questions": [only_rejected]}

    assert faults_of({"decision": "approve"}, form) == set()
    assert faults_of({"decision": "approve", "answers": {"tone": None}}, form) == set()
    assert faults_of({"decision": "approve", "answers": {"tone": "fine"}}, form) == {"/answers/tone"}
    assert faults_of({"decision": "reject", "reasons": ["vague"]}, form) == {"/answers/tone"}


def test_a_fault_within_an_answer_is_named_by_its_place() -> None:
    form = {**FORM, "questions": [question("spans")]}
    place = {"start": 0, "end": 3, "category": "fluency", "severity": "minor"}
    places = [place, {**place, "end": len(OUTPUT) + 1}]

    assert faults_of({"decision": "approve", "answers": {"spans": [place]}}, form) == set()
    assert faults_of({"decision": "approve", "answers": {"spans": places}}, form) == {"/answers/spans/1/end"}


def test_approving_what_a_safety_filter_flagged_needs_a_reason() -> None:
    lax = {**FORM, "override_needs_reason": False}

    assert faults_of({"decision": "approve"}, is_flagged=True) == {"/reasons"}
    assert faults_of({"decision": "approve", "reasons": ["vague"]}, is_flagged=True) == set()
    assert faults_of({"decision": "approve"}, lax, is_flagged=True) == set()


def test_an_approval_names_nothing_wrong_unless_the_form_asks_for_reasons() -> None:
    asks = {**FORM, "reasons_required_for": ["approve", "reject"]}
    approval = {"decision": "approve", "reasons": ["vague"]}

    with pytest.raises(Invalid) as refused:
        submission.check(approval, form=forms.parse(FORM), output_text=OUTPUT, is_flagged=False)

    assert [fault.code for fault in refused.value.faults] == ["reasons.with_approve"]
    assert faults_of(approval, asks) == set()


def test_a_corrected_text_is_kept_code_point_for_code_point() -> None:
    text = " Zero\u200bwidth, \u202eright\u202c,\r\n\te\u0301 and \U0001f600 \u2028"

    checked = submission.check(
        {"decision": "correct", "reasons": ["vague"], "corrected_text": text},
        form=forms.parse(FORM),
        output_text=OUTPUT,
        is_flagged=False,
    )

    assert checked.corrected_text == text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*submission.FIELDS, "x"]), json_values))
def test_no_document_does_worse_than_being_refused(document: dict[str, Any]) -> None:
    faults_of(document)
    submission.keepable(document)


@given(st.text())
def test_a_text_that_went_through_a_browser_form_is_not_an_edit(text: str) -> None:
    posted = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")

    assert line_ends.same_text(text, posted)
    assert line_ends.same_text(line_ends.like(text, posted), text)


def test_line_ends_come_back_as_the_original_had_them() -> None:
    assert line_ends.like("a\r\nb", "x\r\ny") == "x\r\ny"
    assert line_ends.like("a\nb", "x\r\ny") == "x\ny"


def test_a_lone_carriage_return_comes_from_no_browser_and_stays() -> None:
    assert line_ends.like("a\nb", "x\ry\r\nz") == "x\ry\nz"
    assert line_ends.like("a\r\nb", "x\ry\nz") == "x\ry\r\nz"


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_no_field_of_a_draft_holds_what_the_database_cannot(text: str) -> None:
    typed = {"decision": text, "reasons": [text], "answers": {text: "a", "b": text}, "note": text}

    pointers = {fault.pointer for fault in submission.draft_faults(typed)}

    assert pointers == {"/decision", "/reasons", "/answers", "/answers/b", "/note"}
    assert submission.keepable(typed) == {}


def test_one_field_that_cannot_be_kept_loses_no_other_of_the_draft() -> None:
    typed = {"decision": "", "note": "x" * 10_001, "corrected_text": "My text.", "spans": "[]"}

    assert submission.keepable(typed) == {"decision": "", "corrected_text": "My text."}


def test_one_answer_that_cannot_be_kept_loses_no_other_of_the_draft() -> None:
    typed = {"answers": {"a/b": [{"comment": "\0"}], "number": 2**60, "words": "My text.", "half": ["", "x"]}}

    assert submission.keepable(typed) == {"answers": {"words": "My text.", "half": ["", "x"]}}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda form: form.update(schema="form/2"), "/schema"),
        (lambda form: form.update(decisions=["approve", "approve"]), "/decisions/1"),
        (lambda form: form.update(colour="red"), "/colour"),
        (lambda form: form["reasons"].append({"value": "vague", "label": "Again"}), "/reasons/3/value"),
        (lambda form: form["questions"].append({**TONE, "kind": "slider"}), "/questions/0/kind"),
        (lambda form: form["questions"].append({**TONE, "options": []}), "/questions/0/options"),
        (lambda form: form.update(note_required_for=["maybe"]), "/note_required_for/0"),
    ],
)
def test_a_form_that_is_wrong_says_where(change: Any, place: str) -> None:
    form = copy.deepcopy(FORM)
    change(form)

    with pytest.raises(Invalid) as refused:
        forms.parse(form)

    assert place in {fault.pointer for fault in refused.value.faults}
