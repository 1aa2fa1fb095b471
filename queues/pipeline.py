"""What follows what. Stages look back freely; they push forward only through here.

arrival → scores → routing → (a person) → review → verdict. Each step is a row first; where a step is
owed and its message was lost, the sweeper calls the same function again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.adjudicate import actions as adjudicate
from queues.adjudicate import alike
from queues.adjudicate import queries as disputes
from queues.agree import actions as agree
from queues.agree import checking, units
from queues.assign import actions as assign
from queues.assign import reordering
from queues.assign.bulk import run as bulk_change
from queues.assign.lease import Lease
from queues.assign.policy import MayNotWork, check_not_paused
from queues.audit.overrides import actions as overrides
from queues.curate.checks import actions as checks
from queues.curate.checks import giving
from queues.doorbell import ring, ring_at_times
from queues.errors import NotAllowed, Taken, WrongState
from queues.export import actions as export
from queues.export import queries as exported
from queues.export.recalls import run as recall
from queues.ingest import actions as ingest
from queues.ingest.feedback import actions as feedback
from queues.ingest.feedback import waiting
from queues.ingest.feedback.record import CheckedFeedback
from queues.ingest.record import CheckedRecord
from queues.models import (
    EnrichmentKind,
    Item,
    ItemState,
    Job,
    Policy,
    Prediction,
    PredictionState,
    Queue,
    Review,
    Verdict,
)
from queues.monitor import actions as monitor
from queues.review import actions as review
from queues.review import drafts, taking_back
from queues.review import submission as submissions
from queues.review.actions import Submitted
from queues.route import actions as route
from queues.route import near, second_look
from queues.route.dry_run import run as dry_run
from queues.route.selection import run as selection
from queues.score import actions as score
from queues.score import enrichment, remote
from queues.score import enrichments as _shipped  # noqa: F401 - importing it registers the kinds
from queues.score.compute import embedded_names
from queues.score.own_encoder import own_encoder
from queues.score.queries import ScoredPrediction

log = logging.getLogger(__name__)

JOBS: Mapping[str, Callable[[Job], object]] = {
    "build_release": export.build,
    "recall": recall.run,
    "dry_run": dry_run.run,
    "selection": selection.run,
    monitor.REFIT: monitor.refit,
    reordering.KIND: reordering.run,
    checking.KIND: checking.check,
    bulk_change.KIND: partial(bulk_change.run, then=units.recount),
}


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
    enrichment.owe_new(project_id, owed_by_arrivals(), routed)
    ring_for_enrichment()
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
        enrichment.owe(owed_by_arrivals(), [prediction.id for prediction in scored])
        ring_for_enrichment()


def after_scores(prediction_ids: Sequence[int], *, scored: Sequence[ScoredPrediction] = ()) -> None:
    """scored → routed or not_routed, by the active policy of each project."""
    route.route(prediction_ids, scored=scored)


def after_feedback(prediction_ids: Sequence[int]) -> None:
    """End users said something about these predictions: the rules that listen to them are asked again."""
    second_look.look_again(prediction_ids, changed=frozenset({"fact:feedback"}))


def owed_by_arrivals() -> list[str]:
    """The enrichments that a new prediction owes in this installation."""
    owed: list[str] = [EnrichmentKind.INDEX]
    if own_encoder():
        owed.append(EnrichmentKind.EMBED)
    if remote.is_configured():
        owed.append(EnrichmentKind.DETECT)
    return owed


def ring_for_enrichment() -> None:
    """Tell the workers, at most once a second: whoever hears it looks around for longer than that."""
    ring_at_times("queues.tasks.enrich_plain")
    if own_encoder():
        ring_at_times("queues.tasks.enrich")


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


def owed_arrivals(*, older_than: timedelta, after: int = 0, at_most: int = 1_000) -> list[int]:
    """Predictions that were stored and never scored or routed, oldest first, with an id above `after`.

    A project without an active policy owes no routing: its predictions stay scored until it has one.
    """
    has_policy = Exists(Policy.objects.filter(project=OuterRef("project"), is_active=True))
    owed = Prediction.objects.filter(
        Q(state=PredictionState.RECEIVED) | Q(has_policy, state=PredictionState.SCORED),
        state__in=[PredictionState.RECEIVED, PredictionState.SCORED],
        received_at__lt=Now() - older_than,
        id__gt=after,
    )
    return list(owed.order_by("id").values_list("id", flat=True)[:at_most])


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a submit: the stored review, what became of its item, and the next lease if asked.

    was_check: for the server only; who submitted is told where the queue tells. told_state: the state as
    far as who submitted may know it, item_state: as it is.
    """

    review_id: int
    item_id: int
    item_state: str
    told_state: str
    undo_until: datetime
    is_repeat: bool
    was_check: bool
    next: Lease | None = None


