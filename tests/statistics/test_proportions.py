"""Intervals of proportions: never outside 0..1, and the same as scipy's where scipy has them."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queues.statistics import multiple, proportions
from queues.statistics.funnel import funnel
from queues.statistics.shrinkage import beta_binomial_shrinkage

COUNTS = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(COUNTS)
def test_every_interval_holds_its_rate_and_lies_in_0_to_1(counts: tuple[int, int]) -> None:
    k, n = counts

    for low, high in (
        proportions.wilson(k / n, n),
        proportions.clopper_pearson(k, n),
        proportions.jeffreys(k, n),
    ):
        assert 0 <= low <= k / n + 1e-12
        assert k / n - 1e-12 <= high <= 1


@given(COUNTS)
def test_the_exact_interval_is_scipys(counts: tuple[int, int]) -> None:
    k, n = counts

    expected = stats.binomtest(k, n).proportion_ci(0.95, "exact")

    assert proportions.clopper_pearson(k, n) == pytest.approx(tuple(expected), abs=1e-9)


@given(COUNTS, COUNTS)
def test_a_difference_turns_its_sign_with_its_sides(one: tuple[int, int], other: tuple[int, int]) -> None:
    there = proportions.difference(*one, *other)
    back = proportions.difference(*other, *one)

    assert there
    assert back
    assert (back.difference, back.low, back.high) == pytest.approx(
        (-there.difference, -there.high, -there.low), abs=1e-12
    )
    assert back.p == pytest.approx(there.p, rel=1e-6)


@given(COUNTS, COUNTS)
def test_exact_tests_are_scipys(one: tuple[int, int], other: tuple[int, int]) -> None:
    (k1, n1), (k2, n2) = one, other

    table = [[k1, n1 - k1], [k2, n2 - k2]]
    assert proportions.fisher_p(k1, n1, k2, n2) == pytest.approx(stats.fisher_exact(table).pvalue, rel=1e-6)
    assert proportions.binomial_p(k1, n1, 0.3) == pytest.approx(stats.binomtest(k1, n1, 0.3).pvalue, rel=1e-6)


def test_nothing_of_nothing_has_no_rate() -> None:
    assert proportions.proportion(0, 0) is None
    assert proportions.difference(0, 0, 1, 2) is None


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_are_never_smaller_and_keep_the_order(p: list[float]) -> None:
    for adjusted in (multiple.benjamini_hochberg(p), multiple.holm(p)):
        assert all(after >= before - 1e-12 for before, after in zip(p, adjusted, strict=True))
        assert all(adjusted <= 1)
        order = sorted(range(len(p)), key=p.__getitem__)
        assert all(adjusted[a] <= adjusted[b] + 1e-12 for a, b in pairwise(order))
    assert all(multiple.benjamini_hochberg(p) <= multiple.holm(p) + 1e-12)


def test_a_funnel_without_a_rate_is_none() -> None:
    assert funnel([]) is None
    assert funnel([(0, 10), (0, 5)]) is None
    assert funnel([(10, 10)]) is None


def test_one_group_alone_is_a_funnel_of_its_own_rate() -> None:
    found = funnel([(3, 10)])

    assert found
    assert (found.pooled, found.overdispersion, found.points[0].z) == (0.3, 1.0, 0.0)


@given(st.lists(COUNTS, min_size=2, max_size=12))
def test_shrunken_rates_lie_between_the_own_and_the_common_rate(counts: list[tuple[int, int]]) -> None:
    found = beta_binomial_shrinkage(counts)

    if found is None:
        return
    for (k, n), rate in zip(counts, found.rates, strict=True):
        assert min(k / n, found.pooled) - 1e-9 <= rate <= max(k / n, found.pooled) + 1e-9


def test_groups_that_differ_only_by_chance_all_get_the_common_rate() -> None:
    found = beta_binomial_shrinkage([(5, 50), (5, 50), (5, 50)])

    assert found
    assert (found.icc, found.strength, found.alpha, found.rates) == (0.0, None, None, [0.1, 0.1, 0.1])
