"""The page of a queue's dispute rule: in words, changed by a lead, with its versions."""

from html import unescape
from typing import Any

import pytest

from queues.models import DisputeRule, Item, ItemState, Queue
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

MAJORITY = {"needs": "majority", "question.tone": "not_counted", "reason": "Tone is a matter of taste."}


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


def address(people: Cast, queue: Queue, *, change: bool = False) -> str:
    return f"/projects/{people.project.slug}/queues/{queue.slug}/dispute-rule{'/change' if change else ''}"


def test_the_default_is_said_in_words(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    page = signed_in(people.lee).get(address(people, queue))

    assert page.context["sentences"] == ["An item is settled when all its reviews say the same."]
    assert "the default" in page.content.decode()


def test_a_lead_changes_the_rule_and_the_page_shows_its_history(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    lee = signed_in(people.lee)

    answer = lee.post(address(people, queue, change=True), {**MAJORITY, "seen": "0"})

    page = unescape(lee.get(address(people, queue)).content.decode())
    rule = DisputeRule.objects.get(queue=queue)
    assert answer.status_code == 302
    assert (rule.needs, rule.by_question, rule.author) == ("majority", {"tone": "not_counted"}, people.lee)
    assert "“How is the tone?”: does not count: people may differ." in page
    assert "Tone is a matter of taste." in page


@pytest.mark.parametrize(
    ("posted", "place"),
    [
        ({"needs": "k_of_n", "at_least": "", "reason": "x"}, "at_least"),
        ({"needs": "k_of_n", "at_least": "٣", "reason": "x"}, "at_least"),
        ({"needs": "k_of_n", "at_least": "999999999999999999", "reason": "x"}, "at_least"),
        ({"needs": "", "reason": "x"}, "needs"),
        ({"needs": "majority", "reason": " "}, "reason"),
        ({"needs": "majority", "question.tone": "some", "reason": "x"}, "by_question/tone"),
        ({"needs": "majority", "question.<b>": "majority", "reason": "x"}, "by_question/<b>"),
    ],
)
def test_what_is_wrong_is_marked_and_nothing_changes(
    people: Cast, signed_in: SignIn, queue: Queue, posted: dict[str, Any], place: str
) -> None:
    answer = signed_in(people.lee).post(address(people, queue, change=True), {**posted, "seen": "0"})

    assert answer.status_code == 422
    assert list(answer.context["marks"]) == [place]
    assert answer.context["marks"][place] in unescape(answer.content.decode())
    assert not DisputeRule.objects.exists()


@pytest.mark.parametrize("seen", ["0", "x", ""])
def test_a_page_that_is_out_of_date_changes_nothing(
    people: Cast, signed_in: SignIn, queue: Queue, seen: str
) -> None:
    lee = signed_in(people.lee)
    lee.post(address(people, queue, change=True), {**MAJORITY, "seen": "0"})

    typed = {"needs": "unanimous", "reason": "Typed <b>at length</b>", "seen": seen}
    answer = lee.post(address(people, queue, change=True), typed)

    assert answer.status_code == 409
    assert DisputeRule.objects.count() == 1
    assert "Typed &lt;b&gt;at length&lt;/b&gt;" in answer.content.decode()
    assert answer.context["sentences"][0].startswith("An item is settled when more than half")
    assert (
        lee.post(address(people, queue, change=True), {**typed, "seen": answer.context["seen"]}).status_code
        == 302
    )


def test_who_only_reads_sees_the_rule_and_no_form(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    page = signed_in(people.mel).get(address(people, queue)).content.decode()

    assert "What holds now" in page
    assert "Change the rule" not in page


def test_a_settled_item_is_reopened_from_the_desk(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    item = waiting(queue)
    reviewed(queue, people.ann, {"decision": "approve", "answers": {"tone": "fine"}})
    lee, desk = signed_in(people.lee), f"/projects/{people.project.slug}/items/{item.pk}"

    assert "Reopen the item" in lee.get(f"{desk}/settle").content.decode()
    refused = lee.post(f"{desk}/reopen", {"why": ""})
    reopened = lee.post(f"{desk}/reopen", {"why": "The policy changed."})

    assert (refused.status_code, reopened.status_code) == (422, 302)
    assert Item.objects.get(pk=item.pk).state == ItemState.DISPUTED
    assert "Settle the item" in lee.get(f"{desk}/settle").content.decode()
    assert "a lead must confirm it" in lee.get(f"/projects/{people.project.slug}/disputes/").content.decode()
