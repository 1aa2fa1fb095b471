"""Settled work: an item with its review and its standing verdict, without going through the desk."""

from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Person
from queues.models import FormVersion, Item, Queue, Review, Slot, Verdict
from tests.factories.people import PersonFactory
from tests.factories.work import waiting


def record_of(prompt: str = "How long do refunds take?", **fields: Any) -> dict[str, Any]:
    """The part of a prediction/1 that exports read."""
    parts = [{"type": "text", "content": prompt}]
    return {"input": {"messages": [{"role": "user", "parts": parts}]}, **fields}


def settled(
    queue: Queue,
    decision: str = "correct",
    *,
    output_text: str = "Refunds are instant.",
    corrected_text: str | None = "Refunds take five business days.",
    record: dict[str, Any] | None = None,
    person: Person | None = None,
) -> Verdict:
    """One item of the queue, reviewed by one person and settled by that review."""
    item = waiting(queue, output_text=output_text, record=record or record_of())
    reviewer = person or PersonFactory.create()
    said = {"decision": decision, "corrected_text": corrected_text if decision == "correct" else None}
    slot = Slot.objects.get(item=item)
    Slot.objects.filter(pk=slot.pk).update(state="done", person=reviewer)
    review = Review.objects.create(
        item=item,
        slot=slot,
        person=reviewer,
        form=FormVersion.objects.filter(queue=queue).latest("version"),
        lease_token=uuid4(),
        opened_at=timezone.now(),
        **said,
    )
    Item.objects.filter(pk=item.pk).update(state="settled", settled_at=timezone.now())
    return Verdict.objects.create(queue=queue, item=item, basis="single", review=review, **said)
