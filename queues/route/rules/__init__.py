"""The rules we ship, one file each. To add one, write its file and name it here."""

from queues.route.rules import random_audit, safety_flagged, uncertain

__all__ = ["random_audit", "safety_flagged", "uncertain"]
