"""Predictions that came and were scored, with times of our choosing: what dry runs look back on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Project
from queues.models import Flag, Payload, Prediction, PredictionState, Scores

_numbers = count(1)


def came(
    project: Project,
    values: Mapping[str, float] | None = None,
    *,
    at: datetime | None = None,
    model_version: str = "prod-17",
    text: str = "Refunds take five days.",
    record: Mapping[str, Any] | None = None,
    flag: str = "",
) -> Prediction:
    """One scored prediction. values: its scores; flag: a category that a filter objected to."""
    number = next(_numbers)
    prediction = Prediction.objects.create(
        project=project,
        prediction_id=f"came-{number}",
        content_hash=b"\0" * 32,
        model_version=model_version,
        occurred_at=at or timezone.now(),
        received_at=at or timezone.now(),
        state=PredictionState.NOT_ROUTED,
    )
    whole = {"input": {"prompt": f"How long? {number}"}, "output": {"text": text}, **(record or {})}
    Payload.objects.create(prediction=prediction, record=whole, output_text=text)
    Scores.objects.create(
        prediction=prediction, project=project, model_version=model_version, values=dict(values or {})
    )
    if flag:
        Flag.objects.create(
            prediction=prediction, component="filter", category=flag, flagged=True, severity=3, score=0.9
        )
    return prediction


def days_of(project: Project, days: int, *, a_day: int, end: datetime, **fields: Any) -> list[Prediction]:
    """`a_day` predictions on each of the `days` before `end`, evenly; mean_nll rises within each day."""
    step = timedelta(days=1) / a_day
    return [
        came(
            project,
            {"mean_nll": (n % a_day) / a_day},
            at=end - timedelta(days=days) + n * step,
            **fields,
        )
        for n in range(days * a_day)
    ]
