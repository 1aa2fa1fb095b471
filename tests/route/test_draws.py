"""What a queue adds to what a rule asks, for every way in which an item is opened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Event, Project
from queues.models import Flag, Item, Queue, Slot
from queues.route import second_look, windows
from queues.route.actions import route
from queues.route.decide import Decision
from queues.route.draws import REVIEWS_MOST, Terms, needed
from queues.score.actions import score
from tests.factories.arrivals import arrived
from tests.factories.projects import cast
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def terms(**changes: Any) -> Terms:
    return Terms(1, 1, 0.0, 1, 0.0, None, "salt")._replace(**changes)


def asks(reviews: int) -> Decision:
    return Decision(1.0, [{"rule": "x"}], "answers", 50, 24.0, reviews)


@given(
    asked=st.integers(1, 20),
    least=st.integers(1, 8),
    extra=st.integers(1, 8),
    rates=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    prediction=st.integers(1, 10**12),
)
def test_an_item_needs_what_is_asked_and_what_was_drawn_and_never_more_than_the_most(
    asked: int, least: int, extra: int, rates: tuple[float, float], prediction: int
) -> None:
    of_queue = terms(reviews_per_item=least, overlap_rate=rates[0], overlap_extra=extra, blind_rate=rates[1])

    found = needed(of_queue, asks(asked), prediction)

    assert found.reviews == max(asked, least) + found.extra <= REVIEWS_MOST
    assert (found.extra > 0) == (found.overlap_drawn or found.blind_drawn)
    assert needed(of_queue, asks(asked), prediction) == found


def test_a_share_is_drawn_by_the_salt_and_not_by_the_rule() -> None:
    of_queue = terms(overlap_rate=0.3)

    drawn = {n for n in range(10_000) if needed(of_queue, asks(1), n).overlap_drawn}

    assert 2_800 < len(drawn) < 3_200
    assert drawn == {n for n in range(10_000) if needed(of_queue, asks(3), n).overlap_drawn}
    assert drawn != {n for n in range(10_000) if needed(of_queue._replace(salt="x"), asks(1), n)[2]}


def test_the_two_draws_are_independent() -> None:
    of_queue = terms(overlap_rate=0.5, blind_rate=0.5)

    both = sum(
        found.overlap_drawn and found.blind_drawn
        for found in (needed(of_queue, asks(1), n) for n in range(10_000))
    )

    assert 2_300 < both < 2_700


@pytest.fixture
def project() -> Project:
    windows.shared.forget()
    return cast().project


@pytest.fixture
def queue(project: Project) -> Queue:
    return queue_in(project, slug="answers")


def _settings(queue: Queue, **settings: object) -> None:
    Queue.objects.filter(pk=queue.pk).update(**settings)


@pytest.mark.django_db
def test_a_routed_item_gets_the_reviews_of_its_queue_and_says_which_were_drawn(
    project: Project, queue: Queue
) -> None:
    _settings(queue, reviews_per_item=2, overlap_rate=1.0, overlap_extra=3, blind_rate=1.0, due_hours=4)
    in_force(project, rule("random_audit", rate=1.0, due_hours=48))
    id_ = arrived(project)

    route([id_], scored=score([id_]), now=NOW)

    item = Item.objects.get(prediction=id_)
    assert (item.reviews_needed, item.extra_reviews) == (6, 4)
    assert (item.overlap_drawn, item.blind_drawn) == (True, True)
    assert item.due_at == NOW + timedelta(hours=4)
    slots = Slot.objects.filter(item=item).order_by("seq").values_list("seq", "is_blind")
    assert list(slots) == [(1, False), (2, False), (3, False), (4, False), (5, False), (6, True)]
    told = Event.objects.get(kind="item.opened", subject_id=item.pk).after or {}
    assert (told["reviews_needed"], told["overlap_drawn"]) == (6, True)


@pytest.mark.django_db
def test_an_item_that_a_second_look_opens_is_drawn_too(project: Project, queue: Queue) -> None:
    _settings(queue, overlap_rate=1.0)
    in_force(project, rule("safety_flagged", min_severity="low"))
    id_ = arrived(project)
    route([id_], scored=score([id_]))
    assert not Item.objects.exists()
    Flag.objects.create(prediction_id=id_, component="filter", category="hate", flagged=True, severity=3)

    second_look.look_again([id_], changed=frozenset({"findings"}))

    assert Item.objects.get(prediction=id_).overlap_drawn


@pytest.mark.django_db
def test_a_queue_without_settings_adds_nothing(project: Project, queue: Queue) -> None:
    in_force(project, rule("random_audit", rate=1.0, due_hours=48))
    id_ = arrived(project)

    route([id_], scored=score([id_]), now=NOW)

    item = Item.objects.get(prediction=id_)
    assert (item.reviews_needed, item.extra_reviews, item.overlap_drawn) == (1, 0, False)
    assert item.due_at == NOW + timedelta(hours=48)
