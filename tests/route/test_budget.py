"""A day's reviews shared out: the sum is exact, and the audit never starves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.route.budget import AUDIT_AT_LEAST, largest_remainder, split_day


@given(st.integers(0, 10_000), st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_the_parts_are_whole_and_sum_to_the_budget(budget: int, weights: list[int]) -> None:
    parts = largest_remainder(budget, weights)

    assert sum(parts) == budget
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - budget * weight / sum(weights)) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_shares_of_nothing_are_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="shares"):
        largest_remainder(3, weights)


@given(st.integers(0, 500), st.integers(0, 20_000), st.floats(0, 0.2), st.floats(0, 5))
def test_the_audit_gets_its_rate_of_what_arrives_and_five_items(
    budget: int, arrivals: int, rate: float, weight: float
) -> None:
    found = split_day(budget, [3, 1], arrivals=arrivals, audit_rate=rate, audit_weight=weight)

    assert found.audit + sum(found.queues) == budget
    assert found.audit == budget or found.audit >= max(AUDIT_AT_LEAST, rate * arrivals)


def test_a_weight_of_its_own_can_give_the_audit_more_than_its_floor() -> None:
    assert split_day(100, [1], arrivals=100, audit_rate=0.05, audit_weight=1).audit == 50
