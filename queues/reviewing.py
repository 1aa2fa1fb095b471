"""What a person does with the items of a queue: takes one, submits a review of it, takes that back.

Each is one transaction with what follows from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Project
from queues import pipeline
from queues.assign import actions as assign
from queues.assign.lease import Lease
from queues.assign.policy import MayNotWork, check_not_paused
from queues.curate.checks import giving
from queues.errors import Taken, WrongState
from queues.export import queries as exported
from queues.models import Item, ItemState, Queue, Review
from queues.review import actions as review
from queues.review import drafts, taking_back, undoing
from queues.review import submission as submissions


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
    tab: drafts.Tab | None = None,
    form_id: int | None = None,
    next_in: Queue | None = None,
    beside: Sequence[int] = (),
    ahead: bool = False,
    unveiled: bool = False,
) -> Submission:
    """Store a review and settle its item in one transaction; then lease the next item if `next_in` is given.

    When the lease has ended or the item was closed, the text is kept as a draft and the error raised.
    revision, tab: as for `drafts.save`; a newer draft of another tab stands, and both are shown.
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
                tab=tab,
                form_id=form_id,
                unveiled=unveiled,
            )
            state = (
                submitted.item.told_state
                if submitted.is_repeat
                else pipeline.after_review(submitted, project_id=project.pk)
            )
    except drafts.DraftConflict:
        raise
    except (Taken, WrongState):
        over = (revision, tab)
        _keep_text(slot_id, project=project, by=by, submission=submission, over=over)
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
    slot_id: int,
    *,
    project: Project,
    by: Actor,
    submission: Mapping[str, object],
    over: tuple[int | None, drafts.Tab | None],
) -> None:
    """What a person typed on an item they once held is never lost; a stranger's text is not kept.

    over: the revision and the tab, as for `drafts.keep`.
    """
    slot = drafts.held_by(slot_id, project_id=project.pk, by=by)
    if slot.item.is_withdrawn:
        return
    already = Review.objects.filter(item=slot.item_id, person=by.person_id, withdrawn_at=None).exists()
    if not already and (content := submissions.keepable(submission)):
        revision, tab = over
        drafts.keep(slot.item_id, by=by, content=content, revision=revision, tab=tab)


def undo(review_id: int, *, project: Project, by: Actor) -> Lease:
    """Take one's own review back: it stays in the history, the item is under review again."""
    with transaction.atomic():
        check_not_paused(project.pk, by.as_person())
        # First of all whether it is theirs: what became of the review of another is not told either.
        slot = undoing.locked_slot(review_id, project_id=project.pk, by=by)
        if exported.is_released(review_id):
            raise WrongState(_("This answer is part of a published release: ask a lead to recall it."))
        undone = undoing.undo(slot, review_id, by=by)
        if undone.event:
            pipeline.after_undo(undone, project_id=project.pk)
    return undone.lease
