"""The most urgent first: what is overdue, then what is due next."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from queues.assign.orders.base import Walk, orders
from queues.route.placing import Coming, Place, Where


class PriorityDue:
    """Within a priority by due time: what is late rises by itself."""

    label = _("By due time")
    help = _("Within a priority what is late comes first, then what is due next.")
    walk = Walk.DUE
    reads_records = False

    def places(self, _where: Where, coming: Sequence[Coming]) -> list[Place]:
        return [Place() for _item in coming]


orders.register("priority_due")(PriorityDue())
