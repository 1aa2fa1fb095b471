"""Counts stop, and the oldest due time is exact however many priorities there are."""

from datetime import timedelta

import pytest
from django.utils import timezone

from queues.assign.queries import cards_for, lines_of, oldest_due
from queues.templatetags.figures import bounded
from tests.factories.projects import cast
from tests.factories.reviews import leased
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


def test_the_oldest_due_time_is_found_below_any_priority() -> None:
    people = cast()
    queue = queue_in(people.project)
    now = timezone.now()
    for priority, hours in ((90, 5), (90, 6), (50, 3), (10, 1), (10, 2)):
        waiting(queue, priority=priority, due_at=now + timedelta(hours=hours))

    assert oldest_due([queue.pk]) == {queue.pk: now + timedelta(hours=1)}


def test_an_item_under_review_is_still_due() -> None:
    people = cast()
    queue = queue_in(people.project)
    item = waiting(queue)
    leased(queue, people.ann)

    assert oldest_due([queue.pk]) == {queue.pk: item.due_at}
    assert lines_of([queue], now=timezone.now())[0].counts["in_review"] == 1


def test_an_empty_queue_has_no_due_time_and_nothing_to_start() -> None:
    people = cast()
    queue = queue_in(people.project)

    (card,) = cards_for(people.ann.pk, [queue], today=timezone.now())

    assert (card.waiting, card.oldest_due, card.can_start) == (0, None, False)


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1_000, "1,000"), (1_001, "1,000+"), (None, "–")])
def test_a_count_that_stopped_says_so(count: int | None, shown: str) -> None:
    assert bounded(count) == shown
