"""Policies for tests, and the cases that their rules look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actor import SYSTEM
from accounts.models import Project
from queues.models import Policy
from queues.route import policies
from queues.route.condition import Case
from queues.route.policy_document import PolicyDocument, parse
from queues.score.detector import Finding
from queues.score.measure import Value

SALT = "not secret here"


def rule(kind: str, name: str = "the-rule", **fields: Any) -> dict[str, Any]:
    """One rule of a policy document; it sends to the queue "answers"."""
    return {"name": name, "kind": kind, "queue": "answers", **fields}


def policy(*rules: Mapping[str, Any]) -> PolicyDocument:
    """The checked document of these rules."""
    return parse({"schema": "policy/1", "rules": list(rules)})


def in_force(project: Project, *rules: Mapping[str, Any]) -> Policy:
    """The next version of the project's policy, active."""
    document = {"schema": "policy/1", "rules": list(rules)}
    made = policies.new_version(project.pk, document=document, by=SYSTEM, reason="for the test")
    return policies.activate(project.pk, made.version, by=SYSTEM, reason="for the test")


def case(
    prediction_id: str = "x",
    *,
    values: Mapping[str, float] | None = None,
    ranks: Mapping[str, float | None] | None = None,
    findings: Sequence[Finding] = (),
    salt: str = SALT,
    **facts: Any,
) -> Case:
    """What is known of one prediction. ranks: None where there are too few to rank among."""
    return Case(
        prediction_id=prediction_id,
        values=values or {},
        ranks={
            name: Value(rank, None if rank is not None else "fewer_than_50_scores")
            for name, rank in (ranks or {}).items()
        },
        findings=findings,
        salt=salt,
        facts=facts,
    )
