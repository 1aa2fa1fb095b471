"""My decisions: mine alone, newest first, taken back while that is allowed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from queues import pipeline
from queues.models import Item, Review
from tests.factories.projects import Cast
from tests.factories.reviews import APPROVE, REJECT, disputed, reviewed
from tests.factories.search import indexed
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


def test_a_decision_on_an_item_that_others_review_can_be_taken_back_for_a_minute(
    people: Cast, signed_in: SignIn
) -> None:
    queue = queue_in(people.project)
    waiting(queue, reviews_needed=2)
    review, client = reviewed(queue, people.ann), signed_in(people.ann)

    assert client.get(history(people)).context["decisions"][0].can_undo
    long_ago(review)
    assert not client.get(history(people)).context["decisions"][0].can_undo


@pytest.mark.parametrize("other", [None, APPROVE, REJECT])
def test_what_became_of_it_is_not_told_while_one_can_still_decide_anew(
    people: Cast, signed_in: SignIn, other: dict[str, Any] | None
) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=2)
    review, client = reviewed(queue, people.ann), signed_in(people.ann)
    if other:
        reviewed(queue, people.olga, other)

    page, story = (
        client.get(history(people)),
        client.get(f"/projects/{people.project.slug}/items/{item.pk}/story"),
    )

    assert [(one.became, one.verdict, one.can_undo) for one in page.context["decisions"]] == [
        ("waiting", "", True)
    ]
    assert story.status_code == 403
    long_ago(review)
    assert became(client.get(history(people))) == [
        "waiting" if other is None else "stands" if other == APPROVE else "disputed"
    ]


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


def shown(page: Any) -> list[Review]:
    return [one.review for one in page.context["decisions"]]


def became(page: Any) -> list[str]:
    return [one.became.value for one in page.context["decisions"]]


def settled_by_lee(people: Cast, item: Item, decision: str) -> None:
    document = {"decision": decision, "reasons": [] if decision == "approve" else ["factual"]}
    pipeline.settle_by_lead(
        item.pk, project=people.project, by=Actor(people.lee.pk), document=document, why="As the policy says."
    )


def test_each_decision_says_what_became_of_it(people: Cast, signed_in: SignIn, settings: Any) -> None:
    settings.BLIND_UNDO_SECONDS = 0
    alone, two = queue_in(people.project), queue_in(people.project)
    waiting(alone), waiting(two, reviews_needed=2)
    reviewed(alone, people.ann), reviewed(two, people.ann)
    upheld, reversed_, open_ = (disputed(people, people.ann, people.olga) for _ in range(3))
    settled_by_lee(people, upheld, "approve")
    settled_by_lee(people, reversed_, "reject")
    assert open_.state == "disputed"

    page = signed_in(people.ann).get(history(people))

    assert became(page) == ["disputed", "overridden", "stands", "waiting", "stands"]
    assert "settled: another decision holds" in page.content.decode()
    assert [one.verdict for one in page.context["decisions"]] == ["", "Reject", "Approve", "", "Approve"]


def test_a_question_and_a_reopened_item_are_told_apart(
    people: Cast, signed_in: SignIn, settings: Any
) -> None:
    settings.BLIND_UNDO_SECONDS = 0
    queue = queue_in(people.project)
    asked, answered = waiting(queue), waiting(queue)
    for _item in (asked, answered):
        reviewed(queue, people.ann, {"decision": "escalate", "note": "May we?"})
    settled_by_lee(people, answered, "reject")
    again = disputed(people, people.ann, people.olga)
    settled_by_lee(people, again, "reject")
    pipeline.reopen_by_lead(again.pk, project=people.project, by=Actor(people.lee.pk), why="A new policy.")

    assert became(signed_in(people.ann).get(history(people))) == ["reopened", "answered", "asked"]


def test_nothing_of_others_is_told_while_the_item_is_under_review(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue, reviews_needed=3)
    reviewed(queue, people.ann, APPROVE)
    reviewed(queue, people.olga, REJECT)

    assert became(signed_in(people.ann).get(history(people))) == ["waiting"]


def test_the_history_is_narrowed_by_queue_decision_day_and_fate(people: Cast, signed_in: SignIn) -> None:
    one, other = queue_in(people.project), queue_in(people.project)
    for queue in (one, other):
        waiting(queue), waiting(queue)
    first, second = reviewed(one, people.ann, REJECT), reviewed(other, people.ann, APPROVE)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Review.objects.filter(pk=first.pk).update(submitted_at=first.submitted_at - timedelta(days=40))
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    day = (first.submitted_at - timedelta(days=20)).date()
    ann = signed_in(people.ann)

    assert shown(ann.get(f"{history(people)}?queue={one.slug}")) == [first]
    assert shown(ann.get(f"{history(people)}?decision=approve")) == [second]
    assert shown(ann.get(f"{history(people)}?since={day}")) == [second]
    assert shown(ann.get(f"{history(people)}?until={day}")) == [first]
    assert shown(ann.get(f"{history(people)}?became=stands")) == [second, first]
    assert shown(ann.get(f"{history(people)}?became=overridden")) == []


@pytest.mark.parametrize("query", ["became=x", "decision=x", "queue=nowhere", "since=9999-99-99", "until=x"])
def test_a_filter_that_is_wrong_asks_nothing_and_says_so(people: Cast, signed_in: SignIn, query: str) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    review = reviewed(queue, people.ann)

    page = signed_in(people.ann).get(f"{history(people)}?{query}")

    assert shown(page) == [review]
    assert 'class="fault"' in page.content.decode()


def test_the_last_day_of_the_calendar_is_no_fault(people: Cast, signed_in: SignIn) -> None:
    for name in ("since", "until"):
        assert signed_in(people.ann).get(f"{history(people)}?{name}=9999-12-31").status_code == 200


def test_the_history_is_searched_in_what_i_wrote_and_in_the_texts(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    noted, read, named = waiting(queue), waiting(queue, output_text="The parcel left."), waiting(queue)
    reviews = [
        reviewed(queue, people.ann, {**REJECT, "note": "Wrong depot named, 100% sure."}),
        reviewed(queue, people.ann),
        reviewed(queue, people.ann),
    ]
    assert [review.item_id for review in reviews] == [noted.pk, read.pk, named.pk]
    indexed(noted.prediction_id, read.prediction_id, named.prediction_id)
    ann = signed_in(people.ann)

    assert shown(ann.get(history(people), {"words": "depot"})) == [reviews[0]]
    assert shown(ann.get(history(people), {"words": "100%"})) == [reviews[0]]
    assert shown(ann.get(history(people), {"words": "parcel"})) == [reviews[1]]
    assert shown(ann.get(history(people), {"words": named.prediction.prediction_id})) == [reviews[2]]
    none = ann.get(history(people), {"words": "elephant"})
    assert "Nothing like this was found" in none.content.decode()


def test_the_history_takes_no_more_statements_for_more_decisions(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    ann = signed_in(people.ann)
    ann.get(history(people))
    counts = []
    for _round in range(2):
        for _number in range(4):
            waiting(queue)
            reviewed(queue, people.ann)
        with CaptureQueriesContext(connection) as seen:
            ann.get(history(people))
        counts.append(len(seen))

    assert counts[0] == counts[1]
