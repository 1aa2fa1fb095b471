"""Quantiles with intervals, and groups held against all others."""

import numpy as np
import pytest

from queues.statistics.against_rest import against_rest
from queues.statistics.proportions import fisher_p
from queues.statistics.quantiles import quantile


def test_a_median_has_the_interval_of_the_binomial_ranks() -> None:
    # n = 10: the 2nd and the 9th of ten in order, 97.9 % (Conover 1999, table of the sign test).
    found = quantile([float(value) for value in range(1, 11)], 0.5)

    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (5.5, 2.0, 9.0, 10)


def test_few_values_have_a_median_and_no_interval() -> None:
    found = quantile([3.0, 1.0, 2.0], 0.5)

    assert found is not None
    assert (found.value, found.low, found.high) == (2.0, None, None)
    assert quantile([], 0.5) is None


def test_the_interval_of_a_high_quantile_covers_it() -> None:
    generator = np.random.default_rng(5)
    truth = 2.302585  # 90 % of an exponential distribution lie below ln 10
    found = [quantile(list(generator.exponential(size=80)), 0.9) for _ in range(400)]

    covered = [
        one is not None and (one.low or 0.0) <= truth <= (one.high if one.high is not None else 1e9)
        for one in found
    ]

    assert np.mean(covered) >= 0.94


def test_each_group_is_held_against_all_others() -> None:
    found = against_rest([(10, 32), (1, 30), (0, 29), (7, 19)])

    first = found[0]
    assert first is not None
    assert (first.own.k, first.own.n, first.rest.k, first.rest.n) == (10, 32, 8, 78)
    assert first.p == pytest.approx(fisher_p(10, 32, 8, 78))
    assert first.q >= first.p


def test_who_does_it_less_often_is_not_singled_out() -> None:
    found = against_rest([(0, 200), (60, 200), (60, 200)])

    assert found[0] is not None and found[0].q < 0.001
    assert [one.is_more for one in found if one] == [False, True, True]


def test_nothing_and_nobody_else_are_not_compared() -> None:
    assert against_rest([(0, 0), (3, 10)]) == [None, None]
    assert against_rest([]) == []
