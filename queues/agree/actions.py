"""Do the reviews of an item settle it?

One review needed: the review is the verdict. Several: the queue's dispute rule says whether what they
agree on is enough; if not, the item is disputed. What was written or marked in a text disputes nothing by
itself. An escalation goes to the lead at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actor import SYSTEM
from accounts.compiled import Argument, Compiled
from accounts.events import EventRow
from queues.agree import rule_versions, units
from queues.agree.rule import Agreement, Position
from queues.bulk import insert
from queues.errors import WrongState
from queues.models import Basis, Decision, Item, ItemState, Review, Slot, SlotState, Verdict
from queues.review import side_by_side
from queues.route.reasons import Reason, is_flagged, parts


@dataclass(frozen=True, slots=True)
class Settling:
    """What the reviews of an item came to: its state now, the verdict if there is one, the events."""

    state: ItemState
    verdict: Verdict | None = None
    events: tuple[EventRow, ...] = ()


def settle(item: Item, newest: Review, *, rule_id: int | None, project_id: int) -> Settling:
    """Settle or dispute the item if its reviews allow it. The caller holds the item's row lock.

    rule_id: the version of the queue's dispute rule, None for the default.
    """
    reviews = [newest] if item.reviews_needed == 1 else standing(item.pk)
    settling = _settling(item, newest, reviews, rule_id=rule_id, project_id=project_id)
    if settling.state != ItemState.IN_REVIEW:
        units.close(item, reviews, state=settling.state)
    return settling


def _settling(
    item: Item, newest: Review, reviews: list[Review], *, rule_id: int | None, project_id: int
) -> Settling:
    if newest.decision == Decision.ESCALATE:
        return _dispute(item, project_id, "escalated")
    if item.state == ItemState.DISPUTED:  # a late review of a disputed item: the lead sees it
        return Settling(ItemState.DISPUTED)
    if len(reviews) < item.reviews_needed:
        return Settling(ItemState.IN_REVIEW)
    if asks_lead(item.reasons, rule_id=rule_id):
        return _dispute(item, project_id, "asks_lead")
    rule = rule_versions.of_version(rule_id)
    agreement = rule.agreement(_positions(reviews))
    if agreement is None:
        return _dispute(item, project_id, "disagreement")
    return _agree(item, reviews, agreement, rule_id=rule_id, project_id=project_id)


def standing(item_id: int) -> list[Review]:
    """The reviews of an item that were not withdrawn, oldest first."""
    return _STANDING.all(item=item_id)


_STANDING = Compiled(lambda: Review.objects.filter(item=Argument("item"), withdrawn_at=None).order_by("pk"))


def _positions(reviews: Sequence[Review]) -> list[Position]:
    """What reviews must have in common to agree."""
    rated = zip(reviews, side_by_side.ratings_of(reviews), strict=True)
    return [Position(review.decision, ratings) for review, ratings in rated]


def asks_lead(reasons: Sequence[Reason], *, rule_id: int | None) -> bool:
    """Whether a lead settles what is here for these reasons even when its reviews agree."""
    rule = rule_versions.of_version(rule_id)
    return rule.asks_lead(is_safety=is_flagged(reasons), is_golden=_is_golden(reasons))


def _is_golden(reasons: Sequence[Reason]) -> bool:
    """Whether a golden answer says something else than the model."""
    return any(part.get("kind") == "golden_deviation" for part in parts(reasons))


def _basis(reviews: Sequence[Review], agreement: Agreement) -> Basis:
    if len(reviews) == 1:
        return Basis.SINGLE
    return Basis.AGREED if agreement.is_unanimous else Basis.MAJORITY


def _answers(reviews: Sequence[Review], agreement: Agreement) -> dict[str, object]:
    """The answers that won; to questions that do not count, those of the review that stands for all.

    As answers to the newest version of the form among the reviews.
    """
    put = side_by_side.answers_of(reviews)
    won = {key: put[place][key] for key, place in agreement.answers.items()}
    return {**put[agreement.first], **won}


def _agree(
    item: Item, reviews: list[Review], agreement: Agreement, *, rule_id: int | None, project_id: int
) -> Settling:
    # Where corrected texts differ the first of those who agree stands; the others stay in the history.
    first = reviews[agreement.first]
    verdict = Verdict(
        queue_id=item.queue_id,
        item_id=item.pk,
        form_id=side_by_side.newest_form(reviews),
        decision=first.decision,
        basis=_basis(reviews, agreement),
        reasons=sorted({reason for place in agreement.behind for reason in reviews[place].reasons}),
        answers=_answers(reviews, agreement),
        corrected_text=first.corrected_text,
        review_id=first.pk,
        review_ids=[review.pk for review in reviews],
        dispute_rule_id=rule_id,
    )
    insert(verdict)
    after = {"verdict": verdict.pk, "decision": verdict.decision, "basis": verdict.basis}
    return Settling(ItemState.SETTLED, verdict, (_event(item, project_id, "item.settled", after),))


def _dispute(item: Item, project_id: int, cause: str) -> Settling:
    Slot.objects.filter(item=item.pk, state=SlotState.OPEN).update(state=SlotState.VOID)
    return Settling(ItemState.DISPUTED, None, (_event(item, project_id, "item.disputed", {"cause": cause}),))


def reopen(item: Item, *, project_id: int) -> EventRow | None:
    """After an undo: the verdict falls, the item is under review again. The caller holds the row lock.

    Another person's escalation keeps the item with the lead. Raises WrongState when a lead has settled it,
    also when a lead opened it again: then it is theirs to settle.
    """
    verdicts = Verdict.objects.filter(item=item.pk, withdrawn_at=None)
    if Verdict.objects.filter(item=item.pk, basis=Basis.ADJUDICATED).exists():
        raise WrongState(_("A lead has settled this item: its reviews stay as they are."))
    if Review.objects.filter(item=item.pk, withdrawn_at=None, decision=Decision.ESCALATE).exists():
        units.count(item, standing(item.pk), state=ItemState.DISPUTED)
        return None
    before = item.state
    verdicts.update(withdrawn_at=Now())
    Slot.objects.filter(item=item.pk, state=SlotState.VOID).update(state=SlotState.OPEN)
    Item.objects.filter(pk=item.pk).update(state=ItemState.IN_REVIEW, settled_at=None)
    if before == ItemState.IN_REVIEW:
        return None
    units.count(item, (), state=ItemState.IN_REVIEW)
    return _event(item, project_id, "item.reopened", {"before": before})


def _event(item: Item, project_id: int, kind: str, after: dict[str, object]) -> EventRow:
    return EventRow(
        project_id=project_id, kind=kind, by=SYSTEM, subject_kind="item", subject_id=item.pk, after=after
    )
