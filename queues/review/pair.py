"""Two outputs to one input, side by side: A and B in the order that was drawn and stored with the item."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Exists, OuterRef

from queues.models import Item, Prediction, Review, Slot, SlotState

LABELS = ("A", "B")


class Side(NamedTuple):
    """One of the two outputs, under the letter that it is shown with."""

    label: str
    prediction: Prediction


def sides(item: Item) -> tuple[Side, ...]:
    """A and B, as people see them; nothing for an item that compares nothing."""
    if item.other is None:
        return ()
    both = (item.other, item.prediction) if item.other_first else (item.prediction, item.other)
    return tuple(Side(label, prediction) for label, prediction in zip(LABELS, both, strict=True))


def told(items: Iterable[Item], *, reader_id: int | None) -> frozenset[int]:
    """Those of these comparisons of which this person may know which side is which.

    Somebody has submitted one, and the reader does not hold it: who is to compare does it blind. At most
    one statement, and none where nothing is compared.
    """
    pairs = [item.pk for item in items if item.other_id is not None]
    if not pairs:
        return frozenset()
    of_item = {"item": OuterRef("pk")}
    held = Slot.objects.filter(**of_item, person=reader_id, state=SlotState.LEASED)
    found = Item.objects.filter(Exists(Review.objects.filter(**of_item)), ~Exists(held), pk__in=pairs)
    return frozenset(found.values_list("pk", flat=True))
