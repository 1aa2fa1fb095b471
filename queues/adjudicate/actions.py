"""A lead settles what the reviews did not."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.adjudicate import answering
from queues.errors import Fault, Invalid, NotAllowed, NotFound, WrongState
from queues.models import Basis, Decision, Item, ItemState, Review, Slot, SlotState, Verdict
from queues.reasons import faults_of_reason
from queues.review import care, marked_texts
from queues.review import form as forms
from queues.review import submission as submissions
from queues.review.undoing import check_not_recalled
from queues.route.reasons import is_flagged

WHY_MAX = 10_000


@transaction.atomic
def settle_by_lead(
    item_id: int,
    *,
    project_id: int,
    by: Actor,
    document: Mapping[str, object],
    why: str,
    picked: int | None = None,
    answer: str = "",
    unveiled: bool = False,
) -> Verdict:
    """Give a disputed item its verdict, with a reason, and those who escalated it their answer.

    document: a submission/1; written by the lead under the queue's present form, or that of the review
    `picked`, which holds under the version that was shown to its author. answer: to those who asked; when
    it is empty they are told `why`. unveiled: the lead has looked at severe content that was hidden. Raises
    NotAllowed when the lead has reviewed the item, for nobody judges their own dispute, and Unseen when they
    would find right what they have not seen.
    """
    item = _locked(item_id, project_id)
    check_can_settle(item, by)
    is_severe = care.shows_item_severe(item)
    if is_severe and not unveiled and document.get("decision") in care.SAYS_IT_IS_SEEN:
        _check_not_hidden(by, project_id)
    form_id = _form_of(item, picked)
    form = forms.for_item(forms.of_version(form_id), compares=item.other_id is not None)
    submission = _check(item, form, document, why, answer, is_picked=picked is not None)
    verdict = Verdict.objects.create(
        queue_id=item.queue_id,
        item=item,
        form_id=form_id,
        decision=submission.decision,
        basis=Basis.ADJUDICATED,
        reasons=list(submission.reasons),
        answers=dict(submission.answers),
        corrected_text=submission.corrected_text,
        review_ids=_standing(item),
        dispute_rule_id=item.queue.dispute_rule_id,
        decided_by_id=by.person_id,
        why=why,
    )
    _close(item)
    events.record(
        project_id=project_id,
        kind="item.adjudicated",
        by=by,
        subject_kind="item",
        subject_id=item.pk,
        after={
            "verdict": verdict.pk,
            "decision": verdict.decision,
            "answers": form.closed(verdict.answers),
            **({"unveiled": unveiled} if is_severe else {}),
        },
    )  # why: at the verdict, from which it can be erased
    answering.answer(item, project_id=project_id, by=by, text=answer, why=why)
    return verdict


@transaction.atomic
def reopen_by_lead(item_id: int, *, project_id: int, by: Actor, why: str) -> Item:
    """Take the verdict of a settled item back and put the item in dispute again, with a reason.

    Releases that contain the verdict keep it. Raises WrongState when the item is not settled.
    """
    item = _locked(item_id, project_id)
    if item.state != ItemState.SETTLED:
        raise WrongState(_("Only a settled item can be reopened, and this one is not. Reload the page."))
    check_not_recalled(item)
    missing = _("Say why the item is reopened.")
    if faults := faults_of_reason(why, most=WHY_MAX, missing=missing, name="why"):
        raise Invalid(_("Nothing was reopened: see the marked place."), faults)
    verdict = Verdict.objects.get(item=item.pk, withdrawn_at=None)
    Verdict.objects.filter(pk=verdict.pk).update(withdrawn_at=Now())
    Item.objects.filter(pk=item.pk).update(state=ItemState.DISPUTED, settled_at=None)
    events.record(
        project_id=project_id,
        kind="item.reopened",
        by=by,
        subject_kind="item",
        subject_id=item.pk,
        before={"verdict": verdict.pk, "decision": verdict.decision, "basis": verdict.basis},
        after={"state": ItemState.DISPUTED},
        reason=why,
    )
    item.state, item.settled_at = ItemState.DISPUTED, None
    return item


def check_can_settle(item: Item, by: Actor) -> None:
    """A dispute, and not one's own."""
    if item.state != ItemState.DISPUTED:
        raise WrongState(
            _("This item is not in dispute: it may have been settled meanwhile. Reload the list.")
        )
    if Review.objects.filter(item=item.pk, person=by.person_id, withdrawn_at=None).exists():
        raise NotAllowed(_("You reviewed this item yourself. Another lead must settle it."))


