"""The reviews behind the figures of one person: each figure counts what its list shows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from queues.audit.people.figures import again, overruled, settled_of
from queues.audit.people.reading import TEXTS_LOOKED_AT, Done, done_by
from queues.models import Item, ItemState


class Only(StrEnum):
    """Which of the reviews. None is told apart by a decision on an item that is still under review."""

    ALL = ""
    JUDGED = "judged"  # a lead has judged the item
    OVERRULED = "overruled"  # and decided otherwise
    AGAIN = "again"  # what says the same was seen before
    CORRECTED = "corrected"  # the newest, whose texts are compared with the model's


class Behind(NamedTuple):
    """lists: newest first. under_review: items of which no decision may be told. n_held_back: how many
    corrections the figure counts and the list leaves out for that.

    Whoever asks may be about to review one of them, blind.
    """

    lists: Mapping[Only, Sequence[Done]]
    under_review: Collection[int]
    n_held_back: int


_WHICH: Mapping[Only, Callable[[Sequence[Done]], Sequence[Done]]] = {
    Only.ALL: lambda done: done,
    Only.JUDGED: settled_of,
    Only.OVERRULED: overruled,
    Only.AGAIN: again,
    Only.CORRECTED: lambda done: [one for one in done if one.decision == "correct"][-TEXTS_LOOKED_AT:],
}


def reviews_behind(project_id: int, person_id: int, *, queue_id: int | None = None) -> Behind:
    """Of their newest reviews in the project, or in one queue of it."""
    done = done_by(project_id, [person_id], queue_id=queue_id)[person_id]
    hidden = under_review(done)
    lists = {only: list(which(done))[::-1] for only, which in _WHICH.items()}
    corrected = lists[Only.CORRECTED]
    lists[Only.CORRECTED] = [one for one in corrected if one.item_id not in hidden]
    return Behind(lists, hidden, len(corrected) - len(lists[Only.CORRECTED]))


def under_review(done: Sequence[Done]) -> frozenset[int]:
    """The items of these on which people still decide, blind."""
    items = Item.objects.filter(pk__in=[one.item_id for one in done])
    return frozenset(
        items.filter(state__in=[ItemState.OPEN, ItemState.IN_REVIEW]).values_list("pk", flat=True)
    )
