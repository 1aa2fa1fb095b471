"""Does knowing why pull people? Items that were reviewed twice, once blind: told neither reasons nor flags.

Chance draws them, so they speak for all the work of the queue. The blind reviewer sees the output like
everybody; what is tested is what is told beside it. Nobody is told which of an item's reviews was blind.
"""

from django.db import connection

from queues.models import Queue
from queues.statistics.pairs import Anchoring, anchoring

LOOK_AT = 5_000  # newest shared items, of which some were drawn to be reviewed blind
MOST_PAIRS = 1_000

# The first review of each kind that stands. Words of the partial index item_with_overlap.
_PAIRS = """
SELECT shown.approves, blind.approves, count(*)
FROM (
  SELECT id FROM (
    SELECT id, blind_drawn FROM queues_item
    WHERE queue_id = %s AND reviews_needed > 1 AND state IN ('disputed', 'settled')
    ORDER BY id DESC LIMIT %s
  ) looked WHERE blind_drawn ORDER BY id DESC LIMIT %s
) item
CROSS JOIN LATERAL (
  SELECT review.decision = 'approve' AS approves FROM queues_review review
  JOIN queues_slot slot ON slot.id = review.slot_id AND NOT slot.is_blind
  WHERE review.item_id = item.id AND review.withdrawn_at IS NULL AND review.decision <> 'escalate'
  ORDER BY review.id LIMIT 1
) shown
CROSS JOIN LATERAL (
  SELECT review.decision = 'approve' AS approves FROM queues_review review
  JOIN queues_slot slot ON slot.id = review.slot_id AND slot.is_blind
  WHERE review.item_id = item.id AND review.withdrawn_at IS NULL AND review.decision <> 'escalate'
  ORDER BY review.id LIMIT 1
) blind
GROUP BY 1, 2
"""


def anchoring_in(queue: Queue) -> Anchoring | None:
    """How much more often people approve when they are told why; None without a pair; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [queue.pk, LOOK_AT, MOST_PAIRS])
        counts = {(shown, blind): n for shown, blind, n in cursor.fetchall()}
    return anchoring(
        both=counts.get((True, True), 0),
        only_shown=counts.get((True, False), 0),
        only_blind=counts.get((False, True), 0),
        neither=counts.get((False, False), 0),
    )