def submit(
    slot_id: int,
    *,
    project: Project,
    token: UUID,
    by: Actor,
    submission: Mapping[str, object],
    revision: int | None = None,
    form_id: int | None = None,
    next_in: Queue | None = None,
    beside: Sequence[int] = (),
    ahead: bool = False,
    unveiled: bool = False,
) -> Submission:
    """Store a review and settle its item in one transaction; then lease the next item if `next_in` is given.

    When the lease has ended or the item was closed, the text is kept as a draft and the error raised.
    revision: as for `drafts.save`; a newer draft of another window stands, and both texts are shown.
    form_id: the version of the form that was shown; None: the queue's present one. unveiled: its author
    has looked at severe content that was hidden; else such an item is neither approved nor corrected.
    """
    try:
        with transaction.atomic():
            submitted = review.submit(
                slot_id,
                project_id=project.pk,
                token=token,
                by=by,
                document=submission,
                revision=revision,
                form_id=form_id,
                unveiled=unveiled,
            )
            state = (
                submitted.item.told_state
                if submitted.is_repeat
                else after_review(submitted, project_id=project.pk)
            )
    except drafts.DraftConflict:
        raise
    except (Taken, WrongState):
        _keep_text(slot_id, project=project, by=by, submission=submission, revision=revision)
        raise
    lease = _next(next_in, by=by, beside=beside, ahead=ahead) if next_in else None
    stored = submitted.review
    was_check = submitted.item.state == ItemState.CHECK
    told = taking_back.told_state(stored, submitted.item, state)
    return Submission(
        stored.pk, stored.item_id, state, told, submitted.undo_until, submitted.is_repeat, was_check, lease
    )


def lease_next(queue: Queue, *, by: Actor, beside: Sequence[int] = (), ahead: bool = False) -> Lease | None:
    """As `assign.lease_next`; in a queue with checks, what comes may be one."""
    if giving.gives_checks(queue) and not giving.make_way(queue, by=by, beside=beside, ahead=ahead):
        return None
    return assign.lease_next(queue, by=by, beside=beside, ahead=ahead)


def lease_again(item: Item, *, by: Actor) -> Lease | None:
    """As `assign.lease_again`; a check is held again by the one person whom it was given to."""
    if item.state == ItemState.CHECK:
        return giving.hold_again(item, by=by)
    return assign.lease_again(item, by=by)


def _next(queue: Queue, *, by: Actor, beside: Sequence[int], ahead: bool) -> Lease | None:
    """The review is stored whatever comes next: who may take no more gets nothing here."""
    try:
        return lease_next(queue, by=by, beside=beside, ahead=ahead)
    except MayNotWork:
        return None


def _keep_text(
    slot_id: int, *, project: Project, by: Actor, submission: Mapping[str, object], revision: int | None
) -> None:
    """What a person typed on an item they once held is never lost; a stranger's text is not kept."""
    slot = drafts.held_by(slot_id, project_id=project.pk, by=by)
    if slot.item.state == ItemState.WITHDRAWN:
        return
    already = Review.objects.filter(item=slot.item_id, person=by.person_id, withdrawn_at=None).exists()
    if not already and (content := submissions.keepable(submission)):
        drafts.keep(slot.item_id, by=by, content=content, revision=revision)


