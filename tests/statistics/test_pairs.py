"""Changes between two looks at the same items."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from queues.statistics.confusion import Checked, weighted_confusion
from queues.statistics.pairs import anchoring, mcnemar, paired_interval


@given(st.integers(0, 200), st.integers(0, 200))
def test_mcnemars_exact_p_is_the_binomial_one_and_mid_p_is_never_larger(b: int, c: int) -> None:
    found = mcnemar(b, c)

    if b + c:
        assert found.exact == pytest.approx(stats.binomtest(b, b + c).pvalue, abs=1e-9)
    assert 0 <= found.mid <= found.exact <= 1
    assert mcnemar(c, b) == found


def test_the_interval_of_a_paired_difference_is_the_published_one() -> None:
    # Fagerland, Lydersen & Laake 2014, airway hyper-responsiveness before and after transplantation: 1 and 7
    # of 21 children changed; Bonett and Price's interval is -0.508 to -0.013.
    found = paired_interval(1, 7, 21)

    assert found.low == pytest.approx(-0.508, abs=5e-4)
    assert found.high == pytest.approx(-0.0135, abs=5e-4)


def test_no_pair_shows_no_anchoring() -> None:
    assert anchoring(both=0, only_shown=0, only_blind=0, neither=0) is None


def test_without_flags_there_is_no_precision_and_without_violations_no_recall() -> None:
    found = weighted_confusion([Checked(is_flagged=False, violates=False, pi=0.1)])

    assert (found.tn, found.precision, found.recall, found.precision_interval) == (10.0, None, None, None)
    assert (found.false_positive_rate, found.prevalence) == (0.0, 0.0)
    assert weighted_confusion([]).prevalence is None


def test_an_item_that_could_not_be_picked_is_refused() -> None:
    with pytest.raises(ValueError, match="probability above 0"):
        weighted_confusion([Checked(is_flagged=True, violates=True, pi=0.0)])
