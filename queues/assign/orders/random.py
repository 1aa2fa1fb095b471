"""As a shuffled deck: no neighbour says anything about the next."""

from collections.abc import Sequence
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from queues.assign.orders.base import Walk, orders
from queues.route.placing import Coming, Place, Where


class Random:
    """Within a priority by a hash of the item and the queue's salt: random, and the same for everybody."""

    label = _("Random")
    help = _("Within a priority shuffled, so that what came together is not looked at in a row.")
    walk = Walk.PLACE
    reads_records = False

    def places(self, where: Where, coming: Sequence[Coming]) -> list[Place]:
        return [Place(_shuffled(where.salt, item.item_id)) for item in coming]


def _shuffled(salt: str, item_id: int) -> int:
    """1 .. 2^62: what fits a bigint, and is never the 0 of an item without a place."""
    return int.from_bytes(sha256(f"{salt}:place:{item_id}".encode()).digest()[:8]) // 4 + 1


orders.register("random")(Random())
