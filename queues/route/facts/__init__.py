"""The fact sources we ship, one file each. To add one, write its file and name it here."""

from queues.route.facts import attributes, pair, traffic

__all__ = ["attributes", "pair", "traffic"]
