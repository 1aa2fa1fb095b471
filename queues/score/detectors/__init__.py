"""The detectors we ship, one file each. To add one, write its file and name it here."""

from queues.score.detectors import guardrails, injection, insults, invisible, personal_data

__all__ = ["guardrails", "injection", "insults", "invisible", "personal_data"]
