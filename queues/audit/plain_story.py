"""The story of a hidden check as its reviewer is told it: like that of any other item of the queue.

A check has no event of its opening and none of what its reviews led to; without them its story would tell
what it is. Each is put where the event of another item stands: beside that of the review or note that it
follows from, and with times that differ as those of other items do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.models import Event
from queues.models import Basis, Decision, Item, ItemState, Review, ServedCheck, Verdict
from queues.route.audit_sample import uniform

_STATEMENT = timedelta(milliseconds=3)  # from one write to the next, where there is nothing to measure it by


class Anchor(NamedTuple):
    """The event beside which something is told: its kind and what it is about, a review or a note.

    is_behind: it is told after the event; else just before it.
    """

    kind: str
    about: tuple[str, int]
    is_behind: bool = True


class Told(NamedTuple):
    """One moment: its kind as that of an event, and its facts. at: None where it is that of its anchor.

    verdict: what would hold, never stored. is_others: a review of somebody else.
    """

    kind: str
    facts: dict[str, object]
    anchor: Anchor
    at: datetime | None = None
    person_id: int | None = None
    verdict: Verdict | None = None
    is_others: bool = False


_BEGINNING = Anchor("", ("", 0))


def beginning_of(item: Item) -> Sequence[tuple[datetime, Told]]:
    """As if it had arrived and been opened as long before it was due as the item beside it."""
    beside = ServedCheck.objects.select_related("beside__prediction").get(item=item.pk).beside
    before, after = _STATEMENT, _STATEMENT
    if beside is not None:
        event = Event.objects.filter(subject_kind="item", subject_id=beside.pk, kind="item.opened").first()
        before = beside.created_at - beside.prediction.received_at
        after = event.at - beside.created_at if event else timedelta(0)
    if beside is None or beside.created_at != item.created_at:  # what arrived in one batch has one time
        before, after = _about(before, item, "arrived"), _about(after, item, "opened")
    return [
        (item.created_at - before, Told("arrived", {}, _BEGINNING)),
        (item.created_at + after, Told("item.opened", {"priority": item.priority}, _BEGINNING)),
    ]


def consequences_of(item: Item, person_id: int) -> Sequence[Told]:
    """What followed from each of the person's reviews, those taken back included."""
    reviews = Review.objects.filter(item=item.pk, person=person_id).order_by("pk")
    told = [one for review in reviews for one in _of_review(item, review)]
    return [*told, *_reply_to(item)]


def _of_review(item: Item, review: Review) -> list[Told]:
    behind = Anchor("review.submitted", ("review", review.pk))
    if review.decision != Decision.ESCALATE and item.reviews_needed > 1:
        return [] if review.withdrawn_at else _of_several(item, review, behind)
    told = [_disputed(behind) if review.decision == Decision.ESCALATE else _settled(item, review, behind)]
    if review.withdrawn_at is not None:
        told.append(Told("item.reopened", {}, Anchor("review.withdrawn", ("review", review.pk))))
    return told


def _of_several(item: Item, review: Review, behind: Anchor) -> list[Told]:
    """The others' reviews and the end, once the item beside it is through; nothing before."""
    beside = item.served_check.beside
    if beside is None or beside.settled_at is None or item.told_state != ItemState.SETTLED:
        return []
    at = max(beside.settled_at, review.submitted_at) + _about(_STATEMENT, item, "settled")
    others = [
        Told("review.submitted", {}, behind, at, is_others=True) for _ in range(item.reviews_needed - 1)
    ]
    return [*others, _settled(item, review, behind)._replace(at=at)]


def _disputed(anchor: Anchor) -> Told:
    return Told("item.disputed", {"cause": "escalated"}, anchor)


def _settled(item: Item, review: Review, anchor: Anchor) -> Told:
    basis = Basis.SINGLE if item.reviews_needed == 1 else Basis.AGREED
    holds = Verdict(item=item, decision=review.decision, corrected_text=review.corrected_text)
    facts: dict[str, object] = {"decision": review.decision, "basis": basis.value}
    return Told("item.settled", facts, anchor, verdict=holds)


def _reply_to(item: Item) -> list[Told]:
    """A lead's reply to a question about it, as the verdict that would have come with it.

    Its reason is that of the known answer, as a lead who settles an item gives one, whatever the note says.
    """
    served = ServedCheck.objects.select_related("reply", "check_given").get(item=item.pk)
    if served.reply is None:
        return []
    check, reply = served.check_given, served.reply
    holds = Verdict(item=item, decision=check.decision, corrected_text=check.corrected_text, why=check.why)
    anchor = Anchor("note.added", ("note", reply.pk), is_behind=False)
    at = reply.created_at - _about(_STATEMENT, item, "settled")
    return [Told("item.adjudicated", {"decision": check.decision}, anchor, at, reply.author_id, holds)]


def _about(span: timedelta, item: Item, name: str) -> timedelta:
    """The span give or take a fifth: to the microsecond, no two items are alike."""
    return span * (0.8 + 0.4 * uniform(f"{item.queue.salt}:{name}", str(item.pk)))
