"""What the lists of queues show: bounded counts, what is due first, why things are there.

Each function asks for any number of queues with one statement, and none counts further than
COUNT_LIMIT: a card costs the same over a queue of ten items and of ten million.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from queues.assign.claim import NOT_MINE
from queues.assign.forecast import Forecast, forecasts, overdue
from queues.assign.lease import AHEAD_SECONDS
from queues.assign.policy import MayNotWork, check_fit, profiles_of
from queues.assign.waiting import Waiting, rows, waiting_for
from queues.models import UNDER_REVIEW, ItemState, Queue, WorkProfile
from queues.newest import COUNT_LIMIT

LOOKED_AT_FOR_REASONS = 40

# Hops from priority to priority (at most 101) instead of reading every waiting item.
_OLDEST_DUE = """
SELECT q.id, min(hop.due_at)
FROM unnest(%(queues)s::bigint[]) AS q(id) CROSS JOIN unnest(%(states)s::text[]) AS s(state)
CROSS JOIN LATERAL (
  WITH RECURSIVE hop(priority, due_at) AS (
    (SELECT priority, due_at FROM queues_item WHERE queue_id = q.id AND state = s.state
     ORDER BY priority DESC, due_at, id LIMIT 1)
    UNION ALL
    SELECT next.* FROM hop CROSS JOIN LATERAL (
      SELECT priority, due_at FROM queues_item
      WHERE queue_id = q.id AND state = s.state AND priority < hop.priority
      ORDER BY priority DESC, due_at, id LIMIT 1) next
  ) SELECT due_at FROM hop
) hop GROUP BY q.id
"""

# The order is the index's own. Without it a count of a state that no item is in reads the whole table: the
# planner hopes to meet enough of them early, which took 0.6 s at a million items.
_COUNTS = """
SELECT q.id, s.state, n.n
FROM unnest(%(queues)s::bigint[]) AS q(id) CROSS JOIN unnest(%(states)s::text[]) AS s(state)
CROSS JOIN LATERAL (
  SELECT count(*) AS n FROM (
    SELECT 1 FROM queues_item WHERE queue_id = q.id AND state = s.state
    ORDER BY priority DESC, due_at, id LIMIT %(limit)s) counted
) n
"""

# Without what is only rendered ahead: see `lease.is_ahead`.
_MINE = """
SELECT s.queue_id, count(*) FROM queues_slot s JOIN queues_queue q ON q.id = s.queue_id
WHERE s.person_id = %(me)s AND s.queue_id = ANY(%(queues)s) AND s.state = 'leased' AND NOT s.aside
  AND NOT (q.lease_seconds > %(ahead)s AND s.lease_until <= s.leased_at + make_interval(secs => %(ahead)s))
GROUP BY s.queue_id
"""

_DONE_SINCE = """
SELECT i.queue_id, count(*)
FROM (SELECT item_id, submitted_at FROM queues_review
      WHERE person_id = %(me)s AND withdrawn_at IS NULL ORDER BY id DESC LIMIT %(limit)s) r
