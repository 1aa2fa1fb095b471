"""Every kind of question on the review page, without a script: drawn, posted, refused at its place."""

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from queues.models import Draft, Review
from queues.review import form as forms
from queues.web.asked import questions_of
from queues.web.posted_answers import answers_of
from tests.factories.projects import Cast
from tests.factories.questions import ANSWERS, KINDS, question
from tests.factories.work import FORM, queue_in, waiting
from tests.review.test_questions import ANY_ANSWER
from tests.web.controls import posted
from tests.web.reviewing import Reviewer, on_screen

ON_ONE_OUTPUT = [kind for kind in KINDS if kind != "preference"]
EVERY_KIND: dict[str, Any] = {**FORM, "questions": [question(kind) for kind in ON_ONE_OUTPUT]}


def drawn_and_posted(form: forms.Form, answers: dict[str, Any]) -> dict[str, Any]:
    """What comes back when a page with these answers is sent as it is."""
    html = "".join(
        render_to_string("review/questions/_question.html", {"asked": asked})
        for asked in questions_of(form, decision="approve", answers=answers)
    )
    post = QueryDict(mutable=True)
    for name, value in posted(html):
        post.appendlist(name, value)
    return answers_of(post, form)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_page_that_is_sent_as_it_came_says_what_was_answered(kind: str, data: st.DataObject) -> None:
    form = forms.parse({**FORM, "questions": [question(kind, allows_unsure=data.draw(st.booleans()))]})
    answer: dict[str, Any] = form.canonical({kind: data.draw(ANY_ANSWER[kind])})
    if kind == "long_text":
        answer = {kind: answer[kind].replace("\r\n", "\n").replace("\r", "")}
    if kind == "short_text":
        answer = {kind: " ".join(answer[kind].splitlines()) or "-"}

    assert form.canonical(drawn_and_posted(form, answer)) == answer


@pytest.mark.parametrize("kind", KINDS)
def test_unsure_and_nothing_come_back_as_what_they_are(kind: str) -> None:
    form = forms.parse({**FORM, "questions": [question(kind, allows_unsure=True)]})

    assert drawn_and_posted(form, {kind: "unsure"}) == {kind: "unsure"}
    assert drawn_and_posted(form, {}) == {}


@pytest.mark.parametrize("kind", ["multiple_choice", "spans", "claims"])
def test_that_there_is_none_comes_back_as_an_answer(kind: str) -> None:
    fields = {"min_chosen": 0} if kind == "multiple_choice" else {}
    form = forms.parse({**FORM, "questions": [question(kind, **fields)]})

    assert drawn_and_posted(form, {kind: []}) == {kind: []}


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("number", "three"),
        ("number", "1,5"),
        ("number", "\u0661"),
        ("rating", "9" * 40),
        ("ranking", ["brief", "", ""]),
        ("ranking", ["brief", "brief", ""]),
        ("spans", "{no json"),
        ("multiple_choice", ["clear", ""]),
    ],
)
def test_what_does_not_fit_is_refused_and_stands_there_again(kind: str, typed: Any) -> None:
    fields = {"min_chosen": 0} if kind == "multiple_choice" else {}
    fields |= {"minimum": 0, "maximum": 100} if kind == "rating" else {}
    form = forms.parse({**FORM, "questions": [question(kind, **fields)]})
    post = QueryDict(mutable=True)
    post.setlist(f"answer.{kind}", typed if isinstance(typed, list) else [typed])

    read = answers_of(post, form)

    assert read == {kind: typed}
    assert form.questions[0].faults(read[kind])
    if kind != "multiple_choice":
        assert drawn_and_posted(form, read) == read


@pytest.mark.django_db
def test_a_plain_form_post_stores_an_answer_of_every_kind(people: Cast) -> None:
    queue = queue_in(people.project, form=EVERY_KIND)
    waiting(queue)
    ann = Reviewer(people.ann, queue)
    said = {kind: ANSWERS[kind] for kind in ON_ONE_OUTPUT}
    item = on_screen(ann.open())
    fields: dict[str, Any] = {f"answer.{kind}": json.dumps(said[kind]) for kind in ("spans", "claims")}
    fields |= {
        f"answer.{kind}": answer if isinstance(answer, list) else str(answer)
        for kind, answer in said.items()
        if kind not in ("spans", "claims")
    }

    response = ann.post(item, "submit", decision="approve", note="", **fields)

    assert response.status_code == 302, response.content.decode()
    assert Review.objects.get().answers == said


@pytest.mark.django_db
def test_a_refused_answer_is_told_at_its_question_and_nothing_typed_is_lost(people: Cast) -> None:
    queue = queue_in(people.project, form=EVERY_KIND)
    waiting(queue)
    ann = Reviewer(people.ann, queue)
    item = on_screen(ann.open())
    answers = {"number": "much", "long_text": "<b>mine</b>", "ranking": ["brief", "", ""]}
    typed: dict[str, Any] = {f"answer.{kind}": answer for kind, answer in answers.items()}

    response = ann.post(item, "submit", decision="approve", **typed)

    assert response.status_code == 422
    page = response.content.decode()
    assert "This must be a number." in page and "Give every option its place." not in page
    assert 'value="much"' in page and "&lt;b&gt;mine&lt;/b&gt;" in page
    kept = dict(posted(page, prefix="answer."))
    assert kept["answer.number"] == "much"
    assert ("answer.ranking", "brief") in posted(page, prefix="answer.")


@pytest.mark.django_db
def test_a_draft_keeps_answers_that_do_not_fit_yet(people: Cast) -> None:
    queue = queue_in(people.project, form=EVERY_KIND)
    waiting(queue)
    ann = Reviewer(people.ann, queue)
    item = on_screen(ann.open())

    typed: dict[str, Any] = {"answer.number": "3.", "answer.ranking": ["", "clear", ""]}

    ann.post(item, "draft", as_script=True, **typed)

    assert Draft.objects.get().content["answers"] == {"number": "3.", "ranking": ["", "clear", ""]}
    assert ("answer.number", "3.") in posted(ann.open().content.decode())


@pytest.mark.django_db
def test_a_question_that_depends_on_another_says_so_without_a_script(people: Cast) -> None:
    why = question("long_text", asked_when={"question": "yes_no", "any_of": ["no"]}, required=True)
    queue = queue_in(people.project, form={**FORM, "questions": [question("yes_no"), why]})
    waiting(queue)
    ann = Reviewer(people.ann, queue)
    item = on_screen(ann.open())

    def send(**answers: Any) -> Any:
        return ann.post(item, "submit", decision="approve", **{f"answer.{k}": v for k, v in answers.items()})

    refused = send(yes_no="no")
    wrong = send(yes_no="yes", long_text="x")
    done = send(yes_no="yes", long_text="")

    assert "Only where “The yes_no question” is answered with: No" in refused.content.decode()
    assert refused.status_code == 422 and "Answer this question." in refused.content.decode()
    assert wrong.status_code == 422 and "This question is not asked here" in wrong.content.decode()
    assert done.status_code == 302
