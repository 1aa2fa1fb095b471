"""Escalating: a question to the lead, which arrives where the lead settles; the answer comes back."""

from html import unescape
from typing import Any

import pytest

from queues.models import Draft, Item, Mention, Note, Review, Verdict
from tests.factories.projects import Cast
from tests.factories.reviews import disputed, reviewed
from tests.factories.work import FORM, queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db

QUESTION = "May we say <b>this</b>?\nI found no rule."
SETTLED: dict[str, Any] = {"source": "written", "decision": "reject", "reasons": ["factual"], "why": "No."}


@pytest.fixture
def item(people: Cast) -> Item:
    """An item that ann has escalated."""
    queue = queue_in(people.project)
    found = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, {"decision": "escalate", "note": QUESTION})
    return found


def desk(people: Cast, item: Item) -> str:
    return f"/projects/{people.project.slug}/items/{item.pk}/settle"


@pytest.mark.parametrize("as_script", [False, True])
@pytest.mark.parametrize("note_required_for", [["escalate"], []])
def test_an_escalation_without_a_question_is_refused_and_nothing_typed_is_lost(
    people: Cast, as_script: bool, note_required_for: list[str]
) -> None:
    ann = Reviewer(
        people.ann, queue_in(people.project, form={**FORM, "note_required_for": note_required_for})
    )
    waiting(ann.queue)
    item = on_screen(ann.open())

    answer = ann.post(
        item, "submit", as_script=as_script, decision="escalate", corrected_text="half an edit", note=" "
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write your question to the lead." in page
    assert 'value="escalate" checked' in page
    assert "half an edit</textarea>" in page
    assert not Review.objects.exists()


def test_the_question_survives_a_refusal_for_another_reason(ann: Reviewer) -> None:
    item = on_screen(ann.open())

    answer = ann.post(item, "submit", decision="escalate", note=QUESTION, reasons=["nonsense"])

    assert answer.status_code == 422
    assert "May we say &lt;b&gt;this&lt;/b&gt;?\nI found no rule.</textarea>" in answer.content.decode()


def test_the_question_stands_in_the_list_and_where_the_lead_settles(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    lee = signed_in(people.lee)
    shown = "May we say &lt;b&gt;this&lt;/b&gt;?"

    assert shown in lee.get(f"/projects/{people.project.slug}/disputes/").content.decode()
    page = lee.get(desk(people, item)).content.decode()
    assert page.count(shown) == 2  # as the question, and in the review that it belongs to
    assert "Your answer to Ann" in page


def test_the_leads_answer_comes_back_to_who_asked(
    people: Cast, item: Item, signed_in: SignIn, settings: Any
) -> None:
    settings.BLIND_UNDO_SECONDS = 0  # several review it: before that it is not told
    signed_in(people.lee).post(desk(people, item), {**SETTLED, "answer": "Never: see <i>the policy</i>."})

    note, ann = Note.objects.get(), signed_in(people.ann)
    assert (note.item, note.author, note.text) == (item, people.lee, "Never: see <i>the policy</i>.")
    assert [mention.person for mention in Mention.objects.all()] == [people.ann]
    for address in ("/", f"/projects/{people.project.slug}/mentions/"):
        page = ann.get(address).content.decode()
        assert "Never: see &lt;i&gt;the policy&lt;/i&gt;." in page
        assert f"/items/{item.pk}/notes#note-{note.pk}" in page


def test_without_an_answer_the_reason_of_the_verdict_is_it(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    signed_in(people.lee).post(desk(people, item), {**SETTLED, "why": "w" * 5_000})

    note = Note.objects.get()
    assert note.text == "w" * 3_999 + "…"
    assert Verdict.objects.get().why == "w" * 5_000


def test_an_answer_that_cannot_be_kept_settles_nothing_and_stays_in_the_field(
    people: Cast, item: Item, signed_in: SignIn
) -> None:
    typed = {**SETTLED, "answer": "a" * 4_001}

    answer = signed_in(people.lee).post(desk(people, item), typed)

    assert answer.status_code == 422
    assert answer.context["marks"]["answer"] in unescape(answer.content.decode())
    assert answer.context["typed"]["answer"] == typed["answer"]
    assert not Verdict.objects.exists() and not Note.objects.exists()


def test_where_nobody_asked_no_answer_is_offered_and_no_note_is_written(
    people: Cast, signed_in: SignIn
) -> None:
    item = disputed(people, people.ann, people.olga)
    lee = signed_in(people.lee)

    assert "verdict-answer" not in lee.get(desk(people, item)).content.decode()
    lee.post(desk(people, item), SETTLED)
    assert Verdict.objects.exists() and not Note.objects.exists()


def test_a_question_that_was_taken_back_gets_no_answer(people: Cast, item: Item, signed_in: SignIn) -> None:
    ann = Reviewer(people.ann, item.queue)

    ann.undo(Review.objects.get().pk)

    assert signed_in(people.lee).get(desk(people, item)).status_code == 404
    assert Draft.objects.get().content["note"] == QUESTION
