"""The job of a selection: chooses, and sends what was chosen in one transaction.

What is chosen does not depend on what the random audit drew: all predictions but those that a rule took for
certain are candidates, drawn or not. So each chosen one was going to be picked, its pi is 1, and the audit
goes on standing for the rest (docs/methods.md). Killed at any moment, the next attempt begins again.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts import events
from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import write_rows
from queues.errors import WrongState
from queues.models import Job, Recall, SecondLook, SelectedBy, Selection
from queues.models.vector import Part
from queues.progress import Progress
from queues.route import opening, queries, standing
from queues.route.decide import Decision
from queues.route.dry_run import walk
from queues.route.opening import Pick
from queues.route.queries import ActivePolicy
from queues.route.second_look import lock, move
from queues.route.selection import candidates, choosing
from queues.route.selection.asking import Result
from queues.route.selection.candidates import Candidates
from queues.route.selection.choosing import Chosen
from queues.score import queries as scores

CHANGED = ["selection"]  # what had become known, as a second look names it


def run(job: Job) -> None:
    """Make the selection of the job; nothing happens when that is done, cancelled or gone."""
    selection = _open().select_related("queue").filter(pk=job.subject_id).first()
    if selection is None:
        return
    space = candidates.space_for(selection.project_id, Part(selection.part))
    if space is None:
        raise WrongState("There are no vectors to compare any more: the encoder was changed or switched off.")
    with Progress(job) as progress:
        span = walk.span_of(selection.project_id, selection.last)
        progress.total = span.total
        found = candidates.read(selection, space, span, seen=progress.report)
        _send(selection, found, _choose(selection, found))


def _open() -> Any:
    return Selection.objects.filter(finished_at=None, cancelled_at=None)


def _choose(selection: Selection, found: Candidates) -> Chosen:
    if selection.by == SelectedBy.COVERAGE:
        return choosing.by_coverage(found.vectors, known=found.known, size=selection.size)
    return choosing.by_relevance(
        found.scores,
        found.vectors,
        known=found.known,
        size=selection.size,
        relevance=selection.relevance,
    )


@transaction.atomic
def _send(selection: Selection, found: Candidates, chosen: Chosen) -> None:
    """Items for what was chosen, and why; nothing when it was cancelled meanwhile."""
    if not _open().select_for_update().filter(pk=selection.pk).exists():
        return
    policy = queries.active_policy(selection.project_id)
    if policy is None:
        raise WrongState("No policy is in force any more. Activate one, and ask again.")
    ids = [found.ids[place] for place in chosen.places]
    locked = {arrival.id for arrivals in lock(ids).values() for arrival in arrivals}
    sent = [id_ for id_ in ids if id_ in locked - Recall.objects.among(ids)]
    had_item, attached = _open_items(selection, policy, sent)
    result = Result(
        policy_version=policy.version,
        looked_at=found.looked_at,
        without_vector=found.without_vector,
        without_score=found.without_score,
        known=len(found.known),
        alike=len(chosen.alike),
        had_item=had_item,
        attached=attached,
        sent=sent,
    )
    _open().filter(pk=selection.pk).update(
        result=result.model_dump(mode="json", by_alias=True), finished_at=Now()
    )


def _open_items(selection: Selection, policy: ActivePolicy, ids: Sequence[int]) -> tuple[int, int]:
    """How many had an item before, and how many are counted on an item that says the same."""
    if not ids:
        return 0, 0
    now, decision = timezone.now(), _decision(selection)
    records = scores.records(ids)
    _store_looks(policy, decision, ids)
    there = standing.items(ids)
    fresh = [Pick(id_, decision, records.get(id_, {})) for id_ in ids if id_ not in there]
    opened = opening.open_items(policy, fresh, now)
    for item in sorted({there[id_] for id_ in ids if id_ in there}):
        standing.hurry(item, decision, now)
    move(ids)
    rows = opening.events_of(policy, selection.project_id, opened)
    events.record_many([*rows, _event(selection, policy, ids)])
    return len(there), len(opened.attached)


def _decision(selection: Selection) -> Decision:
    reason = {
        "rule": f"selection {selection.pk}",
        "kind": "selection",
        "queue": selection.queue.slug,
        "priority": selection.priority,
        "selection": selection.pk,
    }
    return Decision(
        pi=1.0,
        reasons=[reason],
        queue=selection.queue.slug,
        priority=selection.priority,
        due_hours=selection.due_hours,
        reviews_needed=selection.reviews_needed,
    )


def _store_looks(policy: ActivePolicy, decision: Decision, ids: Sequence[int]) -> None:
    reasons, changed = orjson.dumps(decision.reasons).decode(), orjson.dumps(CHANGED).decode()
    write_rows(
        SecondLook,
        ("prediction_id", "policy_id", "changed", "pi", "reasons"),
        ((id_, policy.id, changed, decision.pi, reasons) for id_ in ids),
    )


def _event(selection: Selection, policy: ActivePolicy, ids: Sequence[int]) -> EventRow:
    return EventRow(
        project_id=selection.project_id,
        kind="selection.sent",
        by=SYSTEM,
        subject_kind="selection",
        subject_id=selection.pk,
        after={"sent": len(ids), "queue": selection.queue.slug, "policy_version": policy.version},
    )
