"""Who asks the lead about a hidden check gets an answer, and cannot tell it from any other."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.test import Client

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues import reviewing
from queues.curate.checks import questions
from queues.errors import WrongState
from queues.models import Item, ItemState, Note, Queue, Review, ServedCheck, Slot, Verdict
from queues.web.history import last_decisions
from tests.export.recalling import withdraw
from tests.factories.checks import queue_with_checks
from tests.factories.locks import until_somebody_waits
from tests.factories.projects import Cast
from tests.factories.work import waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen
from tests.web.test_checks import words_of

pytestmark = pytest.mark.django_db
ASK: dict[str, Any] = {"decision": "escalate", "note": "Is <b>this</b> our policy?"}
FINE: dict[str, Any] = {"decision": "approve", "answer.tone": "fine"}
SETTLE: dict[str, Any] = {
    "source": "written",
    "decision": "approve",
    "answer.tone": "fine",
    "why": "It says 5 days.",
}


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    return at_work(people)


def at_work(people: Cast) -> Reviewer:
    """Ann, who is given the queue's check first; items wait."""
    queue = queue_with_checks(people, n=1, check_rate=1.0)
    for _ in range(3):
        item = waiting(queue)
        events.record(  # as routing does, which these items did not go through
            project_id=people.project.pk,
            kind="item.opened",
            by=SYSTEM,
            subject_kind="item",
            subject_id=item.pk,
            after={"priority": item.priority},
        )
    return Reviewer(people.ann, queue)


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def page(ann: Reviewer, name: str) -> str:
    return f"{ann.project_url}/{name}"


def asked_about_a_check(ann: Reviewer) -> ServedCheck:
    ann.post(on_screen(ann.open()), "submit", **ASK)
    return ServedCheck.objects.get()


def reply_to(ann: Reviewer, served: ServedCheck) -> str:
    return page(ann, f"checks/questions/{served.pk}/reply")


def test_the_question_stands_among_the_disputes_marked_as_a_check(ann: Reviewer, lee: Client) -> None:
    served = asked_about_a_check(ann)

    shown = lee.get(page(ann, "disputes/")).content.decode()

    assert "Questions about hidden checks" in shown
    assert "Is &lt;b&gt;this&lt;/b&gt; our policy?" in shown
    assert "It says 5 days." in shown
    assert reply_to(ann, served) in shown
    assert "No open dispute" not in shown


@pytest.mark.parametrize(("text", "arrives"), [("Yes, it is.", "Yes, it is."), (" ", "It says 5 days.")])
def test_the_reply_arrives_and_the_question_waits_no_more(
    ann: Reviewer, lee: Client, text: str, arrives: str
) -> None:
    served = asked_about_a_check(ann)

    lee.post(reply_to(ann, served), {"answer": text})

    assert arrives in ann.client.get("/").content.decode()
    assert "Questions about hidden checks" not in lee.get(page(ann, "disputes/")).content.decode()
    assert Note.objects.get().author.name == "Lee"
    assert Verdict.objects.count() == 1  # the one that the check was made of


def test_before_and_after_the_reply_all_reads_like_any_other_question(
    ann: Reviewer, lee: Client, people: Cast
) -> None:
    told = []
    for _ in range(2):
        item = Slot.objects.get(pk=on_screen(ann.open()).slot).item
        is_check = item.state == ItemState.CHECK
        ann.post(on_screen(ann.open()), "submit", **ASK)
        if is_check:
            lee.post(reply_to(ann, ServedCheck.objects.get()), {"answer": "It says 5 days."})
        else:
            lee.post(page(ann, f"items/{item.pk}/settle"), SETTLE)
        pages = [ann.client.get(page(ann, f"items/{item.pk}/{name}")) for name in ("story", "notes")]
        (one,) = last_decisions(Actor(people.ann.pk), [people.project.pk], size=1).rows
        became = (one.became, str(one.verdict), str(one.basis), one.can_undo)
        told.append(([words_of(shown) for shown in pages], became))

    check, other = told
    assert check == other


def test_a_question_is_answered_once_and_by_leads_of_its_project(
    ann: Reviewer, lee: Client, people: Cast, signed_in: SignIn
) -> None:
    served = asked_about_a_check(ann)
    address = reply_to(ann, served)

    assert ann.client.post(address, {"answer": "So."}).status_code == 403
    assert lee.post(address.replace(str(served.pk), "999999"), {"answer": "So."}).status_code == 404
    lee.post(address, {"answer": "Yes."})
    late = lee.post(address, {"answer": "<b>No.</b>"})

    assert late.status_code == 409
    assert "\n&lt;b&gt;No.&lt;/b&gt;</textarea>" in late.content.decode()
    assert [note.text for note in Note.objects.all()] == ["Yes."]


