"""With what probability a prediction was going to be picked: what makes rates over all traffic unbiased."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise, product
from math import prod

from queues.route.condition import Case, Draw
from queues.route.rule import Rule

MOST_OUTCOMES = 1_024  # of draws that rules tie together; each is asked for each prediction


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

    rules: those that may pick; fired: those that did. A deterministic rule that fired makes it 1. Rules
    that no draw ties together are independent. What is left is asked for every outcome of its draws, each
    weighted by its probability: an outcome is a stretch between two rates, within which nothing changes.
    """
    if any(not rule.draws for rule in fired):
        return 1.0
    random = [rule for rule in rules if rule.draws]
    tied = _tied(tuple(rule.draws for rule in random))
    return inclusion_probability(_chance([random[place] for place in places], case) for places in tied)


def is_plain_draw(rule: Rule) -> bool:
    """It picks by its draw alone."""
    return rule.kind == "random_audit"


def outcomes(draws: Sequence[Draw]) -> Sequence[tuple[float, Mapping[str, float]]]:
    """(probability, draw → a u within) of every outcome that the draws can tell apart."""
    return _outcomes(tuple(draws))


def how_many_outcomes(rules: Sequence[Rule]) -> int:
    """How many outcomes have to be asked at once: of the rules that draws tie together, the most."""
    random = [rule.draws for rule in rules if rule.draws]
    tied = _tied(tuple(random))
    return max((_count([draw for place in places for draw in random[place]]) for places in tied), default=1)


def _chance(rules: Sequence[Rule], case: Case) -> float:
    """The probability that one of these rules picks."""
    if len(rules) == 1 and is_plain_draw(rules[0]):
        return rules[0].draws[0].rate
    draws = tuple(draw for rule in rules for draw in rule.draws)
    return min(1.0, sum(chance for chance, us in _outcomes(draws) if _picks(rules, case, us)))


@lru_cache(maxsize=256)
def _tied(draws: tuple[tuple[Draw, ...], ...]) -> tuple[tuple[int, ...], ...]:
    """The places of rules that share a draw, directly or through others; draws: of each rule."""
    groups: list[tuple[set[str], list[int]]] = []
    for place, own in enumerate(draws):
        names, places = {draw.name for draw in own}, [place]
        for group in [group for group in groups if group[0] & names]:
            groups.remove(group)
            names, places = names | group[0], [*group[1], *places]
        groups.append((names, places))
    return tuple(tuple(sorted(places)) for _names_, places in groups)


@lru_cache(maxsize=256)
def _outcomes(draws: tuple[Draw, ...]) -> tuple[tuple[float, Mapping[str, float]], ...]:
    cuts = {name: _stretches([draw.rate for draw in draws if draw.name == name]) for name in _names(draws)}
    return tuple(
        (
            prod(width for _start, width in combination),
            {name: start for name, (start, _width) in zip(cuts, combination, strict=True)},
        )
        for combination in product(*cuts.values())
    )


def _count(draws: Sequence[Draw]) -> int:
    rates = {name: {draw.rate for draw in draws if draw.name == name} for name in _names(draws)}
    return prod(len(different | {1.0}) for different in rates.values())


def _names(draws: Sequence[Draw]) -> list[str]:
    return list(dict.fromkeys(draw.name for draw in draws))


def _stretches(rates: Iterable[float]) -> list[tuple[float, float]]:
    """(start, width) of the stretches of 0..1 between the rates."""
    edges = sorted({0.0, 1.0, *rates})
    return [(start, end - start) for start, end in pairwise(edges)]


def _picks(rules: Sequence[Rule], case: Case, us: Mapping[str, float]) -> bool:
    assumed = case._replace(assumed=us)
    return any(rule.fires(assumed) is not None for rule in rules)
