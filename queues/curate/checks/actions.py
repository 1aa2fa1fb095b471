"""Writes of hidden checks: made from a settled item, retired, answered, taken back."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.curate.checks.marking import marks_of
from queues.errors import Fault, Invalid, NotFound, Taken, WrongState
from queues.models import UNFINISHED, Check, Deviation, Item, ItemState, Purpose, Review, ServedCheck, Verdict
from queues.reasons import is_reason
from queues.review import form as forms

WHY_CHARACTERS = 2_000


@transaction.atomic
def make(item_id: int, *, project_id: int, by: Actor, why: str) -> Check:
    """Use the verdict of a settled item as a known answer. why: people read it when the queue tells them.

    WrongState when the item is not settled under the form that its queue has now; Taken when it is a check.
    """
    if not is_reason(why, most=WHY_CHARACTERS):
        detail = _("Say why this answer is right, in at most %(max)d characters.") % {"max": WHY_CHARACTERS}
        raise Invalid(detail, [Fault("/why", "check.why", detail)])
    verdict, form_id = _standing_verdict(item_id, project_id)
    deviation = Deviation.objects.filter(prediction=verdict.item.prediction_id).first()
    check = Check(
        queue_id=verdict.item.queue_id,
        source_id=item_id,
        verdict_id=verdict.pk,
        form_id=form_id,
        golden_id=deviation.version_id if deviation else None,
        decision=verdict.decision,
        answers=verdict.answers,
        corrected_text=verdict.corrected_text,
        why=why.strip(),
        author_id=by.as_person(),
    )
    try:
        with transaction.atomic():
            check.save()
    except IntegrityError as error:
        raise Taken(_("This item is a check already. See the list of checks of its queue.")) from error
    _record(check, project_id, "check.made", by, reason=check.why)
    return check


@transaction.atomic
def retire(check_id: int, *, project_id: int, by: Actor) -> Check:
    """Give a check to nobody any more; retiring twice changes nothing."""
    check = Check.objects.select_for_update().filter(pk=check_id, queue__project=project_id).first()
    if check is None:
        raise NotFound(_("There is no such check in this project. Look for it in the list of its queue."))
    if check.retired_at is None:
        Check.objects.filter(pk=check.pk).update(retired_at=Now())
        _record(check, project_id, "check.retired", by)
    return Check.objects.get(pk=check.pk)


def store_result(review: Review) -> None:
    """Hold a review of a check against what is known, in the transaction of the review.

    What was answered before the person was told what was expected stands: a second answer proves nothing.
    """
    served = (
        ServedCheck.objects.select_related("check_given__golden", "check_given__source", "queue")
        .select_for_update(of=("self",))
        .get(item=review.item_id)
    )
    if served.seen_at is not None:
        return
    check = served.check_given
    golden = check.golden
    marks = marks_of(
        {name: getattr(review, name) for name in ("decision", "answers", "corrected_text")},
        {"decision": check.decision, "answers": check.answers},
        form=forms.for_item(forms.of_version(check.form_id), compares=check.source.other_id is not None),
        targets=golden.targets if golden else (),
        rule=golden.rule if golden else None,
    )
    is_told = served.purpose == Purpose.TRAINING or served.queue.tells_checks
    ServedCheck.objects.filter(pk=served.pk).update(
        review=review,
        right=all(marks.values()) if marks else None,
        marks=marks,
        answered_at=review.submitted_at,
        seen_at=Now() if is_told else Value(None),
    )


def take_back_result(review: Review) -> None:
    """A review of a check was undone: so is its result, unless its person was told what was expected.

    WrongState where it asked a lead who has replied, as for any item that a lead has settled.
    """
    if ServedCheck.objects.filter(item=review.item_id, reply__isnull=False).exists():
        raise WrongState(_("A lead has settled this item: its reviews stay as they are."))
    ServedCheck.objects.filter(item=review.item_id, seen_at=None).update(
        review=None, right=None, marks={}, answered_at=None
    )


def withdraw(item_ids: Sequence[int]) -> Sequence[Item]:
    """Of these checks, whose items are locked, those with which their people were not through.

    From now on they are told that the item was withdrawn; each `told_state` is the one before.
    """
    given = Item.objects.filter(pk__in=item_ids).select_related(
        "served_check__review", "served_check__beside"
    )
    found = [item for item in given.order_by("pk") if item.told_state in UNFINISHED]
    ServedCheck.objects.filter(item__in=[item.pk for item in found]).update(withdrawn_at=Now())
    return found


def _standing_verdict(item_id: int, project_id: int) -> tuple[Verdict, int]:
    """What holds for the item, and the version of the form under which it was given."""
    found = (
        Verdict.objects.select_related("item__queue", "review")
        .filter(item=item_id, item__queue__project=project_id, withdrawn_at=None)
        .first()
    )
    if found is None or found.item.state != ItemState.SETTLED:
        raise WrongState(_("Only a settled item can become a check: its verdict is the known answer."))
    form_id = found.form_id or (found.review.form_id if found.review else None)
    if form_id is None or form_id != found.item.queue.form_id:
        raise WrongState(
            _("This verdict was given under another version of the form. Choose one under the present form.")
        )
    return found, form_id


def _record(check: Check, project_id: int, kind: str, by: Actor, *, reason: str = "") -> None:
    events.record(
        project_id=project_id,
        kind=kind,
        by=by,
        subject_kind="check",
        subject_id=check.pk,
        after={"item": check.source_id, "decision": check.decision},
        reason=reason,
    )
