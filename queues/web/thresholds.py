"""Choosing a threshold: by what people can read in a day, or by what may go wrong unread."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.monitor import measures as monitor
from queues.monitor.worth import Worth
from queues.statistics.accept import Accepted, highest_safe
from queues.statistics.review_curve import Found


class ThresholdChoice(forms.Form):
    """What the lead wants of a threshold."""

    per_day = forms.IntegerField(min_value=1, max_value=1_000_000, required=False, label=_("Reviews a day"))
    target = forms.FloatField(
        min_value=0.1,
        max_value=50,
        required=False,
        label=_("Errors among what nobody reads, at most (%)"),
        widget=forms.NumberInput({"step": "any"}),
    )


@dataclass(frozen=True, slots=True)
class ByBudget:
    """What `per_day` reviews reach. arrivals: a day; None: not enough arrived to tell.

    rank, value: the thresholds; found: what the labels say of the nearest share that was computed.
    """

    per_day: int
    arrivals: float | None
    share: float = 1.0
    rank: float = 0.0
    value: float | None = None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class ByTarget:
    """The threshold below which no more than this share is wrong; None: not reachable."""

    target: float
    accepted: Accepted | None


def chosen(form: ThresholdChoice, project_id: int, model_version: str, worth: Worth) -> dict[str, Any]:
    """What the form asks, answered; nothing for what is empty or wrong."""
    form.is_valid()
    per_day, target = form.cleaned_data.get("per_day"), form.cleaned_data.get("target")
    return {
        "by_budget": by_budget(project_id, model_version, worth, per_day) if per_day else None,
        "by_target": by_target(worth, target / 100.0) if target else None,
    }


def by_target(worth: Worth, target: float) -> ByTarget:
    return ByTarget(target, highest_safe(worth.accepted, target))


def by_budget(project_id: int, model_version: str, worth: Worth, per_day: int) -> ByBudget:
    arrivals = monitor.arrivals_per_day(project_id, model_version)
    if arrivals is None:
        return ByBudget(per_day, None)
    share = min(1.0, per_day / arrivals)
    return ByBudget(
        per_day=per_day,
        arrivals=arrivals,
        share=share,
        rank=1.0 - share,
        value=monitor.value_at_rank(project_id, model_version, worth.measure, 1.0 - share),
        found=min(worth.found, key=lambda step: abs(step.share - share), default=None),
    )