def test_a_reply_that_is_refused_stands_in_its_field_with_what_is_wrong(ann: Reviewer, lee: Client) -> None:
    served = asked_about_a_check(ann)

    answer = lee.post(reply_to(ann, served), {"answer": "<i>" + "a" * 4_000})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "\n&lt;i&gt;" + "a" * 4_000 + "</textarea>" in page
    assert f'id="reply-{served.pk}-fault"' in page
    assert "At most 4,000 characters." in page
    assert not Note.objects.exists()


def test_a_question_about_what_was_recalled_waits_for_nobody(
    ann: Reviewer, lee: Client, people: Cast
) -> None:
    served = asked_about_a_check(ann)
    withdraw(people, served.item.prediction.prediction_id)

    lee.post(reply_to(ann, served), {"answer": "Yes."})

    assert "Questions about hidden checks" not in lee.get(page(ann, "disputes/")).content.decode()
    assert not Note.objects.exists()
    assert Item.objects.get(pk=served.item_id).told_state == ItemState.WITHDRAWN


def test_the_database_has_replies_in_the_thread_of_their_item_only(ann: Reviewer) -> None:
    served = asked_about_a_check(ann)
    elsewhere = Note.objects.create(item=served.check_given.source, author=ann.person, text="x")

    with pytest.raises(IntegrityError, match="served_check_reply_is_of_its_item"), transaction.atomic():
        ServedCheck.objects.filter(pk=served.pk).update(reply=elsewhere)
    here = Note.objects.create(item=served.item, author=ann.person, text="x")
    with pytest.raises(IntegrityError, match="served_check_withdrawn_has_no_reply"), transaction.atomic():
        ServedCheck.objects.filter(pk=served.pk).update(withdrawn_at=Now(), reply=here)


@pytest.mark.django_db(transaction=True)
def test_a_reply_and_a_taking_back_at_once_come_one_after_the_other(people: Cast) -> None:
    """Who takes back has the item and waits for the review; the reply waits for the item, holding nothing."""
    served, lee = asked_about_a_check(at_work(people)), Actor(people.lee.pk)
    refused: list[WrongState] = []

    def take_back() -> None:
        reviewing.undo(served.review_id or 0, project=people.project, by=Actor(served.person_id))
        connection.close()

    def reply() -> None:
        try:
            questions.reply(served.pk, project_id=people.project.pk, by=lee, text="Yes.")
        except WrongState as error:
            refused.append(error)
        connection.close()

    threads = [threading.Thread(target=take_back), threading.Thread(target=reply)]
    with transaction.atomic():
        Review.objects.select_for_update().get(pk=served.review_id or 0)
        for n, thread in enumerate(threads, start=1):
            thread.start()
            until_somebody_waits(people=n)
        is_free = ServedCheck.objects.select_for_update(nowait=True).filter(pk=served.pk).exists()
    for thread in threads:
        thread.join()

    assert is_free
    assert len(refused) == 1
    assert not Note.objects.exists()
    assert ServedCheck.objects.get().review is None


def test_after_the_reply_the_question_is_not_taken_back(ann: Reviewer, lee: Client) -> None:
    served = asked_about_a_check(ann)
    lee.post(reply_to(ann, served), {"answer": "Yes."})

    assert ann.undo(served.review_id or 0).status_code == 409
    assert ServedCheck.objects.get().reply is not None


def test_a_question_that_was_taken_back_is_asked_no_more(ann: Reviewer, lee: Client) -> None:
    served = asked_about_a_check(ann)
    ann.undo(served.review_id or 0)

    lee.post(reply_to(ann, served), {"answer": "Yes."})

    assert "Questions about hidden checks" not in lee.get(page(ann, "disputes/")).content.decode()
    assert not Note.objects.exists()


def test_the_database_has_replies_to_questions_only(ann: Reviewer, lee: Client) -> None:
    ann.post(on_screen(ann.open()), "submit", **FINE)
    served = ServedCheck.objects.get()
    note = Note.objects.create(item=served.item, author=ann.person, text="x")

    with pytest.raises(IntegrityError, match="served_check_reply_is_to_a_question"), transaction.atomic():
        ServedCheck.objects.update(reply=note)


def test_the_oldest_due_time_is_told_to_the_hour_where_there_are_checks(ann: Reviewer) -> None:
    told = ann.client.get(page(ann, "queues/")).context["cards"][0].oldest_due
    Queue.objects.update(check_rate=0.0)
    exact = ann.client.get(page(ann, "queues/")).context["cards"][0].oldest_due

    assert told == exact.replace(minute=0, second=0, microsecond=0)
