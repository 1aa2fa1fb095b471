"""Traffic that a policy routes by itself, and what people say of what it drew: whether it is a violation."""

from collections.abc import Mapping
from typing import Any

from accounts.actor import SYSTEM
from accounts.models import Project
from queues.models import Item, Queue, Verdict
from queues.route import policies
from tests.factories.judgements import VIOLATION
from tests.factories.rules import SALT
from tests.factories.sent import receive, sent
from tests.factories.work import FORM, queue_in

ASKS: dict[str, Any] = {**FORM, "questions": [VIOLATION]}


def asking(project: Project, slug: str = "answers") -> Queue:
    """A queue whose form asks whether it is a violation."""
    return queue_in(project, slug=slug, form=ASKS)


def audit(rate: float, *, queue: str = "answers", **fields: Any) -> dict[str, Any]:
    """A rule that draws from all traffic."""
    return {"name": "audit", "kind": "random_audit", "queue": queue, "rate": rate, **fields}


def rules(project: Project, *wanted: Mapping[str, Any]) -> None:
    """The next version of the policy, in force; what it draws is the same each time."""
    document = {"schema": "policy/1", "rules": list(wanted)}
    made = policies.new_version(project.pk, document=document, by=SYSTEM, reason="test", first_salt=SALT)
    policies.activate(project.pk, made.version, by=SYSTEM, reason="test")


def came(project: Project, name: str, **filters: bool) -> Item | None:
    """The item of what arrived under this id with what these filters said; None where no rule picked it."""
    guardrails = [{"component": one, "category": "harm", "flagged": is_} for one, is_ in filters.items()]
    (number,) = receive(project, sent(prediction_id=name, guardrails=guardrails))
    return Item.objects.filter(prediction=number).first()


def say(item: Item, violation: str) -> Verdict:
    """The verdict that stands on the item. violation: yes, no or unsure; "" where the answers say nothing."""
    Item.objects.filter(pk=item.pk).update(state="settled", settled_at="2026-01-01T00:00Z")
    return Verdict.objects.create(
        queue_id=item.queue_id,
        item=item,
        form_id=Queue.objects.get(pk=item.queue_id).form_id,
        decision="reject" if violation == "yes" else "approve",
        basis="single",
        answers={"violation": violation} if violation else {},
    )
