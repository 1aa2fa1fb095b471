"""The job that puts what is open in a queue into a new order of work, batch by batch.

Until it is done, what has no place yet comes after what has one; nothing is ever unreachable. It may be
killed and begun again at any moment: placing twice gives a place as good as the first.
"""

from collections.abc import Mapping, Sequence

from django.db import connection, transaction

from accounts.actor import Actor
from queues.assign.orders import Walk, orders
from queues.doorbell import ring
from queues.models import UNDER_REVIEW, Item, Job, Queue, WorkOrder
from queues.progress import Progress
from queues.route.opening import rule_names
from queues.route.placing import Coming, Place, Where
from queues.score import queries as scores

KIND = "place_items"
BATCH = 500
# Locked in the order of the ids, as by every other writer of several slots.
_PLACE = """
WITH placed AS (
  SELECT * FROM unnest(%(items)s::bigint[], %(places)s::bigint[], %(lanes)s::text[], %(buckets)s::int[])
    AS p(item_id, place, lane, bucket)
), locked AS (
  SELECT s.id FROM queues_slot s JOIN placed p ON p.item_id = s.item_id
  WHERE s.state IN ('open', 'leased') ORDER BY s.id FOR UPDATE OF s
)
UPDATE queues_slot s SET place = p.place, lane = p.lane, bucket = p.bucket
FROM locked l, placed p WHERE s.id = l.id AND p.item_id = s.item_id
"""


def ask(queue: Queue, *, by: Actor) -> None:
    """Have the open items placed; by due time needs no places."""
    if queue.order == WorkOrder.PRIORITY_DUE:
        return
    job = Job.objects.ask(
        project_id=queue.project_id,
        kind=KIND,
        subject_id=queue.pk,
        unique_key=f"{KIND}:{queue.pk}:{queue.version}",
        asked_by=by.person_id,
    )
    ring("queues.tasks.run_job", job.pk)


def under_way(queue: Queue) -> Job | None:
    """The job that puts this queue into its order, while it is not done."""
    jobs = Job.objects.filter(kind=KIND, subject_id=queue.pk, unique_key__startswith=f"{KIND}:{queue.pk}:")
    return jobs.exclude(state="done").order_by("-id").first()


def run(job: Job) -> None:
    """Place what is open, by the order that the queue has now."""
    queue = Queue.objects.get(pk=job.subject_id)
    unfinished = Item.objects.filter(queue=queue.pk, state__in=UNDER_REVIEW)
    with Progress(job) as progress:
        # All ids at once: the index is in the order of urgency, and a walk by id would sort for each batch.
        ids = sorted(unfinished.values_list("pk", flat=True))
        progress.total = len(ids)
        for start in range(0, len(ids), BATCH):
            place(queue, ids[start : start + BATCH])
            progress.report(start)


@transaction.atomic
def place(queue: Queue, item_ids: Sequence[int]) -> None:
    """Give these items of the queue their places."""
    order = orders.get(queue.order)
    if order.walk is Walk.DUE:
        found: Mapping[int, Place] = dict.fromkeys(item_ids, Place())
    else:
        items = list(Item.objects.filter(pk__in=item_ids).order_by("pk"))
        records = scores.records([item.prediction_id for item in items]) if order.reads_records else {}
        coming = [
            Coming(item.pk, records.get(item.prediction_id, {}), rule_names(item.reasons)) for item in items
        ]
        where = Where(queue.pk, str(queue.salt), queue.spread_by)
        found = dict(zip((item.pk for item in items), order.places(where, coming), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACE,
            {
                "items": list(found),
                "places": [one.place for one in found.values()],
                "lanes": [one.lane for one in found.values()],
                "buckets": [one.bucket for one in found.values()],
            },
        )
