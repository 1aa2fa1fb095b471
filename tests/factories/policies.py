"""A policy to start with: doubt, what filters object to, and a random audit."""

from collections.abc import Sequence
from typing import Any

from accounts.actor import SYSTEM
from accounts.models import Project
from queues.models import Policy, Queue
from queues.route import policies
from queues.route.policy_document import SCHEMA


def first_policy(project: Project, queues: Sequence[Queue]) -> Policy:
    """Give a project its first policy and put it in force. queues: for answers first, for safety last."""
    answers, safety = queues[0], queues[-1]
    document = first_document(answers=answers.slug, safety=safety.slug)
    reason = "The policy that every project starts with."
    policy = policies.new_version(project.pk, document=document, by=SYSTEM, reason=reason)
    return policies.activate(project.pk, policy.version, by=SYSTEM, reason=reason)


def first_document(*, answers: str, safety: str) -> dict[str, Any]:
    """The most uncertain fifth, everything that a filter objected to, and 5 % of all as the audit."""
    return {
        "schema": SCHEMA,
        "rules": [
            {
                "name": "uncertain",
                "kind": "uncertain",
                "queue": answers,
                "measure": "mean_nll",
                "by": "rank",
                "threshold": 0.8,
                "priority": 50,
                "reviews_needed": 1,
                "due_hours": 24,
            },
            {
                "name": "safety",
                "kind": "safety_flagged",
                "queue": safety,
                "categories": ["*"],
                "min_severity": "medium",
                "priority": 90,
                "reviews_needed": 1,
                "due_hours": 4,
            },
            {
                "name": "audit",
                "kind": "random_audit",
                "queue": answers,
                "rate": 0.05,
                "priority": 30,
                "reviews_needed": 1,
                "due_hours": 72,
            },
        ],
    }
