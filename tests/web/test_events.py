"""The audit log and the policy, read."""

import pytest
from django.test import Client

from accounts import events
from accounts.actor import SYSTEM, Actor
from queues.models import Policy
from tests.factories.projects import Cast
from tests.factories.reviews import leased, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

POLICY = {
    "schema": "policy/1",
    "rules": [
        {"name": "unsure", "kind": "uncertain", "measure": "mean_nll", "threshold": 0.8, "queue": "refunds"},
        {"name": "unsafe", "kind": "safety_flagged", "categories": ["hate"], "queue": "safety"},
        {"name": "audit", "kind": "random_audit", "rate": 0.05, "queue": "refunds", "reviews_needed": 2},
    ],
}


@pytest.fixture
def mel(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.mel)


def kinds(client: Client, people: Cast, **query: str | int) -> list[str]:
    page = client.get(f"/projects/{people.project.slug}/events/", query)
    return [event.kind for event in page.context["events"]]


def test_events_of_the_project_stand_newest_first_with_names(people: Cast, mel: Client) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    reviewed(queue, people.ann)

    page = mel.get(f"/projects/{people.project.slug}/events/")

    assert kinds(mel, people)[:3] == ["item.settled", "review.submitted", "slot.leased"]
    assert "Ann" in page.content.decode()


def test_events_are_found_by_kind_person_and_subject(people: Cast, mel: Client) -> None:
    queue = queue_in(people.project)
    item = waiting(queue)
    reviewed(queue, people.ann)

    assert kinds(mel, people, kind="review") == ["review.submitted"]
    assert kinds(mel, people, person=people.ann.pk, subject="item") == ["review.submitted"]
    assert kinds(mel, people, subject="item", number=item.pk) == ["item.settled", "review.submitted"]


def test_who_holds_an_item_reads_nothing_of_it_until_submitted(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    item = waiting(queue, reviews_needed=3)
    reviewed(queue, people.ann)
    leased(queue, people.lee)
    lee = signed_in(people.lee)

    assert kinds(lee, people, subject="item", number=item.pk) == []
    assert kinds(lee, people, kind="slot") == [] and kinds(lee, people, kind="review") == []
    assert "that you hold is left out" in lee.get(f"/projects/{people.project.slug}/events/").content.decode()
    reviewed(queue, people.lee)
    assert kinds(lee, people, kind="review") == ["review.submitted", "review.submitted"]


def test_events_of_other_projects_stay_unseen(people: Cast, mel: Client) -> None:
    events.record(
        project_id=people.other.pk, kind="secret.kept", by=SYSTEM, subject_kind="project", subject_id=1
    )

    assert "secret.kept" not in kinds(mel, people)


def test_reasons_that_people_typed_are_only_text(people: Cast, mel: Client) -> None:
    events.record(
        project_id=people.project.pk,
        kind="item.adjudicated",
        by=Actor(people.lee.pk),
        subject_kind="item",
        subject_id=1,
        after={"<script>": "</script>"},
        reason="<img src=x>",
    )

    page = mel.get(f"/projects/{people.project.slug}/events/").content.decode()

    assert "<img" not in page
    assert "{&quot;&lt;script&gt;" in page


@pytest.mark.parametrize(("who", "status"), [("ann", 403), ("sam", 404), ("lee", 200)])
@pytest.mark.parametrize("place", ["events", "policy"])
def test_only_readers_see_log_and_policy(
    people: Cast, signed_in: SignIn, place: str, who: str, status: int
) -> None:
    answer = signed_in(getattr(people, who)).get(f"/projects/{people.project.slug}/{place}/")

    assert answer.status_code == status


def test_the_active_policy_reads_as_sentences(people: Cast, mel: Client) -> None:
    for version, is_active in ((1, False), (2, True)):
        Policy.objects.create(
            project=people.project,
            version=version,
            document=POLICY,
            salt="never-shown",
            author=people.lee,
            reason=f"Reason {version}",
            is_active=is_active,
        )

    page = mel.get(f"/projects/{people.project.slug}/policy/").content.decode()

    assert "Send when the rank of mean_nll is at least 0.8: about the most uncertain 20%." in page
    assert "Send when a detector flagged hate with severity medium or worse." in page
    assert "Send a random 5% of everything, whatever the other rules say." in page
    assert "Priority 50, 2 reviews, due within 24 hours." in page
    assert "Reason 1" in page
    assert "version 2 is in force" in page
    assert "never-shown" not in page


def test_a_project_without_a_policy_says_what_that_means(people: Cast, mel: Client) -> None:
    page = mel.get(f"/projects/{people.project.slug}/policy/").content.decode()

    assert "No policy is in force" in page
