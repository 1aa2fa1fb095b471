"""My decisions: mine alone, newest first, taken back while that is allowed."""

from datetime import timedelta

import pytest
from django.db import connection

from queues.models import Review
from tests.factories.projects import Cast
from tests.factories.reviews import REJECT, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def history(people: Cast) -> str:
    return f"/projects/{people.project.slug}/history/"


def long_ago(review: Review) -> None:
    """As if the review had been given an hour earlier; history itself cannot be rewritten."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Review.objects.filter(pk=review.pk).update(submitted_at=review.submitted_at - timedelta(hours=1))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_i_see_my_own_decisions_and_nobody_elses(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue), waiting(queue)
    mine, _theirs = reviewed(queue, people.ann, REJECT), reviewed(queue, people.olga)

    page = signed_in(people.ann).get(history(people))

    assert [(one.review, one.can_undo) for one in page.context["decisions"]] == [(mine, True)]


def test_a_decision_that_settled_its_item_long_ago_stands(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    long_ago(reviewed(queue, people.ann))

    page = signed_in(people.ann).get(history(people))

    assert not page.context["decisions"][0].can_undo
    assert "/undo" not in page.content.decode()


def test_a_decision_on_an_item_still_under_review_can_be_taken_back(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue, reviews_needed=2)
    long_ago(reviewed(queue, people.ann))

    assert signed_in(people.ann).get(history(people)).context["decisions"][0].can_undo


def test_a_decision_taken_back_stays_in_the_history(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    review = reviewed(queue, people.ann)
    client = signed_in(people.ann)

    client.post(f"/projects/{people.project.slug}/reviews/{review.pk}/undo")
    page = client.get(history(people))

    assert [(one.review, one.can_undo) for one in page.context["decisions"]] == [(review, False)]
    assert "taken back" in page.content.decode()


def test_an_empty_history_points_to_the_queues(people: Cast, signed_in: SignIn) -> None:
    assert "No decision yet" in signed_in(people.ann).get(history(people)).content.decode()


@pytest.mark.parametrize(("who", "status"), [("mel", 403), ("sam", 404)])
def test_who_may_not_review_has_no_history_here(
    people: Cast, signed_in: SignIn, who: str, status: int
) -> None:
    assert signed_in(getattr(people, who)).get(history(people)).status_code == status
