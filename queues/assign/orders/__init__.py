"""The orders in which items are handed out, one file each. To add one, write its file and its choice."""

from queues.assign.orders.base import Order, Walk, orders
from queues.registry import load_plug_ins
from queues.route.placing import placings

__all__ = ["Order", "Walk", "orders"]

load_plug_ins(__name__, __path__)
for _name, _order in orders:
    placings.register(_name)(_order)
