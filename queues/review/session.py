"""How far a person is today in a queue that has a goal for a session."""

from dataclasses import dataclass
from statistics import median

from accounts.actor import Actor
from queues.models import Queue, Review
from queues.review.queries import done_today

LAST = 20  # reviews whose time says how long the rest will take
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Session:
    """done of goal; goal None: the queue has none. minutes_left None: reached, or too few to say."""

    done: int
    goal: int | None = None
    minutes_left: int | None = None


def session_of(queue: Queue, *, by: Actor) -> Session:
    """One statement; two where there is a goal still to reach."""
    done = done_today(queue.pk, by=by)
    if queue.session_goal is None or done >= queue.session_goal:
        return Session(done, queue.session_goal)
    left = queue.session_goal - done
    each = _median_seconds(queue.pk, by)
    minutes = None if each is None else max(1, round(left * each / 60))
    return Session(done, queue.session_goal, minutes)


def _median_seconds(queue_id: int, by: Actor) -> float | None:
    """Of this person's last reviews here, from the first look to the submit; None with fewer than FEWEST."""
    mine = Review.objects.filter(person=by.person_id, slot__queue=queue_id, withdrawn_at=None)
    times = list(mine.order_by("-pk").values_list("opened_at", "submitted_at")[:LAST])
    if len(times) < FEWEST:
        return None
    return median((submitted - opened).total_seconds() for opened, submitted in times)
