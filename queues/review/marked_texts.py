"""The texts of an item in which places may be marked, as offsets count them."""

from queues.models import Item
from queues.review.conversation import Record, turns_of
from queues.review.form import Form


def input_text(record: Record) -> str:
    """What the user wrote last: the text parts of the last user message, nothing between them."""
    last = next((turn for turn in reversed(turns_of(record)) if turn.role == "user"), None)
    return "".join(part.text for part in last.parts if part.kind == "text") if last else ""


def input_text_of(item: Item, form: Form) -> str | None:
    """The same of an item, read only where its form has places marked in it."""
    return input_text(item.prediction.payload.record) if form.marks_input else None
