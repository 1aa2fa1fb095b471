"""Predictions that go the whole way of an arrival: checked, stored, scored and routed in one transaction."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline
from queues.ingest.record import check

_numbers = count(1)


def sent(
    text: str = "Refunds take five days.",
    *,
    question: str = "How long do refunds take?",
    version: str = "prod-17",
    nll: float = 0.5,
    **fields: Any,
) -> dict[str, Any]:
    """A prediction/1 as a client sends it."""
    parts = [{"type": "text", "content": question}]
    return {
        "prediction_id": f"sent-{next(_numbers)}",
        "occurred_at": timezone.now().isoformat(),
        "input": {"messages": [{"role": "user", "parts": parts}]},
        "output": {"text": text},
        "model": {"request_model": "support", "version": version},
        "logprobs": {"content": [{"token": "Refunds", "logprob": -nll, "top_logprobs": []}]},
        **fields,
    }


def receive(project: Project, *records: dict[str, Any]) -> list[int]:
    """Our numbers of these records, which arrive in one batch."""
    return [one.id for one in pipeline.receive(project, [check(record) for record in records], by=SYSTEM)]
