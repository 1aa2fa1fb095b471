"""Predictions that have just arrived: stored, neither scored nor routed."""

from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Project
from queues.models import Payload, Prediction

_numbers = count(1)


def record(*, nll: float = 0.5, **fields: Any) -> dict[str, Any]:
    """A prediction/1 record of one token with this negative log-likelihood."""
    return {
        "output": {"text": "Refunds take five days."},
        "logprobs": {"content": [{"token": "Refunds", "logprob": -nll, "top_logprobs": []}]},
        **fields,
    }


def arrived(
    project: Project,
    sent: dict[str, Any] | None = None,
    *,
    model_version: str = "prod-17",
    locale: str = "",
) -> int:
    """The id of a stored prediction with this record."""
    content = sent or record()
    prediction = Prediction.objects.create(
        project=project,
        prediction_id=f"arrived-{next(_numbers)}",
        content_hash=b"\0" * 32,
        model_version=model_version,
        locale=locale,
        occurred_at=timezone.now(),
    )
    Payload.objects.create(prediction=prediction, record=content, output_text=content["output"]["text"])
    return prediction.pk
