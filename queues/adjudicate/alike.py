"""Disputes that are alike: the same things are disputed, with the same answers, as often. A lead may settle
such a batch with one reason, item by item, each as if alone.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.utils.translation import gettext as _

from queues.adjudicate.queries import Difference, Dispute, compare, dispute_of, disputed_in
from queues.errors import NotAllowed, WrongState
from queues.models import Decision, Queue, Review
from queues.review import care
from queues.route.reasons import is_flagged, parts

LOOK_AT = 500  # disputes of a queue, the longest waiting
SETTLED_AT_ONCE = 50
LEAST = 2

Position = tuple[str | None, ...]
"""What one review says to each disputed thing, as answers are compared."""
Pattern = tuple[tuple[str, ...], tuple[tuple[Position, int], ...]]
"""What is disputed, and each position with how many reviews take it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """disputed: "decision" and keys of questions. positions: what is said to them, and by how many reviews.

    key: the same for the same dispute, for an address. disputes: without texts and names.
    """

    key: str
    disputed: tuple[str, ...]
    positions: tuple[tuple[Position, int], ...]
    disputes: Sequence[Dispute]


def batches_of(queue: Queue, *, person_id: int) -> list[Batch]:
    """The largest first; only disputes that this lead may settle, and no fewer than LEAST alike."""
    found: dict[str, list[Dispute]] = defaultdict(list)
    for dispute in disputed_in(queue, at_most=LOOK_AT):
        key = key_of(dispute)
        if key and not any(review.person_id == person_id for review in dispute.reviews):
            found[key].append(dispute)
    batches = [
        Batch(key, *_pattern(disputes[0]), disputes)
        for key, disputes in found.items()
        if len(disputes) >= LEAST
    ]
    return sorted(batches, key=lambda batch: (-len(batch.disputes), batch.key))


def key_of(dispute: Dispute) -> str:
    """Names what is disputed and how; "" for what a lead must look at by itself.

    That is: an escalation is a question of its own, what a safety filter flagged or a golden answer
    contradicts deserves a look, a comparison differs in its outputs, and where nothing differs there is
    nothing to have in common.
    """
    reasons = dispute.item.reasons
    is_golden = any(part.get("kind") == "golden_deviation" for part in parts(reasons))
    if dispute.is_escalated or dispute.item.other_id is not None or is_flagged(reasons) or is_golden:
        return ""
    disputed, positions = _pattern(dispute)
    if not disputed:
        return ""
    return hashlib.sha256(orjson.dumps([disputed, positions])).hexdigest()[:16]


def review_saying(dispute: Dispute, position: Position) -> Review | None:
    """The first review that takes this position; None when none does."""
    differing = [one for one in compare(dispute.reviews) if one.differs and one.settles]
    by_review = _positions(differing, len(dispute.reviews))
    for review, taken in zip(dispute.reviews, by_review, strict=True):
        if taken == position and review.decision != Decision.ESCALATE:
            return review
    return None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a batch. items: those that are settled; left: item → why it was left alone."""

    items: Sequence[int]
    left: Mapping[int, str]


def settle_each(
    item_ids: Sequence[int],
    *,
    project_id: int,
    key: str,
    position: Position,
    settle: Callable[[int, Review], object],
) -> Settled:
    """Settle each of these disputes by itself, as the first of its reviews says that takes the position.

    An item that is not as it was when the lead saw the batch is left alone, and so is one that another lead
    has settled meanwhile, or that would be found right while it is hidden from this one.
    """
    settled, left = [], {}
    for item_id in item_ids:
        dispute = dispute_of(project_id, item_id)
        picked = review_saying(dispute, position) if dispute else None
        if dispute is None or picked is None or key_of(dispute) != key:
            left[item_id] = _("It is not as it was: its reviews or its state have changed.")
            continue
        try:
            settle(item_id, picked)
        except care.Unseen as refusal:
            left[item_id] = refusal.faults[0].detail
        except (NotAllowed, WrongState) as refusal:
            left[item_id] = str(refusal)
        else:
            settled.append(item_id)
    return Settled(settled, left)


def _pattern(dispute: Dispute) -> Pattern:
    differing = [one for one in compare(dispute.reviews) if one.differs and one.settles]
    counted = Counter(_positions(differing, len(dispute.reviews)))
    ordered = sorted(counted.items(), key=lambda pair: (-pair[1], [value or "" for value in pair[0]]))
    return tuple(one.key for one in differing), tuple(ordered)


def _positions(differing: Sequence[Difference], n_reviews: int) -> list[Position]:
    return [tuple(one.ratings[place] for one in differing) for place in range(n_reviews)]
