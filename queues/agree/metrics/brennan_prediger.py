"""Brennan and Prediger's coefficient: agreement beyond that of dice with one side for each value.

Source: Brennan & Prediger 1981; with two values it is PABAK.
"""

from dataclasses import replace

from queues.agree.metric import ONE_VALUE, Figure, metrics, undefined
from queues.agree.metrics.percent import percent_agreement
from queues.agree.patterns import Answers


@metrics.register("brennan_prediger")
def brennan_prediger(answers: Answers) -> Figure:
    """Percent agreement on another scale, and so is its interval. `answers.values`: all that is offered."""
    q = len(answers.values)
    percent = percent_agreement(answers)
    if percent.value is None:
        return percent
    if q < 2:
        return undefined(ONE_VALUE, percent.n_units)

    def beyond_chance(share: float | None) -> float | None:
        return None if share is None else (q * share - 1.0) / (q - 1.0)

    return replace(
        percent,
        value=beyond_chance(percent.value),
        low=beyond_chance(percent.low),
        high=beyond_chance(percent.high),
        se=None if percent.se is None else percent.se * q / (q - 1.0),
    )
