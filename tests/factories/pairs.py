"""Two outputs to one input that wait to be compared, and a form that asks which is better."""

from typing import Any

from accounts.models import Project
from queues.models import Item, Prediction, Queue
from tests.factories.work import FORM, queue_in, waiting

CHAMPION, CHALLENGER = "prod-17", "prod-18"
PREFERENCE: dict[str, Any] = {
    "key": "preference",
    "kind": "single_choice",
    "label": "Which answer is better?",
    "options": [
        {"value": "a", "label": "A is better"},
        {"value": "b", "label": "B is better"},
        {"value": "tie", "label": "Equally good"},
    ],
}
COMPARED: dict[str, Any] = {"decision": "approve", "answers": {"preference": "a"}}


def pair_queue(project: Project, **form: Any) -> Queue:
    """A queue whose form asks for a preference."""
    return queue_in(project, form={**FORM, "questions": [PREFERENCE], **form})


def comparison(
    queue: Queue,
    *,
    this: str = "Refunds take five days.",
    other: str = "Refunds are instant.",
    other_first: bool = False,
    records: tuple[dict[str, Any], dict[str, Any]] | None = None,
    **fields: Any,
) -> Item:
    """An item that compares the champion's output with the challenger's, whose item it is.

    records: of the challenger and of the champion, where they matter.
    """
    mine, theirs = records or (_record(CHALLENGER), _record(CHAMPION))
    before = waiting(queue, output_text=other, record=theirs)
    champion = before.prediction
    before.slots.all().delete()
    before.delete()
    fields = {"kinds": ("pair",), **fields}
    item = waiting(queue, output_text=this, record=mine, model_version=CHALLENGER, **fields)
    Item.objects.filter(pk=item.pk).update(other=champion, other_first=other_first)
    item.refresh_from_db()
    return item


def ids_in_order(item: Item) -> list[str]:
    """The clients' names of A and B."""
    both = Prediction.objects.in_bulk([item.prediction_id, item.other_id])
    order = [item.other_id, item.prediction_id] if item.other_first else [item.prediction_id, item.other_id]
    return [both[id_].prediction_id for id_ in order if id_ is not None]


def _record(version: str, **fields: Any) -> dict[str, Any]:
    parts = [{"type": "text", "content": "How long do refunds take?"}]
    return {
        "input": {"messages": [{"role": "user", "parts": parts}]},
        "model": {"request_model": "support", "version": version},
        "prompt": {"name": "support", "version": version},
        "subject": {"locale": "en-GB"},
        "occurred_at": f"2026-11-2{version[-1]}T10:00:00Z",
        **fields,
    }
