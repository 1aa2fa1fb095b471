"""Small drawings within tables."""

from django import template

from queues.statistics.discrimination_intervals import Estimate

register = template.Library()

_LEFT, _WIDTH = 2.0, 116.0


@register.inclusion_tag("_components/charts/interval.html")
def interval_bar(estimate: Estimate, reference: float = 0.5) -> dict[str, float]:
    """A value with its interval on the scale 0..1, and where chance stands."""
    names = {
        "at": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "reference": reference,
    }
    return {name: round(_LEFT + _WIDTH * min(1.0, max(0.0, at)), 1) for name, at in names.items()}
