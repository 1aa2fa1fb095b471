"""With what probability a prediction was going to be picked: what makes rates over all traffic unbiased."""

from collections.abc import Iterable


def inclusion_probability(chances: Iterable[float]) -> float:
    """pi (0..1) under independent rules: 1 - prod(1 - pi_r).

    chances: 1.0 for each deterministic rule that fired, and the rate of each random rule, fired or not.
    """
    pi = 0.0
    for chance in chances:
        pi += chance * (1.0 - pi)  # the same as the product, and exactly the rate when there is one rule
    return min(1.0, pi)
