"""Settled work: an item with its review and its standing verdict, as one submit leaves them."""

from typing import Any

from accounts.models import Person
from queues.models import Queue, Verdict
from tests.factories.people import PersonFactory
from tests.factories.reviews import reviewed
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
    corrected_text: str = "Refunds take five business days.",
    record: dict[str, Any] | None = None,
    answers: dict[str, str] | None = None,
    person: Person | None = None,
) -> Verdict:
    """One item of the queue, in which nothing else waits, settled by one person's review."""
    waiting(queue, output_text=output_text, record=record or record_of())
    said: dict[str, Any] = {"decision": decision, "answers": answers or {}}
    if decision == "correct":
        said["corrected_text"] = corrected_text
    if decision != "approve":
        said["reasons"] = ["factual"]
    return Verdict.objects.get(review=reviewed(queue, person or PersonFactory.create(), said))
