"""The next dispute costs one short walk of an index, however many wait."""

import pytest
from django.db import connection
from django.utils import timezone

from queues.adjudicate.queries import next_dispute
from queues.models import Item, Prediction, Queue
from tests.factories.projects import cast
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db

MANY = 5_000  # settled ones, before those in dispute


def disputes(queue: Queue, how_many: int, *, settled: int = 0) -> None:
    """Items without reviews: the first of them settled, the others in dispute."""
    now = timezone.now()
    predictions = Prediction.objects.bulk_create(
        [
            Prediction(
                project=queue.project, prediction_id=f"p-{n}", content_hash=b"\0" * 32, occurred_at=now
            )
            for n in range(settled + how_many)
        ],
        batch_size=1_000,
    )
    Item.objects.bulk_create(
        [
            Item(queue=queue, prediction=one, due_at=now, state="settled", settled_at=now)
            if place < settled
            else Item(queue=queue, prediction=one, due_at=now, state="disputed")
            for place, one in enumerate(predictions)
        ],
        batch_size=1_000,
    )


def test_the_next_dispute_is_found_along_its_index() -> None:
    people = cast()
    queue = queue_in(people.project)
    disputes(queue, 500, settled=MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE queues_item, queues_review")
    waiting = Item.objects.filter(state="disputed").select_related("queue").order_by("pk")

    found = next_dispute(waiting[250], person_id=people.lee.pk)

    walk = Item.objects.filter(queue=queue, state="disputed").order_by("pk").values_list("pk", flat=True)
    assert found == waiting[251].pk
    assert "item_disputed" in walk[:1].explain()
