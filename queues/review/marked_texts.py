"""The text of an item, beside its output, in which places may be marked."""

from queues.models import Item
from queues.review.conversation import input_text
from queues.review.form import Form


def input_text_of(item: Item, form: Form) -> str | None:
    """Its input as offsets count it, read only where its form has places marked in it."""
    return input_text(item.prediction.payload.record) if form.marks_input else None


def texts_of(item: Item, form: Form) -> dict[str, str]:
    """All texts of the item in which its form may have places marked, by name."""
    asked = input_text_of(item, form)
    return {"output": item.prediction.payload.output_text} | ({} if asked is None else {"input": asked})
