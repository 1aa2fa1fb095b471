"""Rates over all traffic; the published answers are in tests/reference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.monitor.rates import weighted_rate, wilson


@given(st.lists(st.tuples(st.booleans(), st.floats(min_value=1e-3, max_value=1)), min_size=1, max_size=30))
def test_a_rate_lies_in_its_interval_and_both_in_0_to_1(reviewed: list[tuple[bool, float]]) -> None:
    rate = weighted_rate([positive for positive, _pi in reviewed], [pi for _positive, pi in reviewed])

    assert rate is not None
    assert 0 <= rate.low <= rate.hajek + 1e-9
    assert rate.hajek - 1e-9 <= rate.high <= 1
    assert rate.n_eff <= len(reviewed) + 1e-9


def test_nothing_reviewed_gives_no_rate() -> None:
    assert weighted_rate([], []) is None


def test_what_could_not_be_picked_has_no_weight() -> None:
    with pytest.raises(ValueError, match="probability above 0"):
        weighted_rate([True], [0.0])


@pytest.mark.parametrize(("positive", "low", "high"), [(0, 0.0, 0.2775), (1, 0.0179, 0.4042)])
def test_wilson_of_ten_draws_is_as_published(positive: int, low: float, high: float) -> None:
    assert wilson(positive / 10, 10) == pytest.approx((low, high), abs=1e-4)
