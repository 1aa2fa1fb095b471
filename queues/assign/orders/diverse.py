"""A little of everything: what the queue has seen least of comes first."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from queues.assign.orders.base import Walk, orders
from queues.models import SpreadBy
from queues.route.placing import Coming, Place, Where

# The place of the newest of each bucket. Read without a lock: two that come in the same moment may get
# the same place, which spreads them as well.
_LAST = """
SELECT b.bucket, last.place FROM unnest(%(buckets)s::int[]) AS b(bucket)
CROSS JOIN LATERAL (
  SELECT place FROM queues_slot
  WHERE queue_id = %(queue)s AND bucket = b.bucket AND bucket IS NOT NULL AND seq = 1
  ORDER BY place DESC LIMIT 1) last
"""


class Diverse:
    """Within a priority the n-th of every bucket before the (n+1)-th of any."""

    label = _("Diverse")
    help = _("Within a priority one of each kind in turn, so that the rare is seen as early as the common.")
    walk = Walk.PLACE
    reads_records = True

    def places(self, where: Where, coming: Sequence[Coming]) -> list[Place]:
        buckets = [_bucket(where.spread_by, item) for item in coming]
        seen = Counter(_last(where.queue_id, sorted(set(buckets))))
        found = []
        for bucket in buckets:
            seen[bucket] += 1
            found.append(Place(seen[bucket], bucket=bucket))
        return found


def _bucket(spread_by: str, item: Coming) -> int:
    """A 31-bit number of the item's value of what the work is spread over."""
    value = _VALUES[spread_by](item)
    return int.from_bytes(sha256(f"{spread_by}:{value}".encode()).digest()[:4]) // 2


def _part(record: Mapping[str, Any], part: str, name: str) -> str:
    return str((record.get(part) or {}).get(name) or "")


_VALUES: Mapping[str, Callable[[Coming], str]] = {
    SpreadBy.RULE: lambda item: ",".join(sorted(item.rules)),
    SpreadBy.LOCALE: lambda item: _part(item.record, "subject", "locale"),
    SpreadBy.SEGMENT: lambda item: _part(item.record, "subject", "segment"),
    SpreadBy.MODEL_VERSION: lambda item: _part(item.record, "model", "version"),
}


def _last(queue_id: int, buckets: Sequence[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"queue": queue_id, "buckets": list(buckets)})
        return dict(cursor.fetchall())


orders.register("diverse")(Diverse())
