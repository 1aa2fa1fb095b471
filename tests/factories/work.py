"""Work to be done: queues with a form, and items that wait in them, without going through ingestion."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Project
from queues.models import (
    FormVersion,
    Item,
    Payload,
    Policy,
    Prediction,
    PredictionState,
    Queue,
    Routing,
    Slot,
)

FORM: dict[str, Any] = {
    "schema": "form/1",
    "title": "Answer correction",
    "decisions": ["approve", "correct", "reject", "escalate"],
    "reasons": [
        {"value": "factual", "label": "Factually wrong"},
        {"value": "vague", "label": "Too vague"},
        {"value": "other", "label": "Other", "needs_note": True},
    ],
    "questions": [],
}
TONE: dict[str, Any] = {
    "key": "tone",
    "kind": "single_choice",
    "label": "How is the tone?",
    "required": True,
    "options": [{"value": "fine", "label": "Fine"}, {"value": "rude", "label": "Rude"}],
}
_numbers = count(1)


def queue_in(project: Project, *, form: dict[str, Any] | None = None, **fields: Any) -> Queue:
    """A queue of the project with a form; by default one without questions."""
    number = next(_numbers)
    queue = Queue.objects.create(
        project=project, **{"slug": f"queue-{number}", "name": f"Queue {number}", **fields}
    )
    queue.form = FormVersion.objects.create(queue=queue, version=1, document=form or FORM)
    queue.save()
    return queue


def policy_of(project: Project) -> Policy:
    """The active policy of the project, made when there is none."""
    found = Policy.objects.filter(project=project, is_active=True).first()
    return found or Policy.objects.create(
        project=project,
        version=1,
        document={"schema": "policy/1", "rules": []},
        salt="salt",
        reason="for the test",
        is_active=True,
    )


def waiting(
    queue: Queue,
    *,
    reviews_needed: int = 1,
    priority: int = 50,
    due_at: datetime | None = None,
    output_text: str = "Refunds are instant.",
    record: dict[str, Any] | None = None,
    kinds: tuple[str, ...] = ("uncertain",),
    model_version: str = "prod-17",
    pi: float = 1.0,
) -> Item:
    """An item that waits in the queue, with its prediction, its routing and its slots."""
    due = due_at or timezone.now() + timedelta(hours=1)
    prediction = Prediction.objects.create(
        project=queue.project,
        prediction_id=f"prediction-{next(_numbers)}",
        content_hash=b"\0" * 32,
        model_version=model_version,
        occurred_at=timezone.now(),
        state=PredictionState.ROUTED,
    )
    conversation = {
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": "How long?"}]}]}
    }
    Payload.objects.create(prediction=prediction, record=record or conversation, output_text=output_text)
    reasons = [{"rule": kind, "kind": kind} for kind in kinds]
    Routing.objects.create(prediction=prediction, policy=policy_of(queue.project), pi=pi, reasons=reasons)
    item = Item.objects.create(
        queue=queue,
        prediction=prediction,
        priority=priority,
        due_at=due,
        reviews_needed=reviews_needed,
        reasons=reasons,
    )
    for seq in range(1, reviews_needed + 1):
        Slot.objects.create(item=item, queue=queue, seq=seq, priority=priority, due_at=due)
    return item
