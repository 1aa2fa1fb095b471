"""The fact sources we ship, one file each. To add one, write its file and name it here."""

from queues.route.facts import attributes, feedback, pair, traffic

__all__ = ["attributes", "feedback", "pair", "traffic"]
