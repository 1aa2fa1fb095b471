"""The overview: every figure says over what it was counted, and nothing undefined is printed."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from queues.models import Heartbeat, Prediction
from queues.monitor.queries import inflow, running
from tests.factories.arrivals import arrived
from tests.factories.projects import Cast
from tests.factories.reviews import disputed, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


def address(people: Cast) -> str:
    return f"/projects/{people.project.slug}/"


def test_an_annotator_is_taken_to_the_queues(people: Cast, signed_in: SignIn) -> None:
    answer = signed_in(people.ann).get(address(people))

    assert answer["Location"] == f"{address(people)}queues/"


def test_an_outsider_cannot_tell_it_from_no_project(people: Cast, signed_in: SignIn) -> None:
    assert signed_in(people.sam).get(address(people)).status_code == 404


def test_an_empty_project_prints_no_rate_and_says_how_to_send(people: Cast, signed_in: SignIn) -> None:
    page = signed_in(people.lee).get(address(people)).content.decode()

    assert "Nothing has arrived yet" in page
    assert "%</" not in page


def test_the_share_sent_to_people_leaves_out_what_is_not_decided(people: Cast, signed_in: SignIn) -> None:
    waiting(queue_in(people.project))
    arrived(people.project)

    shown = signed_in(people.lee).get(address(people)).context

    assert (shown["inflow"].received, shown["routed"].n, shown["routed"].of) == (2, 1, 1)
    assert shown["routed"].percent == "100.0%"


def test_figures_open_the_items_behind_them(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    disputed(people, people.ann, people.olga)

    page = signed_in(people.lee).get(address(people)).content.decode()

    for link in ("predictions/?reason=uncertain", "disputes/", f"queues/{queue.slug}/items/?state=open"):
        assert f'href="{address(people)}{link}"' in page


def test_what_people_decided_is_called_a_choice_not_an_estimate(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    reviewed(queue, people.ann)

    page = signed_in(people.lee).get(address(people))

    assert [(share.name, share.n) for share in page.context["decisions"]] == [
        ("approve", 1),
        ("correct", 0),
        ("reject", 0),
    ]
    assert "reviewed items were chosen, not drawn" in page.content.decode()


def test_a_missing_worker_is_said_and_a_living_one_too(people: Cast, signed_in: SignIn) -> None:
    client = signed_in(people.lee)

    before = client.get(address(people)).content.decode()
    Heartbeat.objects.create(name="worker")
    after = client.get(address(people)).content.decode()

    assert "No worker is running" in before
    assert "No worker is running" not in after
    assert "worker alive" in after


def test_the_oldest_unscored_prediction_of_this_project_is_named(people: Cast) -> None:
    arrived(people.other)
    assert running(people.project.pk, now=timezone.now()).oldest_undecided_at is None

    arrived(people.project)

    state = running(people.project.pk, now=timezone.now() + timedelta(minutes=5))
    assert state.oldest_undecided_at is not None
    assert state.is_behind


def test_days_have_no_gaps_and_lead_to_their_predictions(people: Cast) -> None:
    arrived(people.project)

    days = inflow(people.project.pk, now=timezone.now()).days

    assert len(days) == 14
    assert [day.received for day in days] == [0] * 13 + [1]
    assert days[-1].before == Prediction.objects.get().pk + 1


def test_the_statements_do_not_grow_with_queues_and_items(
    people: Cast, signed_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(5):
        queue = queue_in(people.project)
        for _item in range(3):
            waiting(queue)

    client = signed_in(people.lee)

    with django_assert_max_num_queries(24):
        client.get(address(people))