JOIN queues_item i ON i.id = r.item_id
WHERE r.submitted_at >= %(since)s AND i.queue_id = ANY(%(queues)s) GROUP BY i.queue_id
"""

# Of what waits for this person, as the number on the card counts it: untouched items and started ones.
_REASONS = f"""
SELECT q.id, reason ->> 'rule', count(*)
FROM unnest(%(queues)s::bigint[]) AS q(id)
CROSS JOIN LATERAL (
  (SELECT item_id FROM queues_slot
   WHERE queue_id = q.id AND state = 'open' AND untouched AND seq = 1
   ORDER BY priority DESC, due_at, id LIMIT %(look)s)
  UNION
  (SELECT s.item_id FROM (
     SELECT item_id FROM queues_slot WHERE queue_id = q.id AND state = 'open' AND NOT untouched
     ORDER BY priority DESC, due_at, id LIMIT %(look)s) s
   WHERE {NOT_MINE})
) first
JOIN queues_item i ON i.id = first.item_id
CROSS JOIN LATERAL jsonb_array_elements(i.reasons) reason
GROUP BY q.id, reason ->> 'rule' ORDER BY q.id, count(*) DESC, reason ->> 'rule'
"""


@dataclass(slots=True)
class QueueCard:
    """One queue as an annotator sees it before starting. Counts stop at COUNT_LIMIT + 1.

    waiting: for this person, so another number than the open items of a QueueLine.
    is_cut: more may wait than was counted, for not everything was looked at.
    """

    queue: Queue
    waiting: int = 0
    is_cut: bool = False
    oldest_due: datetime | None = None
    mine: int = 0
    done_today: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)  # rule → of the first that wait
    refusal: str = ""  # why this person may not work here now
    begins: bool = False  # with checks, whether anything waits or not

    @property
    def can_start(self) -> bool:
        """There is something to review here, a form to review it with, and the person may."""
        has_work = bool(self.mine or self.waiting or self.is_cut or self.begins)
        return self.queue.form_id is not None and has_work and not self.refusal


@dataclass(slots=True)
class QueueLine:
    """One queue as a lead sees it. counts: item state → how many, stopping at COUNT_LIMIT + 1.

    overdue: how many of the unfinished were due before now.
    """

    queue: Queue
    counts: Mapping[str, int]
    oldest_due: datetime | None = None
    overdue: int = 0
    forecast: Forecast | None = None


def cards_for(person_id: int, queues: Sequence[Queue], *, today: datetime) -> list[QueueCard]:
    """A card per queue for this person, where to start first. `today`: when the person's day began."""
    ids = [queue.pk for queue in queues]
    if not ids:
        return []
    ask = {"queues": ids, "me": person_id, "limit": COUNT_LIMIT + 1, "since": today, "ahead": AHEAD_SECONDS}
    profiles = profiles_of(person_id, {queue.project_id for queue in queues})
    waiting = waiting_for(person_id, queues, profiles)
    mine, done = (dict(rows(sql, ask)) for sql in (_MINE, _DONE_SINCE))
    due = oldest_due(ids)
    reasons: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for queue_id, rule, n in rows(_REASONS, ask | {"look": LOOKED_AT_FOR_REASONS}):
        reasons[queue_id].append((rule or "", n))
    cards = [
        QueueCard(
            queue,
            min(waiting.get(queue.pk, Waiting()).n, COUNT_LIMIT + 1),
            waiting.get(queue.pk, Waiting()).is_cut,
            _told_due(queue, due.get(queue.pk)),
            mine.get(queue.pk, 0),
            done.get(queue.pk, 0),
            reasons[queue.pk],
            _refusal(queue, profiles.get(queue.project_id)),
        )
        for queue in queues
    ]
    return sorted(cards, key=_urgency)


def _told_due(queue: Queue, due: datetime | None) -> datetime | None:
    """To the hour where there are hidden checks: held against that of an item, the minute would tell them."""
    if due is None or not queue.check_rate:
        return due
    return due.replace(minute=0, second=0, microsecond=0)


def _refusal(queue: Queue, profile: WorkProfile | None) -> str:
    try:
        check_fit(queue, profile)
    except MayNotWork as refusal:
        return str(refusal)
    return ""


def _urgency(card: QueueCard) -> tuple[bool, bool, float, str]:
    """What I hold comes first, then what waits for me by its due time, then queues with nothing to do."""
    due = card.oldest_due.timestamp() if card.oldest_due else float("inf")
    return (not card.can_start, not card.mine, due, card.queue.name)


def lines_of(queues: Sequence[Queue], *, now: datetime) -> list[QueueLine]:
    """A line per queue with its counts by item state. Four statements."""
    ids = [queue.pk for queue in queues]
    if not ids:
        return []
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for queue_id, state, n in rows(
        _COUNTS, {"queues": ids, "states": list(ItemState.values), "limit": COUNT_LIMIT + 1}
    ):
        counts[queue_id][state] = n
    due, late = oldest_due(ids), overdue(ids, now=now)
    left = {id_: sum(counts[id_].get(state, 0) for state in UNDER_REVIEW) for id_ in ids}
    ends = forecasts(queues, left, now=now)
    return [
        QueueLine(queue, counts[queue.pk], due.get(queue.pk), late.get(queue.pk, 0), ends[queue.pk])
        for queue in queues
    ]


def oldest_due(queue_ids: Sequence[int]) -> dict[int, datetime]:
    """When the most overdue unfinished item of each queue is (or was) due; absent when there is none."""
    found = rows(_OLDEST_DUE, {"queues": list(queue_ids), "states": [str(state) for state in UNDER_REVIEW]})
    return {queue_id: due_at for queue_id, due_at in found if due_at is not None}
