"""Disputes: the lead sees who said what, picks or writes the verdict, and says why."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role
from queues.models import Item, ItemState, Verdict
from tests.factories.projects import Cast, member
from tests.factories.reviews import APPROVE, disputed, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

WITH_TONE: dict[str, Any] = {**FORM, "questions": [TONE]}


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


@pytest.fixture
def item(people: Cast) -> Item:
    return disputed(people, people.ann, member(people.project, Role.ANNOTATOR, name="Bo"))


def desk(people: Cast, item: Item) -> str:
    return f"/projects/{people.project.slug}/items/{item.pk}/settle"


def review_of(item: Item, decision: str) -> Any:
    return item.reviews.get(decision=decision)


def test_the_list_says_who_differs_on_what(people: Cast, lee: Client, item: Item) -> None:
    page = lee.get(f"/projects/{people.project.slug}/disputes/")

    ((dispute, is_mine),) = page.context["disputes"]
    assert (dispute.item, dispute.disputed_over, is_mine) == (item, ["decision"], False)
    assert "Ann" in page.content.decode()
    assert "Bo" in page.content.decode()


def test_an_empty_list_says_that_nothing_waits(people: Cast, lee: Client) -> None:
    assert "No open dispute" in lee.get(f"/projects/{people.project.slug}/disputes/").content.decode()


def test_the_list_can_be_one_queues(people: Cast, lee: Client, item: Item) -> None:
    other = queue_in(people.project)

    theirs = lee.get(f"/projects/{people.project.slug}/disputes/?queue={item.queue.slug}")
    none = lee.get(f"/projects/{people.project.slug}/disputes/?queue={other.slug}")

    assert len(theirs.context["disputes"]) == 1
    assert none.context["disputes"] == []


def test_differing_answers_are_marked_and_equal_ones_are_not(people: Cast, lee: Client) -> None:
    item = disputed(people, people.ann, people.olga, form=WITH_TONE)

    rows = lee.get(desk(people, item)).context["compared"]

    assert [(row.label, row.differs, row.answers) for row in rows] == [
        ("Decision", True, ["Approve", "Reject"]),
        ("How is the tone?", False, ["Fine", "Fine"]),
    ]


def test_picking_a_review_makes_its_answer_the_verdict(people: Cast, lee: Client, item: Item) -> None:
    answer = lee.post(
        desk(people, item), {"source": review_of(item, "reject").pk, "why": "The policy page says so."}
    )

    verdict = Verdict.objects.get(item=item)
    assert answer.status_code == 302
    assert (verdict.decision, verdict.reasons, verdict.basis) == ("reject", ["factual"], "adjudicated")
    assert (verdict.decided_by, verdict.why) == (people.lee, "The policy page says so.")


def test_a_lead_can_write_a_third_verdict(people: Cast, lee: Client) -> None:
    item = disputed(people, people.ann, people.olga, form=WITH_TONE)

    lee.post(
        desk(people, item),
        {
            "source": "written",
            "decision": "correct",
            "reasons": ["vague", "other"],
            "answer.tone": "rude",
            "corrected_text": "Refunds take five days.\r\nKeep the receipt.",
            "why": "Both missed the time.",
        },
    )

    verdict = Verdict.objects.get(item=item)
    assert (verdict.decision, verdict.answers) == ("correct", {"tone": "rude"})
    assert verdict.corrected_text == "Refunds take five days.\nKeep the receipt."


@pytest.mark.parametrize(
    ("posted", "place"),
    [
        ({"source": "", "why": "x"}, "source"),
        ({"source": "999999", "why": "x"}, "source"),
        ({"source": "written", "decision": "reject", "reasons": ["factual"], "why": " "}, "why"),
        ({"source": "written", "decision": "reject", "why": "kept text"}, "reasons"),
        ({"source": "written", "decision": "correct", "reasons": ["vague"], "why": "x"}, "corrected_text"),
        ({"source": "written", "decision": "escalate", "why": "x"}, "decision"),
        ({"source": "written", "decision": "approve\0", "why": "x\0"}, "why"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_settled(
    people: Cast, lee: Client, item: Item, posted: dict[str, Any], place: str
) -> None:
    answer = lee.post(desk(people, item), posted)

    assert answer.status_code == 422
    assert place in answer.context["marks"]
    assert answer.context["marks"][place] in unescape(answer.content.decode())
    assert not Verdict.objects.exists()


def test_what_was_typed_survives_a_refusal(people: Cast, lee: Client, item: Item) -> None:
    typed = {"source": "written", "decision": "reject", "why": "kept <b>text</b>"}

    page = lee.post(desk(people, item), typed).content.decode()

    assert "kept &lt;b&gt;text&lt;/b&gt;" in page
    assert 'value="written" required checked' in page


def test_a_lead_who_reviewed_the_item_may_not_settle_it(people: Cast, lee: Client) -> None:
    item = disputed(people, people.ann, people.lee)

    page = lee.get(desk(people, item)).content.decode()
    answer = lee.post(desk(people, item), {"source": review_of(item, "approve").pk, "why": "I was right."})

    assert "another lead must settle it" in page
    assert "<textarea" not in page
    assert answer.status_code == 403


def test_what_is_missing_is_told_with_its_question(people: Cast, lee: Client) -> None:
    item = disputed(people, people.ann, people.olga, form=WITH_TONE)

    answer = lee.post(
        desk(people, item), {"source": "written", "decision": "reject", "reasons": ["factual"], "why": "x"}
    )

    told = unescape(answer.content.decode()).partition('role="alert"')[2].partition("</ul>")[0]
    assert answer.status_code == 422
    assert TONE["label"] in told


def picks(people: Cast, lee: Client, item: Item) -> list[str]:
    """What each choice of the desk reads as, with nothing but its text."""
    html = lee.get(desk(people, item)).content.decode()
    found = re.findall(r'<label class="source">.*?<span>(.*?)</span>(?:<kbd>|</label>)', html, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in found[:-1]]


def both(people: Cast, form: dict[str, Any], *said: dict[str, Any]) -> Item:
    queue = queue_in(people.project, form=form)
    item = waiting(queue, reviews_needed=len(said), output_text="It takes seven days.")
    for person, document in zip([people.ann, people.olga], said, strict=False):
        reviewed(queue, person, document)
    item.refresh_from_db()
    return item


def test_two_choices_of_the_same_decision_are_told_by_the_answer_that_differs(
    people: Cast, lee: Client
) -> None:
    fix = {"decision": "correct", "reasons": ["factual"], "corrected_text": "It takes five days."}
    item = both(people, WITH_TONE, {**fix, "answers": {"tone": "fine"}}, {**fix, "answers": {"tone": "rude"}})

    assert picks(people, lee, item) == [
        "As Ann said: Correct How is the tone? – Fine",
        "As Olga said: Correct How is the tone? – Rude",
    ]


def test_what_sets_choices_apart_is_escaped_and_a_long_text_begins_where_they_part(
    people: Cast, lee: Client
) -> None:
    option = {"value": "rude", "label": "<b>Rude</b> & cold"}
    form = {**FORM, "questions": [{**TONE, "options": [TONE["options"][0], option]}]}
    long = "It takes " + "very " * 20
    fix = {"decision": "correct", "reasons": ["factual"]}
    item = both(
        people,
        form,
        {**fix, "corrected_text": f"{long}few days.", "answers": {"tone": "fine"}},
        {**fix, "corrected_text": f"{long}many days.", "answers": {"tone": "rude"}},
    )

    first, second = picks(people, lee, item)

    assert first.endswith("Fine Corrected text – …very very very few days.")
    assert second.endswith("<b>Rude</b> & cold Corrected text – …very very very many days.")
    assert "<b>Rude</b>" not in lee.get(desk(people, item)).content.decode()


def test_an_escalation_is_a_question_and_cannot_be_picked(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann, {"decision": "escalate", "note": "May we say this?"})

    page = lee.get(desk(people, item))
    picked = lee.post(desk(people, item), {"source": review_of(item, "escalate").pk, "why": "x"})

    assert page.context["may_pick"] == []
    assert "I write the verdict" in page.content.decode()
    assert "Neither" not in page.content.decode()
    assert "May we say this?" in page.content.decode()
    assert picked.status_code == 422


def test_an_item_settled_meanwhile_is_refused_with_a_way_on(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    item = waiting(queue)
    review = reviewed(queue, people.ann, APPROVE)

    page = lee.get(desk(people, item)).content.decode()
    answer = lee.post(desk(people, item), {"source": review.pk, "why": "late"})

    assert "Back to the disputes" in page
    assert answer.status_code == 409


def test_the_reviewers_text_cannot_act(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2, output_text="<script>alert(1)</script> one")
    correction = {"decision": "correct", "reasons": ["factual"], "note": "<img src=x>"}
    reviewed(queue, people.ann, {**correction, "corrected_text": "<script>alert(1)</script> two"})
    reviewed(queue, people.olga)

    page = lee.get(desk(people, item)).content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<ins> two</ins>" in page
    assert item.pk


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("mel", 403), ("sam", 404), ("olga", 200)])
def test_only_who_may_settle_sees_disputes(
    people: Cast, signed_in: SignIn, item: Item, who: str, status: int
) -> None:
    client = signed_in(getattr(people, who))

    assert client.get(desk(people, item)).status_code == status
    assert client.get(f"/projects/{people.project.slug}/disputes/").status_code == status


def test_an_item_of_another_project_cannot_be_settled_here(
    people: Cast, signed_in: SignIn, item: Item
) -> None:
    foreign = f"/projects/{people.other.slug}/items/{item.pk}/settle"

    assert signed_in(people.sam).post(foreign, {"source": "written", "why": "x"}).status_code == 404
    item.refresh_from_db()
    assert item.state == ItemState.DISPUTED


def test_the_statements_of_the_list_do_not_grow_with_the_disputes(
    people: Cast, lee: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(4):
        disputed(people, people.ann, people.olga)
    lee.get(f"/projects/{people.project.slug}/disputes/")  # versions of forms are read once

    with django_assert_max_num_queries(8):
        lee.get(f"/projects/{people.project.slug}/disputes/")


def test_after_a_verdict_the_next_dispute_of_the_queue_is_there(people: Cast, lee: Client) -> None:
    first, second = (disputed(people, people.ann, people.olga) for _ in range(2))
    Item.objects.filter(pk=second.pk).update(queue=first.queue)
    mine = disputed(people, people.ann, people.lee)

    answer = lee.post(
        desk(people, first), {"source": review_of(first, "reject").pk, "why": "As the policy says."}
    )
    last = lee.post(desk(people, second), {"source": review_of(second, "reject").pk, "why": "The same."})

    assert answer.headers["Location"] == desk(people, second)
    assert last.headers["Location"] == f"/projects/{people.project.slug}/disputes/"
    assert mine.pk


def test_a_dispute_of_another_queue_follows_when_the_queue_has_none(
    people: Cast, lee: Client, item: Item
) -> None:
    other = disputed(people, people.ann, people.olga)

    answer = lee.post(desk(people, item), {"source": review_of(item, "reject").pk, "why": "x"})

    assert answer.headers["Location"] == desk(people, other)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_what_was_typed_for_an_item_that_somebody_else_settled_is_given_back(
    people: Cast, signed_in: SignIn, lee: Client, item: Item, headers: dict[str, str]
) -> None:
    other = disputed(people, people.ann, member(people.project, Role.ANNOTATOR))
    posted = {"source": review_of(item, "reject").pk, "why": "\n<b>Because</b>"}
    signed_in(people.olga).post(desk(people, item), {**posted, "why": "x"})

    answer = lee.post(desk(people, item), {**posted, "corrected_text": "A <i>new</i> text"}, headers=headers)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "\n\n&lt;b&gt;Because&lt;/b&gt;</textarea>" in page
    assert "A &lt;i&gt;new&lt;/i&gt; text</textarea>" in page
    assert desk(people, other) in page  # the way on
    assert Verdict.objects.get().why == "x"


def test_the_guideline_is_at_hand_and_every_step_has_a_key(people: Cast, lee: Client) -> None:
    item = disputed(people, people.ann, people.olga, form={**WITH_TONE, "guideline": "Be <b>kind</b>."})

    page = lee.get(desk(people, item)).content.decode()

    assert "Be &lt;b&gt;kind&lt;/b&gt;." in page
    assert {key for key in ("w", "y", "mod+enter") if f'data-key="{key}"' in page} == {"w", "y", "mod+enter"}


def test_the_desk_asks_the_same_number_of_statements_however_many_disputes_wait(
    people: Cast, lee: Client, item: Item, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(4):
        disputed(people, people.ann, people.olga)
    Item.objects.update(queue=item.queue)
    lee.get(desk(people, item))  # what never changes, as a version of a form, is read once

    with django_assert_max_num_queries(7):
        lee.get(desk(people, item))
