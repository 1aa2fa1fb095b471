"""Reviews: given once per lease."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from accounts.events import EventRow
from queues.assign.actions import lease_ended
from queues.assign.lease import Lease, is_or_was_held, never_held
from queues.bulk import insert
from queues.errors import WrongState
from queues.models import Item, ItemState, Review, Slot, SlotState
from queues.review import care, drafts, form_versions, marked_texts, taking_back
from queues.review import form as forms
from queues.review import submission as submissions
from queues.review.submission import Submission
from queues.route.reasons import is_flagged

_DONE = "UPDATE queues_slot SET state = 'done', lease_until = NULL, aside = false WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Submitted:
    """A stored review. is_repeat: this token had been answered before, nothing was written now.

    dispute_rule_id: of its queue, by which it may settle the item.
    """

    review: Review
    item: Item
    dispute_rule_id: int | None
    event: EventRow | None
    is_repeat: bool = False

    @property
    def undo_until(self) -> datetime:
        return self.review.submitted_at + timedelta(seconds=taking_back.UNDO_SECONDS)


def submit(
    slot_id: int,
    *,
    project_id: int,
    token: UUID,
    by: Actor,
    document: Mapping[str, object],
    revision: int | None = None,
    tab: drafts.Tab | None = None,
    form_id: int | None = None,
    unveiled: bool = False,
) -> Submitted:
    """Store one review under a lease. Must run inside the transaction that also settles the item.

    form_id: the version of the form that was shown; None: the queue's present one. revision, tab:
    as for `drafts.take`, which raises DraftConflict when another tab has saved a newer text.
    unveiled: its author has looked at the texts where they were hidden, as severe content is.
    Raises Invalid with every fault, Taken when the lease has ended, WrongState when the item is no
    longer under review or this token gave another review, NotFound when the person has never held the slot.
    """
    slot = _locked(slot_id, project_id)
    if slot.lease_token != token or slot.person_id != by.person_id or slot.state != SlotState.LEASED:
        return _repeat(token, by, document, slot)
    if slot.item.state == ItemState.WITHDRAWN:
        raise drafts.withdrawn()
    lease = Lease.of(slot)
    if lease.until < timezone.now():
        raise lease_ended()
    item = slot.item
    if item.state not in (ItemState.IN_REVIEW, ItemState.DISPUTED, ItemState.CHECK):
        raise WrongState(_("This item was closed meanwhile. Your text is kept as a draft."))
    is_severe = slot.is_severe or slot.is_other_severe  # type: ignore[attr-defined]
    if is_severe and not unveiled and document.get("decision") in care.SAYS_IT_IS_SEEN:
        _check_not_hidden(slot, by)
    shown_id = _shown_form(slot, form_id)
    drafts.take(item.pk, by=by, revision=revision, tab=tab)
    form = forms.for_item(forms.of_version(shown_id), compares=item.other_id is not None)
    submission = submissions.check(
        document,
        form=form,
        output_text=item.prediction.payload.output_text,
        is_flagged=is_flagged(item.reasons) and not slot.is_blind,
        input_text=marked_texts.input_text_of(item, form),
    )
    review = _store(lease, submission, by=by, form_id=shown_id)
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [slot.pk])
    event = _event(slot, review, by, unveiled=unveiled if is_severe else None)
    return Submitted(review, item, slot.queue.dispute_rule_id, event)


def _check_not_hidden(slot: Slot, by: Actor) -> None:
    """Nobody finds right, or mends, what they have never unfolded."""
    if care.hides_from(by, project_id=slot.queue.project_id):
        raise care.unseen()


def _shown_form(slot: Slot, form_id: int | None) -> int:
    """The version under which a review is given: the one that was shown, if it held during the lease.

    So that nothing is lost when a form changes under somebody's hands. Raises WrongState otherwise.
    """
    present = slot.queue.form_id
    if present is None:
        raise WrongState(_("This queue has no form yet. Ask a lead to give it one."))
    if form_id in (None, present) or form_versions.held_since(form_id, slot.queue_id, slot.leased_at):
        return form_id or present
    raise WrongState(
        _("The form changed before you took this item. Your text is kept as a draft: load the page again.")
    )


def _locked(slot_id: int, project_id: int) -> Slot:
    """The slot with its item, both locked: the item's row orders everything that settles it.

    Always the slot before its item, here and in every other write, so that no two wait for each other.
    """
    slot = _LOCKED.first(slot=slot_id, project=project_id)
    if slot is None:
        raise never_held()
    return slot


def _lockable() -> QuerySet[Slot]:
    return (
        Slot.objects.select_related("queue", "item__prediction__payload")
        .annotate(is_severe=care.is_severe("item__prediction"), is_other_severe=care.is_severe("item__other"))
        .only(
            "item__state",
            "item__reviews_needed",
            "item__queue_id",
            "item__prediction__payload__output_text",
            "item__reasons",
            "item__other",
            "queue__form_id",
            "queue__dispute_rule_id",
            "queue__project_id",
            *(field.name for field in Slot._meta.concrete_fields),
        )
        .select_for_update(of=("self", "item"))
        .filter(pk=Argument("slot"), queue__project=Argument("project"))
    )


_LOCKED = Compiled(_lockable)


def _repeat(token: UUID, by: Actor, document: Mapping[str, object], slot: Slot) -> Submitted:
    review = Review.objects.filter(lease_token=token, person=by.person_id, slot=slot).first()
    if review is None:
        if not is_or_was_held(slot, project_id=slot.queue.project_id, by=by):
            raise never_held()
        raise drafts.withdrawn() if slot.item.is_withdrawn else lease_ended()
    if not _says_the_same(review, document):
        raise WrongState(_("This lease was already answered, with other content. The first answer stands."))
    return Submitted(review, slot.item, slot.queue.dispute_rule_id, None, is_repeat=True)


def _says_the_same(review: Review, document: Mapping[str, object]) -> bool:
    """Whether a repeated document says what was stored."""
    answers = document.get("answers") or {}
    if isinstance(answers, dict):
        given = {key: value for key, value in answers.items() if value is not None}
        answers = forms.of_version(review.form_id).canonical(given)
    return (
        document.get("decision") == review.decision
        and (document.get("reasons") or []) == review.reasons
        and answers == review.answers
        and (document.get("note") or "") == review.note
        and (review.corrected_text is None or document.get("corrected_text") == review.corrected_text)
    )


def _store(lease: Lease, submission: Submission, *, by: Actor, form_id: int) -> Review:
    review = Review(
        item_id=lease.item_id,
        slot_id=lease.slot_id,
        person_id=by.as_person(),
        form_id=form_id,
        lease_token=lease.token,
        decision=submission.decision,
        reasons=list(submission.reasons),
        answers=dict(submission.answers),
        corrected_text=submission.corrected_text,
        note=submission.note,
        opened_at=lease.opened_at,
        submitted_at=timezone.now(),
    )
    insert(review)
    return review


def _event(slot: Slot, review: Review, by: Actor, *, unveiled: bool | None) -> EventRow:
    """unveiled: what its author said of severe content, None where there is none."""
    return EventRow(
        project_id=slot.queue.project_id,
        kind="review.submitted",
        by=by,
        subject_kind="item",
        subject_id=slot.item_id,
        after={
            "review": review.pk,
            "slot": slot.pk,
            "decision": review.decision,
            "reasons": review.reasons,
            "answers": forms.of_version(review.form_id).closed(review.answers),
            **({} if unveiled is None else {"unveiled": unveiled}),
        },
    )
