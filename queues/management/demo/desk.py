"""Queues with their forms and guidelines, and the policy in force."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.models import FormVersion, Policy, Queue
from queues.review import form as forms
from queues.route import policies

from . import sources

WHY = "The policy of the demo: doubt, danger, and a random sample of everything."


def ensure_queues(project: Project, wanted: Sequence[dict[str, Any]], *, by: Actor) -> dict[str, Queue]:
    """The queues by slug, each with its first form."""
    for fields in wanted:
        if not Queue.objects.filter(project=project, slug=fields["slug"]).exists():
            _make_queue(project, fields, by)
    return {queue.slug: queue for queue in Queue.objects.filter(project=project)}


@transaction.atomic
def _make_queue(project: Project, fields: dict[str, Any], by: Actor) -> None:
    slug = fields["slug"]
    document = sources.document(f"forms/{slug}.json") | {"guideline": sources.text(f"guidelines/{slug}.md")}
    forms.parse(document)
    queue = Queue.objects.create(project=project, **fields)
    queue.form = FormVersion.objects.create(queue=queue, version=1, document=document, author_id=by.person_id)
    queue.save(update_fields=["form"])
    events.record(
        project_id=project.pk,
        kind="queue.created",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        after={"slug": slug, "form_version": 1},
    )


def ensure_policy(project: Project, *, by: Actor) -> None:
    """A policy in force; one that somebody has activated since stays."""
    if not Policy.objects.filter(project=project, is_active=True).exists():
        document = sources.document("policy.json")
        policy = policies.new_version(project.pk, document=document, by=by, reason=WHY)
        policies.activate(project.pk, policy.version, by=by, reason=WHY)
