"""Home: what waits for me, what I hold, what I decided."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from queues.assign.actions import lease_next
from queues.models import Draft
from tests.factories.people import PersonFactory
from tests.factories.projects import Cast
from tests.factories.reviews import REJECT, disputed, leased, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def test_an_anonymous_visitor_is_taken_to_the_login(client: Client) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/")


def test_a_person_without_a_project_is_told_what_to_do(signed_in: SignIn) -> None:
    page = signed_in(PersonFactory.create()).get("/").content.decode()

    assert "You are in no project yet" in page
    assert "Ask an owner of a project to admit you" in page


def test_an_annotator_sees_what_waits_and_starts_the_most_urgent_queue(
    people: Cast, signed_in: SignIn
) -> None:
    calm, urgent = queue_in(people.project), queue_in(people.project)
    waiting(calm)
    waiting(urgent, due_at=timezone.now())

    cards = signed_in(people.ann).get("/").context["cards"]

    assert [(card.queue, card.waiting, card.can_start) for card in cards] == [
        (urgent, 1, True),
        (calm, 1, True),
    ]


def test_a_card_counts_what_i_hold_and_what_i_did_today(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    for _number in range(3):
        waiting(queue, kinds=("uncertain", "random_audit"))
    reviewed(queue, people.ann)
    held = leased(queue, people.ann)

    card = signed_in(people.ann).get("/").context["cards"][0]

    assert (card.waiting, card.mine, card.done_today) == (1, 1, 1)
    ahead = lease_next(queue, by=Actor(people.ann.pk), beside=[held.slot_id], ahead=True)
    assert ahead
    assert signed_in(people.ann).get("/").context["cards"][0].mine == 1  # it was never on the screen
    assert card.reasons == [("random_audit", 1), ("uncertain", 1)]


def test_an_item_that_i_reviewed_does_not_wait_for_me_again(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue, reviews_needed=2)
    reviewed(queue, people.ann)

    mine = signed_in(people.ann).get("/").context["cards"][0]
    theirs = signed_in(people.lee).get("/").context["cards"][0]

    assert (mine.waiting, theirs.waiting) == (0, 1)
    assert (mine.reasons, theirs.reasons) == ([], [("uncertain", 1)])


def test_who_leads_is_told_of_disputes_and_nobody_else(people: Cast, signed_in: SignIn) -> None:
    disputed(people, people.ann, people.olga)

    lead, annotator = (signed_in(who).get("/").content.decode() for who in (people.lee, people.ann))

    assert "1 dispute waits for a lead" in lead
    assert f'href="/projects/{people.project.slug}/disputes/"' in lead
    assert "waits for a lead" not in annotator


def test_queues_of_other_projects_stay_unseen(people: Cast, signed_in: SignIn) -> None:
    queue_in(people.other, name="Secret desk")

    assert "Secret desk" not in signed_in(people.ann).get("/").content.decode()


def test_who_may_not_review_sees_projects_and_no_queue(people: Cast, signed_in: SignIn) -> None:
    waiting(queue_in(people.project))

    answer = signed_in(people.mel).get("/")

    assert answer.context["cards"] == []
    assert people.project.name in answer.content.decode()


def test_a_fresh_decision_can_be_taken_back_from_home(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    review = reviewed(queue, people.ann, REJECT)
    undo = f"/projects/{people.project.slug}/reviews/{review.pk}/undo"
    client = signed_in(people.ann)

    assert f'action="{undo}"' in client.get("/").content.decode()
    client.post(undo)

    review.refresh_from_db()
    assert review.withdrawn_at is not None
    assert f'action="{undo}"' not in client.get("/").content.decode()


def test_a_draft_says_whether_its_item_is_still_mine(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    lease = leased(queue, people.ann)
    lost = waiting(queue)
    for item_id in (lease.item_id, lost.pk):
        Draft.objects.create(
            item_id=item_id,
            person=people.ann,
            content={"note": "<b>half</b> a thought"}
            if item_id == lost.pk
            else {"corrected_text": "x" * 999},
        )

    page = signed_in(people.ann).get("/")

    assert {draft.item_id: standing.value for draft, standing, _excerpt in page.context["drafts"]} == {
        lease.item_id: "held",
        lost.pk: "free",
    }
    assert "<b>half</b>" not in page.content.decode()


def test_the_statements_of_home_do_not_grow_with_the_queues(
    people: Cast, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(6):
        queue = queue_in(people.project)
        for _item in range(3):
            waiting(queue)
        reviewed(queue, people.ann)

    client = signed_in(people.ann)

    with django_assert_max_num_queries(18):
        client.get("/")