def _check_not_hidden(by: Actor, project_id: int) -> None:
    """As for who reviews: nobody finds right, or mends, what they have never unfolded."""
    if care.hides_from(by, project_id=project_id):
        raise care.unseen()


def _locked(item_id: int, project_id: int) -> Item:
    """The item, locked after its slots as a submit locks them: else the two could wait for each other."""
    list(Slot.objects.filter(item=item_id).order_by("pk").select_for_update().values_list("pk"))
    item = (
        Item.objects.select_related("queue", "prediction__payload", "prediction__routing")
        .select_for_update(of=("self",))
        .filter(pk=item_id, queue__project=project_id)
        .first()
    )
    if item is None:
        raise NotFound(_("There is no such item."))
    return item


def _close(item: Item) -> None:
    """Settled: reviews that were still needed are not needed any more."""
    void_slots([item.pk])
    Item.objects.filter(pk=item.pk).update(state=ItemState.SETTLED, settled_at=Now())
    item.state = ItemState.SETTLED


def void_slots(item_ids: Sequence[int]) -> None:
    """Nobody reviews these items any more: whoever holds one holds it no longer. The slots are locked."""
    waiting = Slot.objects.filter(item__in=item_ids, state__in=[SlotState.OPEN, SlotState.LEASED])
    waiting.update(
        state=SlotState.VOID,
        person=None,
        lease_token=None,
        leased_at=None,
        lease_until=None,
        aside=False,
    )


def _form_of(item: Item, picked: int | None) -> int:
    """The version of the form under which the verdict is given."""
    if picked is not None:
        review = Review.objects.filter(pk=picked, item=item.pk, withdrawn_at=None).first()
        if review is None:
            raise WrongState(_("This review was taken back meanwhile. Reload the page and choose again."))
        return review.form_id
    if item.queue.form_id is None:
        raise WrongState(_("This queue has no form yet. Give it one first."))
    return item.queue.form_id


def _standing(item: Item) -> list[int]:
    """The reviews that the lead had before them."""
    standing = Review.objects.filter(item=item.pk, withdrawn_at=None)
    return list(standing.order_by("pk").values_list("pk", flat=True))


def faults_of_why(why: str) -> list[Fault]:
    """What is wrong with the reason of a verdict."""
    missing = _("Say why this verdict holds.")
    return faults_of_reason(why, most=WHY_MAX, missing=missing, name="why")


def _check(
    item: Item, form: forms.Form, document: Mapping[str, object], why: str, answer: str, *, is_picked: bool
) -> submissions.Submission:
    faults = [*faults_of_why(why), *answering.faults(answer)]
    if document.get("decision") == Decision.ESCALATE:
        faults.append(Fault("/decision", "decision.unknown", _("A verdict approves, corrects or rejects.")))
    try:
        submission = submissions.check(
            document,
            form=form,
            output_text=item.prediction.payload.output_text,
            is_flagged=False,  # the lead's reason stands in `why`
            input_text=marked_texts.input_text_of(item, form),
            may_approve_with_reasons=is_picked or is_flagged(item.reasons),
        )
    except Invalid as error:
        raise Invalid(str(error), [*faults, *error.faults]) from error
    if faults:
        raise Invalid(_("Nothing was settled yet: see the marked places."), faults)
    return submission
