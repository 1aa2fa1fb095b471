"""Queues with their forms and guidelines, and the policy in force."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor
from accounts.models import Project
from queues.agree import targets
from queues.agree.targets import Target
from queues.assign import queues as assign
from queues.management.demo import sources
from queues.models import Policy, Queue
from queues.review import form_versions
from queues.route import policies

LEARNED = "\n\nIs it supported?"  # the section of the guideline that came later
WHY_LEARNED = "We read “supported” in different ways: what counts as partly is now explained."
TARGETS: Sequence[tuple[str, str, Target, str]] = (
    ("answers", "supported", Target(0.7, 0.5), "Three careful people can reach this; the pages are short."),
    ("safety", "violation", Target(0.8, 0.667), "What may harm somebody must not depend on who reads it."),
    ("safety", "filter", Target(None, None), "An impression, for those who tune the filters."),
)
# The draws are the same in every demo, so that each shows the same history. Nothing real is drawn with these.
SALT = "0" * 64
QUEUE_SALT = UUID(int=0)
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
    document = _form(slug)
    queue = assign.open_queue(project_id=project.pk, by=by, **fields)
    Queue.objects.filter(pk=queue.pk).update(salt=QUEUE_SALT)
    first = document["guideline"].partition(LEARNED)[0]
    form_versions.new_version(queue, document=document | {"guideline": first}, by=by)


def explain(queue: Queue, *, by: Actor) -> None:
    """The form again, with the whole of its guideline: what people learned from their disputes."""
    form_versions.new_version(queue, document=_form(queue.slug), by=by, reason=WHY_LEARNED)


def _form(slug: str) -> dict[str, Any]:
    guideline = sources.text(f"guidelines/{slug}.txt")
    return {**sources.document(f"forms/{slug}.json"), "guideline": guideline}


def ensure_targets(queues: dict[str, Queue], *, by: Actor) -> None:
    """How far people should agree; what a lead has set since stays."""
    for slug, question, target, reason in TARGETS:
        if not targets.history_of(queues[slug].pk, question):
            targets.set_target(queues[slug], question=question, target=target, reason=reason, by=by)


def ensure_policy(project: Project, *, by: Actor) -> None:
    """A policy in force; one that somebody has activated since stays."""
    if not Policy.objects.filter(project=project, is_active=True).exists():
        document = sources.document("policy.json")
        policy = policies.new_version(project.pk, document=document, by=by, reason=WHY, first_salt=SALT)
        policies.activate(project.pk, policy.version, by=by, reason=WHY)
