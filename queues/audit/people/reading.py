"""The newest reviews of some people, as figures about persons need them: so many of each, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from queues.audit.people.evidence import p_errors_of

LOOK_AT = 250  # newest reviews of each person in the project, or in the queue that is looked at
TEXTS_LOOKED_AT = 20  # newest corrections of each person
TEXT_LONGEST = 5_000  # code points; longer ones are not compared

# A review does not say where it was given; the slot does, and its index is read from the newest on.
_DONE = """
SELECT who.id, review.id, review.item_id, item.queue_id, item.prediction_id, review.decision,
  extract(epoch FROM review.submitted_at - review.opened_at)::float8,
  coalesce(encode(item.fingerprint, 'hex'), item.prediction_id::text), verdict.decision,
  coalesce(review.reasons ->> 0, ''),
  CASE WHEN review.session_goal IS NOT NULL THEN review.submitted_at END, review.session_goal
FROM unnest(%(people)s::bigint[]) who(id)
CROSS JOIN LATERAL (
  SELECT own.*, queue.session_goal FROM queues_queue queue
  CROSS JOIN LATERAL (
    SELECT item_id FROM queues_slot
    WHERE queue_id = queue.id AND person_id = who.id AND state = 'done'
    ORDER BY leased_at DESC NULLS LAST LIMIT %(look_at)s
  ) slot
  JOIN queues_review own ON own.item_id = slot.item_id AND own.person_id = who.id AND own.withdrawn_at IS NULL
  WHERE queue.project_id = %(project)s AND queue.id = coalesce(%(queue)s::bigint, queue.id)
  ORDER BY own.submitted_at DESC LIMIT %(look_at)s
) review
JOIN queues_item item ON item.id = review.item_id
LEFT JOIN queues_verdict verdict ON verdict.item_id = item.id AND verdict.withdrawn_at IS NULL
  AND verdict.basis = 'adjudicated'
ORDER BY who.id, review.submitted_at, review.id
"""
_TEXTS = """
SELECT review.person_id, review.corrected_text, payload.output_text
FROM queues_review review
JOIN queues_item item ON item.id = review.item_id
JOIN queues_payload payload ON payload.prediction_id = item.prediction_id AND payload.erased_at IS NULL
WHERE review.id = ANY(%s)
  AND length(review.corrected_text) <= %s AND length(payload.output_text) <= %s
"""
_ITEM = 2  # its place in a row


class Done(NamedTuple):
    """One standing review. seconds: from opening to sending. same: equal for items that say the same.

    settled: the lead's standing decision on the item, None while no lead has judged it. reason: the first
    code that was named, "" for none. goal: of a day in the queue; at: when it was sent, None without a goal,
    as times are slow to read. p_error: the calibrated probability that a reviewer finds an error in the
    output, None where no measure of its model version is calibrated.
    """

    person_id: int
    review_id: int
    item_id: int
    queue_id: int
    prediction_id: int
    decision: str
    seconds: float
    same: str
    settled: str | None
    reason: str
    at: datetime | None = None
    goal: int | None = None
    p_error: float | None = None


def done_by(
    project_id: int, people: Sequence[int], *, queue_id: int | None = None
) -> Mapping[int, Sequence[Done]]:
    """Person → their newest reviews in the project, or in one queue of it, oldest first; two statements,
    three where a measure is calibrated.
    """
    found: dict[int, list[Done]] = {person_id: [] for person_id in people}
    with connection.cursor() as cursor:
        cursor.execute(
            _DONE,
            {"people": list(people), "look_at": LOOK_AT, "project": project_id, "queue": queue_id},
        )
        rows = cursor.fetchall()
    p_errors = p_errors_of(project_id, [row[_ITEM] for row in rows])
    for row in rows:
        done = Done._make((*row, p_errors.get(row[_ITEM])))
        found[done.person_id].append(done)
    return found


def corrections_of(reviews: Iterable[Sequence[Done]]) -> Mapping[int, Sequence[tuple[str, str]]]:
    """Person → (what they wrote, what the model had written) of their newest corrections; one statement."""
    wanted = [
        done.review_id
        for own in reviews
        for done in [one for one in own if one.decision == "correct"][-TEXTS_LOOKED_AT:]
    ]
    found: dict[int, list[tuple[str, str]]] = {}
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_TEXTS, [wanted, TEXT_LONGEST, TEXT_LONGEST])
            for person_id, text, output in cursor.fetchall():
                found.setdefault(person_id, []).append((text, output))
    return found
