"""What follows what. Stages look back freely; they push forward only through here.

arrival → scores → routing → (a person) → review → verdict. Each step is a row first; where a step is
owed and its message was lost, the sweeper calls the same function again.
"""

import logging
from collections.abc import Mapping, Sequence
from functools import partial

from django.db import transaction

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.adjudicate import actions as adjudicate
from queues.adjudicate import alike
from queues.agree import actions as agree
from queues.audit.overrides import actions as overrides
from queues.curate.checks import actions as checks
from queues.doorbell import ring
from queues.ingest import actions as ingest
from queues.ingest.feedback import actions as feedback
from queues.ingest.feedback import waiting
from queues.ingest.feedback.record import CheckedFeedback
from queues.ingest.record import CheckedRecord
from queues.models import Item, ItemState, PredictionState, Review, Verdict
from queues.review.actions import Submitted
from queues.review.submission import document_of
from queues.review.undoing import Undone
from queues.route import actions as route
from queues.route import near, second_look
from queues.score import actions as score
from queues.score import owed
from queues.score.compute import embedded_names
from queues.score.queries import ScoredPrediction

log = logging.getLogger(__name__)


def receive(project: Project, records: Sequence[CheckedRecord], *, by: Actor) -> list[ingest.Stored]:
    """Store what arrived, scored and routed, in one transaction: it can be leased when this returns.

    When scoring or routing fails, whatever the reason, it is stored all the same: the sweeper finishes
    what is owed.
    """
    try:
        return ingest.store(project.pk, records, by=by, judge=partial(_judge, project.pk))
    except Exception:
        log.exception("the arrival of %d records is left to the sweeper", len(records))
    stored = ingest.store(project.pk, records, by=by)
    ring("queues.tasks.finish_arrivals")
    return stored


def _judge(project_id: int, arriving: Sequence[ingest.New]) -> Mapping[int, str]:
    """New records → their scores, routings and items, and what is owed; the state in which each is stored."""
    states = route.route_new(project_id, arriving, score.score_new(project_id, arriving))
    routed = {new.id: states.get(new.id) == PredictionState.ROUTED for new in arriving}
    owed.owe_new(project_id, routed)
    return states


def receive_feedback(
    project: Project, records: Sequence[CheckedFeedback], *, by: Actor
) -> list[feedback.StoredFeedback]:
    """Store what users did, and look again at the predictions that it is about, in one transaction.

    When the second look fails, whatever the reason, it is stored all the same: the sweeper looks.
    """
    try:
        with transaction.atomic():
            stored = feedback.store(project.pk, records, by=by)
            after_feedback(sorted({one.joined for one in stored if one.joined is not None}))
            return stored
    except Exception:
        log.exception("the second look after %d events is left to the sweeper", len(records))
    return feedback.store(project.pk, records, by=by, owed=True)


@transaction.atomic
def finish_feedback(feedback_ids: Sequence[int]) -> None:
    """Join what arrived in the same moment as its prediction, and have looked at what is owed a look."""
    after_feedback(waiting.finish(feedback_ids))


@transaction.atomic
def after_arrival(prediction_ids: Sequence[int]) -> None:
    """received → scored, and on to routing; what is owed from then on. Doing it twice changes nothing."""
    scored = score.score(prediction_ids)
    after_scores(prediction_ids, scored=scored)
    if scored:
        owed.owe_stored([prediction.id for prediction in scored])


def after_scores(prediction_ids: Sequence[int], *, scored: Sequence[ScoredPrediction] = ()) -> None:
    """scored → routed or not_routed, by the active policy of each project."""
    route.route(prediction_ids, scored=scored)


def after_feedback(prediction_ids: Sequence[int]) -> None:
    """End users said something about these predictions: the rules that listen to them are asked again."""
    second_look.look_again(prediction_ids, changed=frozenset({"fact:feedback"}))


# What an enrichment says that it found → what rules ask for.
_BECAME_KNOWN: Mapping[str, frozenset[str]] = {
    "vectors": frozenset({"fact:novelty", "fact:golden"}),
    "scores": frozenset(f"score:{name}" for name in embedded_names()),
    "flags": frozenset({"findings"}),
}


def after_enrichment(prediction_ids: Sequence[int], changed: frozenset[str]) -> None:
    """What follows when more is known of predictions: "vectors", "scores", "flags" say of what kind.

    In the transaction that stores it, so that nothing is known and not looked at.
    """
    known = frozenset().union(*(_BECAME_KNOWN[kind] for kind in changed))
    if known:
        second_look.look_again(prediction_ids, changed=known)
    if "vectors" in changed:
        near.attach(prediction_ids)


def after_review(submitted: Submitted, *, project_id: int) -> str:
    """Does this review settle its item? The item's state now; the events of both leave in one statement."""
    if submitted.item.state == ItemState.CHECK:
        # Says something of the person, nothing of the output: no agreement, no verdict, and judgements that
        # nobody reads but who said them.
        checks.store_result(submitted.review)
        overrides.judge_by_review(submitted.review, submitted.item, project_id=project_id)
        events.record_many([event for event in (submitted.event,) if event])
        return submitted.item.told_state
    overrides.judge_by_review(submitted.review, submitted.item, project_id=project_id)
    settling = agree.settle(
        submitted.item, submitted.review, rule_id=submitted.dispute_rule_id, project_id=project_id
    )
    events.record_many([event for event in (submitted.event, *settling.events) if event])
    if settling.verdict:
        owed.owe_the_mark(submitted.item.prediction_id)
    return settling.state


def after_undo(undone: Undone, *, project_id: int) -> None:
    """A review was taken back: its item is under review again, and what the review had led to is gone."""
    item = Item.objects.get(pk=undone.review.item_id)
    if item.state == ItemState.CHECK:
        checks.take_back_result(undone.review)
        reopened = None
    else:
        reopened = agree.reopen(item, project_id=project_id)
    events.record_many([event for event in (undone.event, reopened) if event])


def settle_by_lead(
    item_id: int,
    *,
    project: Project,
    by: Actor,
    document: Mapping[str, object],
    why: str,
    picked: int | None = None,
    answer: str = "",
    unveiled: bool = False,
) -> Verdict:
    """A lead's verdict on a disputed item; picked: the review whose answer it is, None when written.

    answer: to those who escalated it, in the thread of its notes; `why` when it is empty. unveiled: the
    lead has looked at severe content that was hidden.
    """
    with transaction.atomic():
        verdict = adjudicate.settle_by_lead(
            item_id,
            project_id=project.pk,
            by=by,
            document=document,
            why=why,
            picked=picked,
            answer=answer,
            unveiled=unveiled,
        )
        overrides.judge_by_verdict(verdict, project_id=project.pk)
        owed.owe_the_mark(verdict.item.prediction_id)
    return verdict


def settle_alike(
    item_ids: Sequence[int],
    *,
    project: Project,
    by: Actor,
    key: str,
    position: alike.Position,
    why: str,
) -> alike.Settled:
    """Settle these disputes as the first of their reviews says that takes the position; one by one."""

    def settle(item_id: int, picked: Review) -> Verdict:
        document = document_of(picked)
        return settle_by_lead(item_id, project=project, by=by, document=document, why=why, picked=picked.pk)

    return alike.settle_each(item_ids, project_id=project.pk, key=key, position=position, settle=settle)


def reopen_by_lead(item_id: int, *, project: Project, by: Actor, why: str) -> Item:
    """A settled item is in dispute again, with a reason; releases that contain it keep what they have."""
    return adjudicate.reopen_by_lead(item_id, project_id=project.pk, by=by, why=why)
