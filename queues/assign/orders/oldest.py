"""First come, first served."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from queues.assign.orders.base import Walk, orders
from queues.route.placing import Coming, Place, Where


class Oldest:
    """Within a priority in the order in which items were opened, whenever they are due."""

    label = _("Oldest first")
    help = _("Within a priority in the order in which items came, whenever they are due.")
    walk = Walk.PLACE
    reads_records = False

    def places(self, _where: Where, coming: Sequence[Coming]) -> list[Place]:
        return [Place(item.item_id) for item in coming]


orders.register("oldest")(Oldest())
