"""Queues with their forms and guidelines, and the policy in force."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Project
from queues.assign import queues as assign
from queues.management.demo import sources
from queues.models import Policy, Queue
from queues.review import form_versions
from queues.route import policies

WHY = "Danger and personal data first, then complaints, doubt, and a random sample of everything."


def ensure_queues(project: Project, wanted: Sequence[dict[str, Any]], *, by: Actor) -> dict[str, Queue]:
    """The queues by slug, each with its first form."""
    for fields in wanted:
        if not Queue.objects.filter(project=project, slug=fields["slug"]).exists():
            _make_queue(project, fields, by)
    return {queue.slug: queue for queue in Queue.objects.filter(project=project)}


@transaction.atomic
def _make_queue(project: Project, fields: dict[str, Any], by: Actor) -> None:
    slug = fields["slug"]
    document = sources.document(f"forms/{slug}.json") | {"guideline": sources.text(f"guidelines/{slug}.txt")}
    queue = assign.open_queue(project_id=project.pk, by=by, **fields)
    form_versions.new_version(queue, document=document, by=by)


def ensure_policy(project: Project, *, by: Actor) -> None:
    """A policy in force; one that somebody has activated since stays."""
    if not Policy.objects.filter(project=project, is_active=True).exists():
        document = sources.document("policy.json")
        policy = policies.new_version(project.pk, document=document, by=by, reason=WHY)
        policies.activate(project.pk, policy.version, by=by, reason=WHY)