def after_review(submitted: Submitted, *, project_id: int) -> str:
    """Does this review settle its item? The item's state now; the events of both leave in one statement."""
    if submitted.item.state == ItemState.CHECK:
        # Says something of the person, nothing of the output: no judgement, no agreement, no verdict.
        checks.store_result(submitted.review)
        events.record_many([event for event in (submitted.event,) if event])
        return submitted.item.told_state
    overrides.judge_by_review(submitted.review, submitted.item, project_id=project_id)
    settling = agree.settle(
        submitted.item, submitted.review, rule_id=submitted.dispute_rule_id, project_id=project_id
    )
    events.record_many([event for event in (submitted.event, *settling.events) if event])
    if settling.verdict:
        _owe_the_mark(submitted.item.prediction_id)
    return settling.state


def _owe_the_mark(prediction_id: int) -> None:
    """A judged prediction's vectors count as reviewed: what is like them is no news."""
    if own_encoder():
        enrichment.owe([EnrichmentKind.REVIEWED], [prediction_id])


def undo(review_id: int, *, project: Project, by: Actor) -> Lease:
    """Take one's own review back: it stays in the history, the item is under review again."""
    with transaction.atomic():
        check_not_paused(project.pk, by.as_person())
        if exported.is_released(review_id):
            raise WrongState(_("This answer is part of a published release: ask a lead to recall it."))
        undone = review.undo(review_id, project_id=project.pk, by=by)
        if undone.event:
            item = Item.objects.get(pk=undone.review.item_id)
            if item.state == ItemState.CHECK:
                checks.take_back_result(undone.review)
                reopened = None
            else:
                reopened = agree.reopen(item, project_id=project.pk)
            events.record_many([event for event in (undone.event, reopened) if event])
    return undone.lease


def settle_by_lead(
    item_id: int,
    *,
    project: Project,
    by: Actor,
    document: Mapping[str, object],
    why: str,
    picked: int | None = None,
    answer: str = "",
) -> Verdict:
    """A lead's verdict on a disputed item; picked: the review whose answer it is, None when written.

    answer: to those who escalated it, in the thread of its notes; `why` when it is empty.
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
        )
        overrides.judge_by_verdict(verdict, project_id=project.pk)
        _owe_the_mark(verdict.item.prediction_id)
    return verdict


@dataclass(frozen=True, slots=True)
class SettledAlike:
    """settled: items; left: item → why it was left to be settled by itself."""

    settled: Sequence[int]
    left: Mapping[int, str]


def settle_alike(
    item_ids: Sequence[int],
    *,
    project: Project,
    by: Actor,
    key: str,
    position: alike.Position,
    why: str,
) -> SettledAlike:
    """Settle these disputes as the first of their reviews says that takes the position; one by one.

    An item that is not as it was when the lead saw the batch is left alone, and so is one that another lead
    has settled meanwhile.
    """
    settled, left = [], {}
    for item_id in item_ids:
        dispute = disputes.dispute_of(project.pk, item_id)
        review_ = alike.review_saying(dispute, position) if dispute else None
        if dispute is None or review_ is None or alike.key_of(dispute) != key:
            left[item_id] = _("It is not as it was: its reviews or its state have changed.")
            continue
        try:
            settle_by_lead(
                item_id,
                project=project,
                by=by,
                document=review.document_of(review_),
                why=why,
                picked=review_.pk,
            )
        except (NotAllowed, WrongState) as refusal:
            left[item_id] = str(refusal)
        else:
            settled.append(item_id)
    return SettledAlike(settled, left)


def reopen_by_lead(item_id: int, *, project: Project, by: Actor, why: str) -> Item:
    """A settled item is in dispute again, with a reason; releases that contain it keep what they have."""
    return adjudicate.reopen_by_lead(item_id, project_id=project.pk, by=by, why=why)


def run_job(job_id: int) -> None:
    """Do one job if it is owed; a job that is done, failed or in other hands is left alone."""
    attempt = Job.objects.start(job_id)
    if attempt is None:
        return
    job = Job.objects.get(pk=job_id)
    try:
        JOBS[job.kind](job)
    except Exception as error:
        log.exception("job %d (%s) failed", job_id, job.kind)
        Job.objects.fail(job_id, f"{type(error).__name__}: {error}", attempt=attempt)
    else:
        Job.objects.finish(job_id, attempt=attempt)
