"""The page of agreement says whether its figures are right, and has them computed again."""

import pytest

from accounts.actor import SYSTEM
from queues import jobs
from queues.agree import checking, units
from queues.models import AgreementCheck, Job, PatternCount, Queue
from tests.factories.projects import Cast
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    queue = queue_in(people.project)
    for document in (APPROVE, REJECT):
        waiting(queue, reviews_needed=2)
        for person in (people.ann, people.olga):
            reviewed(queue, person, document)
    return queue


def address(people: Cast, tail: str = "") -> str:
    return f"/projects/{people.project.slug}/agreement/{tail}"


def test_a_lead_has_the_figures_computed_again_and_sees_that_they_are_the_same(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    lee = signed_in(people.lee)
    before = lee.get(address(people)).content.decode()

    answer = lee.post(address(people, "check"), {"queue": queue.slug})
    waits = lee.get(answer["Location"]).content.decode()
    jobs.run_job(Job.objects.get(kind=checking.KIND).pk)
    done = lee.get(address(people)).content.decode()

    assert "Not yet computed again" in before
    assert "It is being computed now." in waits
    assert "Computed again from the raw answers of 2 items" in done and "the same." in done
    assert AgreementCheck.objects.get().by == people.lee


def test_a_difference_is_an_alarm_at_the_top_of_the_page(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    units.fold()
    PatternCount.objects.filter(question="decision", by="all", pattern='["approve", "approve"]').update(n=9)
    jobs.run_job(checking.ask(queue, by=SYSTEM).pk)

    page = signed_in(people.mel).get(address(people)).content.decode()

    assert 'role="alert"' in page
    assert "not what the raw answers give" in page
    assert "1 pattern of answers with another count" in page
    assert "Compute again now" not in page  # who reads sees the alarm, who settles has it computed again


def test_a_queue_of_another_project_is_not_found(people: Cast, signed_in: SignIn) -> None:
    other = queue_in(people.other)

    assert signed_in(people.lee).post(address(people, "check"), {"queue": other.slug}).status_code == 404
    assert not Job.objects.exists()
