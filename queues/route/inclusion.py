"""With what probability a prediction was going to be picked: what makes rates over all traffic unbiased."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from math import prod

from queues.route.condition import Case, Draw
from queues.route.rule import Rule

MOST_OUTCOMES = 1_024  # of all random draws of a policy together; each is asked for each prediction


def inclusion_probability(chances: Iterable[float]) -> float:
    """pi (0..1) under independent rules: 1 - prod(1 - pi_r).

    chances: 1.0 for each deterministic rule that fired, and the rate of each random rule, fired or not.
    """
    pi = 0.0
    for chance in chances:
        pi += chance * (1.0 - pi)  # the same as the product, and exactly the rate when there is one rule
    return min(1.0, pi)


def pi_of(rules: Sequence[Rule], fired: Sequence[Rule], case: Case) -> float:
    """pi of one prediction, exact for rules that share draws or mix them with other conditions.

    rules: those that may pick; fired: those that did. A deterministic rule that fired makes it 1. A plain
    draw counts with its rate. What is left is asked for every outcome of its draws, each weighted by
    its probability: an outcome is a stretch between two rates, within which nothing changes.
    """
    if any(not rule.draws for rule in fired):
        return 1.0
    random = [rule for rule in rules if rule.draws]
    if all(is_plain_draw(rule) for rule in random):
        return inclusion_probability(draw.rate for rule in random for draw in rule.draws)
    draws = [draw for rule in random for draw in rule.draws]
    return min(1.0, sum(chance for chance, us in outcomes(draws) if _picks(random, case, us)))


def is_plain_draw(rule: Rule) -> bool:
    """It picks by its draw alone."""
    return rule.kind == "random_audit"


def outcomes(draws: Sequence[Draw]) -> Iterable[tuple[float, dict[str, float]]]:
    """(probability, draw → a u within) of every outcome that the draws can tell apart."""
    cuts = {name: _stretches([draw.rate for draw in draws if draw.name == name]) for name in _names(draws)}
    for combination in product(*cuts.values()):
        us = {name: start for name, (start, _width) in zip(cuts, combination, strict=True)}
        yield prod(width for _start, width in combination), us


def how_many_outcomes(draws: Sequence[Draw]) -> int:
    """How many outcomes the draws have together."""
    rates = {name: {draw.rate for draw in draws if draw.name == name} for name in _names(draws)}
    return prod(len(different | {1.0}) for different in rates.values())


def _names(draws: Sequence[Draw]) -> list[str]:
    return list(dict.fromkeys(draw.name for draw in draws))


def _stretches(rates: Iterable[float]) -> list[tuple[float, float]]:
    """(start, width) of the stretches of 0..1 between the rates."""
    edges = sorted({0.0, 1.0, *rates})
    return [(start, end - start) for start, end in pairwise(edges)]


def _picks(rules: Sequence[Rule], case: Case, us: dict[str, float]) -> bool:
    assumed = case._replace(assumed=us)
    return any(rule.fires(assumed) is not None for rule in rules)
