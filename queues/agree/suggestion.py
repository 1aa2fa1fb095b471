"""What the answers of everybody suggest for one disputed item: an estimate beside the desk, never a verdict.

By Dawid and Skene, over the newest shared items of the queue. Where its conditions do not hold there is no
suggestion, and the reason is told (docs/methods.md, "Suggestions on disputes").
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from accounts import events
from accounts.actor import Actor
from queues.agree.asked import Asked, asked_in
from queues.agree.metrics.dawid_skene import Estimate, Rating, dawid_skene
from queues.agree.patterns import Answer
from queues.agree.shared_items import SharedItem, given_to, newest, of_item
from queues.models import Item
from queues.route.reasons import is_flagged, parts

LEAST_PEOPLE = 3
LEAST_EACH = 5  # items that a person must have answered to count
LEAST_ITEMS = 100
LEVELS = ("nominal", "ordinal")  # the estimate knows codes, no distances

# Why there is no suggestion.
PEOPLE_ONLY = "people_only"  # safety and golden answers are settled by people alone
COMPARES = "compares"
FEW_PEOPLE = "few_people"
FEW_ITEMS = "few_items"
NOT_ANSWERED = "not_answered"  # by people who have answered enough
NO_END = "no_end"  # the estimate did not settle


@dataclass(frozen=True, slots=True)
class Reviewer:
    """How one person answers. said: of this item. rows: (what is true, items of it that they saw, the shares
    to which they then say each value).
    """

    person_id: int
    said: Answer
    rows: Sequence[tuple[Answer, float, Sequence[float]]]


@dataclass(frozen=True, slots=True)
class Suggested:
    """One thing that was asked. chances: value → its probability, highest first; reviewers: of its reviewers.

    why: there is no suggestion, and the cause. n_items, n_people: what the estimate rests on.
    """

    asked: Asked
    n_items: int
    n_people: int
    why: str | None = None
    values: Sequence[Answer] = ()
    chances: Sequence[tuple[Answer, float]] = ()
    reviewers: Sequence[Reviewer] = ()


def suggested_for(item: Item) -> Sequence[Suggested]:
    """For the decision and each question with codes that the reviews of this item answer."""
    own = of_item(item)
    looked = [one for one in newest(item.queue_id).items if one.item_id != item.pk]
    only = _only_people(item)
    found = []
    for asked in asked_in(item.queue)[0]:
        if asked.scale.values is not None and asked.level in LEVELS and given_to(own, asked):
            found.append(_suggested(asked, own, looked, only))
    return found


def note_reading(item: Item, *, by: Actor, found: Sequence[Suggested]) -> None:
    """A lead looked at the suggestion before they settled: it stands in the log beside their verdict."""
    events.record(
        project_id=item.queue.project_id,
        kind="item.suggestion_read",
        by=by,
        subject_kind="item",
        subject_id=item.pk,
        after={
            "method": "dawid_skene",
            "suggested": {
                one.asked.key: {"value": one.chances[0][0], "chance": round(one.chances[0][1], 4)}
                for one in found
                if one.chances
            },
        },
    )


def _only_people(item: Item) -> str | None:
    """Whether a model of the reviewers may speak of this item at all."""
    if item.other_id is not None:
        return COMPARES
    is_golden = any(part.get("kind") == "golden_deviation" for part in parts(item.reasons))
    return PEOPLE_ONLY if is_golden or is_flagged(item.reasons) else None


def _suggested(asked: Asked, own: SharedItem, looked: Sequence[SharedItem], only: str | None) -> Suggested:
    """The estimate of one question, if its conditions hold."""
    ratings = [
        Rating(one.item_id, given.person_id, given.answer)
        for one in (*looked, own)
        for given in given_to(one, asked)
    ]
    n_each = Counter(rating.person for rating in ratings)
    known = {person for person, n in n_each.items() if n >= LEAST_EACH}
    ratings = [rating for rating in ratings if rating.person in known]
    n_items, n_people = len({rating.unit for rating in ratings}), len(known)
    mine = {rating.person: rating.answer for rating in ratings if rating.unit == own.item_id}
    if why := only or _missing(n_items=n_items, n_people=n_people, n_mine=len(mine)):
        return Suggested(asked, n_items, n_people, why)
    values = asked.scale.values or ()
    estimate = dawid_skene(ratings, values)
    if not estimate.has_settled:
        return Suggested(asked, n_items, n_people, NO_END)
    chances = sorted(estimate.of(own.item_id).items(), key=lambda pair: -pair[1])
    return Suggested(asked, n_items, n_people, None, values, chances, _reviewers(estimate, mine))


def _missing(*, n_items: int, n_people: int, n_mine: int) -> str | None:
    if n_people < LEAST_PEOPLE:
        return FEW_PEOPLE
    if n_items < LEAST_ITEMS:
        return FEW_ITEMS
    return None if n_mine else NOT_ANSWERED


def _reviewers(estimate: Estimate, mine: Mapping[object, Answer]) -> list[Reviewer]:
    """The confusion matrices of those who reviewed the item."""
    reviewers = []
    for place, person in enumerate(estimate.people):
        if person in mine and isinstance(person, int):
            rows = zip(estimate.values, estimate.expected[place], estimate.confusion[place], strict=True)
            said = [(value, float(n), [float(share) for share in shares]) for value, n, shares in rows]
            reviewers.append(Reviewer(person, mine[person], said))
    return reviewers
