"""What each shared item says, kept in the transaction of the review or verdict that changes it.

The item's row is locked by the caller, so its unit changes once at a time. Every change is a whole new
document, never an addition: doing it twice changes nothing, and figures equal a recount from the reviews
(docs/methods.md, "Counted once").
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from django.db import connection, transaction

from queues.agree import unit_sql
from queues.agree.asked import DECISION
from queues.agree.scale import scale_of
from queues.models import AgreementUnit, Decision, Item, ItemState, Review
from queues.review import form as forms
from queues.review import form_history, side_by_side
from queues.review.question import Question, compact

ALONE = 7_402_115  # of the advisory lock: one process folds at a time
FOLDED_AT_ONCE = 2_000  # units
COUNTED_AT_ONCE = 500  # items
COUNTED_STATES = (ItemState.DISPUTED, ItemState.SETTLED)


def close(item: Item, reviews: Sequence[Review], *, state: ItemState) -> None:
    """End the reviewing of a locked item in this state, and count its standing reviews; one statement.

    A dispute that gets a late review stays one, and counts it.
    """
    closing = (str(state), str(state), item.pk)
    with connection.cursor() as cursor:
        if item.reviews_needed > 1:
            cursor.execute(unit_sql.CLOSE_AND_COUNT, (*closing, item.pk, *_said(item, reviews)))
        else:
            cursor.execute(unit_sql.CLOSE, closing)


def count(item: Item, reviews: Sequence[Review], *, state: ItemState) -> None:
    """What the standing reviews of a locked item, now in this state, say from now on; one statement."""
    if item.reviews_needed > 1:
        _store([(item, reviews)] if state in COUNTED_STATES else [], [item.pk])


def recount(item_ids: Sequence[int]) -> None:
    """The same for locked items of whatever state, from their rows: after a bulk change, or late."""
    standing = defaultdict(list)
    for review in Review.objects.filter(item__in=item_ids, withdrawn_at=None).order_by("pk"):
        standing[review.item_id].append(review)
    shared = Item.objects.filter(pk__in=item_ids, reviews_needed__gt=1, state__in=COUNTED_STATES)
    _store([(item, standing[item.pk]) for item in shared], item_ids)


def count_owed() -> int:
    """Count some of what was reviewed before agreement was counted; how many items, 0: nothing is owed."""
    with transaction.atomic():
        owed = AgreementUnit.objects.filter(is_owed=True).select_for_update(skip_locked=True)
        ids = list(owed.order_by("pk").values_list("pk", flat=True)[:COUNTED_AT_ONCE])
        recount(ids)
    return len(ids)


def fold() -> int:
    """Add to the counts what they do not contain yet; how many units, 0: nothing, or another is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ALONE])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(unit_sql.FOLD, [FOLDED_AT_ONCE])
        return int(cursor.rowcount)


def _store(counted: Sequence[tuple[Item, Sequence[Review]]], item_ids: Sequence[int]) -> None:
    """Units of these; the others of `item_ids` count no more."""
    documents = {item.pk: _said(item, reviews) for item, reviews in counted}
    gone = [item_id for item_id in item_ids if item_id not in documents]
    with connection.cursor() as cursor:
        if gone:
            cursor.execute(unit_sql.FORGET, [gone])
        if len(documents) == 1:
            [[item_id, document]] = documents.items()
            cursor.execute(unit_sql.COUNT_ONE, [item_id, *document])
        elif documents:
            versions, said = zip(*documents.values(), strict=True)
            cursor.execute(unit_sql.COUNT, [list(documents), list(versions), list(said)])


def _said(item: Item, reviews: Sequence[Review]) -> tuple[int, str | None]:
    """The version of the form in whose words these reviews are put, and question → person → answer.

    An escalation is a question and no answer; the decision on a comparison judges neither output.
    """
    judging = [review for review in reviews if review.decision != Decision.ESCALATE]
    if not judging:
        return 0, None
    newest = side_by_side.newest_form(judging)
    said: dict[str, dict[str, str]] = {}
    if item.other_id is None:
        said[DECISION] = {str(review.person_id): review.decision for review in judging}
    for review, answers in zip(judging, side_by_side.answers_of(judging), strict=True):
        for question in _scaled(newest):
            value = answers.get(question.key)
            rating = None if value is None else question.rating(value)
            if rating is not None:
                said.setdefault(question.key, {})[str(review.person_id)] = rating
    return form_history.number_of(newest), compact(said)


@lru_cache(maxsize=512)
def _scaled(form_id: int) -> tuple[Question, ...]:
    """The questions of a version whose answers lie on a scale; a version never changes."""
    return tuple(question for question in forms.of_version(form_id).questions if scale_of(question))
