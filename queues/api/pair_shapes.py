"""A comparison as JSON: which prediction was A and which was B, for those who may know."""

from collections.abc import Collection

from pydantic import BaseModel

from queues.models import Item
from queues.review import pair


class PairSide(BaseModel):
    """One of two compared outputs. label: A or B, as shown to reviewers; output_text: null in lists."""

    label: str
    prediction: int
    prediction_id: str
    model_version: str
    output_text: str | None = None


def pair_of(item: Item, told: Collection[int], *, with_texts: bool = False) -> list[PairSide] | None:
    """A and B in the order in which they were shown; None where nothing is compared, or not yet.

    told: the items of which the caller may know (`queues.review.pair.told`).
    """
    if item.pk not in told:
        return None
    return [
        PairSide(
            label=side.label,
            prediction=side.prediction.pk,
            prediction_id=side.prediction.prediction_id,
            model_version=side.prediction.model_version,
            output_text=side.prediction.payload.output_text if with_texts else None,
        )
        for side in pair.sides(item)
    ]
